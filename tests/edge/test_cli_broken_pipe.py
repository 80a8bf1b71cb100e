"""``classroom-edge … | head``: a reader that has gone is no error to tell of, whatever the subcommand prints with."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from edge.service import exit_codes

HOUSE = Path(__file__).parents[2]
CONFIG = '[room]\nschool = "hill"\nroom = "r1"\n[paths]\nspool = "spool"\nledger = "ledger.db"\nrun = "run"\n'


def without_reader(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a subcommand whose standard output nobody reads any more."""
    reader, writer = os.pipe()
    os.close(reader)
    (folder / "config.toml").write_text(CONFIG)
    (folder / "spool" / "r1-000001").mkdir(parents=True)
    words = [sys.executable, "-m", "edge.cli.main", "--config", str(folder / "config.toml"), *command]
    try:
        return subprocess.run(words, cwd=HOUSE, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    finally:
        os.close(writer)


@pytest.mark.parametrize(
    "command", [("check", "--json"), ("lessons", "--json"), ("lessons",), ("devices", "--json"), ("check", "--show")]
)
def test_it_ends_quietly(tmp_path: Path, command: tuple[str, ...]) -> None:
    ended = without_reader(*command, folder=tmp_path)
    told = [line for line in ended.stderr.splitlines() if "ledger" not in line]
    assert (ended.returncode, told) == (exit_codes.OUTPUT_CLOSED, [])


def test_a_help_does(tmp_path: Path) -> None:
    ended = without_reader("status", "--help", folder=tmp_path)
    assert ended.returncode in (exit_codes.GOOD, exit_codes.OUTPUT_CLOSED), "argparse swallows it where it can"
    assert ended.stderr == ""
