"""The simulated microphone, with a clock of its own."""
