"""A password is seen by the camera alone: nothing that a command prints or logs has a part of it."""

from __future__ import annotations

import logging
from pathlib import Path
from urllib.parse import quote

import pytest

from edge.cli.main import main

SECRET = "Zx9"
PASSWORD = f"{SECRET}#{SECRET}/{SECRET}?{SECRET}[{SECRET}]%{SECRET}＃{SECRET}"
CONFIG = """
[room]
school = "hill"
room = "r1"
[paths]
spool = "spool"
ledger = "ledger.db"
run = "run"
"""
CAMERA = '[cameras.teacher]\ndriver = "stream"\nopen_timeout_s = 0.5\nurl = "{url}"\n'


@pytest.mark.parametrize("encoded", [True, False], ids=["percent-encoded", "as it is"])
def test_no_command_tells_a_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, *, encoded: bool
) -> None:
    caplog.set_level(logging.DEBUG)
    password = quote(PASSWORD, safe="[]") if encoded else PASSWORD
    url = f"rtsp://admin:{password}@127.0.0.1:9/ch1?channel=1&token={SECRET}"
    file = tmp_path / "config.toml"
    file.write_text(CONFIG + CAMERA.format(url=url), encoding="utf-8")
    codes = {}
    for command in (["check"], ["check", "--show"], ["check", "--json"], ["devices"], ["devices", "--json"]):
        codes[" ".join(command)] = main([*command, "--config", str(file)])
    out, err = capsys.readouterr()
    assert SECRET not in out + err + caplog.text
    assert set(codes.values()) == ({0, 1} if encoded else {2})
    assert "127.0.0.1:9/ch1?channel=1&token=********" in out
