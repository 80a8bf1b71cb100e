"""The support file: what a helper needs, and nothing secret, whatever state the room is in."""

from __future__ import annotations

import html
import json
import resource
import sys
import tarfile
from pathlib import Path
from urllib.parse import quote

import pytest

from edge.cli import support, support_archive
from edge.cli.main import main
from edge.cli.support_sources import Source, gather, sources
from edge.config.known_secrets import SecretMask
from edge.config.toml_files import read_tables
from edge.i18n import Language, translate

# What no other word has in it: a part of a secret is one, too.
MARK = "Zx9"
SECRETS = {
    "camera": f'{MARK}#p/a?s"s',
    "query": f"{MARK}query",
    "store": f"{MARK}/store+secret=",
    "lrs": f"{MARK}“lrs” password",
    "mqtt": f"{MARK}mqtt<&>",
    "calendar": f"/private-{MARK}calendar/basic.ics",
}
CONFIG = f"""
[room]
school = "hill"
room = "r1"
[paths]
spool = "spool"
ledger = "state/ledger.db"
run = "run"
[cameras.teacher]
driver = "stream"
url = "rtsp://admin:{quote(SECRETS["camera"], safe="")}@127.0.0.1:9/ch1?channel=1&token={SECRETS["query"]}"
[store]
url = "s3://lessons"
endpoint = "https://127.0.0.1:9"
access_key = "a-name"
secret_key = {json.dumps(SECRETS["store"])}
[lrs]
url = "https://127.0.0.1:9/xapi"
user = "box"
password = {json.dumps(SECRETS["lrs"], ensure_ascii=False)}
[board]
mqtt_url = "mqtts://127.0.0.1"
mqtt_user = "box"
mqtt_password = {json.dumps(SECRETS["mqtt"])}
[timetable]
url = "https://127.0.0.1:9{SECRETS["calendar"]}"
"""
# Each is a mistake of its own; what stands behind a secret's key must not be told for it.
BROKEN = [
    ('driver = "stream"', 'driver = "straem"'),
    ('secret_key = "', "secret_key = "),
    ("secret_key =", "secert_kee ="),
    ("password = ", "passwort = "),
    ("mqtt_password = ", "mqtt_password = = "),
    ('[timetable]\nurl = "', '[timetabel]\nurl = "'),
    ('url = "rtsp://', 'adress = "rtsp:/'),
    ("[room]", "[room"),
]


