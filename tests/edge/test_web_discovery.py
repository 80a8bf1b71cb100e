"""The box is found on the local network by its name, also after it has got another address."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from pathlib import Path

import pytest
import web_site
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from edge.config import network_addresses
from edge.config.load import load
from edge.config.model import Config
from edge.web import discovery

PATIENCE_S = 30


async def test_the_pages_are_found_by_name_at_the_addresses_of_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = in_folder(tmp_path)
    addresses = ["192.0.2.7"]
    monkeypatch.setattr(discovery, "own_addresses", lambda: list(addresses))
    announcing = asyncio.create_task(discovery.announce(config, look_s=0.05))
    looking = AsyncZeroconf()
    try:
        await found(looking, "192.0.2.7")
        addresses[:] = ["192.0.2.8"]
        await found(looking, "192.0.2.8")
        assert not announcing.done()
    finally:
        announcing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await announcing
        await looking.async_close()
        for _ in range(3):
            await asyncio.sleep(0)  # its transports are closed by callbacks


async def found(looking: AsyncZeroconf, address: str) -> None:
    """Ask until the box answers with this address."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            info = AsyncServiceInfo("_https._tcp.local.", "204._https._tcp.local.")
            looking.zeroconf.cache.async_remove_records(looking.zeroconf.cache.entries_with_name("hill-r1.local."))
            if await info.async_request(looking.zeroconf, 500) and address in info.parsed_addresses():
                assert info.server == "hill-r1.local."
                assert info.port == 8443
                return


def test_an_address_is_what_a_browser_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_addresses, "own_addresses", lambda: ["192.0.2.7", "2001:db8::7"])
    config = in_folder(tmp_path)
    assert network_addresses.page_addresses(config) == [
        "https://hill-r1.local:8443",
        "https://192.0.2.7:8443",
        "https://[2001:db8::7]:8443",
    ]
    assert network_addresses.board_addresses(config) == ["http://192.0.2.7/board", "http://[2001:db8::7]/board"]
    long = config.model_copy(update={"room": config.room.model_copy(update={"school": "s" * 32, "room": "r" * 32})})
    assert len(network_addresses.local_name(long).removesuffix(".local")) == 63


def test_the_boxs_own_addresses_are_those_that_others_reach() -> None:
    for address in map(ipaddress.ip_address, network_addresses.own_addresses()):
        assert not address.is_loopback
        assert not address.is_link_local


def in_folder(folder: Path) -> Config:
    file = folder / "config.toml"
    text = web_site.CONFIG.format(run=folder).replace("https_port = 0", "https_port = 8443")
    file.write_text(text.replace("http_port = 0", "http_port = 80").replace("mdns = false", "mdns = true"))
    return load(file, frozenset())
