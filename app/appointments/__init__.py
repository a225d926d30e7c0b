"""A resident's time at a counter: free times, hold, book, move, cancel.

**A counter is never given twice.** Free times are derived: the hours of the counters that serve the procedure, minus
closures, minus claims; nothing is generated in advance. A booking of n ticks (five minutes each) writes n rows
`claim(counter, tick)` whose primary key is that pair, so the database itself refuses a second one, whoever writes. A hold
is the same rows with `expires_at`: readers ignore an expired one, a writer replaces it. A move is one transaction: claim
the new, then release the old. The month's counts, the day's times and the final write come from one function,
`rules.starts`.

Discarded: slots generated ahead (they drift from the hours), a counter of places (says how many, not where), reading
before writing without a key (16 processes sold 60 places 599 to 907 times).
"""
