"""Mistakes as people make them: each is told with its file, its line and what to write, and none hides another."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from edge.cli.main import main
from edge.cli.trial_clients import client_problems, unreadable_files
from edge.config.load import load
from edge.config.model import Config
from edge.config.problems import ConfigProblem, ConfigProblems
from edge.config.warnings import config_warnings
from edge.i18n import Language

ROOM = '[room]\nschool = "hill"\nroom = "r1"\n'


def problems_of(folder: Path, text: str, room: str | None = None) -> list[ConfigProblem]:
    (folder / "config.toml").write_text(text, encoding="utf-8")
    if room is not None:
        (folder / "room.toml").write_text(room, encoding="utf-8")
    with pytest.raises(ConfigProblems) as caught:
        load(folder / "config.toml")
    return caught.value.problems


def told(problems: list[ConfigProblem], language: Language = "en") -> str:
    return "\n".join(problem.text(language) for problem in problems)


def test_a_mistake_of_syntax_hides_nothing_that_can_be_told_without_it(tmp_path: Path) -> None:
    found = problems_of(
        tmp_path,
        ROOM + "[cameras.teacher]\ndriver = simulated\nwidht = 3\n"
        "[recording]\nsegment_s = 99\nfragment_ms = ２５０\n[panel\ndriver = 5\n[lesson]\nhold_to_end_s = 99\n"
        "pins = [1, 2\n[lesson]\ntake_back_s = 5\n",
    )
    lines = {problem.line or problem.found.text("en") for problem in found}
    assert "wrong syntax at line 5, column 10 (Invalid value)" in told(found)
    assert "line 6, cameras.teacher.widht: found an unknown key" in told(found)
    assert "line 8" not in told(found), "of a broken table only what is certain is told"
    assert "the full-width or Chinese sign “２” at line 9, column 15; allowed: a plain 2" in told(found)
    assert "line 10, column 7 (Expected ']' at the end of a table declaration)" in told(found)
    assert "line 14, column 13 (Unclosed array)" in told(found)
    assert "line 15, column 1 (Cannot declare ('lesson',) twice)" in told(found)
    assert not any("nothing" in str(line) for line in lines)


@pytest.mark.parametrize(
    ("line", "sign"),
    [
        ("name = “一班”", "“"),
        ("name ＝ 1", "＝"),
        ("lamps = {a = 1，b = 2}", "，"),
        ("fps = １５", "１"),
        ("［x］", "［"),
    ],
)
def test_a_sign_of_a_chinese_keyboard_is_named(tmp_path: Path, line: str, sign: str) -> None:
    (problem,) = problems_of(tmp_path, ROOM + line + "\n")
    assert f"“{sign}”（第 4 行第 {line.index(sign) + 1} 列）" in problem.text("zh-CN")


@pytest.mark.parametrize(
    ("text", "path", "words"),
    [
        (ROOM + '[paths]\nspool = "~/lessons"\n', "paths.spool", "~ means nothing to a service"),
        (ROOM + 'name = "一\\t班"\n', "room.name", "without tabs"),
        (ROOM.replace('"r1"', '"ｒ１"'), "room.room", "Did you mean “r1”?"),
        (ROOM + "[storage]\nreserve_mb = 99999999999999999999999\n", "storage.reserve_mb", "more than 64 bits"),
        (
            ROOM + '[cameras.teacher]\ndriver = "stream"\nurl = "rtsp://192.0.2.7:99554/1"\n',
            "cameras.teacher.url",
            "a port is a number from 1 to 65535",
        ),
        (
            ROOM + '[cameras.teacher]\ndriver = "stream"\nurl = "rstp://192.0.2.7/1"\n',
            "cameras.teacher.url",
            "did you mean rtsp://?",
        ),
        (
            ROOM + '[ptz.teacher]\ndriver = "visca-ip"\nhost = "192.168.1.300"\n',
            "ptz.teacher.host",
            "four numbers from 0 to 255",
        ),
    ],
)
def test_a_value_is_refused_at_its_line_with_what_to_write(tmp_path: Path, text: str, path: str, words: str) -> None:
    (problem,) = problems_of(tmp_path, text)
    last = text.rstrip("\n").count("\n") + 1
    assert (problem.path, problem.line, problem.file) == (path, last, tmp_path / "config.toml")
    assert words in problem.text("en")
    assert words not in problem.text("zh-CN") or words.startswith("did you")


def test_a_mistake_in_room_toml_is_reported_as_its_own(tmp_path: Path) -> None:
    found = problems_of(
        tmp_path,
        ROOM + '[cameras.teacher]\ndriver = "simulated"\nfps = 99\n',
        room='[cameras.teacher]\nwidth = 7\n[room]\nname = "x\n',
    )
    main_file, room_file = tmp_path / "config.toml", tmp_path / "room.toml"
    assert {(problem.path, problem.file, problem.line) for problem in found} == {
        (str(room_file), room_file, 0),
        ("cameras.teacher.width", room_file, 2),
        ("cameras.teacher.fps", main_file, 6),
    }
    report = ConfigProblems(main_file, found).report("en").splitlines()
    assert report[0] == f"1 problem(s) in the config ({main_file}):"
    assert f"2 problem(s) in the config ({room_file}):" in report


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "deep", "dotted", "wide", "large"])
def test_what_is_no_config_is_refused_at_once(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "config.toml"
    match kind:
        case "pipe":
            os.mkfifo(file)
        case "device":
            file.symlink_to("/dev/zero")
        case "folder":
            file.mkdir()
        case "deep":
            file.write_text("a = " + "{a = " * 90 + "1" + "}" * 90)
        case "dotted":
            file.write_text(f"room{'.a' * 5000} = 1")
        case "wide":
            file.write_text("".join(f"a{n} = [\n" for n in range(20_000)))
        case "large":
            file.write_text("# a config\n" * 100_000)
    monkeypatch.setenv("CLASSROOM_EDGE_LANG", "en")
    assert main(["check", "--config", str(file)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert f" problem(s) in the config ({file}):" in err


def loaded(folder: Path, text: str) -> Config:
    (folder / "config.toml").write_text(ROOM + text, encoding="utf-8")
    return load(folder / "config.toml")


def test_one_device_by_two_names_is_doubted(tmp_path: Path) -> None:
    dev = tmp_path / "dev"
    for name in (
        "v4l/by-id/usb-a-video-index0",
        "v4l/by-path/pci-1-video-index0",
        "serial/by-id/b",
        "serial/by-path/c",
    ):
        (dev / name).parent.mkdir(parents=True, exist_ok=True)
        (dev / name).symlink_to(dev / ("video0" if name.startswith("v4l") else "ttyUSB0"))
    config = loaded(
        tmp_path,
        '[cameras.teacher]\ndriver = "v4l2"\ndevice = "by-id/usb-a-video-index0"\n'
        '[cameras.students]\ndriver = "v4l2"\ndevice = "by-path/pci-1-video-index0"\n'
        '[ptz.teacher]\ndriver = "visca-serial"\nserial_port = "/dev/serial/by-id/b"\n'
        '[ptz.students]\ndriver = "visca-serial"\nserial_port = "/dev/serial/by-path/c"\n'
        '[ptz.screen]\ndriver = "visca-serial"\nserial_port = "/dev/serial/by-path/c"\naddress = 2\n',
    )
    assert [doubt.path for doubt in config_warnings(config, dev)] == ["cameras.students", "ptz.students"]
    config = loaded(
        tmp_path,
        '[cameras.teacher]\ndriver = "stream"\nurl = "rtsp://admin:a@192.0.2.7/1"\n'
        '[cameras.students]\ndriver = "stream"\nurl = "rtsp://192.0.2.7:554/1"\n'
        '[cameras.screen]\ndriver = "stream"\nurl = "rtsp://192.0.2.7:554/2"\n',
    )
    assert [doubt.path for doubt in config_warnings(config, dev)] == ["cameras.students"]


def test_check_builds_the_clients_that_it_approves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = loaded(
        tmp_path,
        '[store]\nurl = "s3://b/p"\naccess_key = "A"\nsecret_key = "S"\n'
        '[lrs]\nurl = "https://lrs.example/xapi"\nuser = "u"\n',
    )
    assert list(client_problems(config)) == []
    let_through = config.lrs.model_copy(update={"user": "a:b", "url": "https://lrs.example:99999"})
    broken = config.model_copy(update={"lrs": let_through, "store": config.store.model_copy(update={"url": "ftp://b"})})
    assert [problem.path for problem in client_problems(broken)] == ["store.url", "lrs"]
    monkeypatch.setattr("edge.cli.check.client_problems", lambda _: client_problems(broken))
    assert main(["check", "--config", str(tmp_path / "config.toml")]) == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can try another user's rights")
def test_root_hears_of_a_file_that_the_services_may_not_read(tmp_path: Path) -> None:
    nobody = pwd.getpwuid(65534).pw_name
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_mode & 0o5 != 0o5:
            folder.chmod(folder.stat().st_mode | 0o5)
    file = tmp_path / "config.toml"
    file.write_text(ROOM)
    file.chmod(0o644)
    assert unreadable_files([file, tmp_path / "room.toml"], nobody) == []
    file.chmod(0o640)
    (problem,) = unreadable_files([file], nobody)
    assert f"the services' user {nobody} may not read" in problem.text("en")
    assert unreadable_files([file], "nobody-of-this-name") == []
