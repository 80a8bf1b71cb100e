"""What people read and ask at a terminal."""
