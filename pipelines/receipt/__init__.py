"""The lesson is checked."""
