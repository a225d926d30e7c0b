"""How businesses come to know: subscriptions with consent, one-tap replies, reserved seats, tracked links, letters, posters.

**Nobody is invited who did not agree, and nobody twice.** A form only asks: what agrees is a press in the letter that went to
the address (or a word to an officer, after the words were read out), and the very words are kept with it (`app.consent`).
Invitations are written by the clock (`mailing.invite`): each batch holds its meeting and its subscribers, so that moving,
calling off and leaving come before it or after it, never amid; the outbox's key (subscriber, "invitation", meeting) lets any
number of schedulers run. What has not left when somebody leaves does not leave. A letter keeps the meeting's sequence: when
that has grown and nobody answered, one more says what is so now (`mailing.tell_changed`).

**A link is a mailbox's.** It opens one subscription, prefilled, until renewed; it proves the address and nothing else: a
phone typed by a subscriber opens nobody's seat. To stop the letters every link works for ever, renewed or not, by the page's
button or by a mail program's one click (RFC 8058). A GET changes nothing, whoever follows it.

**"Why not?"** is asked once and told only in sums that point at nobody.

Discarded: consent at the moment of the form (anybody can type anybody's address); an answer that says whether an address is
known; links that run out (an unsubscribe link must not); a guessable key for the prefilled sign-up (it would open seats).
"""
