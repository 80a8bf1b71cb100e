"""Lets the box be found on the local network: its name and its pages, by multicast DNS (RFC 6762, RFC 6763)."""

from __future__ import annotations

import asyncio
import ipaddress
import logging

from zeroconf import Error, InterfaceChoice, ServiceInfo
from zeroconf.asyncio import AsyncZeroconf

from edge.config.model import Config
from edge.service.network_addresses import local_name, own_addresses

log = logging.getLogger(__name__)

_LOOK_S = 15.0
_KINDS = {"_https._tcp.local.": "/", "_http._tcp.local.": "/board"}


async def announce(config: Config, look_s: float = _LOOK_S) -> None:
    """Announce the pages until cancelled, anew when the box's addresses change."""
    ports = dict(zip(_KINDS, (config.web.https_port, config.web.http_port), strict=True))
    announced: list[str] = []
    responder: AsyncZeroconf | None = None
    try:
        while True:
            addresses = await asyncio.to_thread(own_addresses)
            if addresses != announced:
                if responder is not None:
                    await responder.async_close()
                    responder = None
                announced = addresses
                if addresses:
                    responder = await _announced(config, addresses, ports)
            await asyncio.sleep(look_s)
    finally:
        if responder is not None:
            await responder.async_close()


async def _announced(config: Config, addresses: list[str], ports: dict[str, int]) -> AsyncZeroconf | None:
    """A responder that answers for these addresses; None where the network does not let us."""
    name = config.room.name or config.room.room
    try:
        responder = AsyncZeroconf(interfaces=InterfaceChoice.All)
    except OSError as error:
        log.warning("the box cannot be found by its name: %s", error)
        return None
    try:
        for kind, path in _KINDS.items():
            info = ServiceInfo(
                kind,
                f"{name}.{kind}",
                port=ports[kind],
                addresses=[ipaddress.ip_address(one).packed for one in addresses],
                server=f"{local_name(config)}.",
                properties={"path": path},
            )
            await (await responder.async_register_service(info, allow_name_change=True))
    except (Error, OSError) as error:
        log.warning("the box cannot be found by its name %s: %s", local_name(config), error)
    else:
        log.info("the box is found as %s", local_name(config))
    return responder
