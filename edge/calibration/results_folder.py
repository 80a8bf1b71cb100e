"""Results of calibrations on disk: a numbered folder for each, saved after every step."""

from __future__ import annotations

import datetime as dt
import fcntl
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from pydantic import ValidationError

from edge.calibration.interruptions import LoanUnavailable
from edge.calibration.results import FILE_NAME, Results, StepResult
from pipelines.files.durable import give_to_owner, sync_folder, write_atomically

log = logging.getLogger(__name__)

KEPT_WHOLE = 20
"""Of so many calibrations pictures and reports are kept; of older ones the figures alone."""

# Technicians of the service's group calibrate as themselves: what one began another goes on with.
_MODE = 0o2770
_RESUMED_WITHIN = dt.timedelta(days=1)


class OpenCalibration:
    """A calibration that goes on: its results so far, and the folder for what its steps leave.

    ``repeated`` are the steps whose results come from an earlier calibration.
    """

    def __init__(self, folder: Path, results: Results, repeated: frozenset[str] = frozenset()) -> None:
        self.folder = folder
        self.results = results
        self.repeated = repeated

    def add(self, result: StepResult) -> None:
        """Take a step's result in the place of its earlier one; it is durable on return.

        Raises:
            OSError: the disk refuses; the results on disk are as before, those in memory have it.
        """
        self.repeated -= {result.step}
        steps = {**self.results.steps, result.step: result}
        devices = result.devices or self.results.devices
        self._save(self.results.model_copy(update={"steps": steps, "devices": devices}))

    def finish(self, at: dt.datetime | None) -> None:
        """Say that all was gone through; without a time its beginning, or the year 1970. Raises as ``add``."""
        ended = at or self.results.began_at or dt.datetime.fromtimestamp(0, dt.UTC)
        self._save(self.results.model_copy(update={"finished_at": ended}))

    def _save(self, results: Results) -> None:
        self.results = results
        write_atomically(self.folder / FILE_NAME, results.model_dump_json(indent=1).encode() + b"\n")
        give_to_owner(self.folder)


class ResultsFolder:
    """The calibrations of one room, in ``0001``, ``0002``, … below its ``path``."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder, which is made where it is missing, against every other calibration of this box.

        Raises:
            LoanUnavailable: another calibration goes on (``borrowed-already``).
            OSError: the disk or the rights refuse.
        """
        if not self.path.is_dir():
            self._make(self.path)
        descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise LoanUnavailable("borrowed-already") from None
            yield
        finally:
            os.close(descriptor)

    def begin(self, results: Results) -> OpenCalibration:
        """Begin a calibration under the next number, whatever ``results`` says of it.

        Raises:
            OSError: the disk refuses.
        """
        number = max(self._numbers(), default=0) + 1
        folder = self._folder(number)
        self._make(folder)
        begun = OpenCalibration(folder, results.model_copy(update={"number": number}))
        begun._save(begun.results)
        self._trim()
        return begun

    def repeat(self, results: Results, earlier: OpenCalibration) -> OpenCalibration:
        """Begin a calibration with all results of an earlier one, of which single steps are then measured anew.

        Raises: as ``begin``.
        """
        whole = results.model_copy(update={"steps": earlier.results.steps, "devices": earlier.results.devices})
        begun = self.begin(whole)
        for step in earlier.results.steps.values():
            for picture in step.pictures:
                with suppress(FileNotFoundError, FileExistsError):
                    os.link(earlier.folder / picture.file, begun.folder / picture.file)
        begun.repeated = frozenset(earlier.results.steps)
        return begun

    def unfinished(self, now: dt.datetime | None, boot_id: str) -> OpenCalibration | None:
        """The last calibration, if it was not finished and began in this boot or within a day."""
        number = max(self._numbers(), default=0)
        results = self._read(number) if number else None
        if results is None or results.finished_at is not None:
            return None
        is_recent = now and results.began_at and abs(now - results.began_at) < _RESUMED_WITHIN
        return OpenCalibration(self._folder(number), results) if is_recent or results.boot_id == boot_id else None

    def earlier(self, before: int | None = None) -> OpenCalibration | None:
        """The newest calibration that was finished, of those with a lower number than ``before``."""
        for number in sorted(self._numbers(), reverse=True):
            if before is not None and number >= before:
                continue
            results = self._read(number)
            if results is not None and results.finished_at is not None:
                return OpenCalibration(self._folder(number), results)
        return None

    def newest(self) -> OpenCalibration | None:
        """The newest calibration that can be read, finished or not."""
        for number in sorted(self._numbers(), reverse=True):
            if (results := self._read(number)) is not None:
                return OpenCalibration(self._folder(number), results)
        return None

    def _numbers(self) -> list[int]:
        if not self.path.is_dir():
            return []
        return [int(path.name) for path in self.path.iterdir() if path.name.isdecimal() and path.is_dir()]

    def _folder(self, number: int) -> Path:
        return self.path / f"{number:04}"

    def _make(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        folder.chmod(_MODE)
        if os.geteuid() == 0:
            owner = folder.parent.stat()
            os.chown(folder, owner.st_uid, owner.st_gid)
        sync_folder(folder.parent)

    def _read(self, number: int) -> Results | None:
        """The results of one calibration; damaged ones are set aside as ``results.json.damaged-N``."""
        path = self._folder(number) / FILE_NAME
        try:
            return Results.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError as error:
            names = (path.with_name(f"{path.name}.damaged-{one}") for one in count(1))
            aside = next(name for name in names if not name.exists())
            path.rename(aside)
            log.error("%s makes no sense (%d errors) and lies in %s now", path, error.error_count(), aside)
            return None

    def _trim(self) -> None:
        for number in sorted(self._numbers())[:-KEPT_WHOLE]:
            for path in self._folder(number).iterdir():
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                elif not path.name.startswith(FILE_NAME):
                    path.unlink()


def results_of(calibration: OpenCalibration | None) -> Results | None:
    """The results of a calibration, where there is one."""
    return None if calibration is None else calibration.results
