"""Satisfaction: one question, three answers, an optional sentence, after a visit, a result, a meeting. Apart from identity.

What the room knows. It imports nothing that knows people or letters (a contract in pyproject.toml keeps it so). All it learns of
an event is in its link (app.survey): the subject, the office, the field, the day, and a keyed digest of the code. Whom the link
was sent to, and what the code is, only `asking` knows, on the floor above, and it never sees an answer.

What is kept of an answer: the subject, the office, the field, the day it was given (not the event's, and no moment), the choice,
the sentence. `seal` makes it one per event and lets it be changed for 7 days: a digest of the link's digest under the server's
secret, so that neither a code nor a letter kept in the outbox leads to the row by the database alone. When the event can no
longer be answered nor its answer changed (after 30 days), retention puts a random number in the seal's place, and from then on
nobody can tell whose answer it is, whoever holds the secret included. The row has no number of its own and the act leaves no line
in the trail: either would give back the order and the moment, and the trail of the visit could be laid beside it.

Sentences are shown to leaders and secretaries only, by month, and go after a year; the form asks to write no names. Figures
stand beside their number of answers and hide how fewer than 3 were split, also where a total would give it away (rules.hidden).
Answers at a counter's screen (kiosk) have no link: a random number per page stands for the event, so that a second click is not
a second answer; they are counted apart, since nobody knows who pressed, or how often.

Discarded: the answer as columns of the visit (joined to a name for ever); a table of used links beside one of answers (could
not be changed, and the order of both gave them away); the event's day and procedure (on a quiet day they are one person).

Never called PAPI: that is another survey. Which of its contents, and which parts of the index of Decision 766, a figure
informs, is said in `informs`.
"""
