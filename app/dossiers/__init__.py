"""Dossiers and their promised dates: what was received, what is due when, what the citizen holds in hand.

A dossier has two clocks: every event says when it happened and when it was recorded. Present facts stand in `Dossier`, the
history in `DossierEvent`, which the database refuses to change. Standing (early, on time, late, open in time, open late) is
computed from facts by calendar date and never stored; nothing is ever back-dated: what was recorded late is recorded late, and
says when it happened. A promise once printed is not recomputed when the holidays are edited.

A dossier grows out of a visit (an appointment's facts come along when it is received) and ends in another: its result is
collected at a time of its own, booked in one press because the dossier knows its person, or goes by post.

This is not the e-one-stop system and never claims to be: its slips say that they do not replace the official form.
"""
