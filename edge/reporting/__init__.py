"""What is reported outside the room: xAPI statements to a learning record store."""
