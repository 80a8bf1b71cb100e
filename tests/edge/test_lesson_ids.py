"""Lesson ids: made without waiting for anything, unique by the part that is drawn, old ones still valid."""

from hypothesis import given
from hypothesis import strategies as st

from edge.classroom.lesson_ids import UNKNOWN_EPOCH, LessonIdMaker, LessonIdParts, parse_lesson_id

EPOCHS = st.from_regex("[0-9a-f]{4}", fullmatch=True)
ROOMS = st.from_regex("[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?", fullmatch=True)


@given(room=ROOMS, epoch=EPOCHS, number=st.integers(1, 9_999_999), draw=st.from_regex("([0-9a-f]{8})?", fullmatch=True))
def test_the_parts_can_be_read_from_ids_of_both_forms(room: str, epoch: str, number: int, draw: str) -> None:
    lesson = f"{room}-{epoch}-{number:06d}" + (f"-{draw}" if draw else "")
    assert parse_lesson_id(lesson) == LessonIdParts(room, epoch, number, draw)


def test_other_names_are_no_ids() -> None:
    for name in (
        "lost+found",
        "r204",
        ".r204-7f3a-000001.going",
        "r204-7f3a-1",
        "r204-7f3a-000001-xyz",
        "r\n-7f3a-000001",
    ):
        assert parse_lesson_id(name) is None
    assert parse_lesson_id("r\udcff-7f3a-000001") is None


def test_without_any_knowledge_an_id_is_made_all_the_same() -> None:
    ids = LessonIdMaker("r204", draw=lambda: "9c41d2e7")
    assert ids.next_id() == f"r204-{UNKNOWN_EPOCH}-000001-9c41d2e7"
    assert ids.next_id() == f"r204-{UNKNOWN_EPOCH}-000002-9c41d2e7"


def test_the_number_is_one_more_than_the_highest_that_is_known() -> None:
    ids = LessonIdMaker("r204", draw=lambda: "00000000")
    for known in ("r204-7f3a-000122", "r204-1111-000007-9c41d2e7", "r205-2222-000999", "nonsense"):
        ids.observe(known)
    assert ids.next_id() == "r204-7f3a-000123-00000000"
    ids.on_ledger_opened("abcd", 5)
    assert ids.next_id() == "r204-abcd-000124-00000000"
    ids.observe("r204-7f3a-000200")
    assert ids.next_id() == "r204-abcd-000201-00000000"


def test_two_boxes_that_know_the_same_draw_differently() -> None:
    assert LessonIdMaker("r204").next_id() != LessonIdMaker("r204").next_id()
