"""How businesses come to know: subscriptions with consent, one-tap replies, reserved seats, tracked links, letters, posters."""
