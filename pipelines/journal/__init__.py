"""The journal of a lesson: its entries, its file, and the state that follows from them."""
