"""docs/formats.md names every kind of journal entry and every code of a finding, and none that do not exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from pipelines.journal.entries import AnyEntry
from pipelines.receipt.findings import FindingCode

TEXT = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """What stands under a heading."""
    return TEXT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_every_journal_entry_is_described() -> None:
    described = re.findall(r"^\| `([a-z-]+)` \|", section("journal.jsonl"), re.MULTILINE)
    kinds = [kind.model_fields["kind"].default for kind in get_args(get_args(AnyEntry)[0])]
    assert sorted(described) == sorted(kinds)


def test_every_finding_is_listed() -> None:
    rows = re.findall(r"^\| [a-z ]+ \| `([a-z -]+)` \|$", section("receipt.json"), re.MULTILINE)
    assert sorted(code for row in rows for code in row.split()) == sorted(FindingCode)
