"""How the two processes speak."""
