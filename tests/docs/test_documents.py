"""Documents name files that are there; those with a Chinese twin have the same headings, commands, tables and names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from edge.cli.subcommands import SUBCOMMANDS

ROOT = Path(__file__).parents[2]
TWINS = sorted(path.relative_to(ROOT) for path in [*ROOT.glob("*.zh-CN.md"), *ROOT.glob("docs/**/*.zh-CN.md")])
DOCUMENTS = sorted(path.relative_to(ROOT) for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
COMMENT = re.compile(r"\s+#.*")
INLINE = re.compile(r"`([^`]+)`")
PATH = re.compile(r"(?:bench|docs|drivers|edge|pipelines|systemd|tests)/[\w./-]*")
PROGRAM_FILE = re.compile(r"(?<![\w./-])[\w./-]+\.(?:py|sh)\b")
TO_BE_WRITTEN = re.compile(r"drivers/(camera/folder|clicker/text_lines\w*)\.py")
"""Files that the recipes have their reader write."""
COMMAND = re.compile(
    r"^(?:sudo |-u classroom-edge |\.venv/bin/)*classroom-edge (?:--config \S+ )?([a-z][a-z-]*)", re.MULTILINE
)
TARGET = re.compile(r"^(?:sudo )?make ([a-z][a-z0-9-]*)", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")


@dataclass(slots=True)
class Section:
    """What stands under one heading."""

    level: int
    commands: list[str] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


def lines_of(text: str) -> Iterator[tuple[str, str]]:
    """Each line with the language of the code block it is in; the fences themselves are left out."""
    block: str | None = None
    for line in text.splitlines():
        if line.startswith("```"):
            block = None if block is not None else line.removeprefix("```")
        else:
            yield line, "prose" if block is None else block


def sections(document: Path) -> list[Section]:
    """The document by its headings; of code blocks only those in ``sh``, without comments."""
    found = [Section(0)]
    for line, block in lines_of((ROOT / document).read_text(encoding="utf-8")):
        if block == "sh":
            found[-1].commands.append(COMMENT.sub("", line))
        elif block == "prose":
            if line.startswith("#"):
                found.append(Section(len(line) - len(line.lstrip("#"))))
            if line.startswith("|"):
                found[-1].rows.append(line.count("|"))
            found[-1].names |= {name for name in INLINE.findall(line) if "zh-CN.md" not in name}
    return found


def english(chinese: Path) -> Path:
    """The document that a Chinese one is the twin of."""
    return chinese.with_name(chinese.name.replace(".zh-CN.md", ".md"))


@pytest.mark.parametrize("chinese", TWINS, ids=str)
def test_a_translation_has_the_same_headings_commands_tables_and_names(chinese: Path) -> None:
    assert sections(chinese) == sections(english(chinese))


@pytest.mark.parametrize("chinese", TWINS, ids=str)
def test_twins_link_to_each_other(chinese: Path) -> None:
    for one, other in ((chinese, english(chinese)), (english(chinese), chinese)):
        assert f"]({other.name})" in (ROOT / one).read_text(encoding="utf-8").partition("\n## ")[0]


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_links_to_files_lead_somewhere(document: Path) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    prose = "\n".join(line for line, block in lines_of(text) if block == "prose")
    targets = [target for target in LINK.findall(prose) if "://" not in target]
    missing = [target for target in targets if not (ROOT / document).parent.joinpath(target).exists()]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_files_that_are_named_are_there(document: Path) -> None:
    spans = {name for section in sections(document) for name in section.names}
    names = {name for name in spans if PATH.fullmatch(name)}
    names |= {name for span in spans for name in PROGRAM_FILE.findall(span)}
    missing = [name for name in names if not (ROOT / name).exists() and not TO_BE_WRITTEN.fullmatch(name)]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_commands_and_make_targets_that_are_named_exist(document: Path) -> None:
    lines = "\n".join(line for section in sections(document) for line in [*section.commands, *section.names])
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(COMMAND.findall(lines)) - set(SUBCOMMANDS) == set()
    assert set(TARGET.findall(lines)) - targets == set()
