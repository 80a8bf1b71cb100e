"""Check of the demo's results: receipt, polls, and copy in the store; it prints where they are and how to play them."""

from __future__ import annotations

from pathlib import Path

from edge.config.model import Config
from edge.config.store import configured_store
from edge.demo.ground_truth import disagreements, logged_questions
from edge.demo.progress_screen import ProgressScreen
from edge.demo.room_setup import DemoRoom
from edge.school import polls_json
from edge.terminal.polls_table import polls_table
from edge.terminal.receipt_table import print_receipt
from pipelines.delivery.compare_copies import compare_copies
from pipelines.delivery.upload_plan import scan_lesson_folder
from pipelines.devices.clicker_base import ROLE as CLICKERS
from pipelines.files.lesson_layout import MAIN_PLAYLIST
from pipelines.receipt import receipt


async def results_are_good(lesson: str, config: Config, room: DemoRoom, screen: ProgressScreen) -> bool:
    """Print the results of the lesson; whether its receipt is good, its polls agree and its copy is the same.

    Raises:
        StoreError: The store does not answer.
        OSError: A file cannot be read.
    """
    folder = config.paths.spool / lesson
    prefix = f"{config.room.school}/{config.room.room}"
    checked = receipt.read_receipt(folder)
    store = configured_store(config.store)
    if checked is None or store is None:
        screen.report("demo.nothing-kept", folder=folder)
        return False
    print_receipt(checked, screen.console, screen.language)
    polls_agree = _polls_agree(folder, room, screen)
    differences = await compare_copies(folder, store, prefix)
    for difference in differences:
        screen.report("demo.differs", file=difference.path)
    if not differences:
        screen.report("demo.same", count=len(scan_lesson_folder(folder)))
    _print_paths(folder, config.store.url, prefix, screen)
    good = checked.is_good and polls_agree and not differences
    screen.report("demo.good" if good else "demo.bad")
    return good


def _polls_agree(folder: Path, room: DemoRoom, screen: ProgressScreen) -> bool:
    """Print the polls; whether every file agrees with what the class pressed."""
    results = polls_json.read(folder)
    if results is not None:
        screen.console.print(polls_table(results, screen.language))
    differences = disagreements(folder, room.ground_truth(CLICKERS), room.roster)
    for what in differences:
        screen.report("demo.polls-differ", what=what)
    if not differences:
        screen.report(
            "demo.polls-agree", count=sum(len(one.answers) for one in logged_questions(room.ground_truth(CLICKERS)))
        )
    return not differences


def _print_paths(folder: Path, url: str, prefix: str, screen: ProgressScreen) -> None:
    screen.console.print()
    screen.report("demo.lies", folder=folder, store=f"{url}/{prefix}/{folder.name}")
    screen.report("demo.play", playlist=folder / MAIN_PLAYLIST, folder=folder)
    screen.console.print()
