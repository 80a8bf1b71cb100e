"""The units and the program agree on where things lie, and the installer knows every file."""

from __future__ import annotations

import re
from configparser import RawConfigParser
from pathlib import Path

import pytest

from edge.cli.subcommands import SUBCOMMANDS
from edge.config.model import PathsConfig
from edge.config.process_table import PROCESSES
from edge.config.toml_files import DEFAULT
from edge.link.socket_paths import POWER_OFF

FOLDER = Path(__file__).parents[2] / "systemd"
INSTALLED = {"*.service", "*.path", "*.target", "*.slice", "*.conf", "*.rules", "config.toml"}


def unit(name: str) -> RawConfigParser:
    parser = RawConfigParser(strict=False, interpolation=None, comment_prefixes="#")
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string((FOLDER / name).read_text())
    return parser


@pytest.mark.parametrize("process", PROCESSES)
def test_a_service_runs_its_process_where_the_config_looks_for_it(process: str) -> None:
    service = unit(f"classroom-{process}.service")["Service"]
    program, subcommand = service["ExecStart"].split()
    assert subcommand == process in SUBCOMMANDS
    assert f"ROOT={Path(program).parents[2]}\n" in (FOLDER / "install.sh").read_text()
    paths = PathsConfig()
    assert Path("/run") / service["RuntimeDirectory"] == paths.run == Path(service["WorkingDirectory"])
    state = Path("/var/lib") / service["StateDirectory"]
    assert state in paths.spool.parents
    assert state in paths.ledger.parents


@pytest.mark.parametrize("process", PROCESSES)
def test_starting_it_again_is_never_given_up(process: str) -> None:
    said = unit(f"classroom-{process}.service")
    assert said["Unit"]["StartLimitIntervalSec"] == "0"
    assert (said["Service"]["Type"], said["Service"]["Restart"]) == ("notify", "always")
    assert int(said["Service"]["WatchdogSec"]) + int(said["Service"]["TimeoutAbortSec"]) < 15


def test_a_wish_to_switch_off_reaches_systemd() -> None:
    wished = str(PathsConfig().run / POWER_OFF)
    assert unit("classroom-poweroff.path")["Path"]["PathExists"] == wished
    assert wished in unit("classroom-poweroff.service")["Service"]["ExecStartPre"]


def test_the_installers_list_of_processes_is_the_programs() -> None:
    assert (FOLDER / "processes").read_text().split() == list(PROCESSES)


def test_the_installer_knows_every_file() -> None:
    script = (FOLDER / "install.sh").read_text()
    services = {f"classroom-{process}.service" for process in PROCESSES}
    for name in {path.name for pattern in INSTALLED for path in FOLDER.glob(pattern)} - services:
        assert re.search(rf"\b{re.escape(name)}\b", script), f"{name} is installed nowhere"
    assert all((FOLDER / service).exists() for service in services)
    assert f"CONFIG={DEFAULT.parent}\n" in script
