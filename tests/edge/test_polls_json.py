"""What a lesson's polls leave behind: polls.json, chapters, the table for Excel, and statements."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from drivers.samples import AnswerForm
from edge.classroom.polls import ClickerPress, Poll, PollKind, Question, StoredPoll
from edge.classroom.roster import Roster, SchoolClass, Student
from edge.config.model import RoomConfig
from edge.controller.polls.result_files import PollResultFiles, SharingPolicy
from edge.ledger.ledger import open_ledger
from edge.ledger.polls import PressBatch
from edge.school import csv_table, students_csv, xapi_statements
from edge.school import polls_json as books
from edge.school.build_poll_results import ResultSources, build_poll_results
from edge.school.chapters import ChapterSources, lesson_chapters
from edge.school.polls_json import PollResults
from pipelines.journal.entries import Begin, Cause, ClockReading, End, Marker, Pause, Resumed
from pipelines.journal.journal_file import JournalFile
from pipelines.journal.lesson_clock import LessonClock, read_lesson_clock, replay_clock
from pipelines.receipt.findings import FindingCode
from pipelines.receipt.sidecar_checks import check_sidecar_files
from tests.xapi_statements import mistakes

LESSON, BOOT, S = "r204-7f3a-000001", "boot", 1_000_000_000
ROOM = RoomConfig(school="school", room="r204")
HOME = "https://school.example/edge"
WALL_NS = 1_790_000_000 * S
SCHEMA = Path(books.__file__).with_name("polls.schema.json")

JOURNAL = [
    Begin(lesson=LESSON, school="school", room="r204", boot_id=BOOT, at_ns=100 * S),
    ClockReading(at_ns=101 * S, wall_ns=WALL_NS + 101 * S, synchronised=True),
    Marker(lesson_ns=2 * S, label="勾股 & <定理>"),
    Marker(lesson_ns=30 * S, label=""),
    Pause(at_ns=120 * S, lesson_ns=20 * S),
    Resumed(at_ns=150 * S, lesson_ns=20 * S, boot_id=BOOT, cause=Cause.TEACHER),
    End(at_ns=190 * S, lesson_ns=60 * S, cause=Cause.TEACHER),
]
ROSTER = Roster(
    current="3 (2)",
    classes=(
        SchoolClass(
            name="3 (2)",
            students=(
                Student(number="20230101", name="张伟", group="第一组", device="1"),
                Student(number="=cmd()", name="+李雷", group="第二组", device="2"),
                Student(number="20230103", name="韩梅梅", group="第二组", device="3"),
            ),
        ),
    ),
)
FORM = AnswerForm.KEYS


def held(number: int, question: Question, opened_ns: int, closed_ns: int | None, *presses: ClickerPress) -> StoredPoll:
    poll = Poll(number, question, opened_ns)
    for press in presses:
        poll.add_press(press)
    if closed_ns is not None:
        poll.close(closed_ns)
    return StoredPoll(LESSON, "3 (2)", BOOT, poll)


def polls() -> list[StoredPoll]:
    return [
        held(
            1,
            Question(PollKind.ROLL_CALL),
            101 * S,
            105 * S,
            ClickerPress(102 * S, "1", FORM, "A"),
            ClickerPress(103 * S, "2", FORM, "B"),
        ),
        held(
            2,
            Question(PollKind.MULTIPLE, 4, "9 的平方根？", "AC"),
            106 * S,
            118 * S,
            ClickerPress(107 * S, "1", FORM, "B"),
            ClickerPress(108 * S + 1, "1", FORM, "AC"),
            ClickerPress(109 * S, "2", FORM, "D"),
            ClickerPress(109 * S, "99", FORM, "A"),
            ClickerPress(110 * S, "3", AnswerForm.NUMBER, "7"),
        ),
        held(
            3,
            Question(PollKind.NUMBER, answer="-3"),
            130 * S,
            140 * S,
            ClickerPress(135 * S, "2", AnswerForm.NUMBER, "-3"),
        ),
        held(
            4,
            Question(PollKind.RUSH),
            151 * S,
            None,
            ClickerPress(152 * S + 1, "2", AnswerForm.RUSH, ""),
            ClickerPress(152 * S, "1", FORM, "A"),
        ),
        held(5, Question(PollKind.TRUE_FALSE, answer="A"), 160 * S, 161 * S, ClickerPress(160 * S, "1", FORM, "A")),
    ]


def made(
    *, names: bool = False, before: PollResults | None = None, held_polls: list[StoredPoll] | None = None
) -> PollResults:
    told = polls() if held_polls is None else held_polls
    return build_poll_results(
        ResultSources(ROOM.school, ROOM.room, LESSON, told, {"第二组": 2}, ROSTER, replay_clock(JOURNAL), before),
        names=names,
    )


def test_answers_stand_on_lesson_time_and_pauses_are_taken_out() -> None:
    book = made()
    roll, multiple, number, rush, _ = book.polls
    assert [one.lesson_ns for one in roll.responses] == [2 * S, 3 * S]
    assert (multiple.opened_ns, multiple.closed_ns) == (6 * S, 18 * S)
    assert [one.after_ns for one in multiple.responses if one.counts] == [2 * S + 1, 3 * S]
    assert {number.opened_ns, number.closed_ns, number.responses[0].lesson_ns} == {20 * S}, "in the pause"
    assert [one.after_ns for one in rush.responses] == [S, S + 1], "a rush in the order of its presses"
    assert rush.closed_ns == 60 * S, "closed by the lesson's end"
    assert multiple.opened is not None
    assert multiple.opened.timestamp() == WALL_NS / S + 106


def test_who_was_there_and_how_each_did() -> None:
    book = made()
    zhang, li, han, stranger = book.participants
    assert [one.present for one in (zhang, li, han, stranger)] == [True, True, False, False]
    assert (zhang.right, zhang.asked, zhang.answered) == (2, 3, 4)
    assert (li.right, li.asked) == (1, 3)
    assert not stranger.known
    multiple = book.polls[1]
    assert multiple.tally == {"A": 1, "B": 0, "C": 1, "D": 1}
    assert multiple.expected == 3
    assert [(one.verdict, one.counts) for one in multiple.responses if one.participant in (han.id, stranger.id)] == [
        ("valid", False),
        ("invalid", False),
    ]
    assert [(team.group, team.members, team.points) for team in book.groups] == [("第二组", 2, 3), ("第一组", 1, 2)]


def test_nothing_that_leaves_the_room_names_anybody_unless_it_may() -> None:
    secret = ["张伟", "李雷", "20230101", "cmd"]
    book = made()
    context = xapi_statements.StatementContext(HOME, "zh-CN", None)
    said = "".join(xapi_statements.statement_lines(context.statements(book)).values())
    for text in (book.model_dump_json(), said, students_csv.students_csv(book, "zh-CN").decode()):
        assert [word for word in secret if word in text] == []
    open_book = made(names=True)
    said = "".join(xapi_statements.statement_lines(context.statements(open_book)).values())
    assert "张伟" in said
    assert "张伟" in open_book.model_dump_json()


def test_polls_that_a_lost_ledger_does_not_know_stay() -> None:
    whole = made()
    again = made(before=whole, held_polls=polls()[3:])
    assert again.polls == whole.polls
    assert sorted(again.participants, key=lambda one: one.id) == sorted(whole.participants, key=lambda one: one.id)


def test_the_schema_that_is_shipped_is_the_models_and_the_file_fits_it() -> None:
    shipped = json.loads(SCHEMA.read_text())
    assert {**shipped} == {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **PollResults.model_json_schema(mode="serialization"),
    }
    Draft202012Validator.check_schema(shipped)
    for names in (False, True):
        Draft202012Validator(shipped).validate(json.loads(made(names=names).model_dump_json()))


def test_a_file_with_impossible_times_is_none(tmp_path: Path) -> None:
    book = made().model_dump(mode="json")
    book["polls"][0]["opened_ns"] = 10**600
    (tmp_path / "polls.json").write_text(json.dumps(book))
    assert books.read(tmp_path) is None


def test_each_question_and_marker_is_a_chapter() -> None:
    clock = replay_clock(JOURNAL)
    found = lesson_chapters(ChapterSources(clock.length_ns, made().polls, clock.markers), "zh-CN")
    assert [(one.id, one.from_ms, one.to_ms, one.text) for one in found] == [
        ("poll-1", 1000, 5000, "1 签到"),
        ("mark-1", 2000, 5000, "勾股 & <定理>"),
        ("poll-2", 6000, 18000, "2 多选：9 的平方根？"),
        ("poll-3", 20000, 20001, "3 填数"),
        ("poll-4", 21000, 60000, "4 抢答"),
        ("poll-5", 30000, 31000, "5 判断"),
        ("mark-2", 30000, 31000, "标记"),
    ]


def test_the_table_opens_in_excel_and_runs_nothing() -> None:
    names = {ROSTER.pseudonym("3 (2)", one.number): one for one in ROSTER.classes[0].students}
    body = students_csv.students_csv(made(), "zh-CN", names)
    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    assert rows[0] == {
        "学号": "20230101",
        "姓名": "张伟",
        "小组": "第一组",
        "反馈器": "1",
        "出席": "是",
        "1 签到": "是",
        "1 用时（秒）": "1.000",
        "2 多选": "AC",
        "2 用时（秒）": "2.000",
        "3 填数": "",
        "3 用时（秒）": "",
        "4 抢答": "是",
        "4 用时（秒）": "1.000",
        "5 判断": "对",
        "5 用时（秒）": "0.000",
        "答对": "2",
        "题数": "3",
    }
    assert (rows[1]["学号"], rows[1]["姓名"], rows[1]["3 填数"]) == ("'=cmd()", "'+李雷", "-3")
    assert rows[3]["姓名"] == "（不在名单里）"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("0007", "\t0007"),
        ("202301010000000017", "\t202301010000000017"),
        ("2-3", "\t2-3"),
        ("1/2", "\t1/2"),
        ("12:30", "\t12:30"),
        ("1E5", "\t1E5"),
        ("MAR2", "\tMAR2"),
        ("3月4日", "\t3月4日"),
        ("=1+1", "'=1+1"),
        ("＝1+1", "'＝1+1"),
        ("－组", "'－组"),
        ("@a", "'@a"),
        ("-3.5", "-3.5"),
        ("20230101", "20230101"),
        ("张伟", "张伟"),
        ("0.250", "0.250"),
    ],
)
def test_a_spreadsheet_shows_what_was_written_and_our_import_reads_it_back(value: str, cell: str) -> None:
    assert csv_table.text_cell(value) == cell
    (row,) = csv_table.parse_rows("t.csv", f'学号,"{cell}"\r\n'.encode())
    assert row.cells[1] == value


def test_text_as_other_programs_write_it_for_excel_is_read() -> None:
    (row,) = csv_table.parse_rows("t.csv", b'"=""0007""",1\r\n')
    assert row.cells == ["0007", "1"]


