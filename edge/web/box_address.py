"""The host under which phones reach this box."""

from __future__ import annotations

import ipaddress

from yarl import URL

from edge.config.network_addresses import own_addresses


def public_host(asked: URL) -> str | None:
    """The host of an address that was asked for, as an URL has it; the box's own where it is one of the loopback's.

    None where the box has no address in a network. Reads the network's state, so not for every request.

    Raises:
        OSError: The system does not tell.
    """
    if asked.host is not None and not _is_loopback(asked.host):
        return asked.host_subcomponent
    own = next(iter(own_addresses()), None)
    return f"[{own}]" if own is not None and ":" in own else own


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
