"""Names as they are: what rich would take for markup or for the name of a picture is shown."""

from __future__ import annotations

import io

import pytest
from rich.table import Table

from edge.terminal.console import OutputConsole


@pytest.mark.parametrize("name", ["[1]", "[/1]", "[bold]", ":smile:", "张[伟]"])
def test_a_name_is_shown_as_it_is(name: str) -> None:
    table = Table(title=name)
    table.add_row(name)
    shown = io.StringIO()
    OutputConsole(shown).print(table)
    assert shown.getvalue().count(name) == 2
