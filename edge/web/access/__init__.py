"""Who may see what: roles, passwords, sessions, limits, and the log of what was done."""