def test_statements_are_as_the_standard_has_them() -> None:
    clock = replay_clock(JOURNAL)
    book = made()
    context = xapi_statements.StatementContext(HOME, "zh-CN", book.polls[0].opened)
    said = list(context.statements(book))
    assert [found for one in said for found in mistakes(one)] == []
    assert len({one["id"] for one in said}) == len(said)
    assert said == list(context.statements(book)), "the same ids again, so nothing is there twice"
    verbs = [one["verb"]["id"].rsplit("/", 1)[1] for one in said]
    assert (verbs.count("attended"), verbs.count("answered")) == (2, 2 + 1 + 2 + 1)
    right = next(one for one in said if one.get("result", {}).get("response") == "A[,]C")
    assert right["result"] == {"response": "A[,]C", "duration": "PT2.00S", "completion": True, "success": True}
    assert right["object"]["definition"]["correctResponsesPattern"] == ["A[,]C"]
    assert right["context"]["contextActivities"]["parent"][0]["id"] == f"{HOME}/school/r204/{LESSON}"
    assert clock.wall_ns(BOOT, 108 * S) == WALL_NS + 108 * S
    assert right["timestamp"].endswith("+00:00")
    wrong = {**right, "result": {"response": "E"}}
    assert mistakes(wrong), "the rules can be broken"


