"""Sổ đối soát: what the e-one-stop system says, held against what the citizen holds in hand.

A list exported there is read in; each late code is matched with our evidence of the hand-over and falls on one of three piles:
handed over in time and not recorded there, no evidence yet, really late. A finding says what was observed (date, receipt,
recipient, who states it) and when that was entered; it never changes a date anywhere. What must be clicked there is given back
as a list with the true dates.

Discarded: setting finish dates to the promised ones, as a system we read does: it cures the number and destroys the evidence.
"""
