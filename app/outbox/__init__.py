"""Messages waiting to leave: written with the act, claimed, sent, recorded.

What it guarantees: a message is handed over once per (about, kind, version, channel), and none is lost. Only a crash, or a
broken line, between the other side's acceptance and our record can repeat one; then with the same Message-ID, once, counted
in `repeats`.

How. The act and its messages are written in one transaction (`actions.post`). Any number of deliverers (`delivery`) may
run; each takes one due row at a time by compare-and-set and commits (`sending`, with a lease), renders it, gives sender and
recipient to the server, marks the hand-over and commits (`handing`: only if the row is still its own, not withdrawn, and
still useful), sends the message with the Message-ID written at posting, and records. The record of one and the claim of
the next share a transaction: two commits a message. A crash before the mark costs nothing: the sweeper puts the row back
when its lease ends. A crash after it is in doubt: an e-mail goes once more after a pause, in which a deliverer that was
only slow can still record its success; an SMS, which has no identity a phone could compare, waits for a person.

A refusal for now (4xx) comes back after a growing pause, fourteen times over a day; a refusal for good (5xx) and a template
that does not render stand in the staff tray at once, and the others go on. A server that cannot be reached is nobody's
fault: no row changes, the way out pauses (a minute at most), and the tray says so. What is no longer useful becomes `late`.
The deliverer knows no feature: a row says which template to render with which facts, for whom, when, until when.

A `call` row is never sent by the machine: it stands on the staff call list until somebody has telephoned.

Discarded: jobs in the scheduler's own store (20 jobs ran 21 to 23 times with several schedulers, and its threads died);
claiming in batches (a slow server outlives the lease: 13 duplicates of 60); SKIP LOCKED alone (SQLite has none).
"""
