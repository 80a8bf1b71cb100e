import contextlib
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.errors import DeviceMisconfigured
from drivers.panel.pin_assignment import PanelOptions
from drivers.panel.simulation.simulated_panel import SimulatedPanel
from drivers.samples import Pattern


@contextlib.contextmanager
def opened(run: Path) -> Iterator[SimulatedPanel]:
    panel = SimulatedPanel("recorder", PanelOptions(run=str(run)))
    panel.open(lambda event: None)
    try:
        yield panel
    finally:
        panel.close()


@contextlib.contextmanager
def client(run: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        connection.connect(str(run / "recorder-pins.sock"))
        yield connection


def test_a_socket_left_behind_is_replaced_and_has_the_right_mode(tmp_path: Path) -> None:
    path = tmp_path / "recorder-pins.sock"
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(path))
    with opened(tmp_path), client(tmp_path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o660


def test_closing_leaves_the_socket_of_a_successor_alone(tmp_path: Path) -> None:
    with opened(tmp_path) as old, opened(tmp_path):
        old.close()
        with client(tmp_path) as eye:
            assert eye.recv(100) == b"lamp recording off\n"


def test_wrong_bytes_and_rude_clients_harm_nobody(tmp_path: Path) -> None:
    with opened(tmp_path) as panel, contextlib.ExitStack() as stack:
        eye = stack.enter_context(client(tmp_path))
        assert eye.recv(100) == b"lamp recording off\n"
        for rude in (b"\xff\xfe\n", b"x" * 5000, b"press\n", b"press a b\n", b"\n" * 3000):
            with client(tmp_path) as connection, contextlib.suppress(ConnectionError):
                connection.sendall(rude)
        deaf = [stack.enter_context(client(tmp_path)) for _ in range(30)]
        for _ in range(300):
            panel.show("recording", Pattern.ON)
            panel.show("recording", Pattern.OFF)
        panel.show("recording", Pattern.ON)
        observed = b""
        while observed.count(b"\n") < 601:
            observed += eye.recv(65536)
        assert observed == b"lamp recording on\nlamp recording off\n" * 300 + b"lamp recording on\n"
        assert len(deaf) == 30


def test_a_run_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DeviceMisconfigured, match=r"recorder-pins\.sock cannot be made"), opened(tmp_path / "nowhere"):
        pass
    assert not os.listdir(tmp_path)
