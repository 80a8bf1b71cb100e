"""docs/reference/ is what the code makes of it; every code that people may see has its sentence and its remedy."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from docs.generate.faults import FAULTS, STORE
from docs.generate.remedies import MESSAGES as REMEDIES
from edge.classroom.recorder_messages import NOTHING_CAPTURED
from edge.config.load import load
from edge.controller.fault_registry import LEDGER, NEWER_LEDGER
from edge.controller.finalisation import HELD_UP
from edge.controller.maintenance.disk_cleanup import NOT_REMOVABLE
from edge.controller.previews import INCOMPLETE
from edge.controller.publication.publication import BEHIND as INDEX_BEHIND
from edge.controller.timetable import keeper
from edge.controller.uploads import BEHIND
from edge.controller.wiring import wire
from edge.i18n.receipt import MESSAGES as RECEIPT
from pipelines.devices.device_state import DeviceState
from pipelines.files import disk
from pipelines.receipt.findings import FindingCode
from pipelines.recording.director_desk import FAILED, HUNG
from pipelines.recording.speech_monitor import UNAVAILABLE

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
TIMETABLE = {keeper.UNREADABLE, keeper.UNREACHABLE, keeper.UNKNOWN_YEAR, keeper.NO_CLOCK}
OTHERS = {
    LEDGER,
    NEWER_LEDGER,
    HELD_UP,
    BEHIND,
    INDEX_BEHIND,
    NOT_REMOVABLE,
    INCOMPLETE,
    NOTHING_CAPTURED,
    UNAVAILABLE,
    FAILED,
    HUNG,
    *TIMETABLE,
}
CONFIG = """
[room]
school = "s"
room = "r1"

[cameras.teacher]
driver = "simulated"

[cameras.students]
driver = "simulated"

[lrs]
url = "https://lrs.example"

[board]
mqtt_url = "mqtts://broker.example"
"""


def test_the_pages_are_not_stale(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "docs.generate", str(tmp_path)], cwd=ROOT, check=True, timeout=60)
    made = {page.name: page.read_text(encoding="utf-8") for page in tmp_path.iterdir()}
    kept = {page.name: page.read_text(encoding="utf-8") for page in REFERENCE.iterdir()}
    assert made == kept, "run: make reference"


def test_every_fault_has_a_sentence(tmp_path: Path) -> None:
    of_the_disk = {word for name, word in vars(disk).items() if name.isupper() and isinstance(word, str)}
    of_parts = {f"{part}-{what}" for part in controller_parts(tmp_path) for what in ("failed", "hung")}
    assert {*of_the_disk, *of_parts, *STORE, *OTHERS, "track", "no-recorder"} == set(FAULTS)


def controller_parts(folder: Path) -> set[str]:
    """The names of all parts that a controller can have."""
    file = folder / "config.toml"
    file.write_text(CONFIG, encoding="utf-8")

    async def names() -> set[str]:
        return {part.name for part in wire(load(file)).parts}

    return asyncio.run(names())


def test_every_finding_has_a_sentence() -> None:
    assert {str(code) for code in FindingCode} - set(RECEIPT) == set()


def test_every_code_has_a_remedy_and_every_remedy_a_code() -> None:
    codes = {f"fault-{word}" for word in FAULTS} | {f"finding-{code}" for code in FindingCode}
    codes |= {f"device-{state}" for state in DeviceState if state is not DeviceState.RUNNING}
    assert set(REMEDIES) == codes
