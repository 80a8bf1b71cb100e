"""What people call a device, for sentences that are translated later."""

from __future__ import annotations

from edge.i18n import LazyMessage, lazy_message


def role_name(role: str) -> LazyMessage:
    """The name of a camera or microphone by its role."""
    return lazy_message(f"receipt.track-{role}")
