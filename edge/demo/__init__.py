"""A whole simulated classroom, run and checked."""
