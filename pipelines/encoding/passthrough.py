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

    since_key: list[AccessUnit] = field(default_factory=list)

    def objection(self, unit: AccessUnit) -> str:
        """Why the stream cannot be passed through from this unit on; empty while it can."""
        # A key picture begins anew, however long the camera was away before it.
        if unit.key:
            self.since_key = [unit]
        elif self.since_key:
            self.since_key.append(unit)
        since_ns = unit.captured_ns - self.since_key[0].captured_ns if self.since_key else 0
        if unit.reordered:
            return "the camera sends B-frames"
        if since_ns > LONGEST_GOP_NS * 1.05:
            return "the camera's key pictures are more than 2 s apart"
        return ""
