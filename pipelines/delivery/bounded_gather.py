"""Bounded concurrency: the same coroutine over many files, a few at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from pipelines.delivery.errors import StoreError


async def bounded_gather(work: Callable[[str], Awaitable[None]], paths: Iterable[str], limit: int) -> None:
    """Await ``work`` on each path, at most ``limit`` at a time.

    Raises:
        StoreError: the first one that ``work`` raised; after it no more is begun, and what is under way is finished.
        ExceptionGroup: anything else that ``work`` raised, as from a TaskGroup.
    """
    remaining = iter(paths)
    errors: list[StoreError] = []

    async def worker() -> None:
        for path in remaining:
            if errors:
                return
            try:
                await work(path)
            except StoreError as error:
                errors.append(error)

    async with asyncio.TaskGroup() as group:
        for _ in range(limit):
            group.create_task(worker())
    if errors:
        raise errors[0]
