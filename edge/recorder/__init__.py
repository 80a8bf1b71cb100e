"""Process 1: cameras, microphones, encoders, the recording lamp."""
