"""The morning of a meeting: who came, walk-ins, the signed paper list entered afterwards, the agenda as it runs."""
