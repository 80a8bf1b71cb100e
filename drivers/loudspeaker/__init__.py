"""The room's loudspeaker, for the sounds that a calibration plays."""
