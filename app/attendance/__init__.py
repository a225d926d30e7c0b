"""The morning of a meeting: who came, walk-ins, the signed paper list entered afterwards, the agenda as it runs.

**What happened and when it was written down are two clocks.** `arrived_at` is what the door or the signed list says,
`arrival_recorded_at` when that was entered; both go with `came`, the people who came, and the database refuses one without the
others. Who wrote it is read from the trail, so that the second of two desks is told the name of the first.

**At the door nobody is sent away, and no chair is promised twice.** Whoever has no seat waits at the end of the line. Until the
meeting begins only free seats are given, strictly along the line; from its beginning whoever waits but is not here is passed
over; from ten minutes later the seats of those who have not come are handed on, to the line first and so to walk-ins last. It
happens with an act at the door, never by itself. Who still has no chair stands, if the officer lets them in. All of it goes
through `meeting.taken` and its CHECK, under the meeting's lock: two desks take turns.

**"Did not come" is a person's word.** It is read from the facts, and only once an officer has closed the list.

Discarded: a state "arrived" (it would hide whether there is a chair), an arrival table (one arrival per place, corrected in the
trail), giving seats by the clock (a late firm would lose its seat to nobody).
"""
