"""The address under which others in the room reach this box."""

from __future__ import annotations

import ipaddress
import socket

from yarl import URL

# Of TEST-NET-1 (RFC 5737): nothing is sent, the kernel only says from which address it would be.
_ELSEWHERE = ("192.0.2.1", 9)


def public_host(asked: URL) -> str | None:
    """The host that a phone can use, as an URL has it: the one that was asked for, where that is no loopback address.

    Else the box's own; None where it has none in a network.
    """
    if asked.host is not None and not _is_loopback(asked.host):
        return asked.host_subcomponent
    return network_address()


def network_address() -> str | None:
    """The box's own address in the network that leads out of the room; None where there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        try:
            trial.connect(_ELSEWHERE)
        except OSError:
            return None
        address = str(trial.getsockname()[0])
    return None if _is_loopback(address) else address


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
