"""PTZ heads: VISCA over serial lines, UDP and TCP."""
