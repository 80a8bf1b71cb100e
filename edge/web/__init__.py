"""Process 3: every page, login, and the events that pages follow; the only process that listens on TCP."""
