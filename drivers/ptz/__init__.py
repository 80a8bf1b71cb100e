"""PTZ heads: what turns a camera and makes it look closer."""
