"""The driver ``simulated`` for microphones: its own clock, room noise, and a beep with every flash of the cameras."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drivers.errors import DeviceLost, DeviceMissing, DeviceStalled
from drivers.microphone.simulation.classroom_sound import ClassroomSound, Place
from drivers.microphone.simulation.voice_sound import VoiceSound
from drivers.microphone.simulation.wand_sound import WandSound
from drivers.samples import SoundBlock, SoundFormat
from drivers.simulated_classroom.lesson_clock import LessonClock
from drivers.simulated_faults import POLL_S, is_unplugged_at, read_fault
from drivers.simulated_sync_events import SyncEventFile
from drivers.truth_log import TruthLog

BEEP_HZ = 1000.0
BEEP_S = 0.1
BLOCKS_PER_SECOND = 50
BUFFER_S = 1.0
TONE_HZ = 120.0
_TONE_TO_NOISE_DB = -6.0
_NOISE_S = 7


@dataclass(frozen=True, slots=True)
class SimulatedMicrophoneOptions:
    """Clock, sound and faults of a simulated microphone; ValueError for an invalid value."""

    ppm: float = 0.0
    """Deviation of the microphone's clock from its nominal rate; positive is faster."""
    seed: int | None = None
    """Seed that makes noise and jitter repeatable; without it they are random."""
    level_dbfs: float = -12.0
    """Peak level of the beeps."""
    noise_dbfs: float = -62.0
    """RMS level of the room noise; a tone of 120 Hz lies 6 dB below it."""
    mute: bool = False
    """The microphone's own switch is off: its noise remains, the room is silent."""
    dead_after_s: float = 0.0
    """This long after the driver was made, as with ``mute``; 0 for never."""
    delivery_jitter_ms: float = 2.0
    """A block is ready up to this long after its last sample."""
    stamp_jitter_ms: float = 0.1
    """The capture time deviates from the true one by up to this, either way."""
    flash_period_s: float = 10.0
    """A beep starts at every multiple of this on CLOCK_MONOTONIC, like the cameras' flashes; 0 for never."""
    stamp_late_ms: float = 0.0
    """Blocks come so much later than they were captured, and their capture times say so."""
    wand_file: Path | None = None
    """The file of a simulated wand, whose beeps are heard at ``level_dbfs``; see ``drivers.simulated_sync_events``."""
    voice_dbfs: float = -30.0
    """RMS level of whoever speaks, by the wand's file, while there is no pause between the words; in a classroom, of
    the teacher one metre away."""
    classroom_seed: int | None = None
    """The lesson drawn from this seed is heard; see ``drivers.simulated_classroom``."""
    classroom_begin_s: float = 0.0
    """It begins at this second of CLOCK_MONOTONIC."""
    classroom_place: Place = "ceiling"
    """Where in the classroom the microphone is; ``lapel`` is worn by the teacher."""
    wand_distance_m: float = 2.0
    """How far the wand is held from the microphone; sound takes 2.9 ms a metre."""
    wand_rt60_s: float = 0.5
    """The time in which the wand's sound fades by 60 dB in the room."""
    lost_after_s: float = 0.0
    """The device is unplugged this long after the driver was made; 0 for never."""
    returns_after_s: float = 0.0
    """It is plugged in again this long after; 0 for never."""
    log: Path | None = None
    """JSON lines ``{"role", "beep_ns"}``, the true time of every beep delivered, are appended here."""
    fault_file: Path | None = None
    """While this file exists its one word is the fault: lost, stall, mute or hang."""

    def __post_init__(self) -> None:
        for name in (
            "delivery_jitter_ms",
            "stamp_jitter_ms",
            "flash_period_s",
            "stamp_late_ms",
            "wand_distance_m",
            "dead_after_s",
            "lost_after_s",
            "returns_after_s",
        ):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative")
        if not 0.05 <= self.wand_rt60_s <= 10:
            raise ValueError("wand_rt60_s must be from 0.05 to 10")
        if self.stamp_late_ms > 500:
            raise ValueError("stamp_late_ms must be at most 500")
        if self.level_dbfs > 0 or self.noise_dbfs > 0:
            raise ValueError("level_dbfs and noise_dbfs must not be above 0")
        if abs(self.ppm) > 100_000:
            raise ValueError("ppm must be within 100000 of 0")


