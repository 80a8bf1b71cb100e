"""A voice by FFmpeg's speech synthesiser."""

from __future__ import annotations

import subprocess
from functools import cache

import numpy as np
from numpy.typing import NDArray

SENTENCES = "Good morning class. Please open your books and read the first paragraph. Who can tell me what it says?"


@cache
def voice(rate_hz: int, name: str = "slt") -> NDArray[np.float64]:
    """A teacher who speaks for about seven seconds, by FFmpeg's speech synthesiser, of shape (n,)."""
    speak = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"flite=text='{SENTENCES}':voice={name}"]
    done = subprocess.run(
        [*speak, "-ar", str(rate_hz), "-ac", "1", "-f", "f32le", "-"], capture_output=True, check=True
    )
    return np.frombuffer(done.stdout, np.float32).astype(np.float64)
