"""The addresses of this box in its networks, and those of its pages."""

from __future__ import annotations

import ipaddress

import ifaddr

from edge.config.model import Config

_HTTPS, _HTTP = 443, 80
_LONGEST_LABEL = 63


def own_addresses() -> list[str]:
    """The IPv4 addresses of the box, then the IPv6 ones, without those that nobody else reaches.

    Raises:
        OSError: The system does not tell.
    """
    found = [
        ipaddress.ip_address(ip.ip if isinstance(ip.ip, str) else ip.ip[0])
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
    ]
    reached = [one for one in found if not (one.is_loopback or one.is_link_local)]
    return [str(one) for one in sorted(reached, key=lambda one: one.version)]


def local_name(config: Config) -> str:
    """The box's name on the local network (mDNS, RFC 6762); a label has 63 characters at most (RFC 1035)."""
    return f"{config.room.school}-{config.room.room}"[:_LONGEST_LABEL].rstrip("-") + ".local"


def page_addresses(config: Config) -> list[str]:
    """Where a browser finds the pages for those who log in: by name, then by address."""
    hosts = [*([local_name(config)] if config.web.mdns else []), *own_addresses()]
    return [_url("https", host, config.web.https_port, _HTTPS) for host in hosts]


def board_addresses(config: Config) -> list[str]:
    """Where a browser finds the class board, without TLS."""
    return [f"{_url('http', host, config.web.http_port, _HTTP)}/board" for host in own_addresses()]


def _url(scheme: str, host: str, port: int, usual: int) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}" if port == usual else f"{scheme}://{shown}:{port}"
