"""The ledger: ids given once, what was told is remembered, and a damaged file costs nothing of the spool."""

from __future__ import annotations

import hashlib
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledgers import begin_lesson
from spools import SpooledLesson

from drivers.samples import AnswerForm
from edge.classroom.lesson_ids import parse_lesson_id
from edge.classroom.polls import ClickerPress, Poll, PollKind, Question, StoredPoll
from edge.ledger import ledger as ledger_module
from edge.ledger.database import Database, LedgerDamaged, LedgerFull, LedgerNewer, LedgerUnusable
from edge.ledger.ledger import Ledger, open_ledger
from edge.ledger.lessons import LessonState, UnknownLesson
from edge.ledger.polls import PressBatch
from edge.ledger.schema import MIGRATIONS
from pipelines.delivery.interfaces import DeliveryState, FileState, OutboxItem, StoredFile
from pipelines.journal.entries import Begin
from pipelines.journal.journal_file import JournalFile
from pipelines.receipt.receipt import RecordingVerdict, StoredVerdict


def epoch_of(lesson: str) -> str:
    parts = parse_lesson_id(lesson)
    assert parts is not None
    return parts.epoch


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def ledger(path: Path, spool: Path) -> Iterator[Ledger]:
    made = open_ledger(path, spool)
    yield made
    made.close()


def test_numbers_go_on_after_a_restart_in_the_same_epoch(path: Path, spool: Path) -> None:
    with_first = open_ledger(path, spool)
    first = begin_lesson(with_first, "r204")
    with_first.lessons.delete(first)
    with_first.close()
    again = open_ledger(path, spool)
    epoch = again.lessons.epoch()
    second = begin_lesson(again, "r204")
    again.close()
    assert first.startswith(f"r204-{epoch}-000001-")
    assert second.startswith(f"r204-{epoch}-000002-")
    assert again.set_aside is None


def test_a_lesson_is_remembered_from_its_beginning_to_the_store(ledger: Ledger) -> None:
    lessons = ledger.lessons
    lesson = begin_lesson(ledger, "r204", 1_000)
    assert lessons.in_state(LessonState.RUNNING) == [lessons.get(lesson)]
    lessons.end(lesson, 45_000_000_000, "teacher", ended_wall_ns=None)
    ended = lessons.get(lesson)
    assert (ended.state, ended.lesson_time_ns, ended.cause) == (LessonState.ENDED, 45_000_000_000, "teacher")
    assert (ended.began_wall_ns, ended.ended_wall_ns) == (1_000, None)
    lessons.set_recording(lesson, RecordingVerdict.BAD)
    assert not ledger.outbox.is_stored(lesson)
    lessons.set_stored(lesson)
    stored = lessons.get(lesson)
    assert (stored.state, stored.recording, stored.stored) == (
        LessonState.STORED,
        RecordingVerdict.BAD,
        StoredVerdict.YES,
    )
    assert ledger.outbox.is_stored(lesson)


def test_an_end_taken_back_takes_everything_with_it(ledger: Ledger) -> None:
    begun = ledger.lessons.get(begin_lesson(ledger, "r204", 1_000))
    ledger.lessons.end(begun.id, 5, "teacher", 2_000)
    ledger.lessons.set_recording(begun.id, RecordingVerdict.GOOD)
    ledger.lessons.set_stored(begun.id)
    ledger.lessons.reopen(begun.id)
    assert ledger.lessons.get(begun.id) == begun
    assert not ledger.outbox.is_stored(begun.id)


def test_an_unknown_lesson_is_an_error(ledger: Ledger) -> None:
    with pytest.raises(UnknownLesson):
        ledger.lessons.get("r204-0000-000001")
    with pytest.raises(UnknownLesson):
        ledger.lessons.set_stored("r204-0000-000001")


