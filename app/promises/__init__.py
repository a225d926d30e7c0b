"""The public ledger of commitments: who promised what, by which day, what became of it, and whether it helped the asker.

A *promise* has a unit, a day, a history of every change with its reason, a proof, and two keys that close it: the unit says
done, the asker says whether it helped. Its standing (on time, late, waiting for somebody else, disputed) is computed from
these facts and never stored; the history is append-only and refused to change by the database.
"""
