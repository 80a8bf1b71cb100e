"""How loud speech is to be, and how high its peaks may go: for the lesson's mix and for the calibration alike."""

from __future__ import annotations

from typing import Final

TARGET_LUFS: Final = -18.0
"""Loudness of speech for listeners on the Internet.

Source: AES TD1008, Recommendations for loudness of Internet audio streaming and on-demand distribution (speech: -18
LUFS); AES TD1004 allows -20 to -16 LUFS. (The -23 LUFS of EBU R 128 are for broadcasting: too quiet for a telephone's
loudspeaker.)
"""

HIGHEST_PEAK_DBTP: Final = -1.0
"""Source: EBU R 128, maximum permitted true peak level in production."""
