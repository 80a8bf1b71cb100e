"""Setup of the demo's room: a folder that is emptied each time, and a config whose devices are all simulated."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from edge.classroom import board_content
from edge.classroom.board_content import BoardTexts
from edge.config.dump import to_toml
from edge.demo.class_list import STUDENTS, class_list
from edge.demo.poll_script import answer_within_s
from edge.demo.timetable import time_zone, timetable
from edge.i18n import Language, translate
from edge.school.roster_store import NAME as ROSTER
from pipelines.devices.clicker_base import ROLE as CLICKERS

MARKER = ".classroom-edge-demo"
CAMERAS = {"teacher": 20, "students": 20, "screen": 15}
"""Roles and their pictures a second: people move, slides do not, and two cores draw and encode all of it."""
# Clocks of cheap sound cards: uncorrected, the drift is seen after a minute.
MICROPHONES = {"ceiling": 80.0, "lapel": -35.0}
"""Roles, which say where in the classroom they hear, and how fast their clocks are in ppm."""
_NOISE_DBFS, _VOICE_DBFS = -48.0, -20.0
_SEEDS = 1_000_000
# The lesson is prepared for about so long before the button is pressed.
_LESSON_BEGINS_IN_S = 8.0
_TAKE_BACK_S = 3.0
_BUZZER_PIN = 18
_HTTPS_PORT, _HTTP_PORT = 8443, 8080


class NotADemo(Exception):
    """The folder holds something that no demo has made."""


class DemoRuns(Exception):
    """Another demo is running in the folder."""


@dataclass(frozen=True, slots=True)
class DemoRoom:
    """Paths of the demo; ``run`` holds the sockets, whose paths must be short."""

    folder: Path
    run: Path

    @property
    def config(self) -> Path:
        """The config file."""
        return self.folder / "config.toml"

    def log(self, process: str) -> Path:
        """The log of a process."""
        return self.folder / "logs" / f"{process}.log"

    @property
    def class_list(self) -> Path:
        """The table that the class is imported from."""
        return self.folder / "class.csv"

    @property
    def _timetable(self) -> Path:
        return self.folder / "timetable.ics"

    @property
    def roster(self) -> Path:
        """The roster, which the controller makes of it."""
        return self.folder / ROSTER

    def ground_truth(self, role: str) -> Path:
        """The log in which a simulated device records what it really showed, played or sent, and when."""
        return self.folder / "truth" / f"{role}.jsonl"

    def set_up(self, language: Language, seconds: float, *, previews: bool = False) -> None:
        """Make the folders, write config, class list, timetable and the board's texts, for a lesson of ``seconds``.

        ``previews``: somebody will look at the lesson in the player.

        Raises:
            OSError: The folder cannot be written.
        """
        for name in ("spool", "store", "logs", "truth"):
            (self.folder / name).mkdir()
        self.config.write_text(to_toml(self._tables(language, seconds, previews=previews)), encoding="utf-8")
        self.class_list.write_bytes(class_list(language))
        self._timetable.write_bytes(timetable(language, datetime.now().astimezone()))
        notices = tuple(translate(f"demo.notice-{name}", language) for name in ("meeting", "books"))
        texts = BoardTexts(notices=notices, duty=tuple(translate("demo.duty", language).split(",")))
        (self.folder / board_content.FILE_NAME).write_text(texts.model_dump_json(), encoding="utf-8")

    def _tables(self, language: Language, seconds: float, *, previews: bool) -> dict[str, Any]:
        lesson = {
            "driver": "simulated",
            "classroom_seed": secrets.randbelow(_SEEDS),
            "classroom_begin_s": round(time.monotonic() + _LESSON_BEGINS_IN_S, 3),
            "flash_period_s": 0.0,
        }
        camera = {**lesson, "classroom_barcode": False, "width": 1280, "height": 720, "process": True}
        microphone = {**lesson, "noise_dbfs": _NOISE_DBFS, "voice_dbfs": _VOICE_DBFS}
        return {
            "room": {
                "school": "demo-school",
                "room": "r204",
                "name": translate("demo.room", language),
                "language": language,
            },
            "paths": {
                "spool": str(self.folder / "spool"),
                "ledger": str(self.folder / "ledger.db"),
                "run": str(self.run),
            },
            "lesson": {"take_back_s": _TAKE_BACK_S},
            "storage": {"lesson_min": 1},
            "cameras": {
                role: {**camera, "fps": fps, "log": str(self.ground_truth(role))} for role, fps in CAMERAS.items()
            },
            "microphones": {
                role: {**microphone, "classroom_place": role, "ppm": ppm, "log": str(self.ground_truth(role))}
                for role, ppm in MICROPHONES.items()
            },
            "panel": {"driver": "simulated", "buzzer": _BUZZER_PIN},
            "timetable": {
                "file": str(self._timetable),
                "time_zone": time_zone(datetime.now().astimezone()),
                "class_name": translate("demo.class", language),
                "public_holidays": False,
                "trust_clock": True,
            },
            "board": {"phones": True},
            "previews": {"pictures": previews, "screen_text": previews},
            "clickers": {
                "driver": "simulated",
                "students": STUDENTS,
                "answer_within_s": answer_within_s(seconds),
                "log": str(self.ground_truth(CLICKERS)),
            },
            "store": {"url": (self.folder / "store").as_uri()},
            "web": {
                "https_port": free_port(_HTTPS_PORT),
                "http_port": free_port(_HTTP_PORT),
                "state": str(self.folder / "web"),
                "mdns": False,
            },
        }


def free_port(wanted: int) -> int:
    """The port that is wanted, or another if somebody listens on that."""
    for port in (wanted, 0):
        with contextlib.suppress(OSError), socket.create_server(("", port)) as listening:
            return int(listening.getsockname()[1])
    raise OSError("no port is free")


@contextmanager
def emptied(folder: Path) -> Iterator[None]:
    """Empty the folder, and lock it while the block runs.

    Raises:
        NotADemo: It holds something that no demo has made.
        DemoRuns: Another demo has locked it.
        OSError: It cannot be used.
    """
    folder.mkdir(parents=True, exist_ok=True)
    marker = folder / MARKER
    if not marker.exists() and any(folder.iterdir()):
        raise NotADemo
    with marker.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DemoRuns from error
        for entry in os.scandir(folder):
            if entry.name == MARKER:
                continue
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry)
            else:
                os.unlink(entry)
        yield
