"""The walk on a real terminal of 80 columns, in Chinese: keys, live figures, Ctrl-C, resizing, and in a pipe."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest
from pty_screen import PtyScreen, on_terminal
from rich.cells import cell_len
from terminal_walk import LONG

from edge.calibration.results import Results
from edge.terminal.line_breaks import broken_lines

WALK = Path(__file__).with_name("terminal_walk.py")
CHINESE = {"CLASSROOM_EDGE_LANG": "zh-CN"}


@contextlib.contextmanager
def walking(folder: Path, *steps: str, columns: int = 80, lines: int = 24) -> Iterator[PtyScreen]:
    script = f"import sys; sys.path.insert(0, {str(WALK.parent)!r}); import terminal_walk; terminal_walk.main()"
    with on_terminal(script, str(folder), *steps, columns=columns, lines=lines, **CHINESE) as screen:
        yield screen


def saved(folder: Path) -> Results:
    return Results.model_validate_json((folder / "calibration/0001/results.json").read_bytes())


def test_it_is_answered_by_single_keys_and_nothing_is_wider_than_the_terminal(tmp_path: Path) -> None:
    with walking(tmp_path, "picture") as screen:
        place = screen.until("[按 1–3；回车 = 1]")
        screen.press("x\n")
        place = screen.until("[好了按回车", place)
        screen.press("q\x1b[A ")
        place = screen.until("回车 = 否]", place)
        screen.press("y")
        place = screen.until("[按 1–2；回车 = 1]", place)
        screen.press("2")
        place = screen.until("[1 到 20，回车 = 6", place)
        screen.press("99\n")
        place = screen.until("看不懂“99”", place)
        place = screen.until("[1 到 20，回车 = 6", place)
        screen.press("１3\x7f2\n")
        place = screen.until("叫什么？", place)
        screen.until("[输入后按回车", place)
        screen.press("讲抬\x7f台\n")
        place = screen.until("答案 True A3 12 讲台", place)
        place = screen.until("[按 1–3；回车 = 1]", place)
        screen.press("\n")
        assert screen.ended() == 0
        assert screen.plain().endswith("END True\n")
        assert screen.widest() <= 80
        assert termios.tcgetattr(screen.side) == screen.before
        assert "✗" not in screen.plain()
        assert "! 可以" not in screen.plain(), "the worst finding counts"
        assert "? 没测" in screen.plain()
    assert list(saved(tmp_path).steps) == ["picture"]


def test_live_figures_end_with_a_key_ctrl_c_leaves_the_step_and_twice_the_walk(tmp_path: Path) -> None:
    with walking(tmp_path, "lens", "lens", "sync") as screen:
        place = screen.until("[按 1–3；回车 = 1]")
        screen.press("\n")
        place = screen.until("按任意键继续", place)
        assert "▄" in screen.output or "▀" in screen.output, "the picture"
        place = screen.until("按任意键继续", place)
        screen.resize(60, 20)
        place = screen.until("按任意键继续", len(screen.plain()))
        screen.press("k")
        place = screen.until("[按 1–3；回车 = 1]", place)
        screen.press("2")  # once more
        place = screen.until("按任意键继续", place)
        screen.press("\x03")
        place = screen.until("已离开这一步", place)
        place = screen.until("[按 1–3；回车 = 1]", place)
        screen.press("\x03")
        assert screen.ended() == 0
        assert screen.plain().endswith("END False\n")
        assert "Traceback" not in screen.plain()
        assert "\x1b[?25h" in screen.output, "the cursor is shown again"
        assert termios.tcgetattr(screen.side) == screen.before
        assert screen.widest() <= 80


def test_a_terminal_that_hangs_up_ends_it(tmp_path: Path) -> None:
    with walking(tmp_path, "picture") as screen:
        screen.until("[按 1–3；回车 = 1]")
        screen.process.terminate()
        assert screen.ended() != 0
        assert "Traceback" not in screen.plain()


def test_in_a_pipe_it_asks_by_lines_and_colours_nothing(tmp_path: Path) -> None:
    lines = "1\n\ny\nA\n2\n7\n讲台\n1\n"
    environ = {**os.environ, **CHINESE, "PYTHONPATH": os.pathsep.join([str(WALK.parent), *sys.path])}
    command = [sys.executable, str(WALK), str(tmp_path), "picture", "sync"]
    ran = subprocess.run(command, input=lines.encode(), capture_output=True, env=environ, check=False, timeout=60)
    told = ran.stdout.decode()
    assert "答案 True A3 7 讲台" in told
    assert LONG in told, "in one line"
    assert "\x1b" not in told
    assert b"TechnicianGone" in ran.stderr, "nobody answers for the second step"
    assert list(saved(tmp_path).steps) == ["picture"]


@pytest.mark.parametrize("width", [79, 40, 21, 6])
def test_chinese_breaks_anywhere_but_before_a_comma(width: int) -> None:
    lines = broken_lines(LONG, width, indent=2)
    assert max(map(cell_len, lines)) <= width
    assert "".join(line.strip() for line in lines).replace(" ", "") == LONG.replace(" ", "")
    if width > 6:
        assert not [line for line in lines if line.strip()[0] in "，。；）" or line.endswith("（")]
        assert min(map(cell_len, lines[:-1])) > width * 0.6


def test_words_stay_whole_where_they_can() -> None:
    assert broken_lines("Hold the ChArUco board still, then go on", 16) == [
        "Hold the ChArUco",
        "board still,",
        "then go on",
    ]
    assert broken_lines("a\n\nb", 10) == ["a", "", "b"]
    assert broken_lines("/var/lib/classroom-edge/calibration", 10) == [
        "/var/lib/c",
        "lassroom-e",
        "dge/calibr",
        "ation",
    ]
