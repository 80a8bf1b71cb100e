"""Beginning, resuming and ending a calibration: what surrounds the walk through its steps."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType, TracebackType

from rich.text import Text

from edge.calibration.interruptions import LoanUnavailable, TakenBack
from edge.calibration.keyboard import Keyboard, TechnicianGone
from edge.calibration.new_results import known_time, new_results
from edge.calibration.paged_technician import PagedTechnician
from edge.calibration.results import Results, Verdict
from edge.calibration.results_folder import OpenCalibration, ResultsFolder, results_of
from edge.calibration.room_file import RoomFile
from edge.calibration.room_loan import RoomLoan
from edge.calibration.scripted_answers import AnswersUnusable, ScriptedAnswers, read_answers
from edge.calibration.step_edge import LEFT
from edge.calibration.step_table import STEP_TABLE, load_step
from edge.calibration.technician import StepSkipped, Technician
from edge.calibration.terminal_technician import TerminalTechnician
from edge.calibration.walk_screen import UNBROKEN, WalkScreen
from edge.calibration.walkthrough import Walkthrough, disk_message
from edge.config.calibration_folder import calibration_folder
from edge.config.model import Config
from edge.i18n import Language, LazyMessage, lazy_message, reader_language, translate
from edge.service import exit_codes
from edge.terminal.console import OutputConsole
from pipelines.system_clocks import boot_id

TIMER = Path("/etc/systemd/system/classroom-edge-calibration-check.timer")
TRACE = "program-error.txt"


def walk(file: Path, config: Config, args: argparse.Namespace) -> int:
    """Walk through the steps asked for, or all of them; bad where the room is, or where its lesson ended the walk."""
    language = reader_language(config.room.language)
    try:
        answers = None if args.answers is None else read_answers(args.answers)
    except AnswersUnusable as wrong:
        print(wrong.why.text(language), file=sys.stderr)
        return exit_codes.WRONG
    console = OutputConsole()
    with contextlib.ExitStack() as stack:
        stack.enter_context(_ended_by_signals())
        technician: Technician
        if answers is None:
            technician = terminal = stack.enter_context(TerminalTechnician(console, Keyboard(0), language))
            screen = WalkScreen(terminal.print_lines, lambda: terminal.width, list(STEP_TABLE), language)
        else:
            technician = ScriptedAnswers(answers, console, language)
            screen = WalkScreen(_printer(console), lambda: UNBROKEN, list(STEP_TABLE), language)
        walked = _Walk(file, config, technician, screen, language, is_attended=answers is None)
        return _with_sentences(technician, lambda: walked.run(args.steps, is_new=args.new, is_resumed=args.resume))


def undo(file: Path, config: Config, step: str) -> int:
    """Undo the settings of a step of the newest calibration."""
    language = reader_language(config.room.language)
    technician = ScriptedAnswers({}, OutputConsole(), language)
    screen = WalkScreen(_printer(OutputConsole()), lambda: UNBROKEN, list(STEP_TABLE), language)
    walked = _Walk(file, config, technician, screen, language, is_attended=False)
    return _with_sentences(technician, lambda: walked.undo(step))


def report_lines(calibration: OpenCalibration, earlier: Results | None, language: Language) -> list[str]:
    """Make a calibration's report; sentences that say where it lies, or why it is not there."""
    zone = dt.datetime.now().astimezone().tzinfo or dt.UTC
    try:
        from edge.calibration.report.write import write_report

        written = write_report(calibration.results, calibration.folder, earlier, language, zone)
    except OSError as error:
        return [translate("calibration.no-report", language, reason=disk_message(error))]
    except ImportError as error:
        return [translate("calibration.package-missing", language, package=error.name)]
    files = [file for file in (written.html, written.pdf) if file is not None]
    lines = [translate("calibration.report", language, file=file) for file in files]
    return [*lines, *(remark.text(language) for remark in written.remarks)]


