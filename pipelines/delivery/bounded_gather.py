"""Doing the same work on many files, a few at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from pipelines.delivery.errors import StoreError


async def bounded_gather(work: Callable[[str], Awaitable[None]], paths: Iterable[str], at_once: int) -> None:
    """Await ``work`` on each path, at most ``at_once`` together; after a StoreError begin no more, and raise it.

    What is under way when a fault comes is brought to its own end first. Anything else that is raised comes
    out as the ExceptionGroup of a TaskGroup.
    """
    waiting = iter(paths)
    faults: list[StoreError] = []

    async def one_after_another() -> None:
        for path in waiting:
            if faults:
                return
            try:
                await work(path)
            except StoreError as fault:
                faults.append(fault)

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(one_after_another())
    if faults:
        raise faults[0]
