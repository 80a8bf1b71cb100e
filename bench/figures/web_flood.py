"""A lesson while the pages are flooded: missing pictures, the way from a press to the lamp, and what web costs."""

from __future__ import annotations

import contextlib
import http.client
import json
import ssl
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

import numpy as np

from bench.measured_room import CAMERAS, pss_mb, running_room, set_cpu_weight, simulated_camera
from bench.result_rows import ResultRow, bound
from bench.web_flood_client import HELD
from edge.config.load import load
from edge.demo.room_setup import free_port
from edge.web.access.accounts import AccountFile
from edge.web.access.roles import Role
from edge.web.access.sessions import COOKIE
from tests.system import media
from tests.system.room import Room
from tests.waiting import until

_RECONNECTS = 10_000
_PRESSES = 20
_BETWEEN_S = 0.2
# A finger that two lines of text are: where the machine stands still for longer than this they come as one, and none.
_PRESS_S = 0.4
_SLOWER_MS = 50.0
_LONGEST_FLOOD_S = 240
_PASSWORD = "of the bench"
_SIZE, _KBPS = (1280, 720), 2000
# What CPUWeight=20 is among sessions (see ``set_cpu_weight``).
_WEB_NICE = "7"
# The first and the last picture of a stretch of lesson may lie to either side of its edge.
_EDGE_NS = 100_000_000


def measure() -> list[ResultRow]:
    """Two cameras, recorder and web weighed as by their units; presses with and without the flood."""
    ports = free_port(0), free_port(0)
    pages = f'[web]\nhttps_port = {ports[0]}\nhttp_port = {ports[1]}\nmdns = false\nstate = "web"\n'
    cameras = simulated_camera(_SIZE, _KBPS, "buffers = 4\n")
    with running_room("web-flood", cameras, "[lesson]\ntake_back_s = 0\n", pages=pages) as room:
        weighed = set_cpu_weight(room)
        pid = room.processes["web"].pid
        with contextlib.suppress(OSError):
            Path(f"/proc/{pid}/autogroup").write_text(_WEB_NICE)
        cookie = _session(room, ports[0])
        idle_mb = pss_mb(pid)
        quiet_ms, quiet_missing, _ = _lesson_of_presses(room)
        command = [sys.executable, "-m", "bench.web_flood_client", cookie, *map(str, ports), str(_RECONNECTS)]
        begun_s = time.monotonic()
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as flood:
            try:
                flooded_ms, missing, recorded = _lesson_of_presses(room)
                most_mb = pss_mb(pid)
                told, _ = flood.communicate(timeout=_LONGEST_FLOOD_S)
            finally:
                flood.kill()
        took_s = time.monotonic() - begun_s
        done = json.loads(told)
        assert room.processes["web"].poll() is None, "it is still the same process"
        until(lambda: _answers(ports[0]), 10)
        left_mb = pss_mb(pid)
    how = f"{json.dumps(done)} in {took_s:.0f} s" + ("" if weighed else "; without the units' CPUWeight")
    quiet, flooded = (float(np.percentile(values, 99)) for values in (quiet_ms, flooded_ms))
    of = f"p99 of {2 * _PRESSES}, without the flood {quiet:.0f} ms"
    return [
        bound(
            "bar codes missing, pages flooded",
            missing,
            "pictures",
            0,
            f"of {recorded + missing}, without the flood {quiet_missing}; {how}",
        ),
        bound("press → lamp, pages flooded", flooded, "ms", quiet + _SLOWER_MS, of),
        bound(
            "held connections beyond the limit", HELD - done.get("let go", 0), "", 512, f"of {HELD}, the others refused"
        ),
        bound("memory of web, pages flooded", most_mb, "MB", 224, f"PSS; {idle_mb:.0f} before, {left_mb:.0f} after"),
    ]


def _lesson_of_presses(room: Room) -> tuple[list[float], int, int]:
    """A lesson in which it is paused and resumed: ms from press to lamp, and pictures missing and recorded."""
    assert room.controller_pins is not None
    assert room.recorder_pins is not None
    folder = room.begin_lesson()
    took_ms = []
    for _ in range(_PRESSES):
        for pattern in ("slow-blink", "on"):
            pressed_s = time.monotonic()
            room.controller_pins.press("pause", _PRESS_S)
            # A lesson is paused as soon as the button is down, and goes on when it is let go.
            moved_s = pressed_s if pattern == "slow-blink" else time.monotonic()
            took_ms.append((room.recorder_pins.wait_for("recording", pattern, pressed_s, 10) - moved_s) * 1e3)
            time.sleep(_BETWEEN_S)
    room.end_lesson()
    missing, recorded = 0, 0
    running = media.spans(folder)
    for role in CAMERAS:
        shown = {one.reading.frame for one in media.pictures(folder / f"{role}.m3u8") if one.reading}
        exposures = [json.loads(line) for line in (room.folder / f"{role}.log").read_text().splitlines()]
        due = {one["frame"] for one in exposures if any(span.holds(one["exposure_ns"], _EDGE_NS) for span in running)}
        recorded += len(shown)
        missing += len(due - shown)
    return took_ms, missing, recorded


def _session(room: Room, port: int) -> str:
    """The cookie of a teacher who has logged in."""
    AccountFile(load(room.file, frozenset()).web.state).set_password("teacher", Role.TEACHER, _PASSWORD)
    until(lambda: _answers(port), 30)
    connection = _connection(port)
    form = urlencode({"name": "teacher", "password": _PASSWORD})
    headers = {"Origin": f"https://localhost:{port}", "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/login", form, headers)
    cookie = connection.getresponse().getheader("Set-Cookie", "").partition(";")[0]
    assert cookie.startswith(COOKIE)
    return cookie


def _answers(port: int) -> bool:
    try:
        connection = _connection(port)
        connection.request("GET", "/login")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False


def _connection(port: int) -> http.client.HTTPSConnection:
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection("localhost", port, context=trusting, timeout=10)
