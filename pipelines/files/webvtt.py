"""WebVTT (W3C) as our files use it: cues with an id, an interval of lesson time and plain text, written and read."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

_SIGNATURE = "WEBVTT"
_TIMES = re.compile(r"(\d{2,}):(\d\d):(\d\d)\.(\d{3}) --> (\d{2,}):(\d\d):(\d\d)\.(\d{3})(?: .*)?")


@dataclass(frozen=True, slots=True)
class Cue:
    """A text and its interval of lesson time in milliseconds; the id names it, and may be empty."""

    from_ms: int
    to_ms: int
    text: str
    id: str = ""


def to_webvtt(cues: Iterable[Cue], note: str = "") -> str:
    """Return the text of a file with these cues, and a note of one line that no player shows.

    A blank line would end a cue: those of a text are left out.
    """
    notes = [f"NOTE {note}\n"] if note else []
    return "\n".join([f"{_SIGNATURE}\n", *notes, *map(_block, cues)])


def first_note(text: str) -> str:
    """Return the note that ``to_webvtt`` was given."""
    found = re.match(rf"{_SIGNATURE}\n\nNOTE (.*)", text)
    return found[1] if found else ""


def parse_webvtt(text: str) -> list[Cue]:
    """Return the cues of a file that ``to_webvtt`` wrote; what is no cue of its kind is left out."""
    cues = []
    for block in re.split(r"\n{2,}", text.replace("\r\n", "\n").strip()):
        lines = block.split("\n")
        at = next((number for number, line in enumerate(lines[:2]) if _TIMES.fullmatch(line)), None)
        if at is None or (times := _TIMES.fullmatch(lines[at])) is None:
            continue
        numbers = [int(one) for one in times.groups()]
        cues.append(
            Cue(_ms(*numbers[:4]), _ms(*numbers[4:]), html.unescape("\n".join(lines[at + 1 :])), "".join(lines[:at]))
        )
    return cues


def timestamp(ms: int) -> str:
    """Return a time as ``00:12:03.250``."""
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"


def _block(cue: Cue) -> str:
    head = f"{cue.id}\n" if cue.id else ""
    return f"{head}{timestamp(cue.from_ms)} --> {timestamp(cue.to_ms)}\n{_escaped(cue.text)}\n"


def _escaped(text: str) -> str:
    """The text with the characters of cue markup escaped, each line without outer blanks; a dash for no text."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    shown = "\n".join(filter(None, lines)) or "–"
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _ms(hours: int, minutes: int, seconds: int, ms: int) -> int:
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms
