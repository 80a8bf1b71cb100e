"""Video and audio encoding: encoders, their selection, and degradation under load."""
