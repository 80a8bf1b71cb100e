"""Copies the results of finished calibrations to the store, so that the county sees which rooms were calibrated when.

They lie there as ``<school>/<room>/calibration/<number>.json``, without pictures. What was copied is remembered in
``copies.json`` beside the calibrations; without that file each is compared with the store again.
"""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from edge.config.calibration_folder import RESULTS
from edge.config.export_settings import StoreConfig
from edge.config.store import configured_store
from edge.ledger.upload_outbox import UploadOutbox
from pipelines.delivery.create_once import create_once
from pipelines.delivery.errors import StoreError
from pipelines.delivery.interfaces import FileState, Store
from pipelines.delivery.retry_policy import RetryPolicy
from pipelines.delivery.store_mark import read_mark
from pipelines.delivery.store_visits import StoreVisits
from pipelines.delivery.upload_plan import file_state
from pipelines.files.durable import write_atomically
from pipelines.files.sha256 import sha256_of_bytes

log = logging.getLogger(__name__)

NAME = "calibrations"
COPIES = "copies.json"
LOOK_S = 60.0

_LARGEST = 4 << 20


class Copies(BaseModel):
    """What was copied to the store with this mark: the SHA-256 of each calibration's results, by its folder's name."""

    model_config = ConfigDict(extra="ignore")

    mark: str = ""
    sha256: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class FinishedCalibration:
    """The results of a calibration that is over, as they lie in the folder ``name``, and what tells a later version."""

    name: str
    data: bytes
    state: FileState


class CalibrationCopies:
    """Copies what is finished in ``folder`` below ``prefix`` in the configured store; without one it does nothing.

    It leaves the store's mark to the uploads, and waits until they know the store.
    """

    def __init__(
        self,
        config: StoreConfig,
        folder: Path,
        prefix: str,
        outbox: UploadOutbox,
        policy: RetryPolicy | None = None,
        look_s: float = LOOK_S,
    ) -> None:
        self._config = config
        self._folder = folder
        self._target = f"{prefix}/calibration"
        self._prefix = prefix
        self._outbox = outbox
        self._copies = Copies()
        self._done: dict[str, FileState] = {}
        self._visits = StoreVisits("Results of calibrations wait", policy or RetryPolicy(), look_s)

    def retry(self) -> None:
        """Look now: the network is back."""
        self._visits.retry()

    async def run(self) -> None:
        """Copy until cancelled; returns at once where no store is configured.

        Raises:
            InvalidStoreUrl: the store cannot be made from the config.
            LedgerError: from the outbox.
        """
        store = await asyncio.to_thread(configured_store, self._config)
        if store is None:
            return
        self._copies = await asyncio.to_thread(_read_copies, self._folder / COPIES)
        async with store.connected():
            await self._visits.repeat(partial(self._visit, store))

    async def _visit(self, store: Store) -> bool:
        """Copy what is to be copied. StoreError."""
        known = await asyncio.to_thread(self._outbox.known_store)
        if known is None:
            return True
        if known.mark != self._copies.mark:
            self._copies = Copies(mark=known.mark)
            self._done.clear()
        found = await asyncio.to_thread(finished_calibrations, self._folder, dict(self._done))
        is_right_store = False
        for one in found:
            if self._visits.holds.is_held(one.name):
                continue
            if self._copies.sha256.get(one.name) != sha256_of_bytes(one.data):
                if not is_right_store:
                    await store.prepare(known.traits, self._prefix)
                    if await read_mark(store, self._prefix) != known.mark:
                        return True
                    is_right_store = True
                await self._copy(store, one)
            if not self._visits.holds.was_refused(one.name):
                self._done[one.name] = one.state
        return True

    async def _copy(self, store: Store, one: FinishedCalibration) -> None:
        """Copy one; that it alone is refused holds up no other.

        Raises:
            StoreError: the store does not do its part, for whatever object.
        """
        try:
            key = await create_once(store, self._target, one.name, ".json", one.data)
        except StoreError as error:
            if not error.is_about_object:
                raise
            log.warning("The results of calibration %s wait (%s): %s", one.name, error.code, error)
            self._visits.holds.refused(one.name, error)
            return
        self._visits.holds.proven(one.name)
        log.info("The results of calibration %s are in the store: %s", one.name, key)
        self._copies = Copies(
            mark=self._copies.mark, sha256=self._copies.sha256 | {one.name: sha256_of_bytes(one.data)}
        )
        try:
            await asyncio.to_thread(
                write_atomically, self._folder / COPIES, self._copies.model_dump_json(indent=1).encode() + b"\n"
            )
        except OSError as error:
            # The next process compares it with the store again, that is all.
            log.warning("%s cannot be written: %s", COPIES, error)


def finished_calibrations(folder: Path, known: dict[str, FileState]) -> list[FinishedCalibration]:
    """The finished calibrations, but for those whose results are as ``known``. Blocks.

    A calibration that still goes on, or whose results cannot be read, is left out.
    """
    found = []
    for path in sorted(folder.glob(f"[0-9]*/{RESULTS}")):
        name = path.parent.name
        try:
            state = file_state(path)
            if state is None or state.size > _LARGEST or known.get(name) == state:
                continue
            data = path.read_bytes()
        except OSError as error:
            log.debug("%s cannot be read: %s", path, error)
            continue
        if _is_finished(data):
            found.append(FinishedCalibration(name, data, state))
    return found


def _is_finished(data: bytes) -> bool:
    try:
        results = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(results, dict) and bool(results.get("finished_at"))


def _read_copies(path: Path) -> Copies:
    try:
        return Copies.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return Copies()
