"""What a poll makes of presses: the last valid one counts, whatever else comes, in whichever order."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.samples import AnswerForm, TeacherKey
from edge.classroom import polls
from edge.classroom.polls import (
    SAME_COUNT_NS,
    SAME_PRESS_NS,
    ClickerPress,
    InvalidQuestion,
    Poll,
    PollKind,
    Question,
    ResponseVerdict,
    normalise_number,
)
from edge.classroom.teacher_keypad import CONFIRM_NS, Keypad, KeypadAction
from edge.classroom.teacher_keypad import SAME_PRESS_NS as SAME_KEY_NS

CLOSED_NS = 10_000_000_000
SINGLE = Question(PollKind.SINGLE, 4, answer="B")
KEYS, NUMBER, RUSH = AnswerForm.KEYS, AnswerForm.NUMBER, AnswerForm.RUSH

devices = st.sampled_from("1234")
# Far enough apart not to be taken for one press, also after the closing.
presses = st.lists(
    st.builds(
        lambda at, device, text: ClickerPress(at * SAME_PRESS_NS, device, KEYS, text),
        st.integers(0, 40),
        devices,
        st.sampled_from("ABCDE"),
    ),
    unique_by=lambda press: (press.captured_ns, press.device),
    max_size=30,
).map(lambda found: sorted(found, key=lambda press: press.captured_ns))


def poll_with(question: Question, presses: Sequence[ClickerPress], closed_ns: int | None = CLOSED_NS) -> Poll:
    poll = Poll(1, question, 0)
    for press in presses:
        poll.add_press(press)
        if closed_ns is not None and press.captured_ns > closed_ns:
            poll.close(closed_ns)
    if closed_ns is not None:
        poll.close(closed_ns)
    return poll


def closed_first(question: Question, presses: Sequence[ClickerPress]) -> Poll:
    poll = Poll(1, question, 0)
    poll.close(CLOSED_NS)
    for press in presses:
        poll.add_press(press)
    return poll


@given(presses)
def test_the_last_valid_answer_of_each_student_counts(presses: list[ClickerPress]) -> None:
    expected = {
        press.device: press.text for press in presses if press.captured_ns <= CLOSED_NS and press.text in "ABCD"
    }
    poll = closed_first(SINGLE, presses)
    assert {device: one.text for device, one in poll.counting_responses().items()} == expected
    assert len(poll.responses) == len(presses), "the history is whole"
    late = [one for one in poll.responses if one.verdict is ResponseVerdict.LATE]
    assert [one.press for one in late] == [press for press in presses if press.captured_ns > CLOSED_NS]
    assert sum(poll.tally().values()) == len(expected)


@given(presses, st.randoms(use_true_random=False))
def test_the_order_in_which_devices_come_does_not_matter(presses: list[ClickerPress], chance: object) -> None:
    queues = {device: [press for press in presses if press.device == device] for device in "1234"}
    mixed: list[ClickerPress] = []
    while any(queues.values()):
        waiting = [device for device, queue in queues.items() if queue]
        mixed.append(queues[chance.choice(waiting)].pop(0))  # type: ignore[attr-defined]
    for question in (SINGLE, Question(PollKind.RUSH)):
        one, other = closed_first(question, presses), closed_first(question, mixed)
        assert one.counting_responses().keys() == other.counting_responses().keys()
        assert one.tally() == other.tally()
        assert [each.press.captured_ns for each in one.ranking()] == [
            each.press.captured_ns for each in other.ranking()
        ]


@given(presses, st.data())
def test_a_press_that_comes_again_changes_nothing(presses: list[ClickerPress], data: st.DataObject) -> None:
    again = [press for press in presses for _ in range(data.draw(st.integers(1, 3)))]
    once, twice = closed_first(SINGLE, presses), closed_first(SINGLE, again)
    assert once.counting_responses() == twice.counting_responses()
    duplicates = sum(one.verdict is ResponseVerdict.DUPLICATE for one in twice.responses)
    assert duplicates == len(again) - len(presses)


@given(presses, st.randoms(use_true_random=False))
def test_a_rush_is_won_by_the_earliest_press_in_whatever_order_they_come(
    presses: list[ClickerPress], chance: object
) -> None:
    shuffled = list(presses)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    poll = closed_first(Question(PollKind.RUSH), shuffled)
    in_time = [press for press in presses if press.captured_ns <= CLOSED_NS]
    first = {press.device: press.captured_ns for press in reversed(in_time)}
    assert [one.press.captured_ns for one in poll.ranking()] == sorted(first.values())
    assert {one.press.device: one.press.captured_ns for one in poll.ranking()} == first


def test_the_same_press_is_known_by_its_number_or_the_bases_clock() -> None:
    far = 5 * SAME_PRESS_NS
    by_sequence = poll_with(
        SINGLE,
        [
            ClickerPress(1, "1", KEYS, "A", 7),
            ClickerPress(far, "1", KEYS, "A", 7),
            ClickerPress(far + 1, "1", KEYS, "A", 8),
        ],
    )
    assert [one.verdict for one in by_sequence.responses] == ["valid", "duplicate", "valid"]
    by_ticks = poll_with(
        SINGLE,
        [
            ClickerPress(1, "1", KEYS, "A", ticks=7),
            ClickerPress(far, "1", KEYS, "A", ticks=7),
            ClickerPress(2, "1", KEYS, "A", ticks=9),
        ],
    )
    assert [one.verdict for one in by_ticks.responses] == ["valid", "duplicate", "valid"]


@pytest.mark.parametrize(
    "between", [["B"], ["B"] + ["C"] * 254], ids=["the base was plugged in anew", "the count went round"]
)
def test_a_count_that_comes_again_later_names_another_press(between: list[str]) -> None:
    answers = ["A", *between]
    presses = [ClickerPress(at, "1" if text != "C" else "2", KEYS, text, at + 1) for at, text in enumerate(answers)]
    poll = poll_with(SINGLE, [*presses, ClickerPress(SAME_COUNT_NS, "1", KEYS, "A", 1)])
    assert poll.counting_responses()["1"].text == "A"
    again = poll.add_press(ClickerPress(SAME_COUNT_NS + 5 * SAME_PRESS_NS, "1", KEYS, "A", 1))
    assert again.verdict is ResponseVerdict.DUPLICATE


def test_the_work_for_a_press_does_not_grow_with_the_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0

    def counted(press: ClickerPress, other: ClickerPress) -> bool:
        nonlocal compared
        compared += 1
        return original(press, other)

    original = polls._is_same
    monkeypatch.setattr(polls, "_is_same", counted)
    poll = Poll(1, SINGLE, 0)
    for at in range(12_000):
        poll.add_press(ClickerPress(at * SAME_PRESS_NS // 4, str(at % 3), KEYS, "ABCD"[at % 4]))
    assert compared < 2 * 12_000


def test_a_late_press_before_the_closing_is_known_still_counts() -> None:
    poll = Poll(1, SINGLE, 0)
    poll.close(100)
    poll.close(5)
    assert poll.add_press(ClickerPress(100, "1", KEYS, "C")).verdict is ResponseVerdict.VALID
    assert poll.add_press(ClickerPress(101, "2", KEYS, "C")).verdict is ResponseVerdict.LATE


@pytest.mark.parametrize(
    ("question", "form", "text", "read"),
    [
        (SINGLE, KEYS, "D", "D"),
        (SINGLE, KEYS, "E", None),
        (SINGLE, KEYS, "AB", None),
        (SINGLE, NUMBER, "1", None),
        (SINGLE, RUSH, "", None),
        (Question(PollKind.MULTIPLE, 3), KEYS, "CA", "AC"),
        (Question(PollKind.MULTIPLE, 3), KEYS, "AD", None),
        (Question(PollKind.MULTIPLE, 3), KEYS, "", None),
        (Question(PollKind.TRUE_FALSE), KEYS, "B", "B"),
        (Question(PollKind.TRUE_FALSE), KEYS, "C", None),
        (Question(PollKind.NUMBER), NUMBER, "007.50", "7.5"),
        (Question(PollKind.NUMBER), NUMBER, "-0", "0"),
        (Question(PollKind.NUMBER), NUMBER, "1-2", None),
        (Question(PollKind.ROLL_CALL), KEYS, "F", ""),
        (Question(PollKind.RUSH), RUSH, "", ""),
    ],
)
def test_what_is_an_answer(question: Question, form: AnswerForm, text: str, read: str | None) -> None:
    assert question.normalise_answer(form, text) == read


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_a_number_is_the_same_however_it_is_keyed(number: object) -> None:
    plain = normalise_number(str(number))
    assert plain is not None
    assert normalise_number(f"{number}0") == plain == normalise_number(plain)


@pytest.mark.parametrize("said", ["1e9", "1_000", "", "-", ".", "9" * 30, "١"])
def test_what_is_no_number(said: str) -> None:
    assert normalise_number(said) is None


@pytest.mark.parametrize(
    ("kind", "choices", "answer"),
    [
        (PollKind.SINGLE, 1, ""),
        (PollKind.SINGLE, 11, ""),
        (PollKind.NUMBER, 4, ""),
        (PollKind.SINGLE, 4, "E"),
        (PollKind.MULTIPLE, 4, "CA"),
        (PollKind.TRUE_FALSE, 0, "C"),
        (PollKind.NUMBER, 0, "7.0"),
        (PollKind.RUSH, 0, "A"),
    ],
)
def test_a_question_that_cannot_be(kind: PollKind, choices: int, answer: str) -> None:
    with pytest.raises(InvalidQuestion):
        Question(kind, choices, answer=answer)


def test_a_multiple_choice_is_counted_by_letters_and_only_among_the_class() -> None:
    poll = poll_with(
        Question(PollKind.MULTIPLE, 3),
        [ClickerPress(1, "1", KEYS, "AC"), ClickerPress(2, "2", KEYS, "C"), ClickerPress(3, "9", KEYS, "B")],
    )
    assert poll.tally() == {"A": 1, "B": 1, "C": 2}
    assert poll.tally({"1", "2"}) == {"A": 1, "B": 0, "C": 2}


def test_a_lesson_ends_by_two_presses_that_the_radio_cannot_make_of_one() -> None:
    keypad, second = Keypad({TeacherKey.OK: KeypadAction.MARK}), 1_000_000_000
    stop = TeacherKey.STOP
    assert [keypad.on_key(stop, at) for at in (0, SAME_KEY_NS - 1)] == [KeypadAction.NONE] * 2, "one press, doubled"
    assert keypad.on_key(stop, 2 * second) is KeypadAction.END
    assert keypad.on_key(stop, 4 * second) is KeypadAction.NONE, "an end is not half of the next one"
    assert keypad.on_key(stop, 4 * second + CONFIRM_NS + 1) is KeypadAction.NONE
    assert keypad.on_key(TeacherKey.OK, 8 * second) is KeypadAction.MARK
    assert keypad.on_key(stop, 9 * second) is KeypadAction.NONE, "another key lies between"
    assert [keypad.on_key(TeacherKey.START_PAUSE, 20 * second + at) for at in (0, 1)] == [
        KeypadAction.LESSON,
        KeypadAction.NONE,
    ]
