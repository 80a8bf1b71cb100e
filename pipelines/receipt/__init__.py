"""The check of a finished lesson, and its result: the receipt."""
