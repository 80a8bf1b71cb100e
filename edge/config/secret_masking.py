"""Masking of secrets before a config is printed: values whose key names a secret, and what addresses hold."""

from __future__ import annotations

import re

_SECRET_NAMES = re.compile(r"secret|password|passwd|passphrase|token", re.IGNORECASE)


def is_secret_key(key: str) -> bool:
    """Whether a key's name says that its value is a secret."""
    return _SECRET_NAMES.search(key) is not None
