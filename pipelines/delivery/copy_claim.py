"""The claim on a lesson's place in the store, so that no lesson overwrites another of the same id.

The same id can come from two boxes: a card image was cloned, a ledger restored, a room's name given twice. The first
object of a copy, ``claim``, holds a token that lies in the lesson's folder too. Where another token is there first, the
copy goes to a place of its own, ``<lesson>~<token>``. Nothing is renamed on this box.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path

from pipelines.delivery.errors import StoreFailed
from pipelines.delivery.interfaces import Store
from pipelines.delivery.upload_plan import UploadPlan
from pipelines.files.durable import write_atomically
from pipelines.files.lesson_layout import CLAIM, INIT, LESSON_JSON, is_media
from pipelines.files.sha256 import sha256_of_bytes, sha256_of_file

log = logging.getLogger(__name__)

_LONGEST = 4096
_IN_NAME = 8
_TOKEN = re.compile(r"[0-9a-f]{32}")


def read_claim(folder: Path) -> bytes | None:
    """The claim in a lesson's folder; None where none was made. Blocks.

    Raises:
        OSError: it cannot be read.
    """
    try:
        return (folder / CLAIM).read_bytes() or None
    except FileNotFoundError:
        return None


def make_claim(folder: Path) -> bytes:
    """Return the claim in a lesson's folder; it is drawn and written where there is none. Blocks.

    Raises:
        OSError: it cannot be read or written.
    """
    if (claim := read_claim(folder)) is None:
        claim = json.dumps({"format": 1, "lesson": folder.name, "token": secrets.token_hex(16)}).encode() + b"\n"
        write_atomically(folder / CLAIM, claim)
    return claim


def possible_places(lesson: str, claim: bytes) -> list[str]:
    """Where the copy of a lesson may lie: under its own name, or under one that its claim makes.

    There are several of these, since a claim of our own that the store has garbled looks like another's.
    """
    token = _token(claim)
    return [lesson, *(f"{lesson}~{token[start : start + _IN_NAME]}" for start in range(0, len(token), _IN_NAME))]


async def claim_place(
    lesson: str, claim: bytes, store: Store, prefix: str, is_free: Callable[[str], Awaitable[bool]]
) -> str:
    """Claim a place for a lesson's copy below ``prefix`` and return its name; a place that is ours stays ours.

    ``is_free`` is asked of a place without a claim, since earlier versions made none.

    Raises:
        StoreError: the store does not answer, or shows neither our claim nor another.
    """
    for place in possible_places(lesson, claim):
        key = f"{prefix}/{place}/{CLAIM}"
        found = await store.read(key, _LONGEST)
        if found is None and await is_free(place):
            # The answer may be lost, or another may be quicker: what is there afterwards counts.
            await store.create(key, claim)
            if (found := await store.read(key, _LONGEST)) is None:
                raise StoreFailed(f"the store does not show {key} yet", is_about_object=True)
        if found == claim:
            return place
        log.warning("%s/%s in the store is the copy of another lesson of that id; ours goes elsewhere", prefix, place)
    raise StoreFailed(f"every place for {lesson} in the store belongs to others", is_about_object=True)


async def find_place(folder_name: str, claim: bytes | None, store: Store, prefix: str) -> str:
    """Where the store has the copy of a lesson with this claim; its own name where nothing says otherwise.

    Raises:
        StoreError: the store does not answer.
    """
    if claim is None:
        return folder_name
    for place in possible_places(folder_name, claim):
        if await store.read(f"{prefix}/{place}/{CLAIM}", _LONGEST) == claim:
            return place
    return folder_name


async def is_ours_without_claim(folder: Path, plan: UploadPlan, store: Store, prefix: str) -> bool:
    """Whether what lies under a lesson's name in the store without a claim is this lesson's, or nothing.

    Only earlier versions left it so; it is ours if the outbox knows of it, or if it is what we have here.

    Raises:
        StoreError: the store does not answer.
        OSError: a file of the lesson cannot be read.
    """
    if any(item.copy is not None for item in plan.items.values()):
        return True
    first_segment = next((path for path in sorted(filter(is_media, plan.files)) if not path.endswith(INIT)), None)
    for path in filter(None, (LESSON_JSON, first_segment)):
        found = await store.read_back(f"{prefix}/{folder.name}/{path}")
        if found is None:
            continue
        if path not in plan.files or await asyncio.to_thread(sha256_of_file, folder / path) != found.sha256:
            return False
    return True


def _token(claim: bytes) -> str:
    """The token in a claim; of one that somebody has changed, digits that are its own all the same."""
    try:
        token = str(json.loads(claim)["token"])
    except (ValueError, KeyError, TypeError, RecursionError):
        token = ""
    return token if _TOKEN.fullmatch(token) else sha256_of_bytes(claim)