class _Walk:
    def __init__(
        self,
        file: Path,
        config: Config,
        technician: Technician,
        screen: WalkScreen,
        language: Language,
        *,
        is_attended: bool,
    ) -> None:
        self._file = file
        self._config = config
        self._technician = technician
        self._screen = screen
        self._language: Language = language
        self._is_attended = is_attended
        self._folder = ResultsFolder(calibration_folder(config.paths))

    def run(self, names: Sequence[str], *, is_new: bool, is_resumed: bool) -> int:
        with self._folder.held():
            calibration = self._opened(names, is_new=is_new, is_resumed=is_resumed)
            earlier = self._folder.earlier(before=calibration.results.number)
            with self._loan() as loan, _kept_traces(calibration.folder):
                walkthrough = self._walkthrough(calibration, earlier, loan)
                done = walkthrough.run(self._steps(names, calibration))
            is_whole = set(STEP_TABLE) <= set(calibration.results.steps)
            if done and is_whole:
                calibration.finish(known_time(self._config))
            self._screen.summary(calibration.results)
            if not done or not is_whole:
                message = "incomplete" if done else "left"
                self._technician.tell(lazy_message(f"calibration.{message}", folder=calibration.folder))
            else:
                self._technician.tell(lazy_message("calibration.finished", folder=calibration.folder))
                for line in report_lines(calibration, results_of(earlier), self._language):
                    self._technician.tell(lazy_message("calibration.line", line=line))
                if TIMER.exists():
                    self._technician.tell(lazy_message("calibration.nightly"))
            return exit_codes.BAD if calibration.results.verdict is Verdict.BAD else exit_codes.GOOD

    def undo(self, step: str) -> int:
        with self._folder.held():
            calibration = self._folder.newest()
            if calibration is None:
                self._technician.tell(lazy_message("calibration.none-yet"))
                return exit_codes.WRONG
            with self._loan() as loan:
                is_undone = self._walkthrough(calibration, None, loan).undo(step)
            return exit_codes.GOOD if is_undone else exit_codes.BAD

    def _loan(self) -> RoomLoan:
        return RoomLoan(self._file, self._config, "calibrate", self._technician.tell)

    def _walkthrough(
        self, calibration: OpenCalibration, earlier: OpenCalibration | None, loan: RoomLoan
    ) -> Walkthrough:
        paged = PagedTechnician(self._technician, self._screen, loan.show_page, self._language)
        return Walkthrough(
            technician=paged,
            screen=paged,
            load_step=load_step,
            lend=loan.lend,
            room_file=RoomFile(self._file),
            calibration=calibration,
            earlier=results_of(earlier),
            earlier_folder=None if earlier is None else earlier.folder,
            lease=lambda: loan.lease,
            take_up=loan.take_up,
            now=lambda: known_time(self._config),
            is_attended=self._is_attended,
        )

    def _opened(self, names: Sequence[str], *, is_new: bool, is_resumed: bool) -> OpenCalibration:
        """The calibration to go on with, or a new one; single steps are added to the last one, as it stands."""
        left = None if is_new else self._folder.unfinished(known_time(self._config), boot_id())
        if left is not None and left.results.steps:
            said = {"number": left.results.number, "done": len(left.results.steps)}
            question = lazy_message("calibration.ask-resume", **said)
            asks = self._is_attended and not names and not is_resumed
            if is_resumed or names or (asks and self._confirmed("resume", question)):
                self._technician.tell(lazy_message("calibration.resumed", **said))
                return left
        elif is_resumed:
            self._technician.tell(lazy_message("calibration.nothing-to-resume"))
        results = new_results(self._config)
        last = self._folder.earlier() if names and not is_new else None
        begun = self._folder.begin(results) if last is None else self._folder.repeat(results, last)
        name = self._config.room.name or self._config.room.room
        count = len(names) or len(STEP_TABLE)
        self._technician.tell(lazy_message("calibration.welcome", room=name, number=begun.results.number, count=count))
        return begun

    def _confirmed(self, name: str, question: LazyMessage) -> bool:
        try:
            return self._technician.confirm(name, question, default=True)
        except StepSkipped:
            return False

    def _steps(self, names: Sequence[str], calibration: OpenCalibration) -> list[str]:
        """The steps asked for; else those that are not done yet, or were left."""
        done = {
            name
            for name, result in calibration.results.steps.items()
            if all(finding.advice is None or finding.advice.code != LEFT for finding in result.findings)
        }
        wanted = set(names) or set(STEP_TABLE) - done
        return [name for name in STEP_TABLE if name in wanted]


def _with_sentences(technician: Technician, act: Callable[[], int]) -> int:
    """Run ``act``; what ends it from outside is a sentence and an exit code."""
    try:
        return act()
    except TakenBack as error:
        technician.tell(lazy_message(f"calibration.taken-back-{error.reason}"))
        return exit_codes.UNREACHED
    except LoanUnavailable as error:
        technician.tell(lazy_message(f"calibration.not-lent-{error.reason}"))
        return exit_codes.UNREACHED
    except TechnicianGone:
        technician.tell(lazy_message("calibration.technician-gone"))
        return exit_codes.WRONG
    except _ProgramError as error:
        technician.tell(lazy_message("calibration.bug", file=error.trace))
        return exit_codes.BAD
    except BrokenPipeError:
        raise
    except OSError as error:
        technician.tell(lazy_message("calibration.disk-refuses", reason=disk_message(error)))
        return exit_codes.BAD


class _ProgramError(Exception):
    """An error of the program itself; ``trace`` is the file that says where."""

    def __init__(self, trace: Path) -> None:
        super().__init__(str(trace))
        self.trace = trace


_EXPECTED = (TakenBack, LoanUnavailable, TechnicianGone, OSError, ModuleNotFoundError)


@contextlib.contextmanager
def _kept_traces(folder: Path) -> Iterator[None]:
    """Put the trace of an error that nobody expected into a file, for the maintainers: a technician cannot use it.

    Raises:
        _ProgramError: there was one.
    """

    def keep(kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        if isinstance(error, Exception) and not isinstance(error, _EXPECTED):
            file = folder / TRACE
            file.write_text("".join(traceback.format_exception(kind, error, trace)), encoding="utf-8")
            raise _ProgramError(file) from error
        return False

    with contextlib.ExitStack() as stack:
        stack.push(keep)
        yield


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Have SIGTERM and SIGHUP end the program by SystemExit, so that terminal and devices are given back."""

    def end(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _printer(console: OutputConsole) -> Callable[[Sequence[Text]], None]:
    def print_lines(lines: Sequence[Text]) -> None:
        for line in lines:
            console.print(line, soft_wrap=True)

    return print_lines
