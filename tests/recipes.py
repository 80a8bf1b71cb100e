"""The code blocks of a document, to be run as they stand."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

DOCS = Path(__file__).parents[1] / "docs"


def blocks(document: str, kind: str) -> list[str]:
    """What stands in the fenced blocks of a kind, such as ``python``, in a document below docs/."""
    text = (DOCS / document).read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@contextmanager
def imported(document: str, name: str, folder: Path) -> Iterator[ModuleType]:
    """The first Python block of a document, for a while the module ``name``; its file is put in ``folder``."""
    file = folder / f"{name.rpartition('.')[2]}.py"
    file.write_text(blocks(document, "python")[0], encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        yield module
    finally:
        del sys.modules[name]
