"""Tables and texts for a terminal, and the dialogue that binds clickers."""
