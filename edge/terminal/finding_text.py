"""Messages for the findings of a receipt."""

from __future__ import annotations

from edge.i18n import LazyMessage, lazy_message
from edge.i18n.receipt import MESSAGES
from pipelines.receipt.findings import Finding


def finding_message(finding: Finding) -> LazyMessage:
    """A finding as a message, without its track and time."""
    values = {
        key: lazy_message(f"receipt.{key}-{value}") if f"{key}-{value}" in MESSAGES else value
        for key, value in finding.values.items()
    }
    return lazy_message(f"receipt.{finding.code}", **values)
