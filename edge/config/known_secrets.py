"""The secrets that a config's files hold, so that they can be masked wherever else they may stand."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from drivers.address import MASK, mask_addresses
from edge.config.secret_masking import is_secret_key
from edge.config.toml_files import ConfigText

# What is shorter would mask a part of every other word.
_SHORTEST = 4
_STATEMENT = re.compile(r"""^\s*(?P<key>[\w."' -]+?)\s*=\s*(?P<value>.+?)\s*$""", re.MULTILINE)
_IN_ADDRESS = re.compile(r"://(?P<credentials>[^\s]*)@|[?&;/][^=?&;/\s\"']*=(?P<value>[^&\s\"']+)")
_ADDRESS = re.compile(r"""[A-Za-z][A-Za-z0-9+.-]{0,20}://[^\s"'<>]+""")
# A calendar's address is its password: who knows it reads the calendar.
_SECRET_PATHS = re.compile(r"""^[a-z]+://[^/\s]+(?P<path>/\S{8,})$""")


@dataclass(frozen=True, slots=True)
class SecretMask:
    """Masks in a text whatever is secret in a config, and what looks like a password in any address."""

    secrets: tuple[str, ...]

    @classmethod
    def of(cls, text: ConfigText, sources: Iterable[str]) -> SecretMask:
        """The secrets of a config as it was read, and of its files as they stand (``sources``), where it was not."""
        found = {*_of_tables(text.tables), *(secret for source in sources for secret in _of_source(source))}
        timetable = text.tables.get("timetable")
        address = timetable.get("url") if isinstance(timetable, dict) else None
        if isinstance(address, str) and (path := _SECRET_PATHS.match(address)):
            found.add(path["path"])
        forms = {form for secret in found for form in _forms(secret) if len(form) >= _SHORTEST}
        return cls(tuple(sorted(forms, key=len, reverse=True)))

    def masked(self, text: str) -> str:
        """``text`` without them."""
        for secret in self.secrets:
            text = text.replace(secret, MASK)
        return _ADDRESS.sub(lambda address: mask_addresses(address[0]), text)


def _of_tables(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _of_tables(below, name)
    elif isinstance(value, list):
        for one in value:
            yield from _of_tables(one, key)
    elif is_secret_key(key):
        yield str(value)
    elif isinstance(value, str):
        yield from _of_address(value)


def _of_source(source: str) -> Iterator[str]:
    """Secrets of a file line by line: what a statement that is no TOML was meant to say."""
    for statement in _STATEMENT.finditer(source):
        value = statement["value"].partition(" #")[0].strip().strip("\"'“”‘’[]{} ,")
        if is_secret_key(statement["key"]):
            yield value
        else:
            yield from _of_address(value)


def _of_address(text: str) -> Iterator[str]:
    if "://" not in text:
        return
    for part in _IN_ADDRESS.finditer(text):
        if credentials := part["credentials"]:
            yield credentials
            yield credentials.partition(":")[2]
        elif part[0] not in mask_addresses(text):
            yield part["value"]


def _forms(secret: str) -> Iterator[str]:
    """A secret as it may be written in an address, in JSON, or in HTML."""
    for plain in (secret, unquote(secret)):
        yield from (plain, quote(plain, safe=""), quote(plain), html.escape(plain), json.dumps(plain)[1:-1])
        yield json.dumps(plain, ensure_ascii=False)[1:-1]
