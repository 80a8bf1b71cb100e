"""What does not rest: a film that comes with each picture twice, an encoder that keeps pictures back, damage."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import av
import cv2
import numpy as np
import pytest

from drivers.camera.repeated_frames import RepeatedFrames
from drivers.samples import JpegPicture
from pipelines.capture.frame_converter import InvalidPicture
from pipelines.encoding.degradation_targets import EncoderTargets
from pipelines.encoding.encoder_selection import EncoderFactory, VideoEncoder
from pipelines.encoding.failover_encoder import FailoverEncoder
from pipelines.encoding.packets import EncodedPacket
from pipelines.encoding.resting_encoder import RestingEncoder
from pipelines.encoding.v4l2m2m_encoder import V4l2m2mEncoder
from pipelines.encoding.video_track_encoder import VideoTrackEncoder
from pipelines.encoding.x264_encoder import H264Settings, X264Encoder
from pipelines.yuv_planes import planes_of

FORM = H264Settings(320, 192, Fraction(30), 300, "ultrafast", full_range=True)
PICTURE = 3_000
LATE = {"preset": "ultrafast", "x264-params": "rc-lookahead=0:sync-lookahead=0:bframes=0:threads=3:sliced-threads=0"}


def _late(settings: H264Settings) -> VideoEncoder:
    """Keeps two pictures back, as hardware does."""
    return V4l2m2mEncoder(settings, "libx264", LATE)


def _encoder(made_by: EncoderFactory = X264Encoder) -> RestingEncoder:
    targets = EncoderTargets("ultrafast")
    return RestingEncoder(FailoverEncoder("screen", FORM, targets, [made_by], lambda _name, _why: None))


def _frame(seed: int) -> av.VideoFrame:
    frame = av.VideoFrame(FORM.width, FORM.height, "yuv420p")
    rng = np.random.default_rng(seed)
    for plane in planes_of(frame):
        height, width = plane.shape
        plane[:] = np.kron(rng.integers(0, 255, (height // 8, width // 8)), np.ones((8, 8))).astype(np.uint8)
    return frame


def test_a_film_that_comes_with_each_picture_twice_is_no_still(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[int] = []
    open_still = FailoverEncoder.open_still

    def count(self: FailoverEncoder, qp: int) -> VideoEncoder | None:
        opened.append(qp)
        return open_still(self, qp)

    monkeypatch.setattr(FailoverEncoder, "open_still", count)
    encoder, frame = _encoder(), _frame(0)
    # Each second begins with a picture that is there already.
    encoder.encode(frame, 0)
    for number in range(1, 90):
        if number % 2:
            frame = _frame(number)
            encoder.encode(frame, number * PICTURE)
        else:
            encoder.repeat(frame, number * PICTURE)
    assert opened == []


@pytest.mark.parametrize("repeats", [1, 2, 3, 40])
def test_a_picture_that_a_late_encoder_has_is_not_given_again(repeats: int) -> None:
    encoder, frame = _encoder(_late), _frame(1)
    packets: list[EncodedPacket] = encoder.encode(frame, 0)
    for number in range(1, repeats + 1):
        packets += encoder.repeat(frame, number * PICTURE)
    packets += encoder.close()
    assert all(before.start < after.start for before, after in pairwise(packets))
    assert packets[-1].start == repeats * PICTURE


def test_damaged_pictures_leave_the_one_alone_that_is_shown() -> None:
    track = VideoTrackEncoder("screen", FORM, _encoder(), is_passthrough=False, on_change=lambda _how, _why: None)
    grey = np.full((FORM.height, FORM.width, 3), 90, np.uint8)
    still = _jpeg(grey)
    shown = track.encode_picture(JpegPicture(0, still), 0).frame
    assert shown is not None
    before = [plane.copy() for plane in planes_of(shown)]
    noise = np.random.default_rng(0).integers(0, 255, grey.shape, np.uint8)
    damaged = _jpeg(noise)
    for number in range(1, 6):
        half = damaged[: len(damaged) // 2] + b"\xff\xd9"
        _refused(track, JpegPicture(0, half), number * PICTURE)
    assert _same(before, shown)


def test_a_picture_with_a_palette_is_compared_as_others_are() -> None:
    assert not RepeatedFrames().is_repeated(av.VideoFrame(32, 64, "pal8"))


def _refused(track: VideoTrackEncoder, picture: JpegPicture, start: int) -> None:
    with pytest.raises(InvalidPicture):
        track.encode_picture(picture, start)


def _jpeg(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bytes:
    return cv2.imencode(".jpg", picture)[1].tobytes()


def _same(planes: Sequence[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]], frame: av.VideoFrame) -> bool:
    return all(np.array_equal(before, now) for before, now in zip(planes, planes_of(frame), strict=True))
