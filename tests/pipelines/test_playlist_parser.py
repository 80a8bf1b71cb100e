"""The playlist parser reads our own playlists, and refuses everything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.programme.hls_playlist import PlaylistSegment, Rendition, main_playlist, media_playlist
from pipelines.programme.playlist_parser import InvalidPlaylist, read_main_playlist, read_media_playlist

MEDIA = media_playlist(
    "teacher/init.mp4",
    [PlaylistSegment("teacher/000001.m4s", 4.0), PlaylistSegment("teacher/000002.m4s", 2.5)],
    target_s=6,
    ended=True,
)
MAIN = main_playlist(Rendition(["avc1.42c01e"], 1280, 720, 25.0, 4_000_000), 1)


def write(folder: Path, text: str) -> Path:
    path = folder / "x.m3u8"
    path.write_text(text)
    return path


def test_what_the_recorder_writes_is_what_is_read(tmp_path: Path) -> None:
    media = read_media_playlist(write(tmp_path, MEDIA))
    assert (media.init, media.ended, media.duration_s) == ("teacher/init.mp4", True, 6.5)
    assert media.segments == (PlaylistSegment("teacher/000001.m4s", 4.0), PlaylistSegment("teacher/000002.m4s", 2.5))
    main = read_main_playlist(write(tmp_path, MAIN))
    assert (main.pictures, main.sounds) == (("programme.m3u8",), ("sound.m3u8",))


def test_a_byte_range_can_be_a_segment(tmp_path: Path) -> None:
    text = MEDIA.replace("teacher/000002", "#EXT-X-BYTERANGE:900@100\nteacher/000002")
    assert read_media_playlist(write(tmp_path, text)).segments[1] == PlaylistSegment(
        "teacher/000002.m4s", 2.5, 100, 900
    )


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("#EXTM3U", "#EXTM3V"),
        ("#EXTINF:2.5", "#EXTINF:2,5x\n#EXTINF:z"),
        ("#EXTINF:4.000000,\n", ""),
        ("teacher/000002.m4s", "../../etc/passwd"),
        ("teacher/000002.m4s", "http://elsewhere/1.m4s"),
        ("#EXT-X-MAP", "#EXT-X-DISCONTINUITY\n#EXT-X-MAP"),
        ('URI="', 'URL="'),
        pytest.param("teacher/000002", f"#EXT-X-BYTERANGE:{'9' * 5000}@100\nteacher/000002", id="endless"),
    ],
)
def test_any_other_media_playlist_is_refused(tmp_path: Path, right: str, wrong: str) -> None:
    assert right in MEDIA
    with pytest.raises(InvalidPlaylist):
        read_media_playlist(write(tmp_path, MEDIA.replace(right, wrong, 1)))


@pytest.mark.parametrize(("right", "wrong"), [("CODECS", "CODACS"), ("#EXT-X-STREAM-INF", "#EXT-X-STREAM-ING")])
def test_a_main_playlist_with_unknown_tags_is_refused(tmp_path: Path, right: str, wrong: str) -> None:
    assert right in MAIN
    with pytest.raises(InvalidPlaylist):
        read_main_playlist(write(tmp_path, MAIN.replace(right, wrong, 1)))
