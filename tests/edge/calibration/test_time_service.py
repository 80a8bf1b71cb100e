"""The clock's offset by SNTP, against a server whose clock is off by a known time."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from edge.calibration.probes.time_service import _of_chrony, clock_offset_s
from pipelines.measuring.estimate import Unmeasurable

ERA_S = 2_208_988_800


@contextmanager
def server(offset_s: float, first_octet: int = 0x24, stratum: int = 2, *, delay_s: float = 0.0) -> Iterator[int]:
    """A time server on loopback whose clock is ahead by ``offset_s``; its answer takes ``delay_s`` to leave."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(5)

        def answer() -> None:
            packet, client = listening.recvfrom(512)
            if delay_s:
                threading.Event().wait(delay_s)
            now = time.time() + offset_s + ERA_S
            stamp = struct.pack("!II", int(now) & 0xFFFFFFFF, int(now % 1 * 2**32))
            head = struct.pack("!BBbbII4s", first_octet, stratum, 6, -20, 0, 0, b"TEST")
            listening.sendto(head + bytes(8) + packet[40:48] + stamp + stamp, client)

        thread = threading.Thread(target=answer)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(5)


@pytest.mark.parametrize("offset_s", [-86_400.0, -0.3, 0.0, 1.5, 10 * 365 * 86_400.0])
def test_the_interval_holds_the_true_offset(offset_s: float) -> None:
    with server(offset_s, delay_s=0.02) as port:
        found = clock_offset_s("127.0.0.1", port)
    error_ms = 1e3 * abs(found.value - offset_s)
    print(f"offset {offset_s:g} s: error {error_ms:.2f} ms, bound ± {1e3 * found.half_width:.2f} ms")
    assert found.holds(offset_s)
    assert found.half_width < 0.2


@pytest.mark.parametrize(
    ("first_octet", "stratum", "why"),
    [(0xE4, 2, "unsynchronised"), (0x24, 0, "unsynchronised"), (0x23, 2, "no-answer")],
)
def test_a_server_that_does_not_know_the_time_or_is_none_says_nothing(first_octet: int, stratum: int, why: str) -> None:
    with server(0, first_octet, stratum) as port, pytest.raises(Unmeasurable, match=why):
        clock_offset_s("127.0.0.1", port)


def test_nobody_at_the_port_is_no_answer() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(Unmeasurable, match="no-answer"):
        clock_offset_s("127.0.0.1", port)


def test_chronys_server_is_its_second_field() -> None:
    assert _of_chrony("0A010203,10.1.2.3,3,1700000000.1,0.0001,0.0002,0.0003,1,2,3,4,5,64.2,Normal\n") == "10.1.2.3"
    assert _of_chrony("00000000,,0,0.0,0.0,0.0,0.0,0,0,0,1,1,0.0,Not synchronised\n") == ""
