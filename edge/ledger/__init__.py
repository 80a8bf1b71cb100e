"""What the controller remembers: which lessons there were, and what of them is in the store."""
