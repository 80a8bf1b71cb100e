"""Microphones: one file a kind."""
