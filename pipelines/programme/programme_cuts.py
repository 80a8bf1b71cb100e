"""The cuts of a lesson: which role is on air from which lesson second, by the journal or as it was cut anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.files.lesson_layout import CUTS_JSON
from pipelines.journal.entries import AnyEntry, Cut
from pipelines.journal.journal_file import filter_kinds, iterate_kinds
from pipelines.number_ranges import Int64


class CutsAnew(BaseModel):
    """``cuts.json``: a lesson's cuts made anew, which count instead of the journal's up to ``lesson_ns``."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: Literal[1] = 1
    lesson_ns: Int64
    cuts: tuple[Cut, ...]


def programme_cuts(entries: Iterable[AnyEntry], anew: CutsAnew | None = None) -> list[Cut]:
    """Return the cuts in the order of lesson time; of two for one moment the later entry counts."""
    journalled = (cut for cut in filter_kinds(entries, Cut) if anew is None or cut.lesson_ns >= anew.lesson_ns)
    by_time = {cut.lesson_ns: cut for cut in [*(anew.cuts if anew else ()), *journalled]}
    return [by_time[at_ns] for at_ns in sorted(by_time)]


def read_programme_cuts(folder: Path) -> list[Cut]:
    """Return the cuts that a lesson's programme is made of; none where there is no journal.

    Raises:
        OSError: a file cannot be read.
    """
    try:
        journalled: Sequence[Cut] = list(iterate_kinds(folder, Cut))
    except FileNotFoundError:
        journalled = ()
    return programme_cuts(journalled, read_cuts_anew(folder))


def read_cuts_anew(folder: Path) -> CutsAnew | None:
    """Return what ``cuts.json`` says; None where there is none, or none that can be understood.

    Raises:
        OSError: it cannot be read.
    """
    try:
        return parse_cuts_anew((folder / CUTS_JSON).read_bytes())
    except FileNotFoundError:
        return None


def parse_cuts_anew(data: bytes) -> CutsAnew | None:
    """Decode ``cuts.json``; None where it is none."""
    try:
        return CutsAnew.model_validate_json(data)
    except ValidationError:
        return None
