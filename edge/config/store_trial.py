"""The store that the config names, tried: what it is like, or what is wrong with it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict, dataclass

from edge.config.model import Config
from edge.config.store import configured_store
from edge.i18n import Language, foreign_sentence, translate
from pipelines.delivery.errors import InvalidStoreUrl, StoreError
from pipelines.delivery.interfaces import Store
from pipelines.delivery.store_mark import read_mark, write_mark


@dataclass(frozen=True, slots=True)
class StoreReport:
    """What the store is like. ``fault`` is the code of what is wrong with it, ``reason`` in words; empty for nothing.

    ``mark`` is the id by which this room knows it, empty where it has none yet. ``makes_room``: what is stored there
    may be removed from this box. ``is_hosted`` and ``checks_sha256`` are about buckets (``S3Traits``).
    """

    url: str
    mark: str = ""
    makes_room: bool = False
    is_hosted: bool | None = None
    checks_sha256: bool | None = None
    fault: str = ""
    reason: str = ""

    def fields(self) -> dict[str, object]:
        """The report as JSON."""
        return asdict(self)

    def text(self, language: Language) -> str:
        """The report in words, a line for each thing."""
        if self.fault:
            what = translate(f"room.fault-{self.fault}", language)
            return translate("cli.check-store-bad", language, what=what, reason=foreign_sentence(self.reason))
        said = [translate("cli.check-store-good", language, url=self.url)]
        said.append(translate(f"cli.check-store-{'marked' if self.mark else 'unmarked'}", language, mark=self.mark))
        if not self.makes_room:
            said.append(translate("cli.check-store-same-disk", language))
        if self.is_hosted:
            said.append(translate("cli.check-store-hosted", language))
        if self.checks_sha256 is False:
            said.append(translate("cli.check-store-read-back", language))
        return "\n".join(said)


def ask_store(config: Config, *, must_mark: bool) -> StoreReport | None:
    """Try the configured store out, and mark it if that is wanted; None where there is none."""
    try:
        store = configured_store(config.store)
    except InvalidStoreUrl as error:
        return StoreReport(config.store.url, fault="store-unsupported", reason=str(error))
    if store is None:
        return None
    try:
        return asyncio.run(_ask(config, store, must_mark))
    except StoreError as error:
        return StoreReport(config.store.url, fault=error.code, reason=str(error))


async def _ask(config: Config, store: Store, must_mark: bool) -> StoreReport:
    prefix = f"{config.room.school}/{config.room.room}"
    async with store.connected():
        traits = await store.prepare("", prefix)
        if (mark := await read_mark(store, prefix)) is None and must_mark:
            mark = await write_mark(store, prefix)
        spool = config.paths.spool
        makes_room = await store.is_apart_from(next(path for path in (spool, *spool.parents) if path.exists()))
    known = json.loads(traits)
    return StoreReport(config.store.url, mark or "", makes_room, known.get("is_hosted"), known.get("checks_sha256"))
