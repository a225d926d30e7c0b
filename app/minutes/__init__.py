"""What was said at a meeting and what came of it: versioned minutes whose final version enters its promises into the ledger.

**Final minutes never change.** Triggers of the database refuse to insert, change or remove any of their rows, whoever asks.
What was wrong is put right by a new version that begins as a copy of everything and says why it was made; earlier versions
stay to be read. A meeting has at most one draft (partial unique index).

**Nothing two secretaries write gets lost.** Each item carries a revision; a form that was opened before somebody else saved
is answered with both texts side by side and one joined text to go on with. A form pressed twice is the same form: its key is
kept with the item it changed.

**Each promise line is one promise.** Publishing is one transaction under the meeting's lock: every new line enters the
ledger and keeps its number, every question gets its outcome, every asker one letter. In amended minutes a line that is in
the ledger is locked: it can only be put off or withdrawn, with a reason; a line that did not change is not made again.

Discarded: one long page for all items (a save would carry two hundred questions along), a lock that one secretary holds
(closed laptops hold it for ever), comparing texts to find which line was which (the number in the ledger says it).
"""
