"""Messages as lines: what is written, and what is read without trusting its length."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

log = logging.getLogger(__name__)

LONGEST_LINE = 1 << 20

M = TypeVar("M")


def encode(message: BaseModel) -> bytes:
    """A message as one line."""
    return message.model_dump_json().encode() + b"\n"


async def messages(reader: asyncio.StreamReader, kinds: TypeAdapter[M]) -> AsyncIterator[M]:
    """The messages of a connection until it ends; a line that is none is logged and left out.

    A line longer than the reader's limit ends the connection, for nothing sensible can follow.
    """
    while True:
        try:
            line = await reader.readuntil(b"\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        except asyncio.LimitOverrunError:
            log.warning("the other side sent a line without an end; the connection is closed")
            return
        try:
            yield kinds.validate_json(line)
        except ValidationError as error:
            log.warning("a line that is no message is left out: %s", error.errors()[0]["msg"])
