"""What was said at a meeting and what came of it: versioned minutes whose final version enters its promises into the ledger."""
