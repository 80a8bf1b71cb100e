"""Addresses that a person types: taken apart in one place, refused with what to write instead, shown without secrets.

Source: RFC 3986, "Uniform Resource Identifier (URI): Generic Syntax". Whatever ``Address.parse`` accepts has one
meaning in every library that is given its ``url``.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final
from urllib.parse import quote, unquote

MASK: Final = "********"
HIGHEST_PORT: Final = 65535

_AUTHORITY = re.compile(r"[^/?#]*")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,252}[A-Za-z0-9])?\.?")
_ALL_DIGITS = re.compile(r"[0-9]+(\.[0-9]*)+")
_HOST_RULE = "a host is an IP address or a name of letters, digits, dots and hyphens"
_PORT = re.compile(r"[0-9]{1,5}")
_SUB_DELIMITERS = "!$&'()*+,;="
_VISIBLE = "".join(map(chr, range(0x21, 0x7F)))
_PLAIN_VALUE = re.compile(r"[0-9]{1,3}|true|false")
_SECRET_NAME = re.compile(
    "secret|pass|pwd|psw|pin|token|key|auth|sig|cred|user|usr|login|account|code|session|^.$", re.IGNORECASE
)


class InvalidAddress(ValueError):
    """No address, or one with several meanings; the message is a sentence that says what to write, without secrets."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address taken apart; ``user`` and ``password`` are decoded, ``path`` and ``query`` as they were typed.

    ``port`` is None where none is given, ``host`` empty where a folder or a file is meant, or any network card.
    """

    scheme: str
    host: str = ""
    port: int | None = None
    path: str = ""
    query: str = field(default="", repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, text: str, schemes: Collection[str], hostless: Collection[str] = ("file",)) -> Address:
        """Take an address apart that begins with one of ``schemes``; with one of ``hostless`` it needs no host.

        Raises:
            InvalidAddress: It is none, or a library could understand it otherwise.
        """
        scheme, rest = _split_scheme(text, schemes)
        authority = _AUTHORITY.match(rest)[0] if scheme != "file" else ""  # type: ignore[index]  # matches anything
        after = rest[len(authority) :]
        _refuse_second_at(authority, after)
        credentials, _, place = authority.rpartition("@")
        _check_credentials(credentials)
        _check_characters(place, after, is_file=scheme == "file")
        user, _, password = credentials.partition(":")
        host, port = _split_host(place)
        if not host and scheme not in hostless:
            raise InvalidAddress("an address needs a host after ://")
        path, _, query = after.partition("?")
        return cls(scheme, host, port, path, query, unquote(user), unquote(password))

    @property
    def url(self) -> str:
        """The address as libraries want it, with user and password."""
        credentials = quote(self.user, safe=_SUB_DELIMITERS)
        if self.password:
            credentials += ":" + quote(self.password, safe=_SUB_DELIMITERS)
        return self._joined(credentials, quote(self.path, safe=_VISIBLE), quote(self.query, safe=_VISIBLE))

    @property
    def file_path(self) -> str:
        """The path of a ``file`` address as the file system has it."""
        return unquote(self.path)

    @property
    def shown(self) -> str:
        """The address as people, logs and journals may see it; of a file, its path."""
        if self.scheme == "file":
            return self.file_path
        credentials = MASK if self.user or self.password else ""
        return self._joined(credentials, _masked_path(self.path), _masked_query(self.query))

    def __str__(self) -> str:
        return self.shown

    def _joined(self, credentials: str, path: str, query: str) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        place = (f"{credentials}@" if credentials else "") + host + ("" if self.port is None else f":{self.port}")
        return f"{self.scheme}://{place}{path}" + (f"?{query}" if query else "")


def check_host(host: str) -> str:
    """Return a host name or IP address that stands alone, without a port.

    Raises:
        InvalidAddress: It is none.
    """
    if "://" in host or "/" in host:
        raise InvalidAddress("only the host itself is written here, such as 192.168.1.64, without :// and /")
    odd = next((one for one in host if not one.isascii()), "")
    if odd:
        raise _full_width(odd) or InvalidAddress(_HOST_RULE)
    bare = host.removeprefix("[").removesuffix("]")
    if _is_ipv6(bare):
        return bare
    if _ALL_DIGITS.fullmatch(host) and not _is_ipv4(host):
        raise InvalidAddress("an IP address is four numbers from 0 to 255, such as 192.168.1.64")
    if _HOST_NAME.fullmatch(host) is None:
        raise InvalidAddress(_HOST_RULE)
    return host


def mask_addresses(text: str) -> str:
    """Return ``text`` with user, password and query values of an address in it masked, however it is mistyped."""
    plain = text.translate(_FULL_WIDTH)
    slashes = _SLASHES.search(plain)
    credentials = _CREDENTIALS.search(plain, slashes.end() if slashes else 0)
    if credentials is not None:
        text = text[: credentials.start()] + MASK + text[credentials.end() :]
    if slashes is not None:
        text = _PATH_VALUE.sub(rf"\1{MASK}", text)
    return _PARAMETER.sub(_masked_parameter, text)


# The full-width forms of ASCII that Chinese input methods make, U+FF01 to U+FF5E.
_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SLASHES = re.compile(":/+|//")
# Behind the slashes everything up to the last @, since a password may have any character in it.
_CREDENTIALS = re.compile(r"(?:(?<=/)|\S+:).*(?=@)", re.DOTALL)
_PATH_VALUE = re.compile(r"(/[^/?&=\s]*=)[^?\s]+")
_PARAMETER = re.compile(r"(?P<name>[?&？＆][^=＝&＆\s]*[=＝])(?P<value>[^&＆\s]+)")


def _masked_parameter(found: re.Match[str]) -> str:
    return found["name"] + _masked_value(found["name"].strip("?&？＆=＝"), found["value"])


def _masked_value(name: str, value: str) -> str:
    return value if _PLAIN_VALUE.fullmatch(value) and not _SECRET_NAME.search(name) else MASK


def _masked_query(query: str) -> str:
    pairs = (one.partition("=") for one in query.split("&"))
    return "&".join(f"{name}={_masked_value(name, value)}" if equals else name for name, equals, value in pairs)


def _masked_path(path: str) -> str:
    """Some cameras want their password in the path, as in ``/user=admin_password=…``."""
    before, equals, _ = path.partition("=")
    return f"{before}={MASK}" if equals else path


def _split_scheme(text: str, schemes: Collection[str]) -> tuple[str, str]:
    named, separator, rest = text.partition("://")
    if not separator and "://" in text.translate(_FULL_WIDTH):
        raise _odd_character(next(one for one in text if ord(one) in _FULL_WIDTH))
    scheme = named.lower()
    if separator and scheme in schemes:
        return scheme, rest
    allowed = ", ".join(f"{one}://" for one in schemes)
    meant = _closest(scheme, schemes) if separator else ""
    hint = f"; did you mean {meant}://?" if meant else ""
    raise InvalidAddress(f"an address begins with one of {allowed}{hint}")


def _closest(scheme: str, schemes: Collection[str]) -> str:
    """Return the scheme that was probably meant: letters change places more often than one is missing."""
    swapped = [one for one in schemes if sorted(one) == sorted(scheme)]
    return next(iter(swapped or get_close_matches(scheme, schemes, n=1)), "")


def _refuse_second_at(authority: str, after: str) -> None:
    """An @ behind the first of / ? # means that this one may be part of a password, or that the @ is part of a path."""
    if "@" in after and (":" in authority or "@" in authority):
        sign = after[0]
        raise InvalidAddress(
            f"a {sign} in a user's name or password is written {_percent(sign)}, "
            f"an @ in a path or query {_percent('@')}"
        )


