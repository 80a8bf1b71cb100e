"""The time service of this box, and how far the clock is from its server's by SNTP."""

from __future__ import annotations

import socket
import struct
import subprocess
import time

from pipelines.measuring.estimate import Estimate, Unmeasurable

_TOOL_S = 5.0
_ANSWER_S = 3.0
_PORT = 123
# Seconds from the NTP era of 1900 to the Unix epoch.
_ERA_S = 2_208_988_800
_CLIENT = 0x23
_SERVER_MODE = 4
_UNSYNCHRONISED = 3
_LONGEST_STRATUM = 15
_PACKET = struct.Struct("!BBbb11I")


def time_server() -> str:
    """The server that chrony or systemd-timesyncd follows, a name or an address; empty where neither tells of one."""
    for command, read in (
        (["chronyc", "-n", "-c", "tracking"], _of_chrony),
        (["timedatectl", "show-timesync", "--property=ServerName", "--value"], str.strip),
    ):
        try:
            told = subprocess.run(command, capture_output=True, text=True, timeout=_TOOL_S, check=False)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if told.returncode == 0 and (server := read(told.stdout)):
            return server
    return ""


def clock_offset_s(server: str, port: int = _PORT) -> Estimate:
    """How far the clock of ``server`` is ahead of this box's, in seconds; the half width is half the round trip.

    Source: RFC 4330, Simple Network Time Protocol (SNTP) Version 4, section 5: ((T2 - T1) + (T3 - T4)) / 2.

    Raises:
        Unmeasurable: ``no-answer``, or ``unsynchronised``: the server does not know the time itself.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(server, port, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind, protocol) as connection:
            connection.settimeout(_ANSWER_S)
            connection.connect(address)
            sent_ns = time.time_ns()
            seconds, fraction = _ntp(sent_ns)
            connection.send(_PACKET.pack(_CLIENT, 0, 0, 0, *[0] * 9, seconds, fraction))
            packet = connection.recv(512)
            received_ns = time.time_ns()
    except OSError as error:
        raise Unmeasurable("no-answer") from error
    if len(packet) < _PACKET.size:
        raise Unmeasurable("no-answer")
    mode, stratum, _, _, *words = _PACKET.unpack_from(packet)
    if mode & 7 != _SERVER_MODE or (words[5], words[6]) != (seconds, fraction):
        raise Unmeasurable("no-answer")
    if mode >> 6 == _UNSYNCHRONISED or not 1 <= stratum <= _LONGEST_STRATUM:
        raise Unmeasurable("unsynchronised")
    arrived_s, left_s = _unix_s(words[7], words[8]), _unix_s(words[9], words[10])
    sent_s, received_s = sent_ns / 1e9, received_ns / 1e9
    delay_s = max(0.0, (received_s - sent_s) - (left_s - arrived_s))
    return Estimate(((arrived_s - sent_s) + (left_s - received_s)) / 2, delay_s / 2)


def _of_chrony(told: str) -> str:
    """The address in ``chronyc -c tracking``: its second field; a local reference has none."""
    fields = told.strip().split(",")
    return fields[1] if len(fields) > 1 and fields[0] != "00000000" else ""


def _ntp(at_ns: int) -> tuple[int, int]:
    seconds, rest_ns = divmod(at_ns, 1_000_000_000)
    return (seconds + _ERA_S) & 0xFFFFFFFF, (rest_ns << 32) // 1_000_000_000


def _unix_s(seconds: int, fraction: int) -> float:
    """In the era in which it is nearest to what began in 1968 (RFC 4330, section 3)."""
    return (seconds if seconds & 0x80000000 else seconds + (1 << 32)) - _ERA_S + fraction / (1 << 32)
