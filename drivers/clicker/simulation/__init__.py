"""A simulated clicker base with a class that answers, under the real driver."""
