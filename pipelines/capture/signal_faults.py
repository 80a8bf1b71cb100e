"""Judge what a camera or microphone has delivered of late: present, and worth having. Pure.

The figures are those of the journal, one entry a lesson second, and the limits those of the receipt.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial

from pipelines.capture.level_meter import LESSON_RATE_HZ, SECOND_NS
from pipelines.capture.signal_limits import (
    ABOVE_HUM,
    DEAD_RUN_S,
    LOW_RUN_S,
    PICTURE_RUN_S,
    SAME_LEVEL_DB,
    STILL_CHANGE,
    WRONG_RATE_PPM,
    believable_fps,
    black_luma,
    is_channel_dead,
    is_rate_of_a_card,
    is_too_few,
)
from pipelines.journal.entries import Drift, PictureMeasurement, SoundMeasurement, Track

# Late pictures and sound are waited for; a second is known a second after its end.
NOTHING_NS = 7_500_000_000
NO_SAMPLES_S = 3
NO_SAMPLES_SHARE = 0.1
SOUND_RUN_S = 8
# One step of 16 bits is -90 dBFS.
DIGITAL_SILENCE_DBFS = -93.0
# Whatever else a room is full of, it is not only below 120 Hz by so much.
HUM_ALONE_DB = 25.0
# In a quiet moment one channel of a living pair may be a little fainter than the limit, and the other a little louder.
CHANNEL_MARGIN_DB = 20.0


class SignalFault(StrEnum):
    """What is wrong with what a running device delivers."""

    NO_PICTURES = "no-pictures"
    FEW_PICTURES = "few-pictures"
    BLACK = "black"
    FROZEN = "frozen"
    NO_SOUND = "no-sound"
    SILENT = "silent"
    HUM = "hum"
    DEAD_CHANNEL = "dead-channel"
    TOO_QUIET = "too-quiet"
    WRONG_RATE = "wrong-rate"
    ODD_RATE = "odd-rate"


HARMLESS = frozenset({SignalFault.WRONG_RATE})
"""All of the sound is recorded at its true pitch: worth telling, and no reason for a lamp."""


class CameraSignal:
    """The last seconds of a camera's track, from lesson time ``since_ns`` on. A screen may be dark and stand still."""

    def __init__(self, since_ns: int, *, is_screen: bool) -> None:
        self.is_halved = False
        self._since_ns = since_ns
        self._is_screen = is_screen
        self._promised_fps = 0.0
        self._black_luma = black_luma(full_range=False)
        self._seconds: deque[PictureMeasurement] = deque(maxlen=2 * PICTURE_RUN_S)

    def describe(self, track: Track) -> None:
        """Take over what the track's description says."""
        self._promised_fps = believable_fps(track.promised_fps) or believable_fps(track.fps)
        self._black_luma = black_luma(full_range=track.full_range)

    def add(self, second: PictureMeasurement) -> None:
        """Add the next second that has pictures."""
        self._seconds.append(second)

    def fault(self, reached_ns: int) -> SignalFault | None:
        """Return what is wrong at this lesson time."""
        end_ns = self._seconds[-1].lesson_ns + SECOND_NS if self._seconds else self._since_ns
        if reached_ns - end_ns > NOTHING_NS:
            return SignalFault.NO_PICTURES
        if self._has_too_few(end_ns):
            return SignalFault.FEW_PICTURES
        if self._is_screen:
            return None
        if self._run_s(lambda one: one.luma is not None and one.luma < self._black_luma) >= PICTURE_RUN_S - 1:
            return SignalFault.BLACK
        if self._run_s(lambda one: one.change is not None and one.change < STILL_CHANGE) >= PICTURE_RUN_S - 1:
            return SignalFault.FROZEN
        return None

    def _has_too_few(self, end_ns: int) -> bool:
        """Whether each of the last seconds has too few; one without an entry has none."""
        begin_ns = end_ns - LOW_RUN_S * SECOND_NS
        if begin_ns < self._since_ns:
            return False
        pictures = {one.lesson_ns: one.pictures for one in self._seconds}
        promised = self._promised_fps / 2 if self.is_halved else self._promised_fps
        counts = [pictures.get(second_ns, 0) for second_ns in range(begin_ns, end_ns, SECOND_NS)]
        return all(count is not None and is_too_few(count, promised, is_screen=self._is_screen) for count in counts)

    def _run_s(self, holds: Callable[[PictureMeasurement], bool]) -> int:
        """How long something has held in every second that was looked at, up to the last of them."""
        looked_at = [one for one in self._seconds if one.luma is not None]
        begin_ns = end_ns = looked_at[-1].lesson_ns + SECOND_NS if looked_at else 0
        for one in reversed(looked_at):
            if not holds(one):
                break
            begin_ns = one.lesson_ns
        return (end_ns - begin_ns) // SECOND_NS


