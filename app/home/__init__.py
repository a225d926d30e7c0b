"""The front page, the look-up by code, privacy, health of the system."""
