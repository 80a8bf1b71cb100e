"""Whether anything was recorded in a lesson's folder: the process may have died between folder and first fragment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

from pipelines.files.lesson_layout import JOURNAL_JSONL, PART, TEMPORARY, init_number
from pipelines.journal.entries import End, Fragment, Segment
from pipelines.journal.journal_file import iterate_kinds


def is_blank(folder: Path) -> bool:
    """Whether a lesson's folder has no more than what is made before the first fragment, so that nobody can miss it.

    That is a journal without fragments and end, init segments and segments without a byte; any other file is something.

    Raises:
        OSError: the folder cannot be read.
    """
    for parent, _, names in os.walk(folder, onerror=_refuse):
        if not all(_is_preparation(os.path.join(parent, name)) for name in names):
            return False
    try:
        return not any(iterate_kinds(folder, Fragment, Segment, End))
    except FileNotFoundError:
        return True


def _is_preparation(path: str) -> bool:
    name = os.path.basename(path)
    if name.endswith(PART):
        return os.lstat(path).st_size == 0
    return name == JOURNAL_JSONL or init_number(name) is not None or name.endswith(TEMPORARY)


def _refuse(error: OSError) -> NoReturn:
    raise error
