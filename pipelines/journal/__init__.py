"""What a recorder writes down about a lesson, and what a reader can learn from it."""
