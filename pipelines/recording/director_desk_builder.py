"""Build a lesson's director's desk: which cameras it may trust, and where its cuts are written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from pipelines.capture.signal_faults import SignalFault
from pipelines.devices.device_state import DeviceState
from pipelines.directing.decisions import CutReason
from pipelines.directing.observations import DirectorMode
from pipelines.journal.entries import Cut, Entry
from pipelines.lesson_timeline import LessonTimeline
from pipelines.recording.director_desk import DeskListeners, DirectorDesk
from pipelines.recording.look_tap import LookTap
from pipelines.recording.recording_settings import RecordingSettings
from pipelines.recording.room_devices import RoomDevices

# A picture is held for two seconds before it is a slate.
_HELD_NS = 1_500_000_000
# What of a camera is not worth showing while another one is.
_ILL = {SignalFault.NO_PICTURES, SignalFault.BLACK, SignalFault.FROZEN}


class CutWriter(Protocol):
    """See ``LessonRecording.cut``."""

    def __call__(self, role: str, reason: CutReason, mode: DirectorMode, lesson_ns: int) -> None:
        """Write that ``role`` is on air from ``lesson_ns`` on."""


def build_desk(
    settings: RecordingSettings,
    devices: RoomDevices,
    timeline: LessonTimeline,
    start_ns: int,
    newest_cut: Cut | None,
    signal_faults: Callable[[], Mapping[str, SignalFault]],
    write_cut: CutWriter,
    write_entries: Callable[[Sequence[Entry]], None],
    on_turn_head: Callable[[str, str], None],
) -> DirectorDesk | None:
    """The desk of a lesson from ``start_ns`` on, as it was at its newest cut; None where there is nothing to choose."""
    roles = [camera.role for camera in settings.cameras]
    if settings.directing is None or len(roles) < 2:
        return None
    tap = LookTap(roles, start_ns)

    def distrusted() -> list[str]:
        ill = {role for role, fault in signal_faults().items() if fault in _ILL}
        ill |= {role for role in roles if devices.cameras[role].condition.state is not DeviceState.RUNNING}
        return distrusted_cameras(tap.newest_ns, ill)

    listeners = DeskListeners(
        distrusted,
        lambda cut, mode: write_cut(cut.role, cut.reason, mode, cut.lesson_ns),
        lambda looks: write_entries([looks]),
        on_turn_head,
    )
    desk = DirectorDesk(settings.directing, roles, settings.programme_role or roles[0], timeline, tap, listeners)
    if newest_cut is not None:
        desk.restore(newest_cut.role, newest_cut.reason, newest_cut.mode)
    return desk


def distrusted_cameras(newest_ns: Mapping[str, int], ill: Collection[str]) -> list[str]:
    """The cameras whose tracks show a slate, a held picture, black or a frozen one.

    They are ``ill``, or the lesson time of their newest true picture is well before the newest of all: where the whole
    box is late, all are late together, and none is distrusted for it.
    """
    latest_ns = max(newest_ns.values(), default=0)
    return [role for role, ns in newest_ns.items() if role in ill or ns < latest_ns - _HELD_NS]
