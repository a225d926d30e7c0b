"""The monthly business meeting: its series, sign-ups, questions, agenda.

**A meeting never has more seated people than places, and the line is first come, first served.** `meeting.taken` counts
seats; the database refuses a number outside 0..capacity (CHECK), and seats are taken by one conditional UPDATE
(`taken + n <= capacity`). Every act that touches seats first locks the meeting's row (SQLite: the write lock is taken with
BEGIN IMMEDIATE; PostgreSQL: SELECT … FOR UPDATE), so that line numbers follow the order of arrival and whoever comes while
somebody waits queues behind. Giving seats back promotes the line in the same transaction, strictly from its head: a firm
that needs two seats is not overtaken by one that needs one.

**A meeting day is never chosen silently.** The rule ("first Saturday") says which day; `days.collision` says whether it is
a public holiday, inside a long weekend, or a make-up working day; such a meeting waits as `proposed` with another date and
its reason until an officer decides. Cancelled and moved meetings keep their row, so that no month is made twice.

**Nobody stands before a closed door.** A meeting that goes to another day, hour or place takes everything along in one
transaction (`changes.apply`): windows, calendar entries (same UID, higher SEQUENCE), reminders, and one letter to everybody
who holds, is offered or awaits a seat; whatever had not left is withdrawn. The day it leaves is kept (`FormerDay`), so that
every printed address leads on (`addresses.lead_on`, asked only where nothing was found). What officers save must be based on
what they saw (`revision`); whoever was overtaken sees what changed and loses nothing typed (`plan.merged`).

**An asker knows the minute at which their question is heard, and hears of it again only when it changes.** The programme's
times follow from its minutes; an item whose questions were all settled beforehand is out of it (`queries.off`, computed: should
an asker want to speak after all, it is back). Every act that changes the programme, in this room or above it, calls
`times.tell` before its transaction ends.

Discarded: counting sign-ups before inserting (two processes both see the last seat), a line ordered by time stamps (two
in one second), recurrence expanded when read (a moved date would have nowhere to stand).
"""
