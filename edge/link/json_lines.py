"""JSON lines: messages encoded as one line each, and decoded from a stream that is not trusted."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

log = logging.getLogger(__name__)

LONGEST_LINE = 1 << 20

M = TypeVar("M")


def encode_line(message: BaseModel) -> bytes:
    """Encode a message as one line of JSON.

    Bytes in its text that are no characters, as a device or a proxy may send them in a reason, become question marks:
    they must not take the whole status away.
    """
    try:
        return message.model_dump_json().encode() + b"\n"
    except PydanticSerializationError:
        return json.dumps(message.model_dump(mode="json"), ensure_ascii=False).encode(errors="replace") + b"\n"


async def read_messages(reader: asyncio.StreamReader, adapter: TypeAdapter[M]) -> AsyncIterator[M]:
    """Decode the messages of a connection until it ends; a line that is none is logged and left out.

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
            yield adapter.validate_json(line)
        except ValidationError as error:
            log.warning("a line that is no message is left out: %s", error.errors()[0]["msg"])
