"""The steps of the calibration, one file each."""
