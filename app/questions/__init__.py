"""Difficulties that businesses file with or without a seat: openness, "me too", similar ones, merging, imports of associations.

The question itself is a table of `meetings`, because a seat is taken together with its question in one act.
"""