class MicrophoneFault(StrEnum):
    """The faults that the fault file can ask for."""

    NONE = ""
    LOST = "lost"
    STALL = "stall"
    MUTE = "mute"
    HANG = "hang"


class SimulatedMicrophone:
    """See ``drivers.protocols.Microphone``: a quiet room with beeps, in blocks of 20 ms.

    A block is ready when its last sample has been taken, whether or not anybody reads. A reader more than a second late
    loses what is older, as with a real card: the capture times then jump.
    """

    Options = SimulatedMicrophoneOptions

    def __init__(self, role: str, wanted: SoundFormat, options: SimulatedMicrophoneOptions) -> None:
        self._role = role
        self._wanted = wanted
        self._options = options
        self._created_ns = time.monotonic_ns()
        self._capture: _CaptureRun | None = None

    def open(self) -> SoundFormat:
        """Start the clock; DeviceMissing while the fault is ``lost``."""
        if self._current_fault() is MicrophoneFault.LOST:
            raise DeviceMissing(self._role, "the simulated microphone is unplugged")
        TruthLog(self._options.log).check(self._role)
        self._capture = _CaptureRun(self._role, self._wanted, self._options, time.monotonic_ns())
        return SoundFormat(self._wanted.rate_hz, self._wanted.channels)

    def read(self, timeout_s: float) -> SoundBlock:
        capture = self._capture
        if capture is None:
            raise DeviceLost(self._role, "the microphone is closed")
        deadline_ns = time.monotonic_ns() + int(timeout_s * 1e9)
        while True:
            fault = self._current_fault()
            if fault is MicrophoneFault.LOST:
                raise DeviceLost(self._role, "the simulated microphone was unplugged")
            while fault is MicrophoneFault.HANG:
                time.sleep(POLL_S)
                fault = self._current_fault()
            now_ns = time.monotonic_ns()
            if fault is not MicrophoneFault.STALL and now_ns >= capture.ready_ns:
                return capture.next_block(now_ns, muted=fault is MicrophoneFault.MUTE)
            if now_ns >= deadline_ns:
                raise DeviceStalled(self._role, f"no sound for {timeout_s:g} s")
            ready_ns = deadline_ns if fault is MicrophoneFault.STALL else min(deadline_ns, capture.ready_ns)
            wait_s = max(0.0, (ready_ns - now_ns) / 1e9)
            if capture.closed.wait(wait_s if self._options.fault_file is None else min(wait_s, POLL_S)):
                raise DeviceLost(self._role, "the microphone was closed")

    def close(self) -> None:
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.closed.set()

    def _current_fault(self) -> MicrophoneFault:
        options = self._options
        age_s = (time.monotonic_ns() - self._created_ns) / 1e9
        if is_unplugged_at(age_s, options.lost_after_s, options.returns_after_s):
            return MicrophoneFault.LOST
        if fault := read_fault(self._role, options.fault_file, MicrophoneFault):
            return fault
        muted = options.mute or (options.dead_after_s and age_s >= options.dead_after_s)
        return MicrophoneFault.MUTE if muted else MicrophoneFault.NONE


