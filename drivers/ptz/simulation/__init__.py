"""A simulated PTZ head at the far end of a line, under the real driver."""
