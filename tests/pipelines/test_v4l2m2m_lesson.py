"""Whole lessons with an encoder whose packets come late, and with one that loses its device in mid-lesson."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from itertools import pairwise
from pathlib import Path

import av
import pytest

from drivers.camera.simulation import barcode
from pipelines.encoding import encoder_selection
from pipelines.encoding.errors import EncoderFailed
from pipelines.encoding.packets import EncodedPacket
from pipelines.encoding.v4l2m2m_encoder import V4l2m2mEncoder
from pipelines.encoding.x264_encoder import H264Settings
from pipelines.journal.entries import AnyEntry, Cause, Dropped, Gap, Track
from pipelines.journal.journal_file import filter_kinds, read_journal
from pipelines.receipt.check_lesson import check_lesson
from pipelines.receipt.receipt import RecordingVerdict
from pipelines.yuv_planes import planes_of
from tests.virtual_room import VirtualCamera, VirtualMicrophone, VirtualRoom

FPS, SECONDS, FAILS_AFTER = 15, 8, 50

# The wheel's other H.264 encoder stands in for a device: it keeps pictures back and knows nothing of our options.
Late = partial(V4l2m2mEncoder, codec="libx264", options={"forced-idr": "1", "rc-lookahead": "4", "sc_threshold": "0"})


class Unplugged:
    """The device of this one is gone after some pictures."""

    name = "h264_v4l2m2m"
    keeps_rate = False
    last_second = None

    def __init__(self, coding: H264Settings) -> None:
        self._encoder = Late(coding)
        self._given = self._got = 0

    def follow(self, settings: H264Settings) -> bool:
        return self._encoder.follow(settings)

    def spend(self, start: int, octets: int) -> None:
        self._encoder.spend(start, octets)

    def encode(self, frame: av.VideoFrame, start: int, *, key: bool) -> list[EncodedPacket]:
        self._given += 1
        if self._given > FAILS_AFTER:
            raise EncoderFailed("h264_v4l2m2m failed: No such device", self._given - self._got)
        packets = self._encoder.encode(frame, start, key=key)
        self._got += len(packets)
        return packets

    def close(self) -> list[EncodedPacket]:
        return self._encoder.close()


Held = tuple[Path, list[AnyEntry], list[int]]


@pytest.fixture
def hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[object], Held]:
    """Hold a lesson with an encoder in hardware's place: its folder, its journal, the bar codes that are shown."""

    def held(encoder: object) -> Held:
        monkeypatch.setattr(encoder_selection, "V4l2m2mEncoder", encoder)
        camera = VirtualCamera("teacher", Fraction(FPS), lost=0.0)
        folder = VirtualRoom(tmp_path, (camera,), (VirtualMicrophone("ceiling"),)).record_lesson("r1", SECONDS)
        with av.open(str(folder / "teacher.m3u8")) as container:
            seen = [barcode.read(planes_of(frame)[0]) for frame in container.decode(video=0)]
        return folder, read_journal(folder).entries, [reading.frame for reading in seen if reading]

    return held


def complaints(folder: Path) -> str:
    command = ["ffmpeg", "-v", "error", "-xerror", "-i", str(folder / "main.m3u8"), "-fps_mode", "passthrough"]
    return subprocess.run([*command, "-enc_time_base", "-1", "-f", "null", "-"], capture_output=True, text=True).stderr


def test_pictures_that_come_late_are_all_there(hold: Callable[[object], Held]) -> None:
    folder, entries, shown = hold(Late)
    assert shown == list(range(shown[0], shown[-1] + 1))
    assert len(shown) == pytest.approx(SECONDS * FPS, abs=1)
    assert list(filter_kinds(entries, Dropped)) == []
    assert all(hole.to_ns - hole.from_ns < 10**8 for hole in filter_kinds(entries, Gap))
    assert check_lesson(folder).recording is RecordingVerdict.GOOD
    assert complaints(folder) == ""


def test_libx264_takes_over_and_the_journal_says_why(hold: Callable[[object], Held]) -> None:
    folder, entries, shown = hold(Unplugged)
    made = [(one.encoder, one.encoder_why) for one in filter_kinds(entries, Track) if one.track == "teacher"]
    assert made[0] == ("h264_v4l2m2m", "")
    assert made[-1] == ("libx264", "h264_v4l2m2m failed: No such device")
    lost = sum(one.count for one in filter_kinds(entries, Dropped) if one.cause is Cause.DEVICE)
    assert 0 < lost < 10, "what was inside"
    assert len(shown) == pytest.approx(SECONDS * FPS - lost, abs=1)
    steps = [after - before for before, after in pairwise(shown)]
    assert sorted(steps)[-2:] == [1, lost + 1], "only there"
    assert complaints(folder) == ""
