"""Tolerances of the services' figures and the verdicts on them; pure."""
