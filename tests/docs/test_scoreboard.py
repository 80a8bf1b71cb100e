"""docs/faults.md is made of docs/faults.json, and each of its rows of a test that is there."""

from __future__ import annotations

import json
import re
from pathlib import Path

from docs.generate.scoreboard import FAULTS, RESULTS, UNITS, write_pages

ROOT = Path(__file__).parents[2]
KEPT = json.loads(RESULTS.read_text(encoding="utf-8"))
RECORD = re.compile(r"scoreboard\.record\(\s*(f?)\"([a-z{}-]+)\"")


def test_the_pages_are_what_the_figures_make_of_them(tmp_path: Path) -> None:
    write_pages(tmp_path, KEPT)
    for page in tmp_path.iterdir():
        assert page.read_text("utf-8") == (ROOT / "docs" / page.name).read_text("utf-8"), "run: make faults"


def test_every_row_comes_from_a_test_that_is_there() -> None:
    for fault, row in KEPT.items():
        file, _, test = row["test"].partition("::")
        assert re.search(rf"^(async )?def {test}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE), fault
        assert row["times"] >= max(map(len, row["figures"].values()))
        assert row["figures"].keys() <= UNITS.keys() | {"told_s", "back_s"}


def test_every_fault_that_is_described_is_injected_by_a_test() -> None:
    texts = [path.read_text(encoding="utf-8") for path in ROOT.glob("tests/*/test_*.py")]
    recorded = {(bool(is_format), name) for text in texts for is_format, name in RECORD.findall(text)}
    for _, name in recorded:
        pattern = re.sub(r"\{[a-z]+\}", "[a-z-]+", name)
        assert any(re.fullmatch(pattern, fault) for fault in FAULTS), name
    patterns = [re.sub(r"\{[a-z]+\}", "[a-z-]+", name) for _, name in recorded]
    assert [fault for fault in FAULTS if not any(re.fullmatch(pattern, fault) for pattern in patterns)] == []
