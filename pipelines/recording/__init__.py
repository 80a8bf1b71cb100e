"""Packets become files that survive."""
