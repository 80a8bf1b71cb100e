"""Masking of secrets before a config is printed: passwords in URLs, and values whose key names a secret."""

from __future__ import annotations

import re

MASK = "********"

_SECRET_NAMES = re.compile(r"secret|password|passwd|passphrase|token", re.IGNORECASE)
_CREDENTIALS = re.compile(r"(?<=://)[^\s/?#]*:\S*(?=@)")
_QUERY = re.compile(r"([?&][^=&\s]*(?:secret|password|passwd|pwd|token|key|auth)[^=&\s]*=)[^&\s]+", re.IGNORECASE)


def is_secret_key(key: str) -> bool:
    """Whether a key's name says that its value is a secret."""
    return _SECRET_NAMES.search(key) is not None


def mask_secrets(text: str) -> str:
    """Return ``text`` with user and password of every URL in it masked, and secrets in URL queries."""
    return _QUERY.sub(rf"\1{MASK}", _CREDENTIALS.sub(MASK, text))
