"""classroom-edge support: one file with logs, config, state and health for whoever helps from afar; nothing secret."""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Iterator
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from edge.calibration.report.write import HTML_NAME, PDF_NAME
from edge.cli.support_archive import SupportArchive
from edge.cli.support_sources import gather, sources
from edge.config.calibration_folder import RESULTS, calibration_folder
from edge.config.dump import masked_tables, masked_toml
from edge.config.known_secrets import SecretMask
from edge.config.load import load
from edge.config.model import Config, PathsConfig
from edge.config.problems import ConfigProblems
from edge.config.schema_lookup import property_names
from edge.config.toml_files import ROOM_FILE, ConfigText, find_config_file, read_tables
from edge.i18n import Language, foreign_sentence, reader_language, translate
from edge.service import exit_codes
from pipelines.files.durable import write_atomically
from pipelines.files.lesson_layout import TEMPORARY

HELP = translate("support.help", reader_language())

_NAMES_OF_DEVICES = frozenset({"device", "card", "serial", "usb_port", "port", "host", "url", "pins", "input"})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments and examples."""
    language = reader_language()
    parser.add_argument("--to", metavar="FOLDER", type=Path, default=Path(), help=translate("support.to", language))
    parser.epilog = translate("support.examples", language)


def run(args: argparse.Namespace) -> int:
    """Good, whatever is wrong with the room; wrong use where the file cannot be written."""
    file = find_config_file(args.config)
    text = read_tables(file)
    try:
        config, problems = load(file), None
    except ConfigProblems as wrong:
        config, problems = None, wrong
    asked = config.room.language if config else problems.language if problems else None
    language = reader_language(asked)
    name = _name(text, datetime.now().astimezone())
    archive = SupportArchive(name, SecretMask.of(text, _contents(file)))
    archive.add_text("versions.txt", _versions())
    _add_config(archive, text, config, problems)
    for source in sources(file):
        print(translate("support.gathering", language, what=source.member), file=sys.stderr)
        archive.add_text(source.member, gather(source))
    _add_calibration(archive, config)
    return _write(args.to / f"{name}.tar.gz", archive, language)


def _write(path: Path, archive: SupportArchive, language: Language) -> int:
    data = archive.finished()
    try:
        write_atomically(path, data)
    except OSError as error:
        path.with_name(path.name + TEMPORARY).unlink(missing_ok=True)
        reason = foreign_sentence(error.strerror or str(error))
        print(translate("support.not-written", language, path=path, reason=reason), file=sys.stderr)
        return exit_codes.WRONG
    print(translate("support.written", language, path=path, size=f"{-(-len(data) // 1000)} kB"))
    for one in archive.left_out:
        print(translate("support.left-out", language, what=one), file=sys.stderr)
    return exit_codes.GOOD


def _name(text: ConfigText, now: datetime) -> str:
    """``support-<school>-<room>-<time>``; a config that is wrong may not tell the room."""
    room = text.tables.get("room")
    names = [_plain(room.get(key)) for key in ("school", "room")] if isinstance(room, dict) else []
    return "-".join(["support", *filter(None, names), f"{now:%Y%m%d-%H%M%S}"])


def _plain(name: Any) -> str:
    """A name as far as it can be part of a file's."""
    return "".join(one for one in str(name or "")[:32] if one.isascii() and (one.isalnum() or one == "-"))


def _contents(file: Path) -> Iterator[str]:
    """Both files of the config as they stand, where they can be read."""
    for one in (file, file.with_name(ROOM_FILE)):
        try:
            with one.open("rb") as stream:
                yield stream.read(1 << 20).decode(errors="replace")
        except OSError:
            continue


def _add_config(
    archive: SupportArchive, text: ConfigText, config: Config | None, problems: ConfigProblems | None
) -> None:
    if config is not None:
        archive.add_text("config.toml", masked_toml(config))
        return
    if problems is not None:
        archive.add_text("config-problems.txt", problems.report("en") + "\n\n" + problems.report("zh-CN") + "\n")
    known = property_names(Config.model_json_schema()) | _NAMES_OF_DEVICES
    archive.add_text("config-as-far-as-read.toml", masked_tables(text.tables, known))


def _add_calibration(archive: SupportArchive, config: Config | None) -> None:
    """The report and the figures of the newest calibration that has a report."""
    folder = calibration_folder(config.paths if config else PathsConfig())
    newest = max(folder.glob(f"*/{HTML_NAME}"), default=None, key=lambda path: path.parent.name)
    if newest is not None:
        for name in (RESULTS, HTML_NAME, PDF_NAME):
            archive.add_file(f"calibration/{newest.parent.name}/{name}", newest.with_name(name))


def _versions() -> str:
    lines = [f"Python {platform.python_version()}", platform.platform()]
    lines += sorted(f"{one.name} {one.version}" for one in metadata.distributions())
    return "\n".join(lines) + "\n"
