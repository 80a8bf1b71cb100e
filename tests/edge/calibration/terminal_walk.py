"""A walk on the terminal of this process, through steps that ask everything that can be asked: FOLDER STEP…"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
from walking_room import WalkingRoom, good

from edge.calibration.finding_makers import advice, at_least, fact, figure
from edge.calibration.keyboard import Keyboard
from edge.calibration.results import Finding, StepResult, Verdict
from edge.calibration.step import StepContext
from edge.calibration.terminal_technician import TerminalTechnician
from edge.calibration.walk_screen import WalkScreen
from edge.i18n import LazyMessage, lazy_message, reader_language
from edge.terminal.console import OutputConsole

LONG = (
    "请把标定板拿稳，在画面的四个角和正中间各停一下，每次换一个角度；ChArUco 板要亮，"
    "不反光（窗边、投影仪的光都不行），离镜头一到两米。"
)


def line(text: str) -> LazyMessage:
    return lazy_message("calibration.line", line=text)


def findings(share: float) -> list[Finding]:
    what = advice("step-skipped", step="picture")
    return [
        figure("focus", share, at_least(0.9, 0.5), what, unit="%", half_width=0.02, device="teacher"),
        fact("not-measured", "", Verdict.UNMEASURED, advice("device-unavailable", reason=LONG), "students"),
    ]


def asks(context: StepContext) -> StepResult:
    """Every kind of question."""
    technician = context.technician
    technician.tell(line(LONG))
    technician.ready("picture.board", line("拿好板子"))
    sure = technician.confirm("picture.sure", line("确定吗？"), default=False)
    chosen = technician.choose("picture.paper", line("哪种纸？"), [("A4", line("A4")), ("A3", line(LONG))])
    number = technician.number("picture.rows", line("有几排座位？"), default=6, low=1, high=20)
    text = technician.text("picture.name", line("叫什么？"), default="")
    technician.tell(line(f"答案 {sure} {chosen} {number:g} {text}"))
    with technician.progress(line("正在看画面"), 3):
        time.sleep(0.6)
    return StepResult(step="picture", findings=findings(0.6))


def live(context: StepContext) -> StepResult:
    """Figures and a picture until a key is pressed."""
    picture = np.zeros((480, 640, 3), np.uint8)
    picture[:, :, 2] = np.linspace(0, 255, 640, dtype=np.uint8)
    share = 0.0
    while not context.technician.wants_to_go_on():
        share = min(share + 0.01, 1.0)
        context.technician.show(findings(share), picture)
        time.sleep(0.02)
    return StepResult(step="lens", findings=findings(share))


STEPS = {"picture": asks, "lens": live, "sync": good("sync", latency_ms=41)}


def main() -> None:
    folder, *names = sys.argv[1:]
    language = reader_language()
    console = OutputConsole()
    room = WalkingRoom(Path(folder), **STEPS)
    with TerminalTechnician(console, Keyboard(0), language) as technician:
        walk = room.walk(technician)
        walk.screen = WalkScreen(technician.print_lines, lambda: technician.width, list(STEPS), language)
        done = walk.run(names)
        walk.screen.summary(walk.calibration.results)
    print("END", done)


if __name__ == "__main__":
    main()
