"""What a lesson's polls leave behind: files for teachers, for other programs, and for learning records."""
