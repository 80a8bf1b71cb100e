"""Button and lamp panels: GPIO and simulated."""
