"""Microphone drivers: PortAudio and simulated."""
