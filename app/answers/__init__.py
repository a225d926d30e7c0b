"""What units answer before the meeting: each gets its questions by a link, drafts an answer or a day, is reminded, escalates.

**A question is answered twice before the hall hears it: by the unit, and by the asker.** A unit writes drafts; only an officer
releases one to the asker; only the asker says that it is enough. Then the question is settled and, when it was the last one of
its item, the item is out of the programme and everybody behind it moves up (`meetings.queries.off`, `meetings.times`). Nothing
is deleted: the asker may take their word back until the meeting begins. Merged questions are answered together and leave the
programme when all their askers are content.

**A unit sees what was sent to it and nothing else.** A draft row is written when a question is sent; it is the record of the
sending and the place of the answer, so that sending again sends only what is new. Questions for the leader alone are never
sent, names only where the asker shows them (`meetings.openness`).

**A reminder leaves once.** `UnitRequest.reminded` says how far reminding has come for the present sending; the outbox's own
key refuses a second letter, should two schedulers run. What a unit still owes is computed from the drafts, never stored.

Discarded: one token for each question (a unit has one link, as for its promises), a draft locked while somebody has it open
(a browser that is closed never gives it back: whoever saves second is shown both), mailing whole questions (any officer reads
letters in the tray, and not every question is theirs to read).
"""
