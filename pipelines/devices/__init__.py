"""Supervision of devices in their roles: opening, reading, reopening."""
