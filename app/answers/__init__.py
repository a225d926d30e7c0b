"""What units answer before the meeting: each gets its questions by a link, drafts an answer or a day, is reminded, escalates."""
