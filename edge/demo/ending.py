"""How the demo's lesson is found at the end: its receipt, where it lies, how to play it, what the store has."""

from __future__ import annotations

from pathlib import Path

from edge.config.model import Config
from edge.controller import composition
from edge.demo.screen import Screen
from edge.terminal.receipt_table import print_receipt
from pipelines.delivery.compare import compare
from pipelines.delivery.plan import survey
from pipelines.programme.playlist import MAIN
from pipelines.receipt import receipt


async def ended_well(lesson: str, config: Config, screen: Screen) -> bool:
    """Show what became of the lesson; whether its receipt is good and its copy the same. StoreFault, OSError."""
    folder = config.paths.spool / lesson
    prefix = f"{config.room.school}/{config.room.room}"
    found = receipt.read(folder)
    store = composition.store(config.store)
    if found is None or store is None:
        screen.tell("demo.nothing-kept", folder=folder)
        return False
    print_receipt(found, screen.console, screen.language)
    differences = await compare(folder, store, prefix)
    for difference in differences:
        screen.tell("demo.differs", file=difference.path)
    if not differences:
        screen.tell("demo.same", count=len(survey(folder)))
    _say_where(folder, config.store.url, prefix, screen)
    good = found.good and not differences
    screen.tell("demo.good" if good else "demo.bad")
    return good


def _say_where(folder: Path, url: str, prefix: str, screen: Screen) -> None:
    screen.console.print()
    screen.tell("demo.lies", folder=folder, store=f"{url}/{prefix}/{folder.name}")
    screen.tell("demo.play", playlist=folder / MAIN, folder=folder)
    screen.console.print()
