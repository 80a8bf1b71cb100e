"""Measurements of a room for its calibration: pure functions of arrays, each with its unit, uncertainty and source."""
