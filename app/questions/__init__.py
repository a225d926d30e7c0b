"""Difficulties that businesses file with or without a seat: openness, "me too", similar ones, merging, imports of associations.

The question itself is a table of `meetings`, because a seat is taken together with its question in one act.

**Nobody learns from us who asked what they asked to be kept.** `meetings.openness` alone decides; every page, letter and list
goes through it, and tests/test_openness.py looks for a hidden name and a private text in everything the product shows. Three
things follow that are easily forgotten. Letters about a question hold neither its words nor its code nor a name, because every
officer reads letters in the tray (`filing.own_page`). Public addresses hold a question's number, never its code, which with
four digits of a phone opens the asker's own page. And whoever says "me too" leaves a keyed hash of the phone, from which
nobody, with the database alone, finds the phone.

**"Me too" counts firms, not clicks.** One row for each phone and question; merged questions count together, each phone once,
and so that merging can be undone nothing is added up when it happens: the count is made when it is read.

Discarded: a page that suggests similar questions while one types (it would need JavaScript, and the answer to "is it this one?"
belongs before the sending, not beside it); merging into a merged question (chains that somebody must walk).
"""
