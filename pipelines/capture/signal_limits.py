"""What makes a second of pictures or of sound worth having: the limits that receipt and live watch share. Pure."""

from __future__ import annotations

from typing import NamedTuple

# The role whose pictures may stand still, be dark, and be few.
SCREEN = "screen"

# A camera without timing in its stream was taken for one of 90000 pictures a second.
FASTEST_FPS = 240.0
# Half of what was promised is a camera in dim light, which exposes longer; with so many nobody calls it jerky.
LOW_SHARE = 0.45
ENOUGH_FPS = 12.0
ENOUGH_FPS_OF_A_SCREEN = 4.0
LOW_RUN_S = 5

# Black is 16 in limited range and 0 in full range; a lens with its cap on adds a little noise.
BLACK_LUMA = 24.0
BLACK_LUMA_FULL_RANGE = 10.0
# A camera's noise alone moves luma by more; a picture sent again does not move it at all.
STILL_CHANGE = 0.02
PICTURE_RUN_S = 10

DEAD_RUN_S = 60
SAME_LEVEL_DB = 3.0
# Two channels of one microphone hear the same room; more than this apart one hears only the other's cable.
CHANNELS_APART_DB = 30.0

# A microphone's clock is a crystal; what is further off is another rate than the device promised.
WRONG_RATE_PPM = 1_000.0
USUAL_RATES_HZ = (8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000)


class DeadLevels(NamedTuple):
    """The levels in dBFS below which an input has nothing behind it.

    It is not digital zero: it lies far below any room (``surely``), or below ``maybe`` keeps the same level for a
    minute as only its own noise does. A class that reads in silence does neither. No lesson is below ``maybe``
    throughout.
    """

    maybe: float
    surely: float


FULL_BAND = DeadLevels(maybe=-55.0, surely=-65.0)
# Most of a quiet room's sound is the rumble that this leaves out.
ABOVE_HUM = DeadLevels(maybe=-65.0, surely=-75.0)


def believable_fps(fps: float) -> float:
    """Return a rate that a camera may have, 0 for any other."""
    return fps if 0.0 < fps <= FASTEST_FPS else 0.0


def is_rate_of_a_card(ppm: float) -> bool:
    """Whether a clock so far off may be that of a card: nearly right, or another usual rate than it says.

    What is off by anything else loses or doubles samples all the time.
    """
    if abs(ppm) <= WRONG_RATE_PPM:
        return True
    ratios = (true / said for true in USUAL_RATES_HZ for said in USUAL_RATES_HZ)
    return any(abs((1 + ppm * 1e-6) / ratio - 1) * 1e6 <= WRONG_RATE_PPM for ratio in ratios)


def is_too_few(fps: float, promised_fps: float, *, is_screen: bool) -> bool:
    """Whether so many pictures a second are too few to be watched; ``promised_fps`` is 0 where nothing is known."""
    if not promised_fps:
        return fps < ENOUGH_FPS_OF_A_SCREEN
    enough = ENOUGH_FPS_OF_A_SCREEN if is_screen else ENOUGH_FPS
    return fps < min(enough, LOW_SHARE * promised_fps)


def black_luma(*, full_range: bool) -> float:
    """Return the mean luma below which a picture is black."""
    return BLACK_LUMA_FULL_RANGE if full_range else BLACK_LUMA


def is_channel_dead(dbfs: float, loudest_dbfs: float) -> bool:
    """Whether a channel with this level above hum is dead, where the loudest of the device has ``loudest_dbfs``."""
    return dbfs < ABOVE_HUM.surely or dbfs < loudest_dbfs - CHANNELS_APART_DB
