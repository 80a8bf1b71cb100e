"""The names of the files in a lesson's folder."""

from __future__ import annotations

import re

LESSON_JSON = "lesson.json"
"""The lesson's metadata; it is uploaded last, so its presence in the store says that the copy is complete."""

CLAIM = "claim"
"""The token by which the lesson's copy in the store is known to be this lesson's; it is uploaded first."""

JOURNAL_JSONL = "journal.jsonl"
RECEIPT_JSON = "receipt.json"
SYNC_JSON = "sync.json"
POLLS_JSON = "polls.json"
STUDENTS_CSV = "students.csv"
CHAPTERS_VTT = "chapters.vtt"
XAPI_JSONL = "xapi.jsonl"
PLAYER_JSON = "player.json"
"""What the player is given of a lesson."""

POSTER_JPG = "poster.jpg"
THUMBNAILS_VTT = "thumbnails.vtt"
"""WebVTT of small pictures of the programme, cells of ``thumbnails-1.jpg`` and so on."""

SCREEN_TEXT_VTT = "screen-text.vtt"
"""WebVTT of what stood written on the screen, and when."""

PREVIEW_WORK = ".previews"
"""A folder with what is known of previews that are being made, until lesson.json lists them; it is not copied."""

SIDECAR_FILES = (CHAPTERS_VTT, POLLS_JSON, STUDENTS_CSV, XAPI_JSONL, PLAYER_JSON)
"""Files beside the media that lesson.json lists with their SHA-256; it lists previews, too."""

MAIN_PLAYLIST = "main.m3u8"
"""The multivariant playlist, which players are given; it names the others."""

PROGRAMME_PLAYLIST = "programme.m3u8"
SOUND_PLAYLIST = "sound.m3u8"

BEST_OF = "best-of"
"""A folder with playlists of stretches of the lesson; they point to its media."""

CUTS_JSON = "cuts.json"
"""Cuts of the programme that were made anew after the lesson; they count instead of the journal's."""

INIT = "init.mp4"
"""A track's first init segment."""

PART = ".part"
"""Suffix of a segment that is still being written."""

TEMPORARY = ".tmp"
"""Suffix of a small file that is about to replace the one of its name. It is not PART, because a segment is
written again while its .part is still the only copy."""

_INIT_NAME = re.compile(r"init(?:-([2-9]|[1-9]\d{1,4}))?\.mp4")
_SEGMENT_NAME = re.compile(r"(\d{6})\.m4s")
_SHEET_NAME = re.compile(r"thumbnails-[1-9]\d{0,3}\.jpg")
PLAYLIST_SUFFIX = ".m3u8"


def segment_name(number: int) -> str:
    """Return the file name of a finished segment."""
    return f"{number:06d}.m4s"


def init_name(number: int) -> str:
    """Return the file name of a track's init segment: a camera that changes its format needs another one."""
    return INIT if number == 1 else f"init-{number}.mp4"


def init_number(name: str) -> int | None:
    """Return the number of an init segment by its file name; None if it is another file."""
    match = _INIT_NAME.fullmatch(name)
    return int(match[1] or 1) if match else None


def segment_number(name: str) -> int | None:
    """Return the number of a finished segment by its file name; None if it is another file."""
    match = _SEGMENT_NAME.fullmatch(name)
    return int(match[1]) if match else None


def thumbnail_sheet(number: int) -> str:
    """Return the file name of a sheet of thumbnails, counted from 1."""
    return f"thumbnails-{number}.jpg"


def is_preview(name: str) -> bool:
    """Whether a file of this name can be made of the media again: poster, thumbnails, the text of the screen."""
    return name in (POSTER_JPG, THUMBNAILS_VTT, SCREEN_TEXT_VTT) or _SHEET_NAME.fullmatch(name) is not None


def playlist_name(role: str) -> str:
    """Return the file name of the media playlist of a role or track."""
    return role + PLAYLIST_SUFFIX


def is_media(path: str) -> bool:
    """Whether a path in the lesson's folder is that of a segment or an init segment."""
    track, _, name = path.partition("/")
    return bool(track) and (init_number(name) is not None or segment_number(name) is not None)


def is_playlist(path: str) -> bool:
    """Whether a path in the lesson's folder is that of a playlist."""
    return "/" not in path and path.endswith(PLAYLIST_SUFFIX)