def support_members(folder: Path) -> dict[str, str]:
    """Every file in the archive, by its path below the archive's folder."""
    (path,) = folder.glob("support-*.tar.gz")
    assert path.stat().st_mode & 0o007 == 0
    with tarfile.open(path) as tar:
        assert {entry.name.partition("/")[0] for entry in tar} == {path.name.removesuffix(".tar.gz")}
        return {
            entry.name.partition("/")[2]: data.read().decode("latin-1" if entry.name.endswith("pdf") else "utf-8")
            for entry in tar
            if (data := tar.extractfile(entry)) is not None
        }


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A room with a calibration, a class list and a lesson, whose logs tell each of its secrets in every form."""
    for number in ("0001", "0002"):
        calibration = tmp_path / "state" / "calibration" / number
        calibration.mkdir(parents=True)
        (calibration / "results.json").write_text(json.dumps({"number": number, "was": SECRETS["lrs"]}))
        (calibration / "report.html").write_text(f"<p>{number} {html.escape(SECRETS['mqtt'])}</p>")
        (calibration / "report.pdf").write_bytes(b"%PDF-1.7 \xff")
        (calibration / "teacher.jpg").write_bytes(b"\xff\xd8")
    (tmp_path / "state" / "roster.json").write_text("王小明")
    (tmp_path / "spool").mkdir()
    (tmp_path / "spool" / "polls.json").write_text("王小明")
    log = tmp_path / "log"
    log.write_text(
        "\n".join(
            form
            for secret in SECRETS.values()
            for form in (secret, quote(secret), quote(secret, safe=""), html.escape(secret), json.dumps(secret))
        )
        + f"\nhttp://other:{MARK}@10.0.0.1/\n"
    )

    def few_sources(file: Path) -> list[Source]:
        real = [one for one in sources(file) if one.member in ("status.json", "check.json")]
        logs = Source("logs/recorder.log", (("cat", str(log)),))
        return [*real, logs, Source("logs/kernel.log", (("no-such-journalctl",), ("no-such-dmesg",)))]

    monkeypatch.setattr(support, "sources", few_sources)
    monkeypatch.setenv("CLASSROOM_EDGE_LANG", "en")
    return tmp_path


def collect(room: Path, config: str) -> dict[str, str]:
    file = room / "config.toml"
    file.write_text(config, encoding="utf-8")
    out = room / "out"
    out.mkdir(exist_ok=True)
    for old in out.iterdir():
        old.unlink()
    assert main(["support", "--config", str(file), "--to", str(out)]) == 0
    return support_members(out)


def test_it_has_what_a_helper_needs_and_no_secret(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    members = collect(room, CONFIG)
    assert set(members) == {
        *("versions.txt", "config.toml", "status.json", "check.json", "logs/recorder.log", "logs/kernel.log"),
        *("calibration/0002/results.json", "calibration/0002/report.html", "calibration/0002/report.pdf"),
        "contents.txt",
    }
    for name, text in members.items():
        assert MARK not in text, name
        assert "王小明" not in text
    assert MARK not in "".join(capsys.readouterr())
    assert 'school = "hill"' in members["config.toml"]
    assert members["config.toml"].count("********") >= 5
    assert "exit code 3" in members["status.json"], "the controller is down"
    assert json.loads(members["check.json"].partition("(exit code")[0])["ok"] in (True, False)
    assert members["logs/kernel.log"].count("No such file or directory") == 2
    assert "127.0.0.1:9/ch1?channel=1" in members["config.toml"]
    assert "classroom-edge" in members["versions.txt"]


@pytest.mark.parametrize("broken", range(len(BROKEN) + 1))
def test_a_config_that_is_wrong_is_packed_as_far_as_it_can_be_read_and_tells_no_secret(
    room: Path, monkeypatch: pytest.MonkeyPatch, broken: int
) -> None:
    only_logs = [one for one in support.sources(room / "config.toml") if one.member.startswith("logs")]
    monkeypatch.setattr(support, "sources", lambda _: only_logs)
    config = CONFIG
    for before, after in BROKEN[broken : broken + 1] if broken < len(BROKEN) else BROKEN:
        assert before in config
        config = config.replace(before, after, 1)
    # No log tells what the program itself could not read.
    (room / "log").write_text("nothing\n")
    for folder in (room / "state" / "calibration").iterdir():
        (folder / "report.html").write_text("<p>")
        (folder / "results.json").write_text("{}")
    members = collect(room, config)
    for name, text in members.items():
        assert MARK not in text, name
    assert "config.toml" in members["config-problems.txt"]
    if "[room]" in config:
        assert 'room = "r1"' in members["config-as-far-as-read.toml"]


def test_without_a_config_there_is_a_file_all_the_same(room: Path) -> None:
    out = room / "out"
    out.mkdir()
    assert main(["support", "--config", str(room / "none.toml"), "--to", str(out)]) == 0
    assert "none.toml" in support_members(out)["config-problems.txt"]


def test_a_full_disk_is_told_with_what_to_do(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = room / "config.toml"
    file.write_text(CONFIG, encoding="utf-8")
    out = room / "out"
    out.mkdir()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        code = main(["support", "--config", str(file), "--to", str(out)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert code == 2
    assert "--to /media/usb" in capsys.readouterr().err
    assert list(out.iterdir()) == []


def test_it_is_bounded_and_says_what_it_leaves_out(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(support_archive, "LARGEST", 2000)
    monkeypatch.setattr(support, "_versions", lambda: "v" * 1900)
    contents = collect(room, CONFIG)["contents.txt"]
    assert "LEFT OUT: config.toml" in contents


def test_of_long_output_the_last_lines_are_kept_and_of_slow_commands_that_they_were() -> None:
    counting = Source("x", ((sys.executable, "-c", "for n in range(9999): print(n)"),), largest=100)
    lines = gather(counting).splitlines()
    assert lines[0] == "…"
    assert lines[-1] == "9998"
    assert len(lines) < 25
    assert "no answer within 0.2 s" in gather(Source("x", (("sleep", "60"),), longest_s=0.2))


def test_a_status_goes_in_without_people() -> None:
    (status,) = [one for one in sources(Path("c.toml")) if one.member == "status.json"]
    told = {"state": "idle", "faults": ["disk-full"], "poll": {"who": "王"}, "board": {"duty": "王"}, "groups": ["3班"]}
    assert json.loads(status.narrow(json.dumps(told))) == {"state": "idle", "faults": ["disk-full"]}
    assert status.narrow("") == ""


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_code_that_sets_the_first_password_does_not_go_in(language: Language) -> None:
    (log,) = [one for one in sources(Path("c.toml")) if one.member == "logs/classroom-web.service.log"]
    said = translate("web.code-shown", language, code="2468-1357") + "\n2026-09-03 r204-0000-000123-9c41d2e7"
    told = log.narrow(said)
    assert "2468" not in told
    assert "1357" not in told
    assert told.endswith("\n2026-09-03 r204-0000-000123-9c41d2e7")


def test_a_long_line_without_spaces_is_masked_quickly(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(CONFIG, encoding="utf-8")
    mask = SecretMask.of(read_tables(file), ())
    picture = "data:image/jpeg;base64," + "a1+/" * 500_000
    assert mask.masked(picture) == picture
