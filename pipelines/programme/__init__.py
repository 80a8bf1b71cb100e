"""Tracks become one lesson."""
