"""How often a test that judges by statistics draws: a part in the suite, all of it in `make measurements`."""

from __future__ import annotations

import os


def draws(whole: int, part: int = 5) -> int:
    """The number of draws for a test whose figure is stated for ``whole`` of them; one in ``part`` in the suite."""
    return whole if os.environ.get("DRAWS") == "all" else whole // part


def least(share: float, count: int) -> int:
    """How many of ``count`` draws must be right where ``share`` of them are in the long run: three deviations fewer."""
    return int(count * share - 3 * (count * share * (1 - share)) ** 0.5)
