"""What a lesson is to the people in the room."""
