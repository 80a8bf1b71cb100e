"""What a browser is told of an object that it reads from a store: its type, and how long it may be kept.

Sources: RFC 8216 section 4 (playlists), ISO 14496-12 (segments), the Web Video Text Tracks Format (W3C, text/vtt).
"""

from __future__ import annotations

from pathlib import PurePosixPath

_UTF8 = "; charset=utf-8"
_TYPES = {
    ".css": "text/css" + _UTF8,
    ".csv": "text/csv" + _UTF8,
    ".html": "text/html" + _UTF8,
    ".jpg": "image/jpeg",
    ".js": "text/javascript" + _UTF8,
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".m4s": "video/mp4",
    ".mp4": "video/mp4",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".vtt": "text/vtt" + _UTF8,
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
}
_OTHER = "application/octet-stream"
# Pictures of children: the viewer's own browser may keep them for a while, nothing on the way to it.
_FOR_A_DAY = "private, max-age=86400"
# A browser asks whether what it has is still the same, which is answered without the body.
_ASK = "no-cache"
_LASTING = frozenset({".m4s", ".mp4", ".jpg"})


def object_headers(key: str) -> dict[str, str]:
    """The headers Content-Type and Cache-Control of the object under this key."""
    suffix = PurePosixPath(key).suffix
    return {
        "Content-Type": _TYPES.get(suffix, _OTHER),
        "Cache-Control": _FOR_A_DAY if suffix in _LASTING else _ASK,
    }
