"""A PulseAudio server of the tests' own, whose sinks are microphones one can play into."""

from __future__ import annotations

import math
import os
import socket
import subprocess
import tempfile
from array import array
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import priority
from waiting import until

RATE_HZ = 48_000
ASOUND = """pcm.{name} {{ type pulse server "{server}" device "{name}.monitor" \
hint {{ show on description "{name}" }} }}
"""


class PulseServer:
    """A server on a socket in a folder of its own; each of ``microphones`` is a PortAudio device of that name.

    PortAudio must run with ``environment`` in its environment. ``play`` makes sound in a microphone;
    a microphone nobody plays into is silent. ``kill`` takes them all away at once.
    """

    def __init__(self, *microphones: str) -> None:
        self._names = microphones or ("room_mic",)
        self._folder = tempfile.TemporaryDirectory(prefix="pulse-")
        self._home = Path(self._folder.name)
        self._socket = self._home / "run" / "pulse" / "native"
        self._server: subprocess.Popen[bytes] | None = None
        self._players: list[subprocess.Popen[bytes]] = []

    @property
    def environment(self) -> Mapping[str, str]:
        """What a program needs in its environment to hear these microphones and no others."""
        return {
            "XDG_RUNTIME_DIR": str(self._home / "run"),
            "HOME": str(self._home),
            "PULSE_COOKIE": str(self._home / "cookie"),
            "PULSE_SERVER": f"unix:{self._socket}",
        }

    @property
    def devices(self) -> str:
        """The microphones as ALSA's configuration describes them."""
        server = self.environment["PULSE_SERVER"]
        return "".join(ASOUND.format(name=name, server=server) for name in self._names)

    def __enter__(self) -> Self:
        (self._home / ".asoundrc").write_text(self.devices)
        self._socket.parent.mkdir(parents=True, mode=0o700)
        try:
            self.start()
        except BaseException:
            self._folder.cleanup()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self._folder.cleanup()

    def start(self) -> None:
        """Start the server (again, after ``kill``) and wait until it answers."""
        sinks = [f"module-null-sink sink_name={name} rate={RATE_HZ} channels=1 norewinds=1" for name in self._names]
        modules = [f"module-native-protocol-unix socket={self._socket} auth-anonymous=1", *sinks]
        # fmt: off
        command = [
            "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--realtime=no",
            "--high-priority=no", "--disable-shm=yes", *(word for module in modules for word in ("-L", module)),
        ]
        # fmt: on
        self._server = self._run(command)
        self._wait_for_answer(self._server)
        for name in self._names:
            self._player(name, ["/dev/zero"])

    def play(self, name: str, samples: bytes, buffer_ms: int = 10) -> None:
        """Play 48 kHz mono int16 samples into a microphone; returns when they are on their way.

        A longer buffer keeps the sound whole when the player gets no processor for a while.
        """
        file = self._home / f"{len(self._players)}.raw"
        file.write_bytes(samples)
        self._player(name, [str(file)], buffer_ms)

    def kill(self) -> None:
        """The server dies, and everything that plays into it."""
        running, self._players = self._players, []
        if self._server is not None:
            running = [self._server, *running]
            self._server = None
        for process in running:
            process.kill()
            process.wait()

    def _player(self, name: str, arguments: list[str], buffer_ms: int = 10) -> None:
        # fmt: off
        command = [
            "pacat", "--playback", "--raw", f"--latency-msec={buffer_ms}", f"--device={name}",
            "--format=s16le", f"--rate={RATE_HZ}", "--channels=1", *arguments,
        ]
        # fmt: on
        self._players.append(self._run(command))

    def _run(self, command: list[str]) -> subprocess.Popen[bytes]:
        started = subprocess.Popen(
            command,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        priority.put(started.pid, priority.FIRST)  # a sound card never waits for a processor
        return started

    def _wait_for_answer(self, server: subprocess.Popen[bytes], seconds: float = 10.0) -> None:
        def answers() -> bool:
            with socket.socket(socket.AF_UNIX) as attempt:
                return attempt.connect_ex(str(self._socket)) == 0

        until(lambda: server.poll() is not None or answers(), seconds)
        assert server.poll() is None, "pulseaudio did not start"


def hearing(home: Path, *servers: PulseServer) -> dict[str, str]:
    """What a program needs in its environment to hear the microphones of several servers; ``home`` is a folder."""
    (home / ".asoundrc").write_text("".join(server.devices for server in servers))
    return {**servers[0].environment, "HOME": str(home)}


def sine(hertz: float, seconds: float, dbfs: float = -12.0) -> bytes:
    """A sine as 48 kHz mono int16 samples."""
    peak = 32767 * 10 ** (dbfs / 20)
    steps = (2 * math.pi * hertz / RATE_HZ * n for n in range(round(seconds * RATE_HZ)))
    return array("h", (round(peak * math.sin(step)) for step in steps)).tobytes()
