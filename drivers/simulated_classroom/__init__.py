"""The script of a simulated lesson: what happens in the classroom, who speaks, and who should be on air."""
