"""Publication of stored lessons: the room's index in the store, and the pages that show it."""
