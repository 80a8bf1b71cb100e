"""Delivery: lessons are uploaded to a store, compared with it, and removed from this box when it is short of room."""
