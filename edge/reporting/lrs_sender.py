"""Sender of xAPI statements to a learning record store (LRS); they stay in the ledger until it has accepted them."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from contextlib import suppress
from enum import Enum

import aiohttp
import yarl

from edge.classroom.plain_line import plain_line
from edge.config.export_settings import LrsConfig
from edge.ledger.database import LedgerError
from edge.ledger.xapi_outbox import XapiOutbox
from edge.school.xapi_statements import VERSION
from pipelines.backoff import BackOff

log = logging.getLogger(__name__)

BATCH = 50
VERSION_HEADER = "X-Experience-API-Version"
_LONGEST_ANSWER = 64 << 10
_TIMEOUT_S = 20.0
_POLL_S = 30.0
_FIRST_S, _LONGEST_S = 5.0, 600.0


class DeliveryOutcome(Enum):
    """Outcome of a request to the LRS: the statements are there, will never be, or have to be sent again."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    RETRY = "retry"


def outcome_of(status: int, *, is_lrs: bool, has_ids: bool) -> DeliveryOutcome:
    """The outcome that an answer means.

    Statements are accepted if their ids came back (xAPI 1.0.3, Part Three, 2.1.2), refused only if the answer has the
    header that every answer of an LRS has (3.3): a login page or a proxy may say 200 or 400 too. Without access rights
    (401, 403), at a wrong address (404), and under load (408, 429, 5xx) nothing is wrong with the statements.
    """
    if 200 <= status < 300 and has_ids:
        return DeliveryOutcome.ACCEPTED
    if not is_lrs:
        return DeliveryOutcome.RETRY
    if status == 409:
        return DeliveryOutcome.DUPLICATE
    if status in (400, 413, 422):
        return DeliveryOutcome.REFUSED
    return DeliveryOutcome.RETRY


def statements_url(config: LrsConfig) -> yarl.URL:
    """The address that statements are posted to.

    Raises:
        ValueError: It is none.
    """
    return yarl.URL(f"{config.url.rstrip('/')}/statements")


def request_headers(config: LrsConfig) -> dict[str, str]:
    """The headers of every request.

    Raises:
        ValueError: the user's name or the password cannot stand in a header.
    """
    return {
        VERSION_HEADER: VERSION,
        "Content-Type": "application/json",
        "Authorization": aiohttp.encode_basic_auth(config.user, config.password.get_secret_value(), "utf-8"),
    }


async def _first_bytes(content: aiohttp.StreamReader) -> bytes:
    """Read an answer, of which an LRS needs no more than ``_LONGEST_ANSWER``; what is longer is cut."""
    data = b""
    while len(data) < _LONGEST_ANSWER and (more := await content.read(_LONGEST_ANSWER)):
        data += more
    return data


def _ids(body: bytes) -> set[str]:
    """The ids in the answer to a POST of statements; empty where it is no such answer."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return set()
    return {one.casefold() for one in found if isinstance(one, str)} if isinstance(found, list) else set()


class LrsSender:
    """Sends the queued statements in batches; ``pending`` is how many wait, ``fault`` why, empty for no fault.

    An id stays the same however often its statement is sent, and the LRS rejects one it has (409): a batch that is not
    accepted as a whole is sent one by one. A statement that it calls invalid stays in the ledger and is not sent again.
    """

    def __init__(
        self, config: LrsConfig, statements: XapiOutbox, answer_s: float = _TIMEOUT_S, first_s: float = _FIRST_S
    ) -> None:
        self.fault = ""
        self.pending = 0
        self._url = statements_url(config)
        self._config = config
        self._statements = statements
        self._timeout_s = answer_s
        self._backoff = BackOff(first_s, _LONGEST_S)
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Send now: there are new statements, or the network is back."""
        self._wake.set()

    async def run(self) -> None:
        """Send statements until cancelled.

        Raises:
            ValueError: the user's name or the password cannot stand in a header.
        """
        headers = request_headers(self._config)
        timeout = aiohttp.ClientTimeout(total=self._timeout_s)
        async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:
            while True:
                self._wake.clear()
                wait_s = await self._send_all(session)
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait_s):
                        await self._wake.wait()

    async def _send_all(self, session: aiohttp.ClientSession) -> float:
        """Send all queued statements; how long to wait then, in seconds."""
        try:
            while batch := await asyncio.to_thread(self._statements.pending, BATCH):
                self.pending = await asyncio.to_thread(self._statements.pending_count)
                if problem := await self._send(session, batch):
                    return self._on_failure(problem)
        except LedgerError as error:
            return self._on_failure(f"the ledger: {error}")
        if self.fault:
            log.info("statements go to the LRS again")
        self.fault, self.pending = "", 0
        return _POLL_S

    async def _send(self, session: aiohttp.ClientSession, batch: Sequence[tuple[str, str]]) -> str:
        """Send a batch, one by one if need be; the reason why it has to be sent again, empty where it need not."""
        outcome, problem = await self._post(session, batch)
        ids = [statement for statement, _ in batch]
        if outcome is DeliveryOutcome.RETRY:
            return problem
        self._backoff.reset()
        if outcome is DeliveryOutcome.ACCEPTED or (outcome is DeliveryOutcome.DUPLICATE and len(batch) == 1):
            await asyncio.to_thread(self._statements.mark_accepted, ids)
        elif len(batch) == 1:
            log.error("the LRS will not take the statement %s: %s", ids[0], problem)
            await asyncio.to_thread(self._statements.mark_refused, ids[0], problem)
        else:
            for one in batch:
                if later := await self._send(session, [one]):
                    return later
        return ""

    async def _post(
        self, session: aiohttp.ClientSession, batch: Sequence[tuple[str, str]]
    ) -> tuple[DeliveryOutcome, str]:
        body = f"[{','.join(body for _, body in batch)}]".encode()
        try:
            async with session.post(self._url, data=body, allow_redirects=False) as answer:
                is_lrs = VERSION_HEADER in answer.headers
                has_ids = {one.casefold() for one, _ in batch} <= _ids(await _first_bytes(answer.content))
                outcome = outcome_of(answer.status, is_lrs=is_lrs, has_ids=has_ids)
                problem = f"{answer.status} {answer.reason}"
                if outcome is DeliveryOutcome.RETRY and not is_lrs:
                    problem += "; no LRS answered: check its address, and whether the network wants a login"
                elif outcome is DeliveryOutcome.RETRY and 200 <= answer.status < 300:
                    problem += " without the statements' ids"
                # A proxy's may be in any encoding, and what is no text would break the status that it gets into.
                return outcome, str(plain_line(problem))
        except TimeoutError:
            return DeliveryOutcome.RETRY, f"no answer within {self._timeout_s:g} s"
        except aiohttp.ClientError as error:
            return DeliveryOutcome.RETRY, str(error) or type(error).__name__

    def _on_failure(self, problem: str) -> float:
        level = logging.WARNING if problem != self.fault else logging.DEBUG
        log.log(level, "statements wait for the LRS: %s", problem)
        self.fault = problem
        return self._backoff.next_delay_s()
