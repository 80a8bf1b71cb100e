"""Device drivers: cameras, microphones, panels, clicker receivers and PTZ heads, real and simulated."""
