"""DECISIONS.md: numbers without gaps, a status in each record, replacements named on both sides, a full index."""

from __future__ import annotations

import re
from pathlib import Path

TEXT = (Path(__file__).parents[2] / "DECISIONS.md").read_text(encoding="utf-8")
RECORD = re.compile(r"^## (\d+)\. .+\n\n(\d{4}-\d{2}-\d{2}), (.+)\n", re.MULTILINE)


def statuses() -> dict[int, str]:
    """The status line of each record, by its number."""
    return {int(record[1]): record[3] for record in RECORD.finditer(TEXT)}


def test_records_are_numbered_without_gaps_and_have_a_status() -> None:
    headings = [line for line in TEXT.splitlines() if line.startswith("## ")]
    assert list(statuses()) == list(range(1, len(headings) + 1))
    assert all(status.startswith(("accepted", "replaced by ")) for status in statuses().values())


def test_a_replaced_record_and_its_successor_name_each_other() -> None:
    replaced = {
        (number, int(by)) for number, status in statuses().items() for by in re.findall(r"replaced by (\d+)", status)
    }
    replaces = {
        (int(old), number)
        for number, status in statuses().items()
        if "replaces" in status
        for old in re.findall(r"\d+", status.partition("replaces")[2])
    }
    assert replaced == replaces
    assert replaced


def test_the_index_names_every_record_once() -> None:
    index = TEXT.partition("## 1.")[0]
    rows = [line.rpartition("|")[0] for line in index.splitlines() if re.search(r"\| \d", line)]
    numbers = [int(number) for row in rows for number in re.findall(r"\d+", row)]
    assert sorted(numbers) == list(statuses())
