"""The same Tuesday as tests/meetings: eleven days before the first Saturday of December 2026."""

from tests.meetings.conftest import meeting as meeting
from tests.meetings.conftest import travel as travel
