"""H.264 that arrives encoded: passed through where a programme can be cut from it, and why where not."""

from __future__ import annotations

from dataclasses import dataclass, field

from drivers.samples import AccessUnit

LONGEST_GOP_NS = 2_000_000_000


@dataclass(slots=True)
class PassthroughCheck:
    """Watches a camera's stream: key pictures at most 2 s apart, and no B-frames.

    Keeps the access units since the last key picture, so that a decoder can begin where
    passing through ends.
    """

    gop_units: list[AccessUnit] = field(default_factory=list)

    def rejection_reason(self, unit: AccessUnit) -> str:
        """Why the stream cannot be passed through from this unit on; empty while it can."""
        # A key picture begins anew, however long the camera was away before it.
        if unit.key:
            self.gop_units = [unit]
        elif self.gop_units:
            self.gop_units.append(unit)
        since_ns = unit.captured_ns - self.gop_units[0].captured_ns if self.gop_units else 0
        if unit.reordered:
            return "the camera sends B-frames"
        if since_ns > LONGEST_GOP_NS * 1.05:
            return "the camera's key pictures are more than 2 s apart"
        return ""
