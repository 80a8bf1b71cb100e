"""Check whether a camera's H.264 stream can be passed through without re-encoding."""

from __future__ import annotations

from dataclasses import dataclass, field

from drivers.samples import AccessUnit

MAX_GOP_NS = 2_000_000_000


@dataclass(slots=True)
class PassthroughCheck:
    """A stream can be passed through if its key pictures are at most 2 s apart and it has no B-frames.

    ``gop_units`` are the access units since the last key picture, so that a decoder can begin where passing through
    ends.
    """

    gop_units: list[AccessUnit] = field(default_factory=list)

    def rejection_reason(self, unit: AccessUnit) -> str:
        """Why the stream cannot be passed through from this unit on; empty if it can."""
        # A key picture begins anew, however long the camera was away before it.
        if unit.key:
            self.gop_units = [unit]
        elif self.gop_units:
            self.gop_units.append(unit)
        since_ns = unit.captured_ns - self.gop_units[0].captured_ns if self.gop_units else 0
        if unit.reordered:
            return "the camera sends B-frames"
        if since_ns > MAX_GOP_NS * 1.05:
            return "the camera's key pictures are more than 2 s apart"
        return ""
