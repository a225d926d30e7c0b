"""Telling people: guide pages and news that staff write in Markdown, the leaflet, a poster per procedure; and who was guided.

**Every save is a version, and no version changes.** Triggers of the database refuse to change or remove one, whoever asks. What
is public is the newest decision that has come due: a decision names a version (or none: withdrawn) and the moment it takes
effect. So a text can be shown from a day on, a later decision undoes an earlier one before its day, and restoring an old text is
one more version that says the same as the old one.

**Nothing two secretaries write gets lost.** A form carries the number of the version it was opened with; when another was saved
meanwhile it is answered with both texts and one that holds every line of both.

**What staff write is shown, never run.** app.markdown reads no HTML and lets a short list of tags through.

**Guided filing.** 33 people guided and no dossier filed online: guidance was counted, what came of it was not. Each line here is
one person helped (no name, no phone), and its history says whether a dossier was filed, with its official code, or why not;
later it may be marked as filed. The history is append-only, one dossier counts once.
"""
