"""How often passwords may be tried: by an address, and for an account from addresses that never knew its password.

A pupil who tries the teacher's password must not keep the teacher out: whoever has logged in from an address before is
limited there alone (compare the OWASP page "Slow Down Online Guessing Attacks with Device Cookies").
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from edge.web.access.rate_limit import RateLimit

_MOST_KNOWN = 1000
# Ten tries of a person who has forgotten it, then one in ten seconds; a class may share an address.
OF_ADDRESS = (10, 0.1)
# For an account one in 20 s from all strangers together: 4,320 a day.
OF_ACCOUNT = (20, 0.05)
# For all strangers and whatever names together: a try takes a small box a tenth of a second or more, and whoever has
# many addresses must not keep those out who are known.
OF_STRANGERS = (60, 0.5)


class LoginLimits:
    """Counts tries; ``clock_s`` is monotonic."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._addresses = RateLimit(*OF_ADDRESS, clock_s)
        self._accounts = RateLimit(*OF_ACCOUNT, clock_s)
        self._strangers = RateLimit(*OF_STRANGERS, clock_s)
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()

    def may_try(self, address: str, account: str) -> bool:
        """Whether a password may be tried now; it counts as a try."""
        if not self._addresses.take(address):
            return False
        is_known = (address, account) in self._known
        return is_known or (self._accounts.take(account) and self._strangers.take(""))

    def succeeded(self, address: str, account: str) -> None:
        """The password was right: the address is known for this account from now on."""
        self._known[address, account] = None
        self._known.move_to_end((address, account))
        if len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
