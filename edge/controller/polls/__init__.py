"""What the clickers say: asked, answered, kept, and told to the school."""
