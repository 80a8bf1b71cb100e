"""A box that is given an address tries at once what waits for the network."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess

import pytest

from edge.controller import netlink_events

ADDRESS = "127.83.19.7/8"


async def test_a_new_address_is_told() -> None:
    told = asyncio.Event()
    task = asyncio.create_task(netlink_events.watch(told.set))
    await asyncio.sleep(0)  # it listens
    added = subprocess.run(  # noqa: ASYNC221
        ["ip", "address", "add", ADDRESS, "dev", "lo"], capture_output=True, text=True, check=False
    )
    if added.returncode:
        task.cancel()
        pytest.skip(f"no address can be added here: {added.stderr.strip()}")
    try:
        async with asyncio.timeout(5):
            await told.wait()
    finally:
        subprocess.run(["ip", "address", "del", ADDRESS, "dev", "lo"], check=True)  # noqa: ASYNC221
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
