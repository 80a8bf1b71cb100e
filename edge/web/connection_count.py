"""Counts what each address holds open, so that none holds everything."""

from __future__ import annotations

from collections import Counter


class ConnectionCount:
    """How many connections there are, in all and of each address."""

    def __init__(self, most: int, most_of_one: int) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._of: Counter[str] = Counter()

    def add(self, address: str) -> bool:
        """Count one more; whether there is room for it."""
        if self._of.total() >= self._most or self._of[address] >= self._most_of_one:
            return False
        self._of[address] += 1
        return True

    def remove(self, address: str) -> None:
        """Count one less."""
        self._of[address] -= 1
        if not self._of[address]:
            del self._of[address]
