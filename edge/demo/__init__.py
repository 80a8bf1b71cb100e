"""The demo: a whole simulated classroom, run and checked."""
