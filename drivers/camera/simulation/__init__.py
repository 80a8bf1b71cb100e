"""The simulated camera: its scene, its shutter, and the bar code in its pictures."""
