"""Playlists by RFC 8216, read by a parser that is not ours (hls-parser, in its strict mode)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cut_lessons import write_cut_lesson

from pipelines.delivery.truncate_playlist import named_files, truncate_playlist
from pipelines.files.lesson_layout import PROGRAMME_PLAYLIST
from pipelines.programme.best_of import write_best_of
from pipelines.programme.excerpts import Excerpt

HERE = Path(__file__).parent
CUTS = [(2, "students"), (4, "screen"), (7, "teacher")]


def wrong(playlists: dict[str, str]) -> dict[str, str]:
    """What is wrong with these playlists, by their names."""
    node = Path(sys.executable).with_name("node")
    done = subprocess.run(
        [node, HERE / "strict_playlist.mjs"],
        cwd=HERE,
        input=json.dumps(playlists),
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("is_ended", [True, False])
def test_every_playlist_of_a_lesson_of_cuts(tmp_path: Path, is_ended: bool) -> None:
    folder = write_cut_lesson(tmp_path / "lesson", 10, CUTS, is_ended=is_ended)
    playlists = {path.name: path.read_text() for path in folder.glob("*.m3u8")}
    assert len(playlists) == 6
    programme = playlists[PROGRAMME_PLAYLIST]
    assert "EXT-X-BYTERANGE" in programme
    names = list(dict.fromkeys(named_files(programme)))
    for number in range(2, len(names)):
        playlists[f"of which {number} files are stored"] = truncate_playlist(programme, set(names[:number]))
    if is_ended:
        write_best_of(folder, [Excerpt(1, 3, "one"), Excerpt(5, 9, "two")])
        playlists |= {f"best of: {path.name}": path.read_text() for path in folder.glob("best-of/*.m3u8")}
    assert wrong(playlists) == {}


def test_what_is_wrong_is_found(tmp_path: Path) -> None:
    text = (write_cut_lesson(tmp_path / "lesson", 6, CUTS[:1]) / PROGRAMME_PLAYLIST).read_text()
    target = next(line for line in text.splitlines() if line.startswith("#EXT-X-TARGETDURATION"))
    spoilt = {
        "a version without byte ranges": text.replace("EXT-X-VERSION:7", "EXT-X-VERSION:3"),
        "a target that is too short": text.replace(target, "#EXT-X-TARGETDURATION:1"),
    }
    assert len(set(spoilt.values()) - {text}) == 2
    assert wrong(spoilt).keys() == spoilt.keys()
