"""Sessions of those who have logged in: kept on the server, in a file, under the hash of the browser's cookie."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
import time
from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from edge.web.access.accounts import Account, AccountFile
from edge.web.access.roles import Role
from pipelines.files.durable import write_atomically

log = logging.getLogger(__name__)

NAME = "sessions.json"
COOKIE = "__Host-session"
# A board in the classroom is left alone; a school day ends.
IDLE_S = 2 * 3600.0
LONGEST_S = 12 * 3600.0
_MOST, _MOST_OF_ONE = 400, 20
# How far the times of use in the file are behind: a card wears out.
_WRITE_EVERY_S = 600.0


class Session(BaseModel):
    """A session; ``key`` is the hash of the cookie, ``csrf`` what its own pages send with every act.

    Times are of the wall clock: the box may have been off.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    name: str
    role: Role
    fingerprint: str
    csrf: str
    opened_s: float
    seen_s: float


class _File(BaseModel):
    sessions: list[Session] = []


class Sessions:
    """The sessions in a folder; this process alone writes the file, soon after they have changed."""

    def __init__(self, folder: Path, accounts: AccountFile, now_s: Callable[[], float] = time.time) -> None:
        self._path = folder / NAME
        self._accounts = accounts
        self._now_s = now_s
        self._written_s = now_s()
        self._has_changed = asyncio.Event()
        self._sessions: dict[str, Session] = {}
        try:
            kept = _File.model_validate_json(self._path.read_bytes()).sessions
        except FileNotFoundError:
            return
        except (OSError, ValidationError) as error:
            log.warning("the sessions cannot be read, everybody logs in again: %s", error)
            return
        self._sessions = {session.key: session for session in kept}

    def open(self, account: Account) -> str:
        """Begin a session; the cookie's value, which is kept nowhere. It is new whatever the browser had before."""
        cookie = secrets.token_urlsafe(32)
        now_s = self._now_s()
        session = Session(
            key=_key(cookie),
            name=account.name,
            role=account.role,
            fingerprint=account.fingerprint,
            csrf=secrets.token_urlsafe(32),
            opened_s=now_s,
            seen_s=now_s,
        )
        self._sessions[session.key] = session
        self._drop_oldest([one for one in self._sessions.values() if one.name == account.name], _MOST_OF_ONE)
        self._drop_oldest(list(self._sessions.values()), _MOST)
        self._has_changed.set()
        return cookie

    def find(self, cookie: str) -> Session | None:
        """The session of this cookie, if it is good; it has been used now."""
        session = self._sessions.get(_key(cookie))
        if session is None or not self.is_good(session):
            return None
        session = self._sessions[session.key] = session.model_copy(update={"seen_s": self._now_s()})
        if abs(session.seen_s - self._written_s) > _WRITE_EVERY_S:
            self._has_changed.set()
        return session

    def is_good(self, session: Session) -> bool:
        """Whether a session may still be used: not closed, not too old, and its account is as it was."""
        current = self._sessions.get(session.key)
        if current is None:
            return False
        now_s = self._now_s()
        account = self._accounts.all().get(current.name)
        if (
            account is not None
            and account.fingerprint == current.fingerprint
            and current.opened_s <= current.seen_s <= now_s < current.seen_s + IDLE_S
            and now_s < current.opened_s + LONGEST_S
        ):
            return True
        self.close(current)
        return False

    def close(self, session: Session) -> None:
        """End a session; one that has ended is no error."""
        if self._sessions.pop(session.key, None) is not None:
            self._has_changed.set()

    async def run(self) -> None:
        """Write the file whenever it is behind, until cancelled, and once more then."""
        try:
            while True:
                await self._has_changed.wait()
                self._has_changed.clear()
                self._written_s = self._now_s()
                await asyncio.to_thread(self._write, list(self._sessions.values()))
        finally:
            self._write(list(self._sessions.values()))

    def _drop_oldest(self, sessions: list[Session], most: int) -> None:
        for session in sorted(sessions, key=lambda one: one.seen_s)[: max(0, len(sessions) - most)]:
            del self._sessions[session.key]

    def _write(self, sessions: list[Session]) -> None:
        """A disk that refuses costs the sessions at the next start, and nothing now."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(self._path, _File(sessions=sessions).model_dump_json().encode())
        except OSError as error:
            log.warning("the sessions are not kept: %s", error)


def _key(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
