"""Where a request comes from, as limits and the audit log have it."""

from __future__ import annotations

import ipaddress


def client_address(peer: str | None) -> str:
    """The address of a peer: IPv4 also where it comes mapped into IPv6; of an IPv6 address its network.

    A device has a /64 of IPv6 addresses to choose from (RFC 4291, 2.5.1), so that it counts as one.
    """
    try:
        address = ipaddress.ip_address((peer or "").partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((address, 64), strict=False))