class _CaptureRun:
    """The state from one open to its close: a sample count and the clock that it follows."""

    def __init__(self, role: str, format_: SoundFormat, options: SimulatedMicrophoneOptions, start_ns: int) -> None:
        self.closed = threading.Event()
        self._role = role
        self._format = format_
        self._options = options
        self._start_ns = start_ns
        self._truth_log = TruthLog(options.log)
        self._rng = np.random.default_rng(options.seed)
        self._rate_hz = format_.rate_hz * (1 + options.ppm * 1e-6)
        self._size = format_.rate_hz // BLOCKS_PER_SECOND
        self._next_sample = 0
        self._beep = _amplitude(options.level_dbfs) * np.sin(
            2 * np.pi * BEEP_HZ / self._rate_hz * np.arange(round(BEEP_S * self._rate_hz))
        )
        # The noise is made once and runs in a loop: making it anew would be most of the work.
        self._hiss = self._rng.normal(0.0, _amplitude(options.noise_dbfs), _NOISE_S * format_.rate_hz)
        seconds = np.arange(len(self._hiss)) / format_.rate_hz
        hum_peak = 2**0.5 * _amplitude(options.noise_dbfs + _TONE_TO_NOISE_DB)
        self._room_noise = self._hiss + hum_peak * np.sin(2 * np.pi * TONE_HZ * seconds)
        events = SyncEventFile(options.wand_file)
        self._voice = None
        if options.wand_file is not None:
            self._voice = VoiceSound(events, _amplitude(options.voice_dbfs), format_.rate_hz)
        self._lesson: LessonClock | None = None
        if options.classroom_seed is not None:
            self._lesson = LessonClock(options.classroom_seed, options.classroom_begin_s)
            self._classroom = ClassroomSound(
                self._lesson.script, options.classroom_place, _amplitude(options.voice_dbfs), format_.rate_hz
            )
        self._wand = WandSound(
            events,
            _amplitude(options.level_dbfs),
            options.wand_distance_m,
            options.wand_rt60_s,
        )
        self.ready_ns = self._ready_ns()

    def next_block(self, now_ns: int, *, muted: bool) -> SoundBlock:
        """Return the next block; what a card's buffer could not have kept until now is skipped."""
        oldest = int((now_ns - self._start_ns - BUFFER_S * 1e9) * self._rate_hz / 1e9)
        if self._next_sample < oldest:
            self._next_sample += -(-(oldest - self._next_sample) // self._size) * self._size
        first, self._next_sample = self._next_sample, self._next_sample + self._size
        self.ready_ns = self._ready_ns()
        sound = (self._hiss if muted else self._room_noise).take(np.arange(first, self._next_sample), mode="wrap")
        if not muted:
            self._add_beeps(sound, first)
            self._wand.add(sound, self._time_ns(first), self._rate_hz)
            if self._voice is not None:
                self._voice.add(sound, self._time_ns(first))
            if self._lesson is not None:
                self._classroom.add(sound, self._lesson.script_s(self._time_ns(first)), self._rate_hz)
        samples = np.clip(np.rint(sound), -32768, 32767).astype(np.int16)
        late_ms = self._options.stamp_late_ms + self._jitter(self._options.stamp_jitter_ms)
        stamp_ns = self._time_ns(first) + round(late_ms * 1e6)
        return SoundBlock(stamp_ns, np.repeat(samples[:, None], self._format.channels, axis=1))

    def _add_beeps(self, sound: NDArray[np.float64], first: int) -> None:
        period_ns = round(self._options.flash_period_s * 1e9)
        if not period_ns:
            return
        end_ns = self._time_ns(first + len(sound))
        flash_ns = end_ns // period_ns * period_ns
        begin = int(np.ceil((flash_ns - self._start_ns) * self._rate_hz / 1e9)) - first
        part = self._beep[max(0, -begin) : max(0, len(sound) - begin)]
        if len(part) and begin < len(sound):
            sound[max(0, begin) : max(0, begin) + len(part)] += part
        if 0 <= begin < len(sound):
            self._truth_log.write({"role": self._role, "beep_ns": flash_ns})

    def _time_ns(self, sample: int) -> int:
        return self._start_ns + round(sample / self._rate_hz * 1e9)

    def _ready_ns(self) -> int:
        late_ms = self._options.stamp_late_ms + abs(self._jitter(self._options.delivery_jitter_ms))
        return self._time_ns(self._next_sample + self._size) + round(late_ms * 1e6)

    def _jitter(self, most_ms: float) -> float:
        return float(self._rng.uniform(-most_ms, most_ms))


def _amplitude(dbfs: float) -> float:
    return float(32767.0 * 10.0 ** (dbfs / 20.0))
