"""The public ledger of commitments: who promised what, by which day, what became of it, and whether it helped the asker.

A *promise* has a unit, a day, a history of every change with its reason, a proof, and two keys that close it: the unit says
done, the asker says whether it helped. Its standing (on time, late, waiting for somebody else, disputed) is computed from
these facts and never stored; the history is append-only and refused to change by the database.

**What was promised stays.** The database refuses to remove a promise, to change the day it was first due, or to touch a line
of its history (migrations 0003, 0004); what happened and when it was entered are two dates, both shown. `selfcheck` replays
every history and compares (`rules.replay`).

**Two people at once.** Every act locks the promise's row and carries the sequence its page was made with: the first acts, the
second reads what changed (409) with all they typed; the same act again changes nothing.

**Proof** is judged by its content (`evidence`), kept in the database, and only ever handed out as a file to save.

**For the leader alone** (`public` False): on no public page, feed, table, unit's page or printed letter; officers of other
roles get 404; letters name its number only, because the tray is read by many.

Discarded: a state column (it would be right until midnight), postponing by overwriting the day (nobody would see it), files on
disk (a second backup, a path to guess), deciding by the uploaded name or its declared type.
"""