def test_the_outbox_remembers_what_was_sent_and_what_failed(ledger: Ledger) -> None:
    state, copy = FileState(10, 20), StoredFile("ab", 10, "tag")
    ledger.outbox.mark_pending("l", {"a": state, "b": state})
    ledger.outbox.mark_failed("l", "a", "clock")
    ledger.outbox.mark_failed("l", "a", "unreachable")
    assert ledger.outbox.faults("l") == {"a": (2, "unreachable")}
    ledger.outbox.mark_stored("l", "a", state, copy)
    assert ledger.outbox.faults("l") == {}
    assert ledger.outbox.items("l") == {
        "a": OutboxItem(state, DeliveryState.STORED, copy),
        "b": OutboxItem(state, DeliveryState.PENDING),
    }
    ledger.outbox.mark_pending("l", {"a": FileState(11, 21)})
    assert ledger.outbox.items("l")["a"] == OutboxItem(FileState(11, 21), DeliveryState.PENDING)
    assert ledger.outbox.items("other") == {}


def test_threads_take_turns(ledger: Ledger) -> None:
    numbers = iter(range(1, 41))

    def begin_ten() -> None:
        for _ in range(10):
            ledger.lessons.begin(f"r204-7f3a-{next(numbers):06d}-00000000", None)

    threads = [threading.Thread(target=begin_ten) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ledger.lessons.all()) == ledger.lessons.last_number() == 40


def test_every_commit_is_a_durable_one(path: Path) -> None:
    database = Database(path)
    database.open()
    with database.connection() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    database.close()


