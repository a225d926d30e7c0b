"""Đôn đốc: one ladder for everything that is due, one digest a person a day, letters to print.

Whatever a room waits for is a `Line` (rules.py): whose it is, what, by which day. The ladder says who hears of it: three
working days before and on the day the unit, one working day late its head, five working days late the chair. What waits
for somebody outside the unit is no line: its clock stands.

A person gets one digest on a day, and only on a day on which something of theirs climbed a rung since their last one; it
then holds everything of theirs. What is in nobody's reach (a unit without an address) goes to the secretaries. The letter's
key (whom, "chase_digest", the day) makes it one however many schedulers run; an outage of a day delays a rung, it skips none.

Discarded: a mail per matter (nobody reads the fifth), a mail every day (nobody reads the third), a table of what was sent
(the outbox has it).
"""
