"""School data: class lists are imported, the roster is kept, and the results of polls are written to files."""
