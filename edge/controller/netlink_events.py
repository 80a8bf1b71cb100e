"""Netlink events of new network addresses, at which what waits for the network is retried."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from collections.abc import Callable

log = logging.getLogger(__name__)

# Multicast groups of address changes, and the message type of a new address, from linux/rtnetlink.h.
_RTMGRP_IPV4_IFADDR = 0x10
_RTMGRP_IPV6_IFADDR = 0x100
_RTM_NEWADDR = 20
_TYPE = slice(4, 6)


async def watch(on_address: Callable[[], None]) -> None:
    """Call ``on_address`` whenever an interface has got an address, until cancelled.

    Without netlink it returns at once: everything is retried after a while anyway.
    """
    loop = asyncio.get_running_loop()
    try:
        netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.NETLINK_ROUTE)
    except OSError as error:
        log.info("changes of the network are not told here: %s", error)
        return
    with netlink:
        netlink.bind((0, _RTMGRP_IPV4_IFADDR | _RTMGRP_IPV6_IFADDR))
        while True:
            try:
                message = await loop.sock_recv(netlink, 1 << 16)
            except OSError:
                # Messages were lost by an overflow of the socket; one may have been an address.
                on_address()
                continue
            if int.from_bytes(message[_TYPE], sys.byteorder) == _RTM_NEWADDR:
                on_address()
