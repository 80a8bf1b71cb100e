"""Maintenance between lessons: disk space, dates, and the deletion of stored lessons."""
