"""The Chinese font of this machine, as fontconfig knows it: without one Chinese characters are empty boxes in a PDF."""

from __future__ import annotations

import subprocess
from functools import cache

_LIST_S = 20.0
# Black (sans-serif) faces read well in small sizes; whatever else has the characters is better than none.
_PREFERRED = ("WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Noto Sans CJK SC", "Source Han Sans SC", "Noto Serif CJK SC")


@cache
def chinese_font() -> str:
    """The family to use for Chinese; empty where no installed font has the characters, or fontconfig is missing."""
    try:
        listed = subprocess.run(
            ["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, timeout=_LIST_S, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ""
    families = {family.strip().replace("\\-", "-") for line in listed.splitlines() for family in line.split(",")} - {""}
    return next((name for name in _PREFERRED if name in families), min(families, default=""))
