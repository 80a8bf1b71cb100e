"""The first password: set on a page by whoever can read the code that the box shows on its own console."""

from __future__ import annotations

import hmac
import logging
import secrets
import unicodedata
from collections.abc import Callable
from pathlib import Path

from edge.web.access.accounts import AccountFile
from edge.web.access.roles import Role
from pipelines.files.durable import write_atomically

log = logging.getLogger(__name__)

NAME = "first-use-code"
ACCOUNT = Role.TECHNICIAN.value
_DIGITS = 8
_MOST_WRONG = 5


class FirstUse:
    """A code while there is no account; ``show`` is called with each that is drawn.

    The command line reads it from the file as well, which is for root and the web process alone.
    """

    def __init__(self, folder: Path, accounts: AccountFile, show: Callable[[str], None]) -> None:
        self._path = folder / NAME
        self._accounts = accounts
        self._show = show
        self._code = ""
        self._wrong = 0
        if not self.is_open():
            self._void()

    def is_open(self) -> bool:
        """Whether nobody has a password yet; then there is a code."""
        if self._accounts.all():
            return False
        if not self._code:
            self._draw()
        return True

    def is_right(self, code: str) -> bool:
        """Whether this is the code. After a few wrong ones another is drawn."""
        if not self.is_open():
            return False
        # A Chinese keyboard may type full-width digits.
        digits = "".join(filter(str.isdecimal, unicodedata.normalize("NFKC", code)))
        if hmac.compare_digest(digits.encode(), self._code.encode()):
            return True
        self._wrong += 1
        if self._wrong >= _MOST_WRONG:
            self._draw()
        return False

    def set_password(self, password: str) -> None:
        """Give the technician the first password; the code is void. It blocks for as long as the hash takes.

        Raises:
            UnusablePassword: Too short or too long.
            OSError: The disk refuses.
        """
        self._accounts.set_password(ACCOUNT, Role.TECHNICIAN, password)
        self._void()

    def _void(self) -> None:
        self._code = ""
        self._path.unlink(missing_ok=True)

    def _draw(self) -> None:
        self._wrong = 0
        self._code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
        shown = f"{self._code[:4]}-{self._code[4:]}"
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(self._path, shown.encode())
            self._path.chmod(0o600)
        except OSError as error:
            log.error("the code is shown here alone: %s", error)
        self._show(shown)
