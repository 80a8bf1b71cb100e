"""The way out of this box: the interface of the default route, its gateway, and our address there."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

_PROC = Path("/proc/net")
_SYS = Path("/sys/class/net")
_UP, _GATEWAY = 0x1, 0x2
_DISCARD = 9


@dataclass(frozen=True, slots=True)
class DefaultRoute:
    """``gateway`` and ``address`` are numbers with dots or colons, ``address`` empty where there is none.

    ``speed_mbps`` and ``is_half_duplex`` are the link's, None where it has no such thing (Wi-Fi).
    """

    interface: str
    gateway: str
    address: str = ""
    speed_mbps: int | None = None
    is_half_duplex: bool | None = None


def default_route(proc: Path = _PROC, sys: Path = _SYS) -> DefaultRoute | None:
    """The default route of IPv4, else that of IPv6; None where this box has none."""
    found = _of_ipv4(_lines(proc / "route")[1:]) or _of_ipv6(_lines(proc / "ipv6_route"))
    if found is None:
        return None
    interface, gateway = found
    speed, duplex = _text(sys / interface / "speed"), _text(sys / interface / "duplex")
    return DefaultRoute(
        interface,
        gateway,
        _address_towards(gateway, interface),
        int(speed) if speed.isdecimal() and int(speed) > 0 else None,
        duplex == "half" if duplex in ("half", "full") else None,
    )


def _of_ipv4(lines: list[str]) -> tuple[str, str] | None:
    """Interface, destination, gateway, flags, …, metric, mask: words in hex, in this machine's order of bytes."""
    routes = [line.split() for line in lines]
    usable = [one for one in routes if len(one) > 7 and one[1] == one[7] == "00000000" and _is_way_out(one[3])]
    if not usable:
        return None
    best = min(usable, key=lambda one: int(one[6]))
    return best[0], str(IPv4Address(int(best[2], 16).to_bytes(4, "little")))


def _of_ipv6(lines: list[str]) -> tuple[str, str] | None:
    """Destination, its length, source, its length, next hop, metric, …, flags, interface; all in hex."""
    routes = [line.split() for line in lines]
    usable = [one for one in routes if len(one) > 9 and int(one[1], 16) == 0 and _is_way_out(one[8])]
    if not usable:
        return None
    best = min(usable, key=lambda one: int(one[5], 16))
    return best[9], str(IPv6Address(bytes.fromhex(best[4])))


def _is_way_out(flags: str) -> bool:
    return int(flags, 16) & (_UP | _GATEWAY) == _UP | _GATEWAY


def _address_towards(gateway: str, interface: str) -> str:
    """Our address on the way to ``gateway``, as the kernel chooses it; nothing is sent."""
    is_ipv6 = ":" in gateway
    try:
        with socket.socket(socket.AF_INET6 if is_ipv6 else socket.AF_INET, socket.SOCK_DGRAM) as probe:
            scope = socket.if_nametoindex(interface) if is_ipv6 else 0
            probe.connect((gateway, _DISCARD, 0, scope) if is_ipv6 else (gateway, _DISCARD))
            return str(probe.getsockname()[0])
    except OSError:
        return ""


def _lines(file: Path) -> list[str]:
    return _text(file).splitlines()


def _text(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError:
        return ""
