"""The key ``allow_http`` of a section with a ``url``: an address without encryption is used only where it says so."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError


def _wanted_for_http(allow_http: bool, info: ValidationInfo) -> bool:
    if not allow_http and str(info.data.get("url", "")).startswith("http://"):
        raise PydanticCustomError("needed-for-http", "true")
    return allow_http


AllowHttp = Annotated[bool, Field(validate_default=True), AfterValidator(_wanted_for_http)]
