"""What the controller does while nobody teaches: make room, date lessons, forget what went."""
