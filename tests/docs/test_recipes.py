"""What the recipes promise is so: their code is run and their config is read as they stand."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import recipes

from drivers import registry
from edge.cli.main import main

CAMERA = "recipes/camera.md"
ROOM = """
[room]
school = "s"
room = "r1"
"""


@pytest.fixture
def registered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The camera of the recipe, in the registry by the line that stands there."""
    entry = ast.literal_eval("{" + recipes.blocks(CAMERA, "python")[1] + "}")
    [(name, (module, _))] = entry.items()
    monkeypatch.setitem(registry.CAMERAS, name, entry[name])
    with recipes.imported(CAMERA, module, tmp_path):
        yield


@pytest.mark.usefixtures("registered")
def test_the_cameras_config_is_good_and_a_misspelt_key_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLASSROOM_EDGE_LANG", "en")
    config = tmp_path / "config.toml"
    table = recipes.blocks(CAMERA, "toml")[0]
    config.write_text(ROOM + table, encoding="utf-8")
    assert main(["--config", str(config), "check"]) == 0
    config.write_text(ROOM + table.replace("folder = ", "foldr = "), encoding="utf-8")
    assert main(["--config", str(config), "check"]) == 2
    assert "Did you mean “folder”?" in capsys.readouterr().err
