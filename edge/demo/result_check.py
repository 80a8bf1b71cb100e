"""How the demo's lesson is found at the end: its receipt, where it lies, how to play it, what the store has."""

from __future__ import annotations

from pathlib import Path

from edge.config.model import Config
from edge.config.store import configured_store
from edge.demo.ground_truth import disagreements, pressed
from edge.demo.progress_screen import ProgressScreen
from edge.demo.room_setup import DemoRoom
from edge.school import poll_results as books
from edge.terminal.polls_table import polls_table
from edge.terminal.receipt_table import print_receipt
from pipelines.delivery.compare_copies import compare_copies
from pipelines.delivery.upload_plan import scan_lesson_folder
from pipelines.devices.clicker_base import ROLE as CLICKERS
from pipelines.files.lesson_layout import MAIN_PLAYLIST
from pipelines.receipt import receipt


async def ended_well(lesson: str, config: Config, room: DemoRoom, screen: ProgressScreen) -> bool:
    """Show what became of the lesson; whether its receipt is good, its polls true and its copy the same.

    StoreError, OSError.
    """
    folder = config.paths.spool / lesson
    prefix = f"{config.room.school}/{config.room.room}"
    found = receipt.read_receipt(folder)
    store = configured_store(config.store)
    if found is None or store is None:
        screen.tell("demo.nothing-kept", folder=folder)
        return False
    print_receipt(found, screen.console, screen.language)
    true = _polls_are_true(folder, room, screen)
    differences = await compare_copies(folder, store, prefix)
    for difference in differences:
        screen.tell("demo.differs", file=difference.path)
    if not differences:
        screen.tell("demo.same", count=len(scan_lesson_folder(folder)))
    _say_where(folder, config.store.url, prefix, screen)
    good = found.is_good and true and not differences
    screen.tell("demo.good" if good else "demo.bad")
    return good


def _polls_are_true(folder: Path, room: DemoRoom, screen: ProgressScreen) -> bool:
    """Show the polls; whether every paper says what the class pressed."""
    book = books.read(folder)
    if book is not None:
        screen.console.print(polls_table(book, screen.language))
    wrong = disagreements(folder, room.truth(CLICKERS), room.roster)
    for what in wrong:
        screen.tell("demo.polls-differ", what=what)
    if not wrong:
        screen.tell("demo.polls-agree", count=sum(len(one.answers) for one in pressed(room.truth(CLICKERS))))
    return not wrong


def _say_where(folder: Path, url: str, prefix: str, screen: ProgressScreen) -> None:
    screen.console.print()
    screen.tell("demo.lies", folder=folder, store=f"{url}/{prefix}/{folder.name}")
    screen.tell("demo.play", playlist=folder / MAIN_PLAYLIST, folder=folder)
    screen.console.print()
