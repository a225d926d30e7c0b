"""Figures that go up and out: what came of the meetings."""
