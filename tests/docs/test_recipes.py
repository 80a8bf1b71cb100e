"""What the recipes promise is so: their code is run and their config is read as they stand."""

from __future__ import annotations

import ast
import os
import random
import threading
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest
import recipes

from drivers import registry
from drivers.clicker.framing import Framing
from drivers.clicker.serial_transport import SerialTransport
from drivers.clicker.transport_receiver import TransportReceiver
from drivers.samples import AnswerForm, AskQuestion, ClickerAnswer, GarbledBytes, QuestionKind
from edge.cli.main import main

CAMERA = "recipes/camera.md"
CLICKER = "recipes/clicker.md"
ROOM = """
[room]
school = "s"
room = "r1"
"""


@pytest.fixture
def registered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The camera of the recipe, in the registry by the line that stands there."""
    entry = ast.literal_eval("{" + recipes.blocks(CAMERA, "python")[1] + "}")
    [(name, (module, _))] = entry.items()
    monkeypatch.setitem(registry.CAMERAS, name, entry[name])
    with recipes.imported(CAMERA, module, tmp_path):
        yield


@pytest.mark.usefixtures("registered")
def test_the_cameras_config_is_good_and_a_misspelt_key_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLASSROOM_EDGE_LANG", "en")
    config = tmp_path / "config.toml"
    table = recipes.blocks(CAMERA, "toml")[0]
    config.write_text(ROOM + table, encoding="utf-8")
    assert main(["--config", str(config), "check"]) == 0
    config.write_text(ROOM + table.replace("folder = ", "foldr = "), encoding="utf-8")
    assert main(["--config", str(config), "check"]) == 2
    assert "Did you mean “folder”?" in capsys.readouterr().err


@pytest.fixture
def text_lines(tmp_path: Path) -> Iterator[Framing]:
    """The framing of the recipe."""
    with recipes.imported(CLICKER, "drivers.clicker.text_lines_framing", tmp_path) as module:
        yield module.TextLines()


def test_the_clicker_framing_runs_behind_a_serial_port(text_lines: Framing) -> None:
    base, port = os.openpty()
    tty.setraw(port)
    replies = {b"HELLO\n": b"READY\n", b"ASK\n": b"7 B\nnoise\n12 F\n"}

    def answer() -> None:
        for said, reply in replies.items():
            assert os.read(base, 100) == said
            os.write(base, reply)

    far_side = threading.Thread(target=answer, name="far side")
    far_side.start()
    receiver = TransportReceiver("clickers", SerialTransport("clickers", os.ttyname(port), 9600), text_lines)
    try:
        assert receiver.open().model == "text-lines"
        receiver.send(AskQuestion(QuestionKind.SINGLE))
        events = [*receiver.read(5.0)]
        while len(events) < 3:
            events += receiver.read(5.0)
    finally:
        receiver.close()
        far_side.join(5.0)
        os.close(base)
        os.close(port)
    assert [(one.device, one.form, one.text) for one in events if isinstance(one, ClickerAnswer)] == [
        ("7", AnswerForm.KEYS, "B"),
        ("12", AnswerForm.KEYS, "F"),
    ]
    assert sum(one.octets for one in events if isinstance(one, GarbledBytes)) == len(b"noise\n")


def test_the_clicker_framing_bears_any_bytes(text_lines: Framing) -> None:
    dice = random.Random(1)
    for _ in range(200):
        text_lines.handshake()
        data = bytes(dice.choices(b"ABC 0123\nREADY\xff\xb2", k=60))
        events = [event for at in range(0, 60, 7) for event in text_lines.push_bytes(data[at : at + 7], 1)]
        events += text_lines.flush(1)
        assert sum(one.octets for one in events if isinstance(one, GarbledBytes)) <= len(data)
        assert all(one.device.isdecimal() for one in events if isinstance(one, ClickerAnswer))
