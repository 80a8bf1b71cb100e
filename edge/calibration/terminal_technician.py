"""The technician at a terminal: questions by single keys, live figures and a coarse picture redrawn in place."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from edge.calibration.keyboard import Keyboard
from edge.calibration.result_lines import finding_lines, finding_text
from edge.calibration.results import Finding
from edge.calibration.technician import StepSkipped
from edge.calibration.terminal_picture import terminal_picture
from edge.i18n import Language, LazyMessage, lazy_message
from edge.terminal.line_breaks import broken_lines

_REDRAWN_S = 0.25
_PLAIN_EVERY_S = 5.0
_LEAST_PICTURE_LINES = 4
_BARRED_S = 2.0
_BAR_CELLS = 30
_WIDEST = 100


class TerminalTechnician:
    """A context, within which the terminal gives single keys; it is left as it was found.

    Where the input is no terminal, answers are lines; where the output is none, nothing is redrawn and there are no
    pictures.
    """

    def __init__(
        self, console: Console, keyboard: Keyboard, language: Language, clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._console = console
        self._keyboard = keyboard
        self._language: Language = language
        self._clock_s = clock_s
        self._live: Live | None = None
        self._bar: _Bar | None = None
        self._is_prompting = False
        self._shown_at_s = -_PLAIN_EVERY_S
        self._size = console.size

    def __enter__(self) -> TerminalTechnician:
        self._keyboard.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end_live()
        self._keyboard.__exit__(kind, error, trace)

    @property
    def width(self) -> int:
        """Cells that a line may have."""
        return min(self._console.width - 1, _WIDEST)

    def tell(self, message: LazyMessage) -> None:
        """Say something on lines of its own, broken at the terminal's width."""
        self.print_text(message.text(self._language))

    def print_text(self, text: str, style: str = "") -> None:
        """Print a text, broken at the terminal's width; in a pipe each of its lines stays whole."""
        self.end_live()
        if not self._console.is_terminal:
            self._console.print(Text(text), soft_wrap=True)
            return
        for line in broken_lines(text, self.width):
            self._console.print(Text(line, style), no_wrap=True, overflow="ignore", crop=False)

    def print_lines(self, lines: Sequence[Text]) -> None:
        """Print lines that have been broken already."""
        self.end_live()
        for line in lines:
            self._console.print(line, no_wrap=True, overflow="ignore", crop=False)

    def confirm(self, name: str, question: LazyMessage, *, default: bool) -> bool:
        """Y or N; Enter is the default."""
        hint = lazy_message(f"calibration.hint-{'yes' if default else 'no'}")
        self._ask(question, hint)
        while True:
            match self._key():
                case "y" | "Y" | "是" | "yes" | "Yes":
                    return self._answered("yes", True)
                case "n" | "N" | "否" | "no" | "No":
                    return self._answered("no", False)
                case "\n":
                    return self._answered("yes" if default else "no", default)
                case other:
                    self._refuse(other, hint)

    def choose(self, name: str, question: LazyMessage, options: Sequence[tuple[str, LazyMessage]]) -> str:
        """The number of an option; Enter is the first. Of ten and more the number is typed with Enter."""
        self.tell(question)
        for number, (_, text) in enumerate(options, 1):
            self.print_lines(
                [Text(line) for line in broken_lines(f"  {number}  {text.text(self._language)}", self.width, 5)]
            )
        hint = lazy_message("calibration.hint-choose", count=len(options))
        self._prompt(hint)
        while True:
            typed = self._key() if len(options) < 10 else self._typed()
            number = 1 if typed in ("", "\n") else int(typed) if typed.isdecimal() else 0
            if 1 <= number <= len(options):
                self._echo(str(number))
                return options[number - 1][0]
            self._refuse(typed, hint)

    def number(self, name: str, question: LazyMessage, *, default: float, low: float, high: float) -> float:
        """A number, typed with Enter; Enter alone is the default."""
        hint = lazy_message("calibration.hint-number", default=f"{default:g}", low=f"{low:g}", high=f"{high:g}")
        self._ask(question, hint)
        while True:
            typed = self._typed()
            value = default if not typed else _number(typed)
            if value is not None and low <= value <= high:
                return value
            self._refuse(typed, hint, again=True)

    def text(self, name: str, question: LazyMessage, *, default: str) -> str:
        """A line, typed with Enter; Enter alone is the default."""
        hint = lazy_message(f"calibration.hint-text{'-default' if default else ''}", default=default)
        self._ask(question, hint)
        return self._typed() or default

    def ready(self, name: str, request: LazyMessage) -> None:
        """Wait for Enter or space."""
        hint = lazy_message("calibration.hint-ready")
        self._ask(request, hint)
        while (key := self._key()) not in ("\n", " "):
            self._refuse(key, hint)
        self._echo("")

    @contextmanager
    def progress(self, what: LazyMessage, seconds: float) -> Iterator[None]:
        """A bar that fills in ``seconds``; of what takes less than two, and in a pipe, a line."""
        self.end_live()
        if seconds < _BARRED_S or not self._console.is_terminal:
            self.tell(lazy_message("calibration.takes", what=what, seconds=round(seconds)))
            yield
            return
        bar = self._bar = _Bar(what.text(self._language), seconds, self._clock_s)
        try:
            with Live(
                get_renderable=lambda: Group(*bar.above, bar.text(self.width)),
                console=self._console,
                refresh_per_second=4,
                transient=True,
            ):
                yield
        finally:
            self._bar = None
        self.print_text(bar.done())

    def show(self, findings: Sequence[Finding], picture: NDArray[np.uint8] | None = None) -> None:
        """Redraw figures and picture in place, four times a second at most; in a pipe a line every five seconds."""
        now_s = self._clock_s()
        if not self._console.is_terminal:
            if now_s - self._shown_at_s >= _PLAIN_EVERY_S:
                self._shown_at_s = now_s
                text = "; ".join(finding_text(finding, self._language) for finding in findings)
                self._console.print(Text(text), soft_wrap=True)
            return
        if now_s - self._shown_at_s < _REDRAWN_S:
            return
        self._shown_at_s = now_s
        if self._bar is not None:
            self._bar.above = (self._view(findings, picture, has_hint=False),)
            return
        if self._live is not None and self._console.size != self._size:
            # What was drawn for another width cannot be drawn over.
            self.end_live()
            self._console.clear()
        if self._live is None:
            self._size = self._console.size
            self._keyboard.forget()
            self._live = Live(console=self._console, auto_refresh=False, transient=True)
            self._live.start()
        self._live.update(self._view(findings, picture, has_hint=True), refresh=True)

    def wants_to_go_on(self) -> bool:
        """Whether a key was pressed since what is shown live began."""
        return self._keyboard.pressed()

    def end_live(self) -> None:
        """Take away what is redrawn in place, and end the line of a question that nobody answered."""
        if self._is_prompting:
            self._echo("")
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _view(
        self, findings: Sequence[Finding], picture: NDArray[np.uint8] | None, *, has_hint: bool
    ) -> RenderableType:
        lines = [line for finding in findings for line in finding_lines(finding, self._language, self.width)]
        hint = Text(lazy_message("calibration.hint-live").text(self._language) if has_hint else "", "dim")
        # What was asked for stays in sight above it.
        free = min(self._console.height - len(lines) - 2, self._console.height * 2 // 3)
        has_colours = self._console.color_system is not None and not self._console.no_color
        if picture is None or not has_colours or free < _LEAST_PICTURE_LINES:
            return Group(*lines[: self._console.height - 2], hint)
        return Group(terminal_picture(picture, self.width, free), *lines, hint)

    def _ask(self, question: LazyMessage, hint: LazyMessage) -> None:
        self.tell(question)
        self._prompt(hint)

    def _prompt(self, hint: LazyMessage) -> None:
        *above, last = broken_lines(hint.text(self._language), self.width)
        self.print_lines([Text(line, "bold") for line in above])
        self._keyboard.forget()
        self._console.print(Text(f"{last} ", "bold"), end="", no_wrap=True, overflow="ignore", crop=False)
        self._is_prompting = True

    def _key(self) -> str:
        """A key.

        Raises:
            StepSkipped: it was S.
        """
        key = self._keyboard.key()
        if key in ("s", "S"):
            self._echo("s")
            raise StepSkipped
        return key

    def _typed(self) -> str:
        """What is typed before Enter, with each sign shown. Raises as ``_key``."""
        if not self._keyboard.is_terminal:
            return self._key().strip()
        typed = ""
        while (key := self._keyboard.key()) != "\n":
            if key in ("\x7f", "\b"):
                cells = cell_len(typed[-1:])
                typed = typed[:-1]
                self._console.out("\b" * cells + " " * cells + "\b" * cells, end="")
            elif key.isprintable():
                typed += key
                self._console.print(Text(key), end="")
        self._echo("")
        if typed.strip() in ("s", "S"):
            raise StepSkipped
        return typed.strip()

    def _answered(self, word: str, answer: bool) -> bool:
        self._echo(lazy_message(f"calibration.{word}").text(self._language))
        return answer

    def _echo(self, text: str) -> None:
        self._is_prompting = False
        self._console.print(Text(text))

    def _refuse(self, typed: str, hint: LazyMessage, *, again: bool = False) -> None:
        """Say once more what may be answered, where a line was typed; a wrong key alone is not worth a line."""
        if again or len(typed) > 1 or not self._keyboard.is_terminal:
            self.tell(lazy_message("calibration.not-understood", typed=typed.strip()))
            self._prompt(hint)


class _Bar:
    """A bar that fills with time, and stays nearly full where it takes longer."""

    def __init__(self, what: str, seconds: float, clock_s: Callable[[], float]) -> None:
        self._what = what
        self._seconds = seconds
        self._clock_s = clock_s
        self._began_s = clock_s()
        self.above: tuple[RenderableType, ...] = ()

    def text(self, width: int) -> Text:
        elapsed_s = self._clock_s() - self._began_s
        full = min(round(_BAR_CELLS * elapsed_s / self._seconds), _BAR_CELLS - 1)
        figures = f" {elapsed_s:3.0f} / {self._seconds:.0f} s"
        bar = Text("━" * full, "green") + Text("─" * (_BAR_CELLS - full), "dim") + Text(figures)
        *above, last = broken_lines(self._what, width)
        if cell_len(last) + bar.cell_len + 2 > width:
            return Text("\n").join([*map(Text, [*above, last]), bar])
        return Text("\n").join([*map(Text, above), Text(f"{last}  ") + bar])

    def done(self) -> str:
        return f"{self._what}  {self._clock_s() - self._began_s:.0f} s"


def _number(typed: str) -> float | None:
    """A number as people type it, full-width or with a comma; None if it is none."""
    try:
        return float(typed.replace("，", ".").replace(",", ".").replace("。", "."))
    except ValueError:
        return None
