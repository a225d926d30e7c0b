"""The people who work here: units, officers, roles, sign-in and its sessions."""
