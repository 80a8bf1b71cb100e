"""Frames become packets."""
