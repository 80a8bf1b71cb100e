"""The governor's eyes and hands in a lesson: how each track keeps up, what it is asked for, and the journal."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from typing import Protocol

from pipelines.encoding.encoder_targets import EncoderTargets
from pipelines.encoding.load_governor import PRESETS, DegradationStage, LoadGovernor, TrackLoad
from pipelines.encoding.x264_encoder import X264Encoder
from pipelines.journal.entries import EncoderLoadLevel, Track
from pipelines.recording.recording_config import AUTO, RecordingSettings

log = logging.getLogger(__name__)

_EVERY_NS = 1_000_000_000


class DescribedTrack(Protocol):
    """How a picture track is made now, and what is asked of it."""

    @property
    def track(self) -> Track:
        """Its description."""

    @property
    def targets(self) -> EncoderTargets:
        """Set by the governor alone."""


class TrackWorkload(Protocol):
    """How a picture track keeps up."""

    @property
    def waiting(self) -> int:
        """How many pictures wait."""

    @property
    def busy_ns(self) -> int:
        """How long it has worked so far."""


Governed = tuple[DescribedTrack, TrackWorkload]


class LoadControl:
    """Governs the tracks of one lesson; used by one thread, though any may read ``given_up``.

    It takes no lock: a track counts its own time and looks at what is asked of it.
    """

    def __init__(
        self, room: RecordingSettings, tracks: Sequence[Governed], note: Callable[[EncoderLoadLevel], None]
    ) -> None:
        cores = os.cpu_count() or 1
        first, automatic = room.initial_preset(cores), room.preset == AUTO
        self._governor = LoadGovernor(PRESETS[0] if automatic else first, first, cores, pinned=not automatic)
        self._tracks = tracks
        self._note = note
        self._said: DegradationStage | None = None
        self._looked_ns = 0
        self._busy_ns = [0] * len(tracks)

    @property
    def degradation(self) -> DegradationStage | None:
        """What is left while something is given up; None where nothing is."""
        return self._governor.stage if self._governor.steps_down else None

    def tick(self, now_ns: int, lesson_ns: int) -> None:
        """Often, while lesson time runs; it looks once a second."""
        since_ns = now_ns - self._looked_ns
        if since_ns < _EVERY_NS:
            return
        self._looked_ns = now_ns
        before_ns, self._busy_ns = self._busy_ns, [work.busy_ns for _, work in self._tracks]
        loads = [
            _load(described.track, work.waiting, (after - before) / since_ns)
            for (described, work), before, after in zip(self._tracks, before_ns, self._busy_ns, strict=True)
            # Where pictures wait and not one was done, the track hangs or is dead: nobody gives way for that.
            if described.track.how == "encoded" and (after > before or not work.waiting)
        ]
        stage = self._governor.decide(loads, now_ns)
        if stage != self._said:
            self._say(stage, loads, lesson_ns)

    def _say(self, stage: DegradationStage, loads: Sequence[TrackLoad], lesson_ns: int) -> None:
        for described, _ in self._tracks:
            described.targets.preset = stage.preset
            described.targets.halve_frame_rate = described.track.track in stage.halved_roles
        said, self._said = self._said, stage
        steps = self._governor.steps_down
        self._note(
            EncoderLoadLevel(lesson_ns=lesson_ns, preset=stage.preset, halved=list(stage.halved_roles), steps=steps)
        )
        if said is None and not steps:
            return
        rate = f", half the frame rate of {', '.join(stage.halved_roles)}" if stage.halved_roles else ""
        late = ", ".join(f"{load.role} {load.late_s:.1f} s late" for load in loads)
        level = logging.WARNING if steps else logging.INFO
        log.log(level, "%d step(s) are given up: %s%s (%s)", steps, stage.preset, rate, late)


def _load(track: Track, waiting: int, busy: float) -> TrackLoad:
    return TrackLoad(track.track, track.fps, waiting / track.fps, busy, track.encoder == X264Encoder.name)
