"""Measurements of the box, its network and its services: each waits for a bounded time, and changes nothing."""