def _check_credentials(credentials: str) -> None:
    if _BAD_PERCENT.search(credentials):
        raise InvalidAddress(f"a % in a user's name or password is written {_percent('%')}")
    for one in credentials:
        if not one.isprintable() or one == " ":
            raise InvalidAddress("an address has no spaces or line breaks in it; a space in a password is written %20")
        if not one.isascii():
            raise _odd_character(one)


def _check_characters(place: str, after: str, *, is_file: bool) -> None:
    if not after.isprintable() or not place.isprintable() or (" " in place + after and not is_file):
        raise InvalidAddress("an address has no spaces or line breaks in it; a space in a password is written %20")
    odd = next((one for one in place if not one.isascii()), "")
    if odd:
        raise _full_width(odd) or InvalidAddress(_HOST_RULE)
    if "#" in after or (is_file and "?" in after):
        sign = "#" if "#" in after else "?"
        raise InvalidAddress(f"a {sign} is written {_percent(sign)} here")
    if is_file and _BAD_PERCENT.search(after):
        raise InvalidAddress(f"a % in the name of a file or folder is written {_percent('%')}")


def _odd_character(sign: str) -> InvalidAddress:
    rule = f"there is a {sign!r} in it: in a user's name or password it is written {_percent(sign)}"
    return _full_width(sign) or InvalidAddress(rule)


def _full_width(sign: str) -> InvalidAddress | None:
    plain = unicodedata.normalize("NFKC", sign).replace("。", ".")
    if len(plain) == 1 and plain.isascii() and plain.isprintable():
        return InvalidAddress(f"there is a full-width {sign} in it: write {plain}, in a password {_percent(plain)}")
    return None


def _split_host(place: str) -> tuple[str, int | None]:
    host, colon, port = place, "", ""
    if not _is_ipv6(place.removeprefix("[").removesuffix("]")):
        host, colon, port = place.rpartition(":") if ":" in place else (place, "", "")
    elif not place.startswith("["):
        raise InvalidAddress("an IPv6 address stands in square brackets, such as [fd00::1]:554")
    if colon and not (_PORT.fullmatch(port) and 1 <= int(port) <= HIGHEST_PORT):
        raise InvalidAddress(f"a port is a number from 1 to {HIGHEST_PORT}")
    return (check_host(host) if host else "", int(port) if colon else None)


def _is_ipv6(host: str) -> bool:
    try:
        ipaddress.IPv6Address(host)
    except ValueError:
        return False
    return True


def _is_ipv4(host: str) -> bool:
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True


def _percent(sign: str) -> str:
    return "".join(f"%{byte:02X}" for byte in sign.encode())
