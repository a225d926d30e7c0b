"""Đôn đốc: one ladder for everything that is due, one digest a person a day, letters to print."""
