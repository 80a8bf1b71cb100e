"""A playlist in the store tells only what the store can deliver."""

from __future__ import annotations

from itertools import takewhile

from hypothesis import given
from hypothesis import strategies as st

from pipelines.delivery.truncate_playlist import named_files, truncate_playlist

PLAYLIST = """#EXTM3U
#EXT-X-VERSION:7
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-MAP:URI="teacher/init.mp4"
#EXTINF:4.000,
teacher/000001.m4s
#EXTINF:1.000,
#EXT-X-BYTERANGE:4000@0
teacher/000002.m4s
#EXT-X-ENDLIST
"""


def test_what_is_whole_is_left_alone() -> None:
    assert truncate_playlist(PLAYLIST, {"teacher/init.mp4", "teacher/000001.m4s", "teacher/000002.m4s"}) == PLAYLIST


def test_a_missing_segment_takes_its_tags_and_the_end_with_it() -> None:
    assert truncate_playlist(PLAYLIST, {"teacher/init.mp4", "teacher/000001.m4s"}).splitlines()[-2:] == [
        "#EXTINF:4.000,",
        "teacher/000001.m4s",
    ]


def test_without_its_init_segment_nothing_is_left() -> None:
    assert truncate_playlist(PLAYLIST, {"teacher/000001.m4s", "teacher/000002.m4s"}) == ""


def test_a_rendition_is_a_name_too() -> None:
    media = '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="s",NAME="s",URI="sound.m3u8"'
    master = f"#EXTM3U\n{media}\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n"
    assert list(named_files(master)) == ["sound.m3u8", "a.m3u8"]
    assert truncate_playlist(master, {"a.m3u8"}) == ""


FILES = [f"{track}/{name}" for track in "ab" for name in ("init.mp4", "000001.m4s", "000002.m4s")]
ENTRY = st.one_of(
    st.sampled_from(FILES).map(lambda path: (path, f'#EXT-X-MAP:URI="{path}"\n')),
    st.sampled_from(FILES).map(lambda path: (path, f"#EXTINF:4.0,\n{path}\n")),
    st.sampled_from(FILES).map(lambda path: (path, f"#EXTINF:1.0,\n#EXT-X-BYTERANGE:10@0\n{path}\n")),
)


@given(entries=st.lists(ENTRY), ended=st.booleans(), stored=st.sets(st.sampled_from(FILES)))
def test_cut_is_the_longest_beginning_that_can_be_delivered(
    entries: list[tuple[str, str]], ended: bool, stored: set[str]
) -> None:
    playlist = "#EXTM3U\n" + "".join(text for _, text in entries) + ("#EXT-X-ENDLIST\n" if ended else "")
    deliverable = list(takewhile(lambda entry: entry[0] in stored, entries))
    segments = [path for path, text in deliverable if "EXTINF" in text]

    told = truncate_playlist(playlist, stored)

    assert playlist.startswith(told)
    if len(deliverable) == len(entries):
        assert told == playlist
    else:
        assert [line for line in told.splitlines() if not line.startswith("#")] == segments
        assert set(named_files(told)) <= stored
        assert "#EXT-X-ENDLIST" not in told
