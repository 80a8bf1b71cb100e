"""A real connection to the broker of the class board and to the learning record store; nothing is published."""

from __future__ import annotations

import asyncio

import aiohttp
import aiomqtt

from edge.config.board_settings import BoardConfig
from edge.config.export_settings import LrsConfig
from edge.reporting.board_topic import broker_client
from edge.reporting.lrs_sender import VERSION_HEADER, request_headers, statements_url

_LONGEST_S = 15.0


async def try_broker(config: BoardConfig) -> str:
    """Connect to the configured broker with the configured user, and leave; why it cannot be done, empty if it can."""
    try:
        async with asyncio.timeout(_LONGEST_S), broker_client(config):
            return ""
    except TimeoutError:
        return f"no answer within {_LONGEST_S:g} s"
    except (aiomqtt.MqttError, OSError) as error:
        return str(error) or type(error).__name__


async def try_lrs(config: LrsConfig) -> tuple[int, bool, str]:
    """Send an LRS no statement at all; the status of its answer, whether it is an LRS, and why there is no answer.

    The same address and method as for statements, so that the same rights are needed; an empty list changes nothing,
    whether it is accepted (xAPI 1.0.3, Part Three, 2.1.2) or called a bad request. The status is 0 without an answer.
    """
    timeout = aiohttp.ClientTimeout(total=_LONGEST_S)
    try:
        async with (
            aiohttp.ClientSession(headers=request_headers(config), timeout=timeout) as session,
            session.post(statements_url(config), data=b"[]", allow_redirects=False) as answer,
        ):
            return answer.status, VERSION_HEADER in answer.headers, ""
    except TimeoutError:
        return 0, False, f"no answer within {_LONGEST_S:g} s"
    except (aiohttp.ClientError, ValueError) as error:
        return 0, False, str(error) or type(error).__name__
