"""A lesson cut again: the director on what it was told at the time, by the same rules or by others."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipelines.directing.decisions import CutTo
from pipelines.directing.director import Director
from pipelines.directing.director_rules import DirectorRules
from pipelines.directing.observation_codec import DamagedBlock, Tick, decode_block
from pipelines.directing.observations import ModeChosen, Observation, PersonCut
from pipelines.journal.entries import Cut, Entry, Looks

_MOST_BYTES = 1 << 20


def recut(entries: Iterable[Entry], rules: DirectorRules, *, keeps_persons: bool = True) -> list[Cut]:
    """The cuts of a lesson whose journal has these entries; those that are no ``Looks`` are passed over.

    With the rules of the lesson they are the cuts that were made. Heads turned when they did: a camera is left alone
    while its head turned, and no view is changed for a head. Without ``keeps_persons`` it is cut as if nobody had
    touched anything, also where it was cut by hand. Nothing where the director was told nothing.
    """
    rules = replace(rules, wide_presets={}, close_presets={})
    director: Director | None = None
    begun: tuple[int, list[str]] | None = None
    cuts: list[Cut] = []
    for entry in entries:
        if not isinstance(entry, Looks) or not entry.roles:
            continue
        if director is None or begun != (entry.start_ns, entry.roles):
            begun = entry.start_ns, entry.roles
            director = Director(rules, entry.roles, entry.start_ns)
        for one in told(entry):
            if isinstance(one, Tick):
                mode = director.mode.value
                decided = director.tick(one.lesson_ns)
                cuts += [_entry(cut, mode) for cut in decided if isinstance(cut, CutTo)]
            elif keeps_persons or not isinstance(one, PersonCut | ModeChosen):
                director.push(one)
    return cuts


def told(entry: Looks) -> Iterator[Observation | Tick]:
    """What an entry says, up to where it is damaged."""
    try:
        raw = base64.b64decode(entry.data, validate=True)
        data = zlib.decompressobj().decompress(raw, _MOST_BYTES)
        yield from decode_block(entry.lesson_ns, entry.names, entry.events, data)
    except (binascii.Error, zlib.error, DamagedBlock):
        return


def _entry(cut: CutTo, mode: str) -> Cut:
    return Cut(lesson_ns=cut.lesson_ns, role=cut.role, reason=cut.reason.value, mode=mode)
