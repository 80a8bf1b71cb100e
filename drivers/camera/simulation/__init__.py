"""A simulated camera: what it looks at, when it exposes, and the bar code in its pictures."""
