"""Lets the box be found on the local network: its name and its pages, by multicast DNS (RFC 6762, RFC 6763)."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging

from zeroconf import Error, InterfaceChoice, ServiceInfo
from zeroconf.asyncio import AsyncZeroconf

from edge.config.model import Config
from edge.config.network_addresses import local_name, own_addresses

log = logging.getLogger(__name__)

_LOOK_S = 15.0
_KINDS = {"_https._tcp.local.": "/", "_http._tcp.local.": "/board"}


async def announce(config: Config, look_s: float = _LOOK_S) -> None:
    """Announce the pages until cancelled, anew when the box's addresses change."""
    addresses = await asyncio.to_thread(_addresses)
    while True:
        async with contextlib.AsyncExitStack() as stack:
            if addresses:
                try:
                    responder = AsyncZeroconf(interfaces=InterfaceChoice.All)
                    stack.push_async_callback(responder.async_close)
                    await _register(responder, config, addresses)
                except (Error, OSError) as error:
                    log.warning("the box cannot be found by its name: %s", error)
            announced = addresses
            while addresses == announced:
                await asyncio.sleep(look_s)
                addresses = await asyncio.to_thread(_addresses)


def _addresses() -> list[str]:
    """The box's addresses; none while the system does not tell."""
    try:
        return own_addresses()
    except OSError as error:
        log.warning("the box's addresses are not known: %s", error)
        return []


async def _register(responder: AsyncZeroconf, config: Config, addresses: list[str]) -> None:
    ports = config.web.https_port, config.web.http_port
    name = config.room.name or config.room.room
    for (kind, path), port in zip(_KINDS.items(), ports, strict=True):
        info = ServiceInfo(
            kind,
            f"{name}.{kind}",
            port=port,
            addresses=[ipaddress.ip_address(one).packed for one in addresses],
            server=f"{local_name(config)}.",
            properties={"path": path},
        )
        await (await responder.async_register_service(info, allow_name_change=True))
    log.info("the box is found as %s", local_name(config))
