"""Satisfaction: one question, three answers, an optional sentence, after a visit, a result, a meeting. Apart from identity."""
