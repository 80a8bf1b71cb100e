"""The controller's side of the director: what it is told of polls and heads, and what it asks of them."""