KILLED = """
import os, signal, sys
from pathlib import Path
from edge.ledger.ledger import open_ledger
from tests.ledgers import begin_lesson
ledger = open_ledger(Path(sys.argv[1]), Path(sys.argv[2]))
print(begin_lesson(ledger, "r204"), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_number_that_was_entered_is_not_given_again_after_a_kill(path: Path, spool: Path) -> None:
    ids = []
    for _ in range(3):
        killed = subprocess.run(
            [sys.executable, "-c", KILLED, str(path), str(spool)],
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        assert killed.returncode == -signal.SIGKILL
        ids.append(killed.stdout.strip())
    assert [parts.number for parts in map(parse_lesson_id, ids) if parts] == [1, 2, 3]
    assert len({epoch_of(one) for one in ids}) == 1


def test_a_counter_that_went_back_gives_no_id_twice(path: Path, ledger: Ledger) -> None:
    first = begin_lesson(ledger, "r204")
    _change(path, "UPDATE meta SET next_lesson = 1")
    assert ledger.lessons.last_number() == 1
    assert begin_lesson(ledger, "r204") != first
    assert len(ledger.lessons.all()) == 2


def test_a_full_disk_is_told_and_nothing_is_half_written(path: Path, spool: Path) -> None:
    ledger = open_ledger(path, spool)
    before = ledger.lessons.all()
    with ledger._database.connection() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
    files = {f"teacher/{number:06d}.m4s": FileState(1, 1) for number in range(5000)}
    with pytest.raises(LedgerFull, match="no room left"):
        ledger.outbox.mark_pending("l", files)
    assert ledger.outbox.items("l") == {}
    assert ledger.lessons.all() == before
    ledger.close()


@pytest.mark.parametrize("made", ["nothing", "a folder", "an empty journal", "a begun journal", "an empty segment"])
@pytest.mark.parametrize("others", [True, False], ids=["with other lessons", "the first lesson"])
def test_a_lesson_of_which_nothing_was_recorded_is_gone_at_the_next_start(
    made: str, *, others: bool, path: Path, spool: Path
) -> None:
    known = [_filled(path, spool)] if others else []
    spool.mkdir(exist_ok=True)
    ledger = open_ledger(path, spool)
    lesson = begin_lesson(ledger, "r204")
    folder = spool / lesson
    if made != "nothing":
        (folder / "teacher").mkdir(parents=True)
    if made == "an empty journal":
        (folder / "journal.jsonl").touch()
    if made in ("a begun journal", "an empty segment"):
        (folder / "teacher" / "init.mp4").write_bytes(b"init")
        journal = JournalFile(folder)
        journal.append([Begin(lesson=lesson, school="s", room="r204", boot_id="b", at_ns=0)])
        journal.close()
    if made == "an empty segment":
        (folder / "teacher" / "000001.m4s.part").touch()
    for _ in range(2):
        ledger.close()
        ledger = open_ledger(path, spool)
        assert [one.id for one in ledger.lessons.all()] == known
    ledger.close()


def test_whoever_has_a_ledger_goes_on_with_it_when_it_is_opened_anew(path: Path, spool: Path) -> None:
    ledger = Ledger(Database(path))
    with pytest.raises(LedgerUnusable, match="not open"):
        ledger.lessons.all()
    ledger.open(spool)
    assert ledger.is_open
    shutil.copy(path, path.with_name("another"))
    path.with_name("another").rename(path)
    with refusing_disk(), pytest.raises(LedgerDamaged, match="pulled out"):
        begin_lesson(ledger, "r204")
    assert not ledger.is_open
    ledger.open(spool)
    assert ledger.lessons.get(begin_lesson(ledger, "r204")).state is LessonState.RUNNING
    ledger.close()


def test_a_folder_in_its_place_is_a_matter_for_a_person(path: Path, spool: Path) -> None:
    path.mkdir()
    with pytest.raises(LedgerUnusable, match="check the disk"):
        open_ledger(path, spool)


def _filled(path: Path, spool: Path, statements: int = 40) -> str:
    ledger = open_ledger(path, spool)
    lesson = begin_lesson(ledger, "r204")
    SpooledLesson(spool, lesson).grow_all(20)
    ledger.outbox.mark_pending(lesson, {f"teacher/{number:06d}.m4s": FileState(1, 1) for number in range(300)})
    ledger.polls.insert(StoredPoll(lesson, "2-1", "boot", Poll(1, Question(PollKind.SINGLE, 4), 10)))
    press = ClickerPress(20, "7", AnswerForm.KEYS, "B")
    ledger.polls.insert_presses([PressBatch(lesson, 1, [press])])
    ledger.polls.add_points(lesson, "2", 3)
    ledger.statements.add({f"id-{n}": json.dumps(f"statement {n} {'.' * 200}") for n in range(statements)})
    for number in range(20):
        ledger.outbox.mark_stored(lesson, f"teacher/{number:06d}.m4s", FileState(1, 1), StoredFile("0" * 64, 1, None))
    ledger.close()
    return lesson


def _contents(folder: Path) -> dict[str, str]:
    return {str(one): hashlib.sha256(one.read_bytes()).hexdigest() for one in folder.rglob("*") if one.is_file()}


@pytest.mark.parametrize("damage", ["not a database", "truncated", "a page of noise", "word"])
def test_a_damaged_ledger_is_set_aside_and_rebuilt_around_the_spool(
    damage: str, path: Path, spool: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lesson = _filled(path, spool)
    spooled = _contents(spool)
    _damage(path, damage)
    damaged = path.read_bytes()

    ledger = open_ledger(path, spool)

    assert ledger.set_aside is not None
    assert ledger.set_aside.path == path.with_name("ledger.db.damaged-1")
    assert ledger.set_aside.path.read_bytes() == damaged
    assert "ledger.db.damaged-1" in caplog.text
    assert [found.id for found in ledger.lessons.all()] == [lesson]
    items = ledger.outbox.items(lesson)
    assert items.keys() >= {"teacher/000001.m4s", "sound/init.mp4", "journal.jsonl"}
    assert {item.delivery for item in items.values()} == {DeliveryState.UNSURE}
    assert epoch_of(begin_lesson(ledger, "r204")) != epoch_of(lesson)
    ledger.close()
    assert _contents(spool) == spooled


def _contents_of(path: Path, *tables: str) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as connection:
        return {table: sorted(connection.execute(f"SELECT * FROM {table}")) for table in tables}


TABLES = ("meta", "lessons", "outbox", "polls", "presses", "scores", "statements")
ALTERATIONS = {
    "one more index": "CREATE INDEX somebodys ON lessons (state)",
    "analysed": "ANALYZE",
    "one more table": "CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('looked at in May')",
    "one more column": "ALTER TABLE lessons ADD COLUMN remark TEXT",
    "an index lost": "DROP INDEX presses_of_a_poll",
    "a number that is too high": f"PRAGMA user_version = {len(MIGRATIONS) + 64}",
    "a number that is too low": "PRAGMA user_version = 0",
    "a table made by hand": "ALTER TABLE scores RENAME TO s; CREATE TABLE scores AS SELECT * FROM s; DROP TABLE s",
}


@pytest.mark.parametrize("alteration", ALTERATIONS.values(), ids=ALTERATIONS.keys())
def test_a_sound_ledger_that_somebody_altered_is_gone_on_with(alteration: str, path: Path, spool: Path) -> None:
    lesson = _filled(path, spool)
    before = _contents_of(path, *TABLES)
    _change(path, alteration)
    ledger = open_ledger(path, spool)
    assert ledger.set_aside is None
    assert ledger.polls.points(lesson) == {"2": 3}
    assert begin_lesson(ledger, "r204").startswith(f"r204-{epoch_of(lesson)}-000002-")
    ledger.close()
    after = _contents_of(path, *TABLES)
    assert all(after[table] == before[table] for table in TABLES if table not in ("lessons", "meta"))


def test_a_ledger_that_lost_its_epoch_is_given_another_and_keeps_its_rows(path: Path, spool: Path) -> None:
    lesson = _filled(path, spool)
    _change(path, "DELETE FROM meta; DROP TABLE presses")
    ledger = open_ledger(path, spool)
    assert ledger.set_aside is None
    assert epoch_of(begin_lesson(ledger, "r204")) != epoch_of(lesson)
    assert ledger.statements.pending_count() == 40
    assert ledger.polls.for_lesson(lesson)[0].poll.responses == []
    ledger.close()


def test_a_newer_ledger_is_refused_with_words_and_left_as_it_is(path: Path, spool: Path) -> None:
    _filled(path, spool)
    _change(path, f"CREATE TABLE of_next_year (x TEXT); PRAGMA user_version = {len(MIGRATIONS) + 1}")
    before = path.read_bytes()
    ledger = Ledger(Database(path))
    for _ in range(2):
        with pytest.raises(LedgerNewer, match=f"newer version.* {len(MIGRATIONS) + 1}"):
            ledger.open(spool)
    with pytest.raises(LedgerNewer, match="newer version"):
        ledger.lessons.all()
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir() if "damaged" in one.name] == []


def test_a_file_that_a_power_cut_left_empty_is_a_new_ledger(path: Path, spool: Path) -> None:
    path.write_bytes(b"")
    ledger = open_ledger(path, spool)
    assert ledger.set_aside is None
    assert ledger.lessons.all() == []
    ledger.close()


@pytest.mark.parametrize("table", ["scores", "statements", "polls", "presses"])
def test_what_can_be_read_of_a_damaged_ledger_is_in_the_new_one(table: str, path: Path, spool: Path) -> None:
    lesson = _filled(path, spool)
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT rootpage FROM sqlite_schema WHERE name = 'outbox'"
        at = (connection.execute(query).fetchone()[0] - 1) * 4096
    raw = path.read_bytes()
    path.write_bytes(raw[:at] + os.urandom(4096) + raw[at + 4096 :])
    before = _contents_of(path, table)
    ledger = open_ledger(path, spool)
    assert ledger.set_aside is not None
    assert ledger.polls.points(lesson) == {"2": 3}
    assert ledger.statements.pending_count() == 40
    ledger.close()
    assert _contents_of(path, table) == before


def test_a_damaged_page_of_statements_costs_no_more_than_its_own(path: Path, spool: Path) -> None:
    _filled(path, spool, statements=400)
    raw = bytearray(path.read_bytes())
    at = raw.index(b"statement 200 ") // 4096 * 4096
    raw[at : at + 8] = os.urandom(8)
    path.write_bytes(raw)
    ledger = open_ledger(path, spool)
    assert ledger.set_aside is not None
    assert ledger.statements.pending_count() > 300
    ledger.close()


def test_a_ledger_of_an_older_version_becomes_one_of_today(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    old = sqlite3.connect(path)
    old.executescript(f"{MIGRATIONS[0]} INSERT INTO meta VALUES (1, '7f3a', 5); PRAGMA user_version = 1;")
    old.close()
    ledger = open_ledger(path, tmp_path)
    assert ledger.set_aside is None
    assert begin_lesson(ledger, "r204").startswith("r204-7f3a-000005-")
    assert ledger.polls.for_lesson("r204-7f3a-000005") == []
    assert ledger.statements.pending_count() == 0
    ledger.close()


def _damage(path: Path, damage: str) -> None:
    raw = path.read_bytes()
    match damage:
        case "not a database":
            path.write_bytes(os.urandom(len(raw)))
        case "truncated":
            path.write_bytes(raw[: len(raw) // 2])
        case "a page of noise":
            path.write_bytes(raw[:4096] + os.urandom(4096) + raw[8192:])
        case "word":
            path.write_bytes(raw[:4096] + raw[4096:].replace(b"running", b"runnimg"))


def _change(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(statement)
    connection.close()


def test_damage_upon_damage_keeps_every_ledger(path: Path, spool: Path) -> None:
    for number in (1, 2, 3):
        path.write_bytes(b"not a ledger, and long enough to be told from one: " * 100)
        ledger = open_ledger(path, spool)
        ledger.close()
        assert ledger.set_aside is not None
        assert ledger.set_aside.path.name == f"ledger.db.damaged-{number}"


def test_damage_found_while_running_is_named(path: Path, spool: Path) -> None:
    lesson = _filled(path, spool)
    ledger = open_ledger(path, spool)
    raw = path.read_bytes()
    path.write_bytes(raw[:8192] + os.urandom(len(raw) - 8192))
    with ledger._database.connection() as connection:
        connection.execute("PRAGMA shrink_memory")
    with pytest.raises(LedgerDamaged):
        ledger.outbox.items(lesson)
    ledger.close()


def test_only_the_outbox_of_a_lesson_both_stored_and_gone_is_forgotten(
    path: Path, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson = _filled(path, spool)

    def is_remembered() -> bool:
        ledger = open_ledger(path, spool)
        remembered = bool(ledger.outbox.items(lesson))
        ledger.lessons.set_stored(lesson)
        ledger.close()
        return remembered

    away = spool.with_name("away")
    spool.rename(away)
    assert is_remembered()
    away.rename(spool)
    assert is_remembered()
    monkeypatch.setattr(ledger_module, "_on_one_disk", lambda *_: False)
    shutil.rmtree(spool / lesson)
    assert is_remembered(), "an empty spool may be a disk that is not there"
    monkeypatch.undo()
    assert not is_remembered()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger, and a spool that it knows."""
    folder = tmp_path_factory.mktemp("whole")
    _filled(folder / "ledger.db", folder / "spool")
    return folder


