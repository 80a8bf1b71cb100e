"""The units and the program agree on where things lie, and the installer knows every file."""

from __future__ import annotations

import re
from configparser import RawConfigParser
from pathlib import Path

import pytest

from edge.cli.subcommands import SUBCOMMANDS
from edge.config.load import load
from edge.config.model import PathsConfig, WebConfig
from edge.config.process_table import PROCESSES
from edge.config.toml_files import DEFAULT, VARIABLE
from edge.controller import page_config
from edge.link.socket_paths import PAGES, POWER_OFF

FOLDER = Path(__file__).parents[2] / "systemd"
INSTALLED = {
    *("*.service", "*.timer", "*.path", "*.socket", "*.target", "*.slice", "*.conf", "*.rules", "*.html"),
    "config.toml",
}


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
    paths, state = PathsConfig(), Path("/var/lib") / service["StateDirectory"]
    assert Path(service["WorkingDirectory"]) == paths.run
    if process == "web":
        assert state == WebConfig().state
        return
    assert Path("/run") / service["RuntimeDirectory"] == paths.run
    assert state in paths.spool.parents
    assert state in paths.ledger.parents


def test_the_web_process_starts_with_the_config_that_the_controller_leaves_it_on_the_configs_ports(
    tmp_path: Path,
) -> None:
    left = (PathsConfig().run / PAGES).with_name(page_config.NAME)
    service = unit("classroom-web.service")["Service"]
    assert f"{VARIABLE}={left}" in service["Environment"].split()
    assert (
        unit("classroom-web.service")["Unit"]["ConditionPathExists"]
        == str(left)
        == unit("classroom-web.path")["Path"]["PathExists"]
    )
    ports = re.findall(r"^ListenStream=(\d+)$", (FOLDER / "classroom-web.socket").read_text(), re.MULTILINE)
    assert ports == [str(WebConfig().https_port), str(WebConfig().http_port)]


def test_the_config_that_is_left_for_the_web_process_has_no_secret_and_says_the_rest(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        '[room]\nschool = "s"\nroom = "r"\n[paths]\nrun = "run"\n[cameras.teacher]\ndriver = "stream"\n'
        'url = "rtsp://u:geheim@10.0.0.9/x"\n[store]\nurl = "s3://b"\naccess_key = "geheim"\nsecret_key = "geheim"\n'
    )
    config = load(tmp_path / "config.toml")
    config.paths.run.mkdir()
    page_config.write_page_config(config)
    left = (config.paths.run / PAGES).with_name(page_config.NAME)
    assert "geheim" not in left.read_text()
    read = load(left, frozenset())
    assert (read.room, read.paths, read.web, read.lesson) == (config.room, config.paths, config.web, config.lesson)
    assert read.cameras["teacher"].fps == config.cameras["teacher"].fps
    page_config.write_page_config(config.model_copy(update={"web": WebConfig(enabled=False)}))
    assert not left.exists(), "systemd starts the web process where it is there"


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


def test_the_kiosk_shows_its_page_from_where_the_installer_puts_it_and_in_it_the_board() -> None:
    page, _, board = unit("classroom-kiosk.service")["Service"]["ExecStart"].split()[-1].partition("#")
    assert f"kiosk.html {page.removeprefix('file://')}\n" in (FOLDER / "install.sh").read_text()
    assert board == "http://127.0.0.1/board"
    assert WebConfig().http_port == 80


def test_the_installers_list_of_processes_is_the_programs() -> None:
    assert (FOLDER / "processes").read_text().split() == list(PROCESSES)


def test_the_installer_knows_every_file() -> None:
    script = (FOLDER / "install.sh").read_text()
    services = {f"classroom-{process}.service" for process in PROCESSES}
    for name in {path.name for pattern in INSTALLED for path in FOLDER.glob(pattern)} - services:
        assert re.search(rf"\b{re.escape(name)}\b", script), f"{name} is installed nowhere"
    assert all((FOLDER / service).exists() for service in services)
    assert f"CONFIG={DEFAULT.parent}\n" in script
