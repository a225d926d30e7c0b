"""The letter that asks how it was."""
