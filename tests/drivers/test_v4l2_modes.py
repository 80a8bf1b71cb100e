"""The choice of a camera's capture mode."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import example, given
from hypothesis import strategies as st

from drivers.camera.v4l2_modes import PIXEL_FORMATS, CaptureMode, WantedCoding, choose_mode
from drivers.samples import Coding, PictureFormat


def wanted_format(width: int = 1920, height: int = 1080, fps: int = 25) -> PictureFormat:
    return PictureFormat(width, height, Fraction(fps), Coding.MJPEG)


def parse_mode(text: str) -> CaptureMode:
    """``MJPG 1920x1080 30``."""
    code, size, fps = text.split()
    width, height = map(int, size.split("x"))
    return CaptureMode(code, width, height, Fraction(fps))


def chosen_mode(*text: str, coding: WantedCoding = "auto", wanted: PictureFormat | None = None) -> str:
    found = choose_mode([parse_mode(one) for one in text], wanted or wanted_format(), coding)
    return f"{found.code} {found.width}x{found.height} {found.fps}" if found else ""


def test_mjpeg_before_anything_that_serves_no_better() -> None:
    offers = ("YUYV 1920x1080 30", "H264 1920x1080 30", "NV12 1920x1080 30", "MJPG 1920x1080 30")
    assert chosen_mode(*offers) == "MJPG 1920x1080 30"
    assert chosen_mode(*offers[:3]) == "NV12 1920x1080 30"
    assert chosen_mode(*offers[:2]) == "YUYV 1920x1080 30"
    assert chosen_mode(*offers, coding="h264") == "H264 1920x1080 30"


def test_uncompressed_pictures_that_are_too_slow_give_way() -> None:
    assert chosen_mode("YUYV 1920x1080 5", "MJPG 1280x720 30", "YUYV 640x480 30") == "MJPG 1280x720 30"
    assert chosen_mode("YUYV 1920x1080 5", "H264 1920x1080 30") == "H264 1920x1080 30"


def test_no_more_pixels_and_pictures_than_asked_for() -> None:
    offers = ("MJPG 3840x2160 30", "MJPG 1920x1080 60", "MJPG 1920x1080 30", "MJPG 1920x1080 15")
    assert chosen_mode(*offers) == "MJPG 1920x1080 30"
    assert chosen_mode("MJPG 1920x1080 24", "MJPG 1920x1080 60") == "MJPG 1920x1080 24"
    assert chosen_mode("MJPG 1920x1080 30000/1001", "YUYV 1920x1080 30", wanted=wanted_format(fps=30)).startswith(
        "MJPG"
    )


def test_a_picture_is_rather_smaller_than_squeezed() -> None:
    assert chosen_mode("MJPG 1600x1200 30", "MJPG 1280x720 30") == "MJPG 1280x720 30"
    assert chosen_mode("MJPG 1600x1200 30", "MJPG 320x180 30") == "MJPG 1600x1200 30"


def test_nothing_that_is_understood() -> None:
    assert chosen_mode("Y16  640x480 30", "RGB3 640x480 30") == ""
    assert chosen_mode("MJPG 640x480 30", coding="nv12") == ""


modes = st.builds(
    CaptureMode,
    st.sampled_from([*PIXEL_FORMATS, "GREY"]),
    st.sampled_from([320, 640, 1280, 1920, 3840]),
    st.sampled_from([180, 480, 720, 1080, 2160]),
    st.fractions(1, 120, max_denominator=2),
)


@given(st.lists(modes, max_size=12), modes)
@example(
    [CaptureMode("MJPG", 640, 2160, Fraction(1)), CaptureMode("MJPG", 1280, 1080, Fraction(1))],
    CaptureMode("MJPG", 320, 180, Fraction(1)),
)
def test_more_offers_never_serve_worse(offers: list[CaptureMode], another: CaptureMode) -> None:
    def served(found: CaptureMode | None) -> float:
        if found is None:
            return 0.0
        weight = found.width * 9 != found.height * 16
        area = min(found.width / 1920, 1) * min(found.height / 1080, 1) * (0.5 if weight else 1)
        return area * min(float(found.fps) / 25, 1)

    first = choose_mode(offers, wanted_format())
    assert served(choose_mode([*offers, another], wanted_format())) >= served(first) - 0.06
    assert choose_mode(offers[::-1], wanted_format()) == first
