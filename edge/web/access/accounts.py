"""Accounts of those who log in: a name, a role, and the password's hash (Argon2id, RFC 9106) in a file."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pydantic import BaseModel, ConfigDict, ValidationError

from edge.classroom.actor import LONGEST_NAME
from edge.web.access.roles import Role
from pipelines.files.durable import write_atomically
from pipelines.files.folder_lock import folder_locked

NAME = "accounts.json"
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 128
# OWASP Password Storage Cheat Sheet, "Argon2id": 19 MiB, which a small box has to spare, once at a time.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 << 10, parallelism=1)
# Each takes a tenth of a second or more: whoever is behind so many waits in vain.
_MOST_WAITING = 20


class Account(BaseModel):
    """Who may log in."""

    model_config = ConfigDict(frozen=True)

    name: str
    role: Role
    hash: str

    @property
    def fingerprint(self) -> str:
        """What changes with password and role: sessions that were opened before are no longer good."""
        return hashlib.sha256(f"{self.role} {self.hash}".encode()).hexdigest()[:16]


class Accounts(BaseModel):
    """The file's content."""

    accounts: list[Account] = []


class TooManyLogins(Exception):
    """So many passwords wait to be checked that this one is not."""


class UnusableName(ValueError):
    """No name for an account: empty, too long, or with characters that cannot be seen."""


class UnusablePassword(ValueError):
    """Too short or too long."""


class AccountFile:
    """The accounts in a folder, read again when another process has changed the file."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._read: tuple[tuple[int, int, int], dict[str, Account]] | None = None
        self._checking = asyncio.Lock()
        self._waiting = 0

    def all(self) -> dict[str, Account]:
        """Every account by its name; none where the file cannot be read, which lets nobody in.

        Raises:
            OSError: The disk refuses.
        """
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return {}
        version = (found.st_mtime_ns, found.st_size, found.st_ino)
        if self._read is None or self._read[0] != version:
            try:
                accounts = Accounts.model_validate_json(self._path.read_bytes()).accounts
            except ValidationError:
                accounts = []
            self._read = version, {account.name: account for account in accounts}
        return self._read[1]

    def set_password(self, name: str, role: Role, password: str) -> None:
        """Make an account, or give it another role or password. It blocks for as long as the hash takes.

        Raises:
            UnusableName, UnusablePassword, OSError
        """
        name = account_name(name)
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise UnusablePassword
        account = Account(name=name, role=role, hash=_HASHER.hash(_normal(password)))
        with self._changing():
            self._write({**self.all(), name: account})

    def remove(self, name: str) -> bool:
        """Take an account away; whether there was one.

        Raises:
            OSError: The disk refuses.
        """
        with self._changing():
            left = dict(self.all())
            removed = left.pop(name, None)
            if removed is not None:
                self._write(left)
        return removed is not None

    async def checked(self, name: str, password: str) -> Account | None:
        """The account of this ``account_name``, if this is its password. A name that is not there takes as long.

        Raises:
            TooManyLogins: Too many wait already.
        """
        if self._waiting >= _MOST_WAITING:
            raise TooManyLogins
        account = self.all().get(name)
        self._waiting += 1
        try:
            async with self._checking:
                is_right = await asyncio.to_thread(_verify, account.hash if account else _nobody(), password)
        finally:
            self._waiting -= 1
        return account if is_right else None

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        """One change at a time, of this process and of the command line's: each begins with what the other has made."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with folder_locked(self._path.parent):
            yield

    def _write(self, accounts: dict[str, Account]) -> None:
        write_atomically(self._path, Accounts(accounts=list(accounts.values())).model_dump_json(indent=1).encode())


def account_name(name: str) -> str:
    """The name as it is kept.

    Raises:
        UnusableName: It is none.
    """
    name = unicodedata.normalize("NFC", name).strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise UnusableName
    return name


def _verify(known: str, password: str) -> bool:
    try:
        return len(password) <= LONGEST_PASSWORD and _HASHER.verify(known, _normal(password))
    except (VerificationError, InvalidHashError):
        return False


def _normal(password: str) -> str:
    """The same characters from every keyboard (RFC 8265, OpaqueString)."""
    return unicodedata.normalize("NFC", password)


def _nobody() -> str:
    """A hash that no password has, checked where there is no account."""
    return "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
