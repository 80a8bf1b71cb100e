"""The technician's door: measures a room and writes room.toml."""
