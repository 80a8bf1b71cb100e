"""Text that people typed, made into one line of signs that have a picture; pure."""

from __future__ import annotations


def plain_line(text: object) -> object:
    """Text on one line: white space becomes one space, and what has no picture (controls, overrides) is left out."""
    if not isinstance(text, str):
        return text
    signs = (sign if sign.isprintable() else " " if sign.isspace() else "" for sign in text)
    return " ".join("".join(signs).split())
