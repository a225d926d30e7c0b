"""Asking how it was: one letter at 18:00 after a visit, a result, a meeting, to whoever left an e-mail address.

It knows who came, and knows no answer: those stand in `feedback`, a floor below, which knows nobody. One letter per event, by the
outbox's own key; and one per address and evening, so that three counters in a morning are asked about once. Nobody is reminded.
"""
