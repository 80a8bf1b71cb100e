"""Measure how a lesson's video tracks keep up, and apply the load governor's decisions to their encoders."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from typing import Protocol

from pipelines.encoding.degradation_targets import EncoderTargets
from pipelines.encoding.load_governor import PRESETS, DegradationStage, LoadGovernor, TrackLoad
from pipelines.encoding.look_pace import LookPace
from pipelines.encoding.x264_encoder import X264Encoder
from pipelines.journal.entries import EncoderLoadLevel, Track
from pipelines.recording.audio_mixer import CapturedBlock
from pipelines.recording.look_tap import LOOK_NS, SLOW_LOOK_NS, LookTap
from pipelines.recording.recording_settings import AUTO, RecordingSettings

log = logging.getLogger(__name__)

_INTERVAL_NS = 1_000_000_000


class DescribedTrack(Protocol):
    """A video track as the journal describes it, and its encoder's targets, which ``LoadControl`` alone writes."""

    track: Track
    targets: EncoderTargets


class TrackWorkload(Protocol):
    """How a video track keeps up."""

    @property
    def waiting(self) -> int:
        """The number of pictures that wait in its queue."""

    @property
    def busy_ns(self) -> int:
        """Time spent on pictures and ticks so far."""


class SoundWorkload(Protocol):
    """How the mixer of all microphones keeps up."""

    @property
    def oldest(self) -> CapturedBlock | None:
        """The block that has waited longest in its queue."""

    @property
    def busy_ns(self) -> int:
        """Time spent on blocks and on ticks, which mix and encode them, so far."""


ControlledTrack = tuple[DescribedTrack, TrackWorkload]


class LoadControl:
    """Controls the encoding load of one lesson; used by one thread, though any may read ``given_up``.

    It takes no lock: each track counts its own time and reads its own targets. ``on_change`` gets each new level.
    ``mixer`` is that of the microphones, which is not degraded: where it is late, pictures give way. ``looks`` is where
    the director's pictures are taken, which is the first to give way.
    """

    def __init__(
        self,
        settings: RecordingSettings,
        tracks: Sequence[ControlledTrack],
        on_change: Callable[[EncoderLoadLevel], None],
        mixer: SoundWorkload | None = None,
        looks: LookTap | None = None,
    ) -> None:
        cores = os.cpu_count() or 1
        first, automatic = settings.initial_preset(cores), settings.preset == AUTO
        best, coarser_first = PRESETS[0] if automatic else first, settings.rate == "own"
        self._governor = LoadGovernor(best, first, cores, pinned=not automatic, coarser_first=coarser_first)
        self._tracks = tracks
        self._on_change = on_change
        self._mixer = mixer
        self._looks = looks
        self._look_pace = LookPace()
        self._mixer_busy_ns = 0
        self._applied: DegradationStage | None = None
        self._checked_ns = 0
        self._busy_ns = [0] * len(tracks)

    @property
    def degradation(self) -> DegradationStage | None:
        """The present stage while it is below the best; None otherwise."""
        return self._governor.stage if self._governor.steps_down else None

    def tick(self, now_ns: int, lesson_ns: int) -> None:
        """Measure and decide once a second; call it often while lesson time runs."""
        since_ns = now_ns - self._checked_ns
        if since_ns < _INTERVAL_NS:
            return
        self._checked_ns = now_ns
        before_ns, self._busy_ns = self._busy_ns, [work.busy_ns for _, work in self._tracks]
        loads = [
            _load(description.track, work.waiting, (after - before) / since_ns)
            for (description, work), before, after in zip(self._tracks, before_ns, self._busy_ns, strict=True)
            # Where pictures wait and not one was encoded, the track hangs or is dead: no reason to degrade the others.
            if description.track.how == "encoded" and (after > before or not work.waiting)
        ]
        sound_late_s = self._sound_late_s(now_ns)
        stage = self._governor.decide(loads, now_ns, sound_late_s)
        self._pace_looks(max([sound_late_s, *(load.late_s for load in loads)]), now_ns)
        if stage != self._applied:
            self._apply(stage, loads, lesson_ns)

    def _pace_looks(self, late_s: float, now_ns: int) -> None:
        if self._looks is None:
            return
        was_slow = self._look_pace.is_slow
        is_slow = self._look_pace.decide(late_s, self._governor.steps_down, now_ns)
        self._looks.period_ns = SLOW_LOOK_NS if is_slow else LOOK_NS
        if is_slow != was_slow:
            log.info("the director looks %s (%.1f s late)", "less often" if is_slow else "as often as usual", late_s)

    def _sound_late_s(self, now_ns: int) -> float:
        """For how long the mixer's next block has waited; 0 where it hangs, for which nothing gives way."""
        if self._mixer is None:
            return 0.0
        before_ns, self._mixer_busy_ns = self._mixer_busy_ns, self._mixer.busy_ns
        block = self._mixer.oldest
        if block is None or block.arrived_ns is None or self._mixer_busy_ns == before_ns:
            return 0.0
        return max(0.0, (now_ns - block.arrived_ns) / 1e9)

    def _apply(self, stage: DegradationStage, loads: Sequence[TrackLoad], lesson_ns: int) -> None:
        for description, _ in self._tracks:
            description.targets.preset = stage.preset
            description.targets.bitrate_share = self._governor.bitrate_share
            description.targets.halve_frame_rate = description.track.track in stage.halved_roles
        before, self._applied = self._applied, stage
        steps = self._governor.steps_down
        self._on_change(
            EncoderLoadLevel(lesson_ns=lesson_ns, preset=stage.preset, halved=list(stage.halved_roles), steps=steps)
        )
        if before is None and not steps:
            return
        rate = f", half the frame rate of {', '.join(stage.halved_roles)}" if stage.halved_roles else ""
        late = ", ".join(f"{load.role} {load.late_s:.1f} s late" for load in loads)
        level = logging.WARNING if steps else logging.INFO
        preset = f"{stage.preset}, coarser" if stage.is_coarser else stage.preset
        log.log(level, "%d step(s) are given up: %s%s (%s)", steps, preset, rate, late)


def _load(track: Track, waiting: int, busy: float) -> TrackLoad:
    return TrackLoad(track.track, track.fps, waiting / track.fps, busy, track.encoder == X264Encoder.name)
