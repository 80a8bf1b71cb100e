"""A lesson joined into one MP4: the same packets at the same times."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path
from typing import Any

import av
import pytest
from sample_lessons import make_lesson

from pipelines.programme.join_mp4 import JoinError, join_mp4


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lesson whose first picture comes 80 ms after its first sound."""
    return make_lesson(tmp_path_factory.mktemp("join") / "lesson", 9, late_s=0.08).folder


def packets(path: Path, kind: str) -> list[tuple[float, bytes]]:
    """Every packet of one kind as (seconds, bytes)."""
    with av.open(str(path)) as container:
        stream = next(stream for stream in container.streams if stream.type == kind)
        return [
            (float(packet.pts * packet.time_base), bytes(packet))
            for packet in container.demux(stream)
            if packet.pts is not None and packet.time_base is not None
        ]


def track(folder: Path, name: str, out: Path) -> Path:
    """A track as one fragmented file."""
    segments = sorted((folder / name).glob("*.m4s"))
    out.write_bytes(b"".join(path.read_bytes() for path in [folder / name / "init.mp4", *segments]))
    return out


def test_the_same_packets_at_lesson_time(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "lesson.mp4"
    join_mp4(folder, out)
    for name, kind in (("teacher", "video"), ("sound", "audio")):
        recorded = packets(track(folder, name, tmp_path / f"{name}.mp4"), kind)
        joined = packets(out, kind)
        assert [data for _, data in joined] == [data for _, data in recorded]
        assert recorded[0][0] == pytest.approx(0.08 if kind == "video" else 0.0)
        assert [at for at, _ in joined] == pytest.approx([at for at, _ in recorded], abs=1e-9)
    assert not list(tmp_path.glob("*.part"))


def test_it_plays_from_its_beginning_without_an_error(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "lesson.mp4"
    join_mp4(folder, out)
    head = out.read_bytes()[:100_000]
    assert head.index(b"moov") < 100 < head.index(b"mdat")
    played = subprocess.run(
        ["ffmpeg", "-v", "error", "-xerror", "-i", out, "-fps_mode", "passthrough", "-f", "null", "-"],
        capture_output=True,
        check=True,
    )
    assert played.stderr == b""


def test_what_is_there_is_overwritten_only_when_told_to(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "lesson.mp4"
    out.write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        join_mp4(folder, out)
    assert out.read_bytes() == b"mine"
    join_mp4(folder, out, overwrite=True)
    assert len(out.read_bytes()) > 100_000


def test_a_full_disk_is_said_and_leaves_nothing(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The muxer's file is /dev/full: every write of it fails as on a full disk."""
    out = tmp_path / "lesson.mp4"
    opened = av.open

    def open_full(file: Any, *args: Any, **kwargs: Any) -> Any:
        return opened("/dev/full" if file == f"{out}.part" else file, *args, **kwargs)

    monkeypatch.setattr(av, "open", open_full)
    with pytest.raises(JoinError, match="disk is full") as raised:
        join_mp4(folder, out)
    assert isinstance(raised.value.__cause__, OSError)
    assert raised.value.__cause__.errno == errno.ENOSPC
    # PyAV 18 does not close a file whose trailer it cannot write.
    for descriptor in Path("/proc/self/fd").iterdir():
        if descriptor.is_symlink() and os.readlink(descriptor) == "/dev/full":
            os.close(int(descriptor.name))
    assert not list(tmp_path.iterdir())


def test_a_lesson_with_a_segment_gone_is_not_joined(folder: Path, tmp_path: Path) -> None:
    segment = folder / "teacher/000002.m4s"
    hidden = segment.rename(tmp_path / "hidden")
    try:
        with pytest.raises(JoinError, match=r"000002\.m4s"):
            join_mp4(folder, tmp_path / "lesson.mp4")
    finally:
        hidden.rename(segment)


def test_a_folder_that_is_no_lesson_says_so(tmp_path: Path) -> None:
    with pytest.raises(JoinError, match="is this a lesson"):
        join_mp4(tmp_path, tmp_path / "lesson.mp4")
