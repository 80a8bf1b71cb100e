"""A camera that is not there: MJPEG at its own imperfect pace, every picture true about itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class SimulatedCameraOptions:
    """What a simulated camera can be told; ValueError where a value makes no sense."""

    ppm: float = 0.0
    """How much faster (+) or slower (-) than its nominal rate the camera's own clock runs."""
    seed: int | None = None
    """Makes phase and jitter repeatable; without it they are random."""
    exposure_jitter_ms: float = 0.5
    """Each exposure is up to this far from its even pace, either way."""
    delivery_jitter_ms: float = 2.0
    """A picture is ready up to this long after its exposure."""
    stamp_jitter_ms: float = 0.2
    """The capture time is up to this long after the true exposure time."""
    buffers: int = 4
    """Pictures kept for a late reader; older ones are lost, and their frame numbers with them."""
    subsampling: Literal["420", "422"] = "420"
    """Chroma of the JPEG pictures; real UVC cameras often send 422."""
    quality: int = 80
    """JPEG quality, 1 to 100."""
    flash_period_s: float = 10.0
    """The picture is white for 0.1 s at every multiple of this on CLOCK_MONOTONIC; 0 for never."""
    still: bool = False
    """One still picture without bar code and flash, as a computer's screen often is."""
    log: Path | None = None
    """JSON lines ``{"role", "frame", "exposure_ns"}`` of every picture delivered are appended here."""
    fault_file: Path | None = None
    """While this file exists its one word is what is wrong: lost, stall, freeze, black or hang."""
    process: bool = False
    """Run in a process of its own, which keeps the buffers; what is lost is seen in what arrives."""

    def __post_init__(self) -> None:
        for name in ("exposure_jitter_ms", "delivery_jitter_ms", "stamp_jitter_ms", "flash_period_s"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative")
        if self.buffers < 1:
            raise ValueError("buffers must be 1 or more")
        if not 1 <= self.quality <= 100:
            raise ValueError("quality must be from 1 to 100")
        if abs(self.ppm) > 100_000:
            raise ValueError("ppm must be within 100000 of 0")
