"""Recording: tracks, the lesson folder, load control, resuming, and storage budgets."""
