"""Media pipelines: capture, encoding, recording, lesson files, journal, recovery, checks and delivery."""
