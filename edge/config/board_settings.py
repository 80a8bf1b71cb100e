"""Config of the class board, and of the topic that tells vendors' boards the same."""

from __future__ import annotations

from typing import Any

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from drivers.address import Address, InvalidAddress
from edge.config.base_section import Section
from edge.config.schema_lookup import RULE

_PLAIN = "mqtt"
SCHEMES = ("mqtts", _PLAIN)


class BoardConfig(Section):
    """The class board at the door, which anybody who passes by can read.

    ``exam_names`` shows who sits where in an exam; ``phones`` lets students join polls by the QR code on the board.
    With ``mqtt_url`` the board is told to a broker too.
    """

    exam_names: bool = False
    phones: bool = False
    mqtt_url: str = Field(default="", json_schema_extra={RULE: "broker"})
    mqtt_user: str = ""
    mqtt_password: SecretStr = SecretStr("")
    mqtt_allow_plain: bool = False

    @model_validator(mode="before")
    @classmethod
    def _hears_of_plain_first(cls, given: Any) -> Any:
        return {"mqtt_allow_plain": False, **given} if isinstance(given, dict) else given

    @field_validator("mqtt_url")
    @classmethod
    def _a_broker(cls, url: str) -> str:
        if not url:
            return url
        try:
            address = Address.parse(url, SCHEMES)
        except InvalidAddress as error:
            raise PydanticCustomError("broker", "mqtts://…", {"why": str(error)}) from None
        if address.user or address.password or address.path.strip("/") or address.query:
            raise PydanticCustomError("broker", "mqtts://…")
        return url

    @field_validator("mqtt_allow_plain")
    @classmethod
    def _wanted_for_plain(cls, allow_plain: bool, info: ValidationInfo) -> bool:
        if not allow_plain and str(info.data.get("mqtt_url", "")).startswith(f"{_PLAIN}://"):
            raise PydanticCustomError("needed-for-plain", "true")
        return allow_plain
