"""Devices kept open in their roles, and opened again after every failure."""
