"""What the config's reader makes of a file: the whole config, or everything that is wrong with it at once."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal

import pytest

from edge.config.driver_options import DeviceKind
from edge.config.dump import masked_toml
from edge.config.load import load
from edge.config.model import Config
from edge.config.problems import ConfigProblem, ConfigProblems
from edge.config.toml_files import DEFAULT, VARIABLE, find_config_file
from edge.config.warnings import config_warnings
from edge.i18n.config import MESSAGES


@dataclass(frozen=True, slots=True)
class TwoPins:
    green: int
    amber: int


@dataclass(frozen=True, slots=True)
class LensOptions:
    url: str
    transport: Literal["tcp", "udp"] = "tcp"
    timeout_s: float = 5.0
    password: str = ""
    log: Path | None = None

    def __post_init__(self) -> None:
        if self.timeout_s <= 0:
            raise ValueError("timeout_s must be more than 0 s")


@dataclass(frozen=True, slots=True)
class BoardOptions:
    buttons: dict[str, int] = field(default_factory=lambda: {"lesson": 17})
    lamps: dict[str, int | TwoPins] = field(default_factory=dict)


class Lens:
    Options: ClassVar = LensOptions


class Board:
    Options: ClassVar = BoardOptions


DRIVERS = {
    DeviceKind.CAMERAS: {"lens": (__name__, "Lens"), "absent": ("drivers.camera.not_installed", "Absent")},
    DeviceKind.MICROPHONES: {"lens": (__name__, "Lens")},
    DeviceKind.PANEL: {"board": (__name__, "Board")},
    DeviceKind.WAND: {"board": (__name__, "Board")},
    DeviceKind.CLICKERS: {"board": (__name__, "Board")},
    DeviceKind.PTZ: {"board": (__name__, "Board")},
}

ROOM = '[room]\nschool = "s"\nroom = "r204"\n'


def read(folder: Path, text: str, kinds: frozenset[DeviceKind] = frozenset(DeviceKind)) -> Config:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return load(file, kinds, DRIVERS)


def wrong(folder: Path, text: str) -> dict[str, ConfigProblem]:
    with pytest.raises(ConfigProblems) as caught:
        read(folder, text)
    return {problem.path: problem for problem in caught.value.problems}


def test_a_driver_gets_its_own_keys_and_the_rest_is_typed(tmp_path: Path) -> None:
    config = read(
        tmp_path,
        ROOM + '[cameras.teacher]\ndriver = "lens"\nfps = 30\nurl = "rtsp://x"\nlog = "a.log"\n'
        '[panel]\ndriver = "board"\nlamps = { recording = 5, status = { green = 6, amber = 7 } }\n',
    )
    assert config.cameras["teacher"].fps == 30
    assert config.cameras["teacher"].options == LensOptions("rtsp://x", log=Path("a.log"))
    assert config.panel is not None
    assert config.panel.options == BoardOptions(lamps={"recording": 5, "status": TwoPins(6, 7)})


def test_drivers_of_other_kinds_are_not_imported(tmp_path: Path) -> None:
    text = ROOM + '[cameras.teacher]\ndriver = "absent"\nanything = 1\n[panel]\ndriver = "board"\n'
    config = read(tmp_path, text, frozenset({DeviceKind.PANEL}))
    assert config.cameras["teacher"].options == {"anything": 1}
    assert config.panel is not None
    assert config.panel.options == BoardOptions()
    assert "absent" in wrong(tmp_path, text)["cameras.teacher.driver"].found.text("en")


def test_relative_paths_count_from_the_file(tmp_path: Path) -> None:
    config = read(tmp_path, ROOM + '[paths]\nspool = "spool"\nledger = "/var/l.db"\n')
    assert config.paths.spool == tmp_path / "spool"
    assert config.paths.ledger == Path("/var/l.db")
    assert config.paths.run == Path("/run/classroom-edge")


def test_room_toml_wins_key_by_key(tmp_path: Path) -> None:
    (tmp_path / "room.toml").write_text('[cameras.teacher]\nlatency_ms = 62\n[room]\nname = "二班"\n', encoding="utf-8")
    config = read(tmp_path, ROOM + '[cameras.teacher]\ndriver = "lens"\nurl = "u"\nlatency_ms = 1\n')
    assert (config.cameras["teacher"].latency_ms, config.cameras["teacher"].options.url) == (62, "u")
    assert (config.room.name, config.room.room) == ("二班", "r204")


def test_a_file_saved_by_notepad_is_read(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"\xef\xbb\xbf" + ROOM.replace("\n", "\r\n").encode())
    assert load(tmp_path / "config.toml").room.room == "r204"


def test_everything_wrong_is_told_at_once_with_what_was_found_and_what_is_allowed(tmp_path: Path) -> None:
    problems = wrong(
        tmp_path,
        """
        [room]
        school = "My School"
        rom = "r1"
        [recordin]
        [recording]
        preset = "superfats"
        fragment_ms = 100
        segment_s = "4"
        [lesson]
        hold_to_end_s = nan
        [cameras.teecher]
        driver = "lenz"
        fsp = 30
        [cameras.teacher]
        driver = "lens"
        widht = 3
        height = 721
        tranport = "tcp"
        transport = "tpc"
        [cameras.students]
        driver = "lens"
        url = "u"
        timeout_s = 0
        [microphones]
        lapel = 5
        [panel]
        driver = "board"
        lamps = { status = { green = 1 } }
        [ptz.teacher]
        driver = "board"
        presets = { podium = 1, board = 16 }
        [ptz.students]
        driver = "board"
        presets = { wide = 2 }
        on_start = "board"
        marks = { "板书" = "wied" }
        [clickers]
        driver = "board"
        keys = { okk = "mark" }
        [lrs]
        url = "http://records.example"
        [store]
        url = "s3://bucket/prefix"
        endpoint = "http://127.0.0.1:8333"
        """,
    )
    told = {path: (one.found.text("en"), one.allowed.text("en"), one.hint) for path, one in problems.items()}
    camera_keys = "driver, width, height, fps, bitrate_kbps, latency_ms"
    lens_keys = f"{camera_keys}, url, transport, timeout_s, password, log"
    slug = "lower-case letters, digits and hyphens, 32 at most, no hyphen at either end, such as r204"
    needed = "a value, because an s3:// store needs one"
    assert told == {
        "room.school": ('"My School"', slug, "my-school"),
        "room.room": ("nothing", slug, ""),
        "room.rom": ("an unknown key", "school, room, name, language", "room"),
        "recordin": (
            "an unknown key",
            ", ".join(Config.model_fields),
            "recording",
        ),
        "recording.preset": (
            '"superfats"',
            "one of auto, ultrafast, superfast, veryfast, faster, fast, medium",
            "superfast",
        ),
        "recording.fragment_ms": ("100", "a whole number from 250 to 1000", ""),
        "recording.segment_s": ('"4"', "a whole number from 2 to 10", ""),
        "lesson.hold_to_end_s": ("nan", "a number from 0.5 to 10", ""),
        "cameras.teecher": (
            "an unknown role",
            "one of teacher, students, screen, teacher-close, students-close",
            "teacher",
        ),
        "cameras.teecher.driver": ('"lenz"', "one of lens, absent", "lens"),
        "cameras.teecher.fsp": ("an unknown key", camera_keys, "fps"),
        "cameras.teacher.widht": ("an unknown key", lens_keys, "width"),
        "cameras.teacher.height": ("721", "an even number from 120 to 2160", ""),
        "cameras.teacher.url": ("nothing", "text in quotes", ""),
        "cameras.teacher.tranport": ("an unknown key", lens_keys, "transport"),
        "cameras.teacher.transport": ('"tpc"', "one of tcp, udp", "tcp"),
        "cameras.students.timeout_s": ("0", "what its driver says: timeout_s must be more than 0 s", ""),
        "microphones.lapel": ("5", "a table, such as [microphones.lapel]", ""),
        "panel.lamps.status": ("a table", "any of: a whole number, a table, such as [panel.lamps.status]", ""),
        "ptz.teacher.presets.board": ("16", "a whole number from 0 to 15", ""),
        "ptz.students.on_start": ('"board"', 'a name from presets, or "" (it stays)', ""),
        "ptz.students.marks": (
            "a table",
            'a marker\'s label = a name from presets, such as { board = "board" }',
            "wide",
        ),
        "clickers.keys.okk": (
            "an unknown key",
            "one of up, ok, power, result, report, start-pause, stop, down, mode, question, f1, f2",
            "ok",
        ),
        "lrs.allow_http": ("false", "true, because the address begins with http://, without encryption", ""),
        "store.endpoint": (
            '"http://127.0.0.1:8333"',
            MESSAGES["endpoint"].en,
            "",
        ),
        "store.access_key": ('""', needed, ""),
        "store.secret_key": ('""', needed, ""),
    }


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ('[store]\nurl = "s3://my bucket/p"', "store.url"),
        ('[store]\nurl = "s3://桶/p"', "store.url"),
        ('[store]\nurl = "s3://b/p\\nq"', "store.url"),
        ('[store]\nurl = "s3://b"\nendpoint = "https://store.example:99999"', "store.endpoint"),
        ('[store]\nurl = "s3://b"\nendpoint = "https://store.example:port"', "store.endpoint"),
        ('[store]\nurl = "s3://b"\nendpoint = "https://store .example"', "store.endpoint"),
        ('[store]\nurl = "s3://b"\nendpoint = "https://store.example\\n"', "store.endpoint"),
        ('[store]\nurl = "s3://b"\nendpoint = "https://:9000"', "store.endpoint"),
        ('[store]\nurl = "s3://b"\nregion = "a\\nb"', "store.region"),
        ('[store]\nurl = "s3://b"\naccess_key = "a b"', "store.access_key"),
        ('[store]\nurl = "s3://b"\nsecret_key = "a\\nb"', "store.secret_key"),
        ('[lrs]\nurl = "https://lrs.example:99999/xapi"', "lrs.url"),
        ('[lrs]\nurl = "https://lrs.example/xapi"\nuser = "a:b"', "lrs.user"),
        ('[lrs]\nurl = "https://lrs.example/xapi?key=a"', "lrs.url"),
        ('[lrs]\nurl = "https://lrs.example/xapi"\nhome_page = "https://school.example:0"', "lrs.home_page"),
        ('[store]\nurl = "s3://b/p?token=a"', "store.url"),
        ('[store]\nurl = "file:///srv/a#b"', "store.url"),
        ('[store]\nurl = "FILE:///srv/a"', "store.url"),
        ('[store]\nurl = "s3://b"\nendpoint = "HTTPS://store.example"', "store.endpoint"),
        ('[store]\nurl = "s3://b"\nendpoint = "https://192.168.1.300"', "store.endpoint"),
    ],
)
def test_what_a_client_would_choke_on_is_refused_with_words(tmp_path: Path, table: str, key: str) -> None:
    keys = '\naccess_key = "AK"\nsecret_key = "SK"' if "s3://" in table else ""
    missing = "".join(line for line in keys.splitlines(keepends=True) if line.split(" = ")[0] not in table)
    with pytest.raises(ConfigProblems) as caught:
        read(tmp_path, f'{ROOM}[cameras.teacher]\ndriver = "lens"\nurl = "u"\n{table}\n{missing.lstrip()}\n')
    assert [problem.path for problem in caught.value.problems] == [key]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'[room]\nschool = "s"\nroom == 1\n', "line 3, column 7"),
        (b"[room", "line 1, column 6"),
        ('[room]\nname = "一班'.encode("gbk"), "line 2, column 10"),
        (b"a = " + b"[" * 100_000, "nested too deeply"),
        (b"a." * 100_000 + b"a = 1", "nested too deeply"),
        (b"a = " + b"9" * 5000, "too many digits"),
        (b"a = 1\n" * 100_000, "more than 256 KB"),
    ],
)
def test_a_file_that_cannot_be_parsed_says_where(tmp_path: Path, content: bytes, told: str) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigProblems, match=told) as caught:
        load(file)
    assert [problem.path for problem in caught.value.problems] == [str(file)]


def test_both_files_are_told_of_when_neither_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "config.toml").mkdir()
    (tmp_path / "room.toml").symlink_to("room.toml")
    with pytest.raises(ConfigProblems) as caught:
        load(tmp_path / "config.toml")
    assert "found a folder" in str(caught.value)
    assert os.strerror(40) in str(caught.value)


def test_a_room_toml_that_cannot_be_read_hides_no_mistake_of_the_config(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(ROOM + '[cameras.teacher]\ndriver = "simulated"\nfps = 99\nspeed = 1\n')
    (tmp_path / "room.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigProblems) as caught:
        load(file)
    found = {problem.path for problem in caught.value.problems}
    assert found == {str(tmp_path / "room.toml"), "cameras.teacher.fps", "cameras.teacher.speed"}
    file.write_text('[room]\nschool = "lincun"\n')
    with pytest.raises(ConfigProblems) as caught:
        load(file)
    assert [problem.path for problem in caught.value.problems] == [str(tmp_path / "room.toml")], "it may name the room"


def test_a_missing_file_is_told_of_with_the_ways_to_name_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblems, match=r"no such file.*--config or CLASSROOM_EDGE_CONFIG"):
        load(tmp_path / "config.toml")


def test_the_chosen_file_beats_the_variable_beats_etc() -> None:
    assert find_config_file(Path("a"), {VARIABLE: "b"}) == Path("a")
    assert find_config_file(None, {VARIABLE: "b"}) == Path("b")
    assert find_config_file(None, {}) == DEFAULT == Path("/etc/classroom-edge/config.toml")


def test_a_run_folder_too_deep_for_a_socket_is_refused(tmp_path: Path) -> None:
    assert "paths.run" in wrong(tmp_path, ROOM + f'[paths]\nrun = "/{"x" * 90}"\n')


SECRET = "hunter2"


@pytest.mark.parametrize(
    "text",
    [
        f'[store]\nurl = "s3://key:{SECRET}@bucket/p"\n',
        f'[store]\nsecret_key = ["{SECRET}"]\naccess_key = 1\n',
        f'[store]\nsecret_key = "{SECRET}"\nurl = "s3://b"\n',
        f'[store]\nendpoint = "https://key:{SECRET}@store.example"\n',
        f'[lrs]\nurl = "https://user:{SECRET}@records.example/xapi"\n',
        f'[store]\nsecret_kye = "{SECRET}"\n',
        f'[cameras.teacher]\ndriver = "rtsp://admin:{SECRET}@10.0.0.1/a"\n',
        f'[cameras]\nteacher = "rtsp://admin:p/@{SECRET}@10.0.0.1/a"\n',
        f'[cameras.teacher]\ndriver = "lens"\npassword = {{ a = "{SECRET}" }}\n',
        f'[cameras.teacher]\ndriver = "lens"\ntransport = "http://x/?user=a&pwd={SECRET}"\n',
        f'[store]\nsecret_key = "{SECRET}',
    ],
)
def test_secrets_never_appear_in_a_report(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigProblems) as caught:
        read(tmp_path, ROOM + text)
    for language in ("zh-CN", "en"):
        assert SECRET not in caught.value.report(language)
    assert SECRET not in repr(caught.value)


def test_the_effective_config_is_toml_with_defaults_and_without_secrets(tmp_path: Path) -> None:
    config = read(
        tmp_path,
        ROOM + f'[cameras.teacher]\ndriver = "lens"\nurl = "rtsp://admin:{SECRET}@10.0.0.1:554/a?token={SECRET}"\n'
        f'password = "{SECRET}"\n[panel]\ndriver = "board"\n'
        f'[store]\nurl = "s3://b/p"\naccess_key = "AK"\nsecret_key = "{SECRET}"\n',
    )
    shown = masked_toml(config)
    assert SECRET not in shown
    assert SECRET not in repr(config.store)
    again = read(tmp_path, shown)
    assert again.recording == config.recording
    assert again.cameras["teacher"].options.url == "rtsp://********@10.0.0.1:554/a?token=********"
    assert again.panel == config.panel
    assert again.store.access_key == "AK"


def test_one_device_for_two_roles_is_doubted_but_allowed(tmp_path: Path) -> None:
    same = 'driver = "lens"\nurl = "rtsp://x"\n'
    config = read(tmp_path, f"{ROOM}[cameras.teacher]\n{same}[cameras.screen]\n{same}fps = 5\n")
    assert [doubt.path for doubt in config_warnings(config)] == ["cameras.screen"]
    assert [doubt.path for doubt in config_warnings(read(tmp_path, ROOM))] == ["cameras"]


def test_what_the_director_is_to_use_must_be_there(tmp_path: Path) -> None:
    problems = wrong(
        tmp_path,
        """
        [room]
        school = "hill"
        room = "r1"
        [cameras.teacher]
        driver = "lens"
        url = "u"
        [ptz.teacher]
        driver = "board"
        presets = { podium = 1, wide = 2 }
        [director]
        close = { teacher = "podum" }
        wide = { students = "wide" }
        marks = { "实验" = "screen" }
        """,
    )
    told = {path: (one.found.text("en"), one.allowed.text("en"), one.hint) for path, one in problems.items()}
    assert told == {
        'director.marks."实验"': ('"screen"', "a camera of this room: teacher", ""),
        "director.close.teacher": ('"podum"', "a name from presets of [ptz.teacher] (it has: podium, wide)", "podium"),
        "director.wide.students": ('"wide"', "a name from presets of [ptz.students] (it has: –)", ""),
    }
