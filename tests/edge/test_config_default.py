"""The default config documents everything a config may say, and is itself right."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from pydantic import BaseModel, SecretStr

from drivers import registry
from edge.cli.main import main
from edge.config.driver_options import REGISTERED, DeviceKind, common_keys
from edge.config.load import load
from edge.config.model import Config

DEFAULT = Path(__file__).parents[2] / "systemd" / "config.toml"
TEXT = DEFAULT.read_text(encoding="utf-8")

SECTION = re.compile(r"(?:# )?\[([a-z.]+)\]$")
KEY = re.compile(r"(# )?([a-z0-9_]+) = (.+)$")


def documented() -> dict[tuple[str, str], list[str]]:
    """Section (first word) and key → the values shown for it, commented out or not."""
    shown: dict[tuple[str, str], list[str]] = {}
    section = ""
    for line in TEXT.splitlines():
        if header := SECTION.match(line):
            section = header[1].partition(".")[0]
        elif key := KEY.match(line):
            shown.setdefault((section, key[2]), []).append(key[3])
    return shown


def keys_of_the_model() -> Iterator[tuple[str, str]]:
    for section, info in Config.model_fields.items():
        if section in tuple(DeviceKind):
            yield from ((section, key) for key in common_keys(DeviceKind(section)))
        else:
            model = info.annotation
            assert isinstance(model, type)
            assert issubclass(model, BaseModel)
            yield from ((section, key) for key in model.model_fields)


def keys_of_the_drivers() -> Iterator[tuple[str, str]]:
    for kind, names in REGISTERED.items():
        for name in names:
            yield from ((kind.value, one.name) for one in fields(registry.load_driver(names, name).Options))


@pytest.mark.parametrize("whose", [keys_of_the_model, keys_of_the_drivers])
def test_every_key_is_documented(whose: object) -> None:
    assert callable(whose)
    assert set(whose()) - set(documented()) == set()


def test_no_driver_key_hides_behind_a_common_one() -> None:
    common = {(kind.value, key) for kind in DeviceKind for key in common_keys(kind)}
    assert set(keys_of_the_drivers()) & common == set()


def test_every_documented_key_exists() -> None:
    assert set(documented()) - set(keys_of_the_model()) - set(keys_of_the_drivers()) == set()


def test_the_defaults_shown_are_the_defaults() -> None:
    for section, info in Config.model_fields.items():
        if section in tuple(DeviceKind) or not isinstance(info.annotation, type):
            continue
        for key, field in info.annotation.model_fields.items():
            if not field.is_required() and (section, key) != ("room", "name"):
                shown = tomllib.loads(f"x = {documented()[section, key][0]}")["x"]
                secret = isinstance(field.default, SecretStr)
                default = field.default.get_secret_value() if secret else field.default
                assert shown == (str(default) if isinstance(default, Path) else default), f"{section}.{key}"


def uncommented(which: int) -> str:
    """The text with every number sign removed; of a table that shows several drivers, one after the other, one."""
    blocks: list[list[list[str]]] = [[[]]]
    for line in TEXT.splitlines():
        plain = line.removeprefix("# ") if SECTION.match(line) or KEY.match(line) else line
        if SECTION.match(plain):
            blocks.append([[plain]])
        elif plain.startswith("driver = ") and any(one.startswith("driver = ") for one in blocks[-1][-1]):
            blocks[-1].append([blocks[-1][0][0], plain])
        else:
            blocks[-1][-1].append(plain)
    return "\n".join(line for shown in blocks for line in shown[min(which, len(shown) - 1)])


@pytest.mark.parametrize("which", range(len(REGISTERED[DeviceKind.CLICKERS])))
def test_with_every_number_sign_removed_it_is_still_good(tmp_path: Path, which: int) -> None:
    (tmp_path / "config.toml").write_text(uncommented(which), encoding="utf-8")
    config = load(tmp_path / "config.toml")
    assert set(config.cameras) == {"teacher", "students", "screen"}
    assert set(config.microphones) == {"ceiling", "lapel"}
    assert config.clickers is not None
    assert config.clickers.driver == list(REGISTERED[DeviceKind.CLICKERS])[which]


def test_check_finds_the_default_good(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--config", str(DEFAULT), "check", "--json"]) == 0
    assert '"ok": true' in capsys.readouterr().out
