"""A device becomes frames and blocks on lesson time."""
