"""The same Tuesday eleven days before the first Saturday of December 2026 as in tests/meetings."""

from tests.meetings.conftest import meeting, travel

__all__ = ["meeting", "travel"]