class MicrophoneSignal:
    """The last minute of a microphone from lesson time ``since_ns`` on.

    ``keeps_channels``: the recording has its channels apart, so that a dead one is missed.
    """

    def __init__(self, since_ns: int, *, keeps_channels: bool) -> None:
        self._since_ns = since_ns
        self._keeps_channels = keeps_channels
        self._ppm = 0.0
        self._seconds: deque[SoundMeasurement] = deque(maxlen=DEAD_RUN_S)

    def add(self, second: SoundMeasurement) -> None:
        """Add the next second, whether or not the microphone delivered anything in it."""
        self._seconds.append(second)

    def on_drift(self, drift: Drift) -> None:
        """Take over how fast its clock really runs."""
        self._ppm = drift.ppm

    def fault(self, reached_ns: int) -> SignalFault | None:
        """Return what is wrong at this lesson time."""
        seconds = list(self._seconds)
        end_ns = seconds[-1].lesson_ns + SECOND_NS if seconds else self._since_ns
        if reached_ns - end_ns > NOTHING_NS or _all_last(seconds, NO_SAMPLES_S, _has_no_samples):
            return SignalFault.NO_SOUND
        if _all_last(seconds, SOUND_RUN_S, _is_nothing_above_hum):
            hums = seconds[-1].rms_dbfs > DIGITAL_SILENCE_DBFS
            return SignalFault.HUM if hums else SignalFault.SILENT
        if self._keeps_channels and self._has_dead_channel(seconds):
            return SignalFault.DEAD_CHANNEL
        if _is_too_quiet(seconds):
            return SignalFault.TOO_QUIET
        if not is_rate_of_a_card(self._ppm):
            return SignalFault.ODD_RATE
        return SignalFault.WRONG_RATE if abs(self._ppm) > WRONG_RATE_PPM else None

    def _has_dead_channel(self, seconds: Sequence[SoundMeasurement]) -> bool:
        channels = max((len(one.channels_dbfs) for one in seconds), default=0)
        return any(_all_last(seconds, SOUND_RUN_S, partial(_is_dead, channel)) for channel in range(channels))


def _is_dead(channel: int, one: SoundMeasurement) -> bool:
    if channel >= len(one.channels_dbfs):
        return False
    level, loudest = one.channels_dbfs[channel], max(one.channels_dbfs)
    return is_channel_dead(level, loudest) and loudest - level > CHANNEL_MARGIN_DB


def _all_last(seconds: Sequence[SoundMeasurement], count: int, holds: Callable[[SoundMeasurement], bool]) -> bool:
    return len(seconds) >= count and all(holds(one) for one in seconds[-count:])


def _has_no_samples(one: SoundMeasurement) -> bool:
    return one.samples is not None and one.samples < NO_SAMPLES_SHARE * LESSON_RATE_HZ


def _is_nothing_above_hum(one: SoundMeasurement) -> bool:
    """Digital silence, or a constant or mains hum alone."""
    if not one.channels_dbfs:
        return False
    loudest = max(one.channels_dbfs)
    return loudest < DIGITAL_SILENCE_DBFS or (loudest < ABOVE_HUM.maybe and one.rms_dbfs - loudest > HUM_ALONE_DB)


def _is_too_quiet(seconds: Sequence[SoundMeasurement]) -> bool:
    """Whether a minute has been as quiet as no class is; a class that reads in silence is not at one level."""
    if len(seconds) < DEAD_RUN_S - 1 or not all(one.channels_dbfs for one in seconds):
        return False
    levels = [max(one.channels_dbfs) for one in seconds]
    is_same = max(levels) - min(levels) < SAME_LEVEL_DB
    return max(levels) < (ABOVE_HUM.maybe if is_same else ABOVE_HUM.surely)
