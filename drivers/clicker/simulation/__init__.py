"""The simulated clicker base and its class of students, connected to the real driver."""
