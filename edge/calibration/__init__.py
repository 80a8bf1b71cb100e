"""Measuring a room's devices, for the technician who sets it up."""