def test_lesson_time_after_a_restart_and_a_reboot() -> None:
    clock = replay_clock(
        [
            *JOURNAL[:1],
            Resumed(at_ns=130 * S, lesson_ns=30 * S, boot_id=BOOT, cause=Cause.RESTART),
            Resumed(at_ns=7 * S, lesson_ns=31 * S, boot_id="next", cause=Cause.REBOOT),
        ]
    )
    assert clock.lesson_ns(BOOT, 99 * S) == 0
    assert clock.lesson_ns(BOOT, 129 * S + 5) == 29 * S + 5
    assert clock.lesson_ns(BOOT, 131 * S) == 31 * S
    assert clock.lesson_ns("next", 8 * S) == 32 * S
    assert clock.lesson_ns("unknown", 8 * S) == 0
    assert clock.wall_ns("next", 8 * S) is None
    assert LessonClock().length_ns == 0


def test_the_files_of_a_lesson(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    folder = spool / LESSON
    folder.mkdir(parents=True)
    journal = JournalFile(folder)
    journal.append(JOURNAL)
    journal.close()
    assert read_lesson_clock(folder) == replay_clock(JOURNAL)
    ledger = open_ledger(tmp_path / "ledger.db", spool)
    roster = ROSTER
    results = PollResultFiles(
        spool, tmp_path / "results", ROOM, ledger, lambda: roster, SharingPolicy(False, HOME, to_lrs=True)
    )
    results.finish(LESSON)
    assert {path.name for path in folder.iterdir()} == {"journal.jsonl", "chapters.vtt"}, "marked, and not asked"
    for one in polls():
        ledger.polls.insert(replace(one, poll=Poll(one.poll.number, one.poll.question, one.poll.opened_ns)))
        ledger.polls.insert_presses(
            [PressBatch(LESSON, one.poll.number, [response.press for response in one.poll.responses])]
        )
        if one.poll.closed_ns is not None:
            ledger.polls.set_closed(LESSON, one.poll.number, one.poll.closed_ns)
    ledger.polls.add_points(LESSON, "第二组", 3)
    ledger.polls.add_points(LESSON, "第二组", -1)
    results.write(LESSON)
    assert not (folder / "xapi.jsonl").exists()
    assert books.read(folder) == made()
    assert results.next_number(LESSON) == 6
    results.finish(LESSON)
    lines = (folder / "xapi.jsonl").read_text().splitlines()
    assert [body for _, body in ledger.statements.pending(100)] == lines
    named = (tmp_path / "results" / f"{LESSON}.csv").read_text("utf-8-sig")
    assert "张伟" in named
    stamp = (folder / "polls.json").stat().st_mtime_ns
    results.finish(LESSON)
    assert (folder / "polls.json").stat().st_mtime_ns == stamp, "what says the same is not copied again"
    ledger.close()


def test_papers_are_held_against_the_lessons_card(tmp_path: Path) -> None:
    assert list(check_sidecar_files(tmp_path)) == []
    (tmp_path / "polls.json").write_text("{}")
    sha256 = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    card = {"papers": {name: {"size": 2, "sha256": sha256} for name in ("polls.json", "chapters.vtt")}}
    (tmp_path / "lesson.json").write_text(json.dumps(card))
    assert [(one.code, one.values) for one in check_sidecar_files(tmp_path)] == [
        (FindingCode.SIDECAR_MISSING, {"file": "chapters.vtt"})
    ]
    (tmp_path / "polls.json").write_text("[]")
    assert FindingCode.SIDECAR_CHANGED in [one.code for one in check_sidecar_files(tmp_path)]
