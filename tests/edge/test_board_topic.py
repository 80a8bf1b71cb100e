"""The class board's topic at a real mosquitto: TLS, a password, retained, and told again after the broker was away."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
from pydantic import SecretStr, ValidationError
from waiting import until, until_async

from edge.config.board_settings import BoardConfig
from edge.config.model import RoomConfig
from edge.link.board_messages import BoardStatus, OpenQuestion, RollStatus
from edge.link.board_view import board_view
from edge.link.control_messages import Status
from edge.reporting.board_topic import BoardTopic

USER, PASSWORD = "box", "s3cret-passwörd"
TOPIC = "classroom-edge/hill/r204/board"
BOARD = BoardStatus(
    room="204",
    school_class="九（3）",
    notices=["家长会"],
    duty=["陈晨"],
    roll=RollStatus(due=42, here=40),
    question=OpenQuestion(number=1, kind="single", choices=4),
    phones=True,
)


class Broker:
    """A mosquitto with a certificate of its own; only USER may come in."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.certificate = folder / "broker.pem"
        key, users, config = folder / "broker.key", folder / "users", folder / "mosquitto.conf"
        made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        named = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"]
        subprocess.run([*made, *named, "-keyout", key, "-out", self.certificate], check=True, capture_output=True)
        users.touch()
        subprocess.run(["mosquitto_passwd", "-b", users, USER, PASSWORD], check=True, capture_output=True)
        config.write_text(
            f"listener {self.port} 127.0.0.1\ncertfile {self.certificate}\nkeyfile {key}\nuser root\n"
            f"password_file {users}\nallow_anonymous false\n"
        )

    @contextmanager
    def running(self) -> Iterator[None]:
        command = ["mosquitto", "-c", self._folder / "mosquitto.conf"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                until(self._listens)
                yield
            finally:
                process.terminate()

    def client(self) -> aiomqtt.Client:
        context = ssl.create_default_context(cafile=self.certificate)
        return aiomqtt.Client("localhost", self.port, username=USER, password=PASSWORD, tls_context=context)

    def _listens(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False


@pytest.fixture
def broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Broker:
    made = Broker(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.certificate))
    return made


def topic_to(broker: Broker, status: list[Status], password: str = PASSWORD) -> BoardTopic:
    config = BoardConfig(mqtt_url=f"mqtts://localhost:{broker.port}", mqtt_user=USER, mqtt_password=SecretStr(password))
    return BoardTopic(config, RoomConfig(school="hill", room="r204"), lambda: board_view(status[-1]), UTC, 0.05)


@asynccontextmanager
async def running(topic: BoardTopic) -> AsyncIterator[None]:
    task = asyncio.create_task(topic.run())
    try:
        yield
        assert not task.done()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _retained(broker: Broker, wanted: dict[str, str]) -> Any:
    """What somebody who subscribes now is told of the board, once all of ``wanted`` is in it."""
    async with asyncio.timeout(20), broker.client() as client:
        await client.subscribe(f"{TOPIC}/#", qos=1)
        online, board = "", {}
        async for message in client.messages:
            text = bytes(message.payload).decode()
            if message.topic.matches(f"{TOPIC}/online"):
                online = text
            else:
                board = json.loads(text)
            told = {**board, "online": online}
            if wanted.items() <= told.items():
                return told
    raise AssertionError


async def test_a_vendors_board_is_told_what_ours_shows_and_no_names(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    status = [Status(state="idle", board=BOARD)]
    topic = topic_to(broker, status)
    with broker.running():
        async with running(topic):
            told = await _retained(broker, {"online": "1", "lamp": "idle"})
            assert set(told) == {*("lamp", "watched", "room", "class", "notices", "emergency", "roll", "at", "online")}
            assert "陈晨" not in json.dumps(told, ensure_ascii=False)
            status.append(Status(state="recording", lamp="on", board=BOARD.model_copy(update={"emergency": "集合"})))
            assert (await _retained(broker, {"lamp": "recording"}))["emergency"] == "集合"
        await _retained(broker, {"online": "0", "lamp": "recording"})  # a box that stops says so, and what was last
    assert PASSWORD not in caplog.text


async def test_a_broker_that_comes_back_is_told_again_and_a_wrong_password_is_a_fault(broker: Broker) -> None:
    status = [Status(state="idle", board=BOARD)]
    topic = topic_to(broker, status)
    async with running(topic):
        await until_async(lambda: topic.fault)
        with broker.running():
            await _retained(broker, {"online": "1", "lamp": "idle"})
            await until_async(lambda: not topic.fault)
        await until_async(lambda: topic.fault)
        with broker.running():
            await _retained(broker, {"online": "1", "lamp": "idle"})
            stranger = topic_to(broker, status, password="guessed")
            async with running(stranger):
                await until_async(lambda: "authori" in stranger.fault.lower())


@pytest.mark.parametrize(
    ("url", "is_plain_allowed"),
    [("mqtt://broker", False), ("mqtts://box:pw@broker", False), ("mqtts://broker/topic", False), ("http://b", True)],
)
def test_an_address_that_is_no_brokers_or_gives_a_password_away_is_refused(url: str, is_plain_allowed: bool) -> None:
    with pytest.raises(ValidationError):
        BoardConfig(mqtt_url=url, mqtt_allow_plain=is_plain_allowed)
    assert BoardConfig(mqtt_url="mqtt://broker:1884", mqtt_allow_plain=True).mqtt_url
