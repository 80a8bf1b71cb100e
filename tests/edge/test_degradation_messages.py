"""What a person reads while a box cannot keep up."""

from edge.classroom.recorder_messages import Degradation
from edge.terminal.status_screen import degradation_text


def test_a_coarser_picture_is_told_from_one_with_half_its_rate() -> None:
    coarser = Degradation(preset="ultrafast")
    halved = Degradation(preset="ultrafast", halved=["students", "screen"])
    assert degradation_text(coarser, "en") == "the picture is coarser for now (ultrafast), none is left out"
    assert degradation_text(coarser, "zh-CN") == "画质暂时降低（ultrafast），画面一帧不少"
    assert degradation_text(halved, "en") == "half the frame rate of students, screen for now, encoded with ultrafast"
    assert degradation_text(halved, "zh-CN") == "学生、屏幕的帧率暂时减半，画质为 ultrafast"
