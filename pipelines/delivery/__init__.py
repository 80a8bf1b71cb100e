"""The lesson leaves the box."""
