"""The controller process: core and parts started in their order, supervised, and stopped in the reverse order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from contextvars import copy_context
from functools import partial
from math import inf

from edge.config.model import Config
from edge.controller.fault_registry import known_fault
from edge.controller.page_config import write_page_config
from edge.controller.part import Part
from edge.controller.wiring import Controller, wire
from edge.service.part_supervisor import PartSupervisor
from edge.service.part_threads import CURRENT, PartExecutor, PartThreads
from edge.service.sd_notify import notify
from edge.service.stop_signals import cancel_by

log = logging.getLogger(__name__)

# For all parts together: writes under way are waited for, calls that hang are not; systemd would wait longer.
_STOP_S = 10.0
_DRAIN_S = 3.0
_REQUEST_THREADS = 4


async def run_controller(controller: Controller) -> None:
    """Run the controller until cancelled, or a bug in its core ends it.

    Raises:
        OSError: the socket for requests cannot be made.
    """
    core_threads, request_threads = PartThreads("core"), PartThreads("requests", _REQUEST_THREADS)
    asyncio.get_running_loop().set_default_executor(PartExecutor(core_threads))
    requests = copy_context()
    requests.run(CURRENT.set, request_threads)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(controller.core.run())
            group.create_task(controller.serve_requests(), context=requests)
            await _run_parts(controller)
    finally:
        core_threads.close(0)
        request_threads.close(0)


async def _run_parts(controller: Controller) -> None:
    """Start the parts in their order; when cancelled, stop them in the reverse order."""
    loop = asyncio.get_running_loop()
    stopped_by_s = inf

    def remaining_s() -> float:
        return max(0.1, stopped_by_s - loop.time())

    async with AsyncExitStack() as stack:
        for part in controller.parts:
            threads = PartThreads(part.name, part.threads)
            report = partial(controller.faults.report, f"part {part.name}")
            supervisor = PartSupervisor(threads, part.run, report, known_fault, part.hung_s)
            controller.events.subscribe(part.events, part.on_event, supervisor.fail)
            task = asyncio.create_task(supervisor.run(), name=f"supervise {part.name}")
            stack.push_async_callback(_stop, part, task, threads, remaining_s)
        notify("READY=1")
        try:
            await loop.create_future()
        finally:
            notify("STOPPING=1")
            stopped_by_s = loop.time() + _STOP_S


async def _stop(part: Part, task: asyncio.Task[None], threads: PartThreads, remaining_s: Callable[[], float]) -> None:
    """Stop a part and close it. What it is still writing is waited for."""
    task.cancel()
    await asyncio.wait([task], timeout=remaining_s())
    closing = asyncio.wrap_future(threads.submit(part.close))
    done, _ = await asyncio.wait([closing], timeout=remaining_s())
    if not done or not await asyncio.to_thread(threads.close, min(remaining_s(), _DRAIN_S)):
        log.error("%s: a call does not come back; the process ends without it", part.name)
    elif (error := closing.exception()) is not None:
        log.error("%s: it cannot be closed: %s", part.name, error)


def _end_of(task: asyncio.Task[None] | None) -> Callable[[], None]:
    def end() -> None:
        if task is not None:
            task.cancel()

    return end


async def run(config: Config) -> None:
    """Run the controller until SIGTERM or SIGINT."""
    cancel_by()
    config.paths.run.mkdir(parents=True, exist_ok=True)
    write_page_config(config)
    try:
        await run_controller(wire(config, _end_of(asyncio.current_task())))
    except asyncio.CancelledError:
        log.info("the controller stops")
