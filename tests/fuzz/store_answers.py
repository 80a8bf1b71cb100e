"""Fuzz target: what stores and learning record stores answer, and what lies in a store."""

from __future__ import annotations

import asyncio
from typing import cast

from edge.reporting.lrs_sender import _ids
from pipelines.delivery.copy_claim import _token
from pipelines.delivery.interfaces import Store
from pipelines.delivery.s3_errors import error_code
from pipelines.delivery.store_mark import read_mark

_LONGEST_MARK = 4096


class _Store:
    """Holds one object."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    async def read(self, key: str, most: int) -> bytes:
        return self._data[:most]


def store_answer(data: bytes) -> None:
    """A mark, a claim, an error answer and accepted ids; what makes no sense is no error."""
    assert asyncio.run(read_mark(cast(Store, _Store(data)), "s/r")) is not None
    _token(data[:_LONGEST_MARK])
    error_code(data.decode(errors="replace"))
    _ids(data)


def seeds() -> dict[str, list[bytes]]:
    """Answers as servers give them."""
    error = (
        b'<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code><Message>no</Message><RequestId>1</RequestId></Error>'
    )
    return {"store_answer": [b'{"format": 1, "id": "00ff"}', b'{"token": "00ff"}', error, b'["a-b", "c-d"]']}
