"""Writes docs/reference/ in both languages: ``python -m docs.generate [FOLDER]``.

The texts of the command line are fixed when its modules are imported, so each language has a process of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from docs.generate.commands import commands_page
from docs.generate.faults import faults_page
from edge.i18n import LANGUAGE_VARIABLE, Language, reader_language

REFERENCE = Path(__file__).parents[1] / "reference"
PAGES = {"commands": commands_page, "faults": faults_page}


def main(folder: Path) -> None:
    """Write both languages' pages into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in ("en", "zh-CN"):
        environ = {**os.environ, LANGUAGE_VARIABLE: one}
        subprocess.run([sys.executable, "-m", "docs.generate", "--one", str(folder)], env=environ, check=True)


def write_pages(folder: Path, reader: Language) -> None:
    """Write the pages of the language that this process speaks."""
    for name, page in PAGES.items():
        suffix, twin = (".md", ".zh-CN.md") if reader == "en" else (".zh-CN.md", ".md")
        link = f"[{'中文' if reader == 'en' else 'English'}]({name}{twin})"
        title, _, rest = page(reader).partition("\n")
        folder.joinpath(name + suffix).write_text(f"{title}\n\n{link}\n{rest}", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        write_pages(Path(sys.argv[2]), reader_language())
    else:
        main(Path(sys.argv[1]) if sys.argv[1:] else REFERENCE)
