"""What a room's config may say, and how it is read."""
