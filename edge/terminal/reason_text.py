"""The sentence for the reason with which the controller refused a request."""

from __future__ import annotations

from edge.i18n import Language, translate_code


def reason_text(room: str, reason: str, language: Language) -> str:
    """The sentence ``<room>.reason-…`` or ``room.fault-…`` of a code; a reason that is no code stays as it is."""
    return translate_code("room.fault", language, translate_code(f"{room}.reason", language, reason))