@settings(max_examples=50)
@given(seed=st.integers(0, 2**32), many=st.booleans())
def test_no_flipped_bytes_keep_the_controller_from_starting(seed: int, many: bool, whole: Path) -> None:
    draw = random.Random(seed)
    raw = bytearray((whole / "ledger.db").read_bytes())
    for _ in range(draw.randint(2, 60) if many else 1):
        raw[draw.randrange(len(raw))] = draw.randrange(256)
    with TemporaryDirectory() as folder:
        path = Path(folder, "ledger.db")
        path.write_bytes(raw)
        ledger = open_ledger(path, whole / "spool")
        lessons = {found.id for found in ledger.lessons.all()}
        assert {one.name for one in (whole / "spool").iterdir()} <= lessons
        assert begin_lesson(ledger, "r204") not in lessons
        for lesson in lessons:
            ledger.outbox.items(lesson)
        ledger.close()


@contextmanager
def refusing_disk() -> Iterator[None]:
    """Nothing can be written, as on a disk that was pulled out."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_ledger_whose_disk_went_and_came_back_is_to_be_opened_anew(tmp_path: Path) -> None:
    database = Database(tmp_path / "ledger.db")
    database.open()
    with refusing_disk(), pytest.raises(LedgerUnusable), database.transaction() as connection:
        connection.execute("CREATE TABLE things (name TEXT)")
    tmp_path.rename(tmp_path.with_name("away"))
    with refusing_disk(), pytest.raises(LedgerUnusable), database.transaction() as connection:
        connection.execute("CREATE TABLE things (name TEXT)")
    database.check_place()
    assert database.is_open, "a disk that is away is waited for"
    shutil.copytree(tmp_path.with_name("away"), tmp_path)
    with refusing_disk(), pytest.raises(LedgerDamaged, match="pulled out"), database.transaction() as connection:
        connection.execute("CREATE TABLE things (name TEXT)")
    assert not database.is_open
    database.close()


def test_a_ledger_whose_file_was_removed_is_not_written_to_any_more(tmp_path: Path) -> None:
    database = Database(tmp_path / "ledger.db")
    database.open()
    (tmp_path / "ledger.db").unlink()
    database.check_place()
    assert not database.is_open
    database.close()
