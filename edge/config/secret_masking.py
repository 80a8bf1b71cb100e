"""Nothing secret is ever printed: passwords in addresses and values under telling names are masked."""

from __future__ import annotations

import re

MASK = "********"

_TELLING = re.compile(r"secret|password|passwd|passphrase|token", re.IGNORECASE)
_CREDENTIALS = re.compile(r"(?<=://)[^\s/?#]*:\S*(?=@)")
_QUERY = re.compile(r"([?&][^=&\s]*(?:secret|password|passwd|pwd|token|key|auth)[^=&\s]*=)[^&\s]+", re.IGNORECASE)


def is_secret(key: str) -> bool:
    """Whether a key's name says that its value is nobody's business."""
    return _TELLING.search(key) is not None


def masked(text: str) -> str:
    """``text`` with the user and password of every address in it masked, as well as secrets in its query."""
    return _QUERY.sub(rf"\1{MASK}", _CREDENTIALS.sub(MASK, text))
