"""An unattended calibration: answers from a file, else defaults, and a step left out where that is not enough."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console
from walking_room import WalkingRoom, good

from edge.calibration.results import StepResult, Verdict
from edge.calibration.scripted_answers import AnswerMissing, AnswersUnusable, ScriptedAnswers, read_answers
from edge.calibration.step import StepContext
from edge.i18n import lazy_message

QUESTION = lazy_message("calibration.ask-begin")
ANSWERS = """
"gain.target" = -20.5
[sync]
wand = true
ready = true
how = "hands"
[heads.teacher]
name = "讲台"
"""


def answering(**answers: object) -> ScriptedAnswers:
    values = {name.replace("_", "."): value for name, value in answers.items()}
    return ScriptedAnswers(values, Console(file=io.StringIO()), "zh-CN")  # type: ignore[arg-type]


def test_answers_stand_in_tables_or_under_dotted_names(tmp_path: Path) -> None:
    (file := tmp_path / "answers.toml").write_text(ANSWERS, encoding="utf-8")
    answers = read_answers(file)
    assert answers == {
        "gain.target": -20.5,
        "sync.wand": True,
        "sync.ready": True,
        "sync.how": "hands",
        "heads.teacher.name": "讲台",
    }
    technician = ScriptedAnswers(answers, Console(file=io.StringIO()), "en")
    assert technician.confirm("sync.wand", QUESTION, default=False)
    assert technician.number("gain.target", QUESTION, default=0, low=-40, high=0) == -20.5
    assert technician.choose("sync.how", QUESTION, [("wand", QUESTION), ("hands", QUESTION)]) == "hands"
    assert technician.text("heads.teacher.name", QUESTION, default="") == "讲台"
    technician.ready("sync.ready", QUESTION)


@pytest.mark.parametrize("text", ["a = [1]", "a = 2026-11-30", "a = ", "[a", None])
def test_a_file_that_is_none_is_a_sentence(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "answers.toml").write_text(text)
    with pytest.raises(AnswersUnusable) as wrong:
        read_answers(tmp_path / "answers.toml")
    assert str(tmp_path) in wrong.value.why.text("zh-CN")


def test_without_an_answer_the_default_holds() -> None:
    nobody = answering()
    assert nobody.confirm("a.b", QUESTION, default=True)
    assert nobody.number("a.b", QUESTION, default=3, low=1, high=5) == 3
    assert nobody.choose("a.b", QUESTION, [("first", QUESTION), ("other", QUESTION)]) == "first"


def test_an_answer_that_does_not_fit_is_none() -> None:
    with pytest.raises(AnswerMissing, match=r"a\.b"):
        answering(a_b="yes").confirm("a.b", QUESTION, default=True)
    with pytest.raises(AnswerMissing):
        answering(a_b=6).number("a.b", QUESTION, default=3, low=1, high=5)
    with pytest.raises(AnswerMissing):
        answering(a_b="third").choose("a.b", QUESTION, [("first", QUESTION)])
    with pytest.raises(AnswerMissing):
        answering(a_b=False).ready("a.b", QUESTION)


def test_a_step_that_nobody_prepared_is_left_out_and_says_which_answer_was_missing(tmp_path: Path) -> None:
    def clap(context: StepContext) -> StepResult:
        context.technician.ready("sync.clap", QUESTION)
        raise AssertionError("nobody clapped")

    room = WalkingRoom(tmp_path, sync=clap, panel=good("panel"))
    assert room.walk(answering(), is_attended=False).run(["sync", "panel"])
    (finding,) = room.calibration.results.steps["sync"].findings
    assert finding.advice is not None
    assert finding.advice.values == {"question": "sync.clap"}
    assert room.calibration.results.steps["panel"].verdict is Verdict.GOOD
