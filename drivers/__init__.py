"""Bytes and volts in, samples and events out: every device of the room, and no lesson."""
