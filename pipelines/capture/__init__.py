"""Capture: device samples to frames and contiguous audio on lesson time."""
