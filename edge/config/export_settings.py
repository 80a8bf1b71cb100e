"""Config of everything that may leave the room: the object store, its pages, the LRS, and students' names."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from drivers.address import Address, InvalidAddress
from edge.config.base_section import Section
from edge.config.plain_http import AllowHttp
from edge.config.schema_lookup import RULE

# Bucket names of S3, old ones too (Amazon S3 User Guide, "General purpose bucket naming rules").
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")
# Visible ASCII: what can stand in a header and an address without being encoded.
_WITHOUT_SPACES = re.compile(r"[!-~]*")


class RosterConfig(Section):
    """Whether students' names may leave the room, with their answers, to the store and to an LRS."""

    share_names: bool = False


class LrsConfig(Section):
    """The learning record store that receives xAPI statements; none are sent if ``url`` is empty.

    ``home_page`` is the URL prefix of the ids of this school's students and lessons.
    """

    url: str = Field(default="", json_schema_extra={RULE: "endpoint"})
    user: str = Field(default="", json_schema_extra={RULE: "user-name"})
    password: SecretStr = SecretStr("")
    allow_http: AllowHttp = False
    home_page: str = Field(default="https://classroom-edge.invalid", json_schema_extra={RULE: "web-address"})

    @field_validator("url")
    @classmethod
    def _reachable_kind(cls, url: str) -> str:
        return _endpoint(url, "https", "http")

    @field_validator("user")
    @classmethod
    def _without_colon(cls, user: str) -> str:
        """RFC 7617: a colon ends the user's name."""
        if ":" in user or not user.isprintable():
            raise PydanticCustomError("user-name", "no colon")
        return user

    @field_validator("home_page")
    @classmethod
    def _web_address(cls, address: str) -> str:
        parts = _address(address, ("https", "http"), "web-address")
        if parts.query or parts.user or parts.password:
            raise PydanticCustomError("web-address", "https://…")
        return address


class PublicationConfig(Section):
    """Who may find the room's lessons in the store: with ``public`` a list of them and a player lie beside them there.

    Whoever may read the store may then see them. With ``private`` lessons are seen on the room's own pages alone.
    """

    access: Literal["private", "public"] = "private"


class StoreConfig(Section):
    """The object store that lessons are copied to; nothing leaves the room if ``url`` is empty."""

    url: str = Field(default="", json_schema_extra={RULE: "store-url"})
    allow_http: bool = False
    endpoint: str = Field(default="", json_schema_extra={RULE: "endpoint"})
    region: str = Field(default="", json_schema_extra={RULE: "no-spaces"})
    access_key: str = ""
    secret_key: SecretStr = SecretStr("")

    @model_validator(mode="before")
    @classmethod
    def _says_keys_for_s3(cls, given: Any) -> Any:
        if isinstance(given, dict) and str(given.get("url", "")).startswith("s3://"):
            return {"access_key": "", "secret_key": "", **given}
        return given

    @field_validator("url")
    @classmethod
    def _known_kind(cls, url: str) -> str:
        if not url:
            return url
        parts = _address(url, ("file", "s3"), "store-url")
        folder = parts.scheme == "file" and parts.file_path.startswith("/") and parts.file_path.strip("/")
        bucket = parts.scheme == "s3" and _BUCKET.fullmatch(parts.host) and not parts.query and parts.port is None
        if not (folder or bucket) or parts.user or parts.password:
            raise PydanticCustomError("store-url", "file:///… or s3://…")
        return url

    @field_validator("endpoint")
    @classmethod
    def _reachable_kind(cls, endpoint: str, info: ValidationInfo) -> str:
        return _endpoint(endpoint, *(("https", "http") if info.data.get("allow_http") else ("https",)))

    @field_validator("region", "access_key", "secret_key")
    @classmethod
    def _fit_for_a_header(cls, value: str | SecretStr) -> str | SecretStr:
        plain = value.get_secret_value() if isinstance(value, SecretStr) else value
        if _WITHOUT_SPACES.fullmatch(plain) is None:
            raise PydanticCustomError("no-spaces", "no spaces")
        return value

    @field_validator("access_key", "secret_key")
    @classmethod
    def _there_for_s3(cls, value: str | SecretStr, info: ValidationInfo) -> str | SecretStr:
        if not value and info.data.get("url", "").startswith("s3://"):
            raise PydanticCustomError("needed-for-s3", "needed for an s3:// store")
        return value


def _endpoint(address: str, *schemes: str) -> str:
    """Refuse user names and passwords in the URL: they have keys of their own, which are never shown."""
    if address:
        parts = _address(address, ("https", "http"), "endpoint")
        if parts.scheme not in schemes or parts.user or parts.password or parts.query:
            raise PydanticCustomError("endpoint", "https://…")
    return address


def _address(text: str, schemes: tuple[str, ...], rule: str) -> Address:
    """Take an address apart whose text is handed on as it is, so that its scheme has to be in lower case."""
    try:
        address = Address.parse(text, schemes)
    except InvalidAddress as error:
        raise PydanticCustomError(rule, "an address", {"why": str(error)}) from None
    if not text.startswith(address.scheme):
        raise PydanticCustomError(rule, "an address")
    return address
