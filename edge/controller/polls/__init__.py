"""Polls on the clickers: opened, answered, stored, and written into result files."""
