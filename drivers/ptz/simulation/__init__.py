"""The simulated PTZ head: a VISCA device behind a serial port or network socket that the real driver opens."""
