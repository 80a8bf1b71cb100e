"""What a camera sends becomes planes: equal to FFmpeg's decode in all three, of the right size and range."""

from __future__ import annotations

import subprocess
from fractions import Fraction

import av
import cv2
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from drivers.camera.jpeg_completion import complete_jpeg
from drivers.samples import AccessUnit, ColourMatrix, DecodedPicture, JpegPicture
from pipelines.capture.frame_converter import DamagedFrame, FrameConverter, InvalidPicture
from pipelines.capture.jpeg_decoder import InvalidJpeg, JpegDecoder, UnsupportedSubsampling
from pipelines.encoding.x264_encoder import H264Settings, X264Encoder
from pipelines.yuv_planes import planes_of, subsampled_luma

# 328 and 200: FFmpeg pads the rows of both planes there, so rows are not one behind the other.
SIZES = [(320, 180), (328, 184), (200, 120)]
SAMPLING = {
    "4:2:0": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420,
    "4:2:2": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422,
    "4:4:4": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
}


def colourful(width: int, height: int) -> NDArray[np.uint8]:
    """A BGR picture whose colours all change, smoothly enough that averaging chroma costs little."""
    x = np.arange(width) * 255 // width
    y = np.arange(height)[:, None] * 255 // height
    return np.dstack([np.broadcast_to(x, (height, width)), np.broadcast_to(y, (height, width)), (x + y) // 2]).astype(
        np.uint8
    )


def jpeg(picture: NDArray[np.uint8], sampling: int = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420) -> bytes:
    parameters = [cv2.IMWRITE_JPEG_QUALITY, 92, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling]
    done, data = cv2.imencode(".jpg", picture, parameters)
    assert done
    return data.tobytes()


def by_ffmpeg(data: bytes, width: int, height: int, *, full_range: bool = True) -> list[NDArray[np.uint8]]:
    """The planes as the ffmpeg command makes them."""
    scale = f"scale=out_range={'pc' if full_range else 'tv'}:flags=area,format=yuv420p"
    command = ["ffmpeg", "-v", "error", "-f", "mjpeg", "-i", "-", "-vf", scale, "-f", "rawvideo", "-"]
    raw = np.frombuffer(subprocess.run(command, input=data, capture_output=True, check=True).stdout, np.uint8)
    luma, chroma = width * height, width * height // 4
    assert len(raw) == luma + 2 * chroma
    return [
        raw[:luma].reshape(height, width),
        raw[luma : luma + chroma].reshape(height // 2, width // 2),
        raw[luma + chroma :].reshape(height // 2, width // 2),
    ]


def assert_alike(frame: av.VideoFrame | None, wanted: list[NDArray[np.uint8]], *, within: int) -> None:
    assert frame is not None
    for name, ours, theirs in zip("YUV", planes_of(frame), wanted, strict=True):
        apart = np.abs(ours.astype(int) - theirs)
        assert apart.max() <= within, f"{name} is {apart.max()} off"
        assert abs(float(ours.mean()) - float(theirs.mean())) < 0.5, f"{name} is shifted"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("sampling", ["4:2:0", "4:2:2"])
def test_common_jpegs_are_decoded_in_place(size: tuple[int, int], sampling: str) -> None:
    data = jpeg(colourful(*size), SAMPLING[sampling])
    frame = av.VideoFrame(*size, "yuv420p")
    JpegDecoder().decode(data, planes_of(frame))
    assert_alike(frame, by_ffmpeg(data, *size), within=2)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("sampling", SAMPLING)
def test_every_jpeg_becomes_a_frame(size: tuple[int, int], sampling: str) -> None:
    data = jpeg(colourful(*size), SAMPLING[sampling])
    frame = FrameConverter(*size, full_range=True).convert(JpegPicture(0, data))
    assert_alike(frame, by_ffmpeg(data, *size), within=2)


def test_a_grey_jpeg_has_no_colour() -> None:
    grey = colourful(320, 180)[:, :, 2]
    frame = FrameConverter(320, 180, full_range=True).convert(JpegPicture(0, jpeg(grey)))
    assert frame is not None
    luma, u, v = planes_of(frame)
    assert np.abs(luma.astype(int) - grey).max() <= 12
    assert np.abs(luma.astype(int) - grey).mean() < 1
    assert set(np.unique(u)) | set(np.unique(v)) == {128}


def test_a_track_of_limited_range_gets_limited_range() -> None:
    data = jpeg(colourful(320, 180))
    frame = FrameConverter(320, 180, full_range=False).convert(JpegPicture(0, data))
    assert_alike(frame, by_ffmpeg(data, 320, 180, full_range=False), within=2)


def test_another_size_is_scaled() -> None:
    data = jpeg(colourful(640, 360))
    with pytest.raises(InvalidJpeg, match="640x360"):
        JpegDecoder().decode(data, planes_of(av.VideoFrame(320, 180, "yuv420p")))
    frame = FrameConverter(320, 180, full_range=True).convert(JpegPicture(0, data))
    assert frame is not None
    small = cv2.cvtColor(cv2.resize(colourful(640, 360), (320, 180), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    assert np.abs(planes_of(frame)[0].astype(int) - small).mean() < 2


@given(data=st.data())
@settings(max_examples=60)
def test_a_corrupt_jpeg_is_a_picture_or_a_bad_one(data: st.DataObject) -> None:
    whole = bytearray(jpeg(colourful(64, 48)))
    for _ in range(data.draw(st.integers(0, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    reader = FrameConverter(64, 48, full_range=True)
    for damaged in (cut, bytes(whole), b"", b"\xff\xd8\xff\xd9"):
        try:
            frame = reader.convert(JpegPicture(0, damaged))
        except InvalidPicture:
            continue
        assert frame is None or (frame.width, frame.height) == (64, 48)
    assert reader.convert(JpegPicture(0, jpeg(colourful(64, 48)))) is not None


@pytest.mark.parametrize("sampling", ["4:2:0", "4:2:2"])
@pytest.mark.parametrize("kept", [0.4, 0.9])
def test_a_picture_whose_data_end_too_early_is_damaged(sampling: str, kept: float) -> None:
    whole = jpeg(colourful(320, 180), SAMPLING[sampling])
    reader = FrameConverter(320, 180, full_range=True)
    cut = complete_jpeg(whole[: int(len(whole) * kept)])
    assert cut is not None
    with pytest.raises(DamagedFrame) as damaged:
        reader.convert(JpegPicture(0, cut))
    assert (damaged.value.frame.width, damaged.value.frame.height) == (320, 180)
    assert reader.convert(JpegPicture(0, whole)) is not None


def test_bytes_between_markers_harm_nothing() -> None:
    whole = jpeg(colourful(320, 180))
    padded = whole[:-2] + bytes(500) + whole[-2:]
    assert FrameConverter(320, 180, full_range=True).convert(JpegPicture(0, padded)) is not None


@pytest.mark.parametrize(
    ("size", "aspect", "inner"),
    [
        ((320, 240), Fraction(1), (240, 180)),
        ((720, 576), Fraction(64, 45), (320, 180)),
        ((640, 180), Fraction(1), (320, 90)),
    ],
)
def test_a_picture_of_another_shape_is_fitted_in(
    size: tuple[int, int], aspect: Fraction, inner: tuple[int, int]
) -> None:
    frame = av.VideoFrame(*size, "yuv420p")
    for plane, value in zip(planes_of(frame), (200, 90, 160), strict=True):
        plane[:] = value
    fitted = FrameConverter(320, 180, full_range=False).convert(DecodedPicture(0, frame, aspect))
    assert fitted is not None
    luma = planes_of(fitted)[0]
    assert luma.shape == (180, 320)
    rows, columns = np.flatnonzero((luma > 190).any(axis=1)), np.flatnonzero((luma > 190).any(axis=0))
    assert (len(columns), len(rows)) == inner
    assert abs(columns[0] - (319 - columns[-1])) <= 2
    assert set(np.unique(luma)) <= {16, *range(195, 206)}


def test_another_matrix_is_converted_to_the_tracks() -> None:
    frames = {}
    for matrix in (Colorspace.ITU709, Colorspace.ITU601):
        colours = av.VideoFrame.from_ndarray(colourful(320, 180), format="bgr24")
        frames[matrix] = colours.reformat(format="yuv420p", dst_colorspace=matrix)
        frames[matrix].color_range, frames[matrix].colorspace = ColorRange.MPEG, matrix
    converter = FrameConverter(320, 180, full_range=False, matrix=ColourMatrix.BT601)
    converted = converter.convert(DecodedPicture(0, frames[Colorspace.ITU709]))
    assert converted is not None

    def distance(frame: av.VideoFrame) -> float:
        planes = zip(planes_of(frame), planes_of(frames[Colorspace.ITU601]), strict=True)
        return sum(float(np.abs(ours.astype(int) - theirs).mean()) for ours, theirs in planes)

    assert distance(converted) < distance(frames[Colorspace.ITU709]) / 3


def test_rubbish_is_a_bad_picture() -> None:
    with pytest.raises(InvalidPicture):
        FrameConverter(64, 48, full_range=True).convert(JpegPicture(0, b"no picture at all"))
    with pytest.raises(UnsupportedSubsampling):
        JpegDecoder().decode(jpeg(colourful(64, 48), SAMPLING["4:4:4"]), planes_of(av.VideoFrame(64, 48, "yuv420p")))


def test_a_frame_stays_while_the_next_two_are_made() -> None:
    reader = FrameConverter(64, 48, full_range=True)
    held = reader.convert(JpegPicture(0, jpeg(colourful(64, 48))))
    assert held is not None
    before = planes_of(held)[0].copy()
    for level in (10, 240):
        reader.convert(JpegPicture(0, jpeg(np.full((48, 64, 3), level, np.uint8))))
    assert (planes_of(held)[0] == before).all()


def test_decoded_planes_are_taken_as_they_are_or_fitted() -> None:
    frame = av.VideoFrame.from_ndarray(colourful(320, 180), format="bgr24").reformat(format="yuv420p")
    frame.color_range = ColorRange.MPEG
    limited = FrameConverter(320, 180, full_range=False).convert(DecodedPicture(0, frame))
    assert limited is frame
    full = FrameConverter(320, 180, full_range=True).convert(DecodedPicture(0, frame))
    assert full is not None
    wider = (planes_of(frame)[0].astype(float) - 16) * 255 / 219
    assert np.abs(planes_of(full)[0] - wider).max() <= 2


def test_h264_waits_for_its_key_picture() -> None:
    encoder = X264Encoder(H264Settings(320, 180, Fraction(25), 4000, "ultrafast", full_range=True))
    units = []
    for number in range(3):
        frame = av.VideoFrame.from_ndarray(colourful(320, 180), format="bgr24").reformat(
            format="yuv420p", dst_color_range=ColorRange.JPEG
        )
        units += encoder.encode(frame, number * 3600, key=number == 1)
    reader = FrameConverter(320, 180, full_range=True)
    assert reader.convert(AccessUnit(0, units[0].data, key=False)) is None
    decoded = reader.convert(AccessUnit(0, units[1].data, key=True))
    assert_alike(decoded, list(planes_of(frame)), within=24)
    assert reader.convert(AccessUnit(0, units[2].data, key=False)) is not None


def test_luma_is_thinned_out() -> None:
    frame = av.VideoFrame(64, 48, "yuv420p")
    planes_of(frame)[0][:] = np.arange(64, dtype=np.uint8)
    assert subsampled_luma(frame).shape == (6, 8)
    assert list(subsampled_luma(frame)[0]) == list(range(0, 64, 8))
