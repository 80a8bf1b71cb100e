"""Runs the child that reads a timetable, and kills it where a file makes it take too long or too much.

A calendar may hold a rule of one line that is expanded for hours, by intent or by mistake.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from pydantic import ValidationError

from edge.i18n import LazyMessage, lazy_message
from edge.school.expansion_messages import ExpandedTimetable, ExpansionReply, ExpansionRequest
from edge.school.import_problems import ImportProblem, InvalidTimetable, ProblemLocation

MAX_BYTES = 700_000
"""The largest file: a term of single events; encoded for a request it still fits into a line of the socket."""

_COMMAND = (sys.executable, "-m", "edge.school.timetable_reader_child")


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """What the child may cost. The interpreter and its libraries alone take half a second and 42 MB of addresses.

    ``wall_s`` is longer than ``cpu_s``: while a lesson is recorded the child gets little of the processor.
    """

    cpu_s: int = 10
    wall_s: float = 90.0
    memory_bytes: int = 200 << 20


async def expand(
    file: str,
    data: bytes,
    days: Collection[date],
    time_zone: str,
    term_start: date | None,
    limits: ChildLimits = ChildLimits(),
) -> ExpandedTimetable:
    """Return the lessons that the timetable in ``data`` has on ``days``; the child does not outlive this call.

    Raises:
        InvalidTimetable: it cannot be used; it is too large, or takes too long to read.
        OSError: the child cannot be started.
    """
    if len(data) > MAX_BYTES:
        raise _invalid(file, lazy_message("timetable.too-large", most=MAX_BYTES // 1000))
    request = ExpansionRequest(
        file=file,
        days=sorted(days),
        time_zone=time_zone,
        term_start=term_start,
        cpu_s=limits.cpu_s,
        memory_bytes=limits.memory_bytes,
    )
    process = await asyncio.create_subprocess_exec(*_COMMAND, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    try:
        async with asyncio.timeout(limits.wall_s):
            out, said = await process.communicate(request.model_dump_json().encode() + b"\n" + data)
    except TimeoutError as error:
        raise _invalid(file, lazy_message("timetable.too-costly")) from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if (process.returncode or 0) < 0 or b"MemoryError" in said:
        raise _invalid(file, lazy_message("timetable.too-costly"))
    try:
        reply = ExpansionReply.model_validate_json(out)
    except ValidationError as error:
        last = said.decode(errors="replace").strip().rpartition("\n")[2][:200]
        raise _invalid(file, lazy_message("timetable.unreadable", reason=last)) from error
    if reply.timetable is None:
        raise InvalidTimetable([problem.problem(file) for problem in reply.problems])
    return reply.timetable


def _invalid(file: str, what: LazyMessage) -> InvalidTimetable:
    return InvalidTimetable([ImportProblem(ProblemLocation(file), what)])
