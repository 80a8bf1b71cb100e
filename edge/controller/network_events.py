"""Netlink events of new network addresses, at which what waits for the network is retried."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from collections.abc import Callable

log = logging.getLogger(__name__)

# From linux/rtnetlink.h: the groups that hear of addresses, and what a new one is called.
_RTMGRP_IPV4_IFADDR = 0x10
_RTMGRP_IPV6_IFADDR = 0x100
_RTM_NEWADDR = 20
_TYPE = slice(4, 6)


async def watch(on_address: Callable[[], None]) -> None:
    """Call ``on_address`` whenever an interface has got an address, until cancelled.

    Where the kernel does not tell us, nobody is called: everything is tried again after a while anyway.
    """
    loop = asyncio.get_running_loop()
    try:
        netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.NETLINK_ROUTE)
    except OSError as error:
        log.info("changes of the network are not message here: %s", error)
        return
    with netlink:
        netlink.bind((0, _RTMGRP_IPV4_IFADDR | _RTMGRP_IPV6_IFADDR))
        while True:
            try:
                message = await loop.sock_recv(netlink, 1 << 16)
            except OSError:
                # More came than fits in the socket; one of them will have been an address.
                on_address()
                continue
            if int.from_bytes(message[_TYPE], sys.byteorder) == _RTM_NEWADDR:
                on_address()
