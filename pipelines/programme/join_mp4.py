"""Joining of a lesson into one progressive MP4: pictures and sound are remuxed; only a layout of cameras is encoded."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from fractions import Fraction
from heapq import merge
from pathlib import Path
from typing import TypeAlias

import av
from av.container import InputContainer, OutputContainer
from av.stream import Stream

from pipelines.files.lesson_layout import PART, PROGRAMME_PLAYLIST, SOUND_PLAYLIST, playlist_name
from pipelines.programme.excerpts import Excerpt
from pipelines.programme.laid_out_pictures import LaidOutPictures, Layout
from pipelines.programme.lesson_tags import LessonTags, read_tags
from pipelines.programme.playlist_parser import InvalidPlaylist, MediaPlaylist, read_media_playlist
from pipelines.programme.track_stream import TrackStream

_Ordered: TypeAlias = "tuple[float, int, av.Packet[Stream]]"
_PICTURE_TIMESCALE = 90_000
_MILLISECOND = Fraction(1, 1000)
# The index (moov) of a file: about 30 bytes a picture or sound frame.
_INDEX_BYTES_A_SECOND = 4_000


class JoinError(Exception):
    """The lesson cannot be joined into this file; the message says what to do."""


@dataclass(frozen=True, slots=True)
class JoinPlan:
    """What is in the file. Without ``roles`` that is the programme, with one of them that camera.

    With a ``layout`` its cameras are encoded into one picture. ``excerpts`` are all that is kept of the lesson, where
    there are any.
    """

    roles: Sequence[str] = ()
    layout: Layout | None = None
    excerpts: Sequence[Excerpt] = ()


def join_mp4(
    folder: Path,
    out: Path,
    plan: JoinPlan | None = None,
    *,
    overwrite: bool = False,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> None:
    """Write the lesson in ``folder`` to ``out``: H.264 and AAC, index first, times as in the lesson.

    Pictures of several sizes are in one track of the sample entry avc3, whose parameter sets stand in the pictures
    (ISO/IEC 14496-15, 5.3.3). It carries title, teacher, date and chapters. ``out`` appears whole or not at all;
    ``on_progress`` gets the seconds that are done and those of all.

    Raises:
        FileExistsError: ``out`` is there and may not be overwritten.
        JoinError: the lesson is damaged, lacks a camera, or the disk refuses.
    """
    if out.exists() and not overwrite:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(out))
    plan = plan or JoinPlan()
    pictures, sound = _pictures(folder, plan), _playlist(folder, SOUND_PLAYLIST)
    playlists = [*pictures, *([sound] if sound else [])]
    if not playlists:
        raise JoinError(f"{folder}: no {PROGRAMME_PLAYLIST} or {SOUND_PLAYLIST} with anything in it: is this a lesson?")
    part = out.with_name(out.name + PART)
    try:
        _check_free_space(folder, playlists, out.parent)
        _write(folder, (pictures, sound), plan, part, on_progress)
        _sync_file(part)
        part.replace(out)
    except OSError as error:
        raise JoinError(_advice(error, out)) from error
    except av.FFmpegError as error:
        raise JoinError(f"{folder}: a segment cannot be read ({error}); look at it with verify") from error
    finally:
        part.unlink(missing_ok=True)


def _pictures(folder: Path, plan: JoinPlan) -> list[MediaPlaylist]:
    """The playlists that pictures are taken from."""
    if not plan.roles:
        programme = _playlist(folder, PROGRAMME_PLAYLIST)
        return [] if programme is None else [programme]
    found = [(role, _playlist(folder, playlist_name(role))) for role in plan.roles]
    if missing := [role for role, playlist in found if playlist is None]:
        raise JoinError(f"{folder}: nothing was recorded as {', '.join(missing)}")
    return [playlist for _, playlist in found if playlist is not None]


def _playlist(folder: Path, name: str) -> MediaPlaylist | None:
    try:
        playlist = read_media_playlist(folder / name)
    except FileNotFoundError:
        return None
    except InvalidPlaylist as error:
        raise JoinError(f"{folder / name}: {error}; let recover write it anew") from error
    return playlist if playlist.segments else None


def _advice(error: OSError, out: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{out.parent}: the disk is full; free some room or choose another place"
    return f"{error.filename or out}: {error.strerror or error}"


def _check_free_space(folder: Path, playlists: list[MediaPlaylist], place: Path) -> None:
    """Raise OSError before minutes of copying, if the result cannot fit."""
    needed = 0
    for playlist in playlists:
        needed += int(playlist.duration_s * _INDEX_BYTES_A_SECOND)
        for segment in playlist.segments:
            needed += (folder / segment.path).stat().st_size if segment.length is None else segment.length
    if (free := shutil.disk_usage(place).free) < needed:
        raise OSError(errno.ENOSPC, f"{needed} bytes are needed, {free} are free")


def _write(
    folder: Path,
    playlists: tuple[list[MediaPlaylist], MediaPlaylist | None],
    plan: JoinPlan,
    part: Path,
    on_progress: Callable[[int, int], None],
) -> None:
    pictures, sound = playlists
    total_s = max(playlist.duration_s for playlist in (*pictures, *([sound] if sound else [])))
    tags = read_tags(folder)
    chapters = _chapters_of(plan.excerpts) if plan.excerpts else tags.chapters
    with ExitStack() as stack:

        def source(playlist: MediaPlaylist) -> tuple[InputContainer, TrackStream]:
            stream = stack.enter_context(closing(TrackStream(folder, playlist)))
            return stack.enter_context(stream.open()), stream

        out = stack.enter_context(
            av.open(
                str(part),
                "w",
                format="mp4",
                container_options={"movflags": "faststart", "video_track_timescale": str(_PICTURE_TIMESCALE)},
            )
        )
        _tag(out, tags, chapters)
        rows: list[Iterator[_Ordered]] = []
        if plan.layout is not None:
            laid_out = LaidOutPictures(plan.layout, [source(playlist)[0] for playlist in pictures], out)
            rows.append((at_s, 0, packet) for at_s, packet in laid_out.packets())
        remuxed = [*(pictures if plan.layout is None else ()), *([sound] if sound else [])]
        opened = [source(playlist) for playlist in remuxed]
        targets = [_target(out, container.streams[0], stream) for container, stream in opened]
        for (container, _), target in zip(opened, targets, strict=True):
            packets = _packets(container, container.streams[0], target)
            rows.append(_cut_to(packets, plan.excerpts) if plan.excerpts else packets)
        done_s = -1
        for at_s, _, packet in merge(*rows, key=lambda one: one[:2]):
            out.mux(packet)
            if int(at_s) > done_s:
                done_s = int(at_s)
                on_progress(done_s, int(total_s))


def _tag(out: OutputContainer, tags: LessonTags, chapters: Iterable[tuple[int, int, str]]) -> None:
    out.metadata.update(tags.metadata)
    out.set_chapters(
        [
            {"id": number, "start": start_ms, "end": end_ms, "time_base": _MILLISECOND, "metadata": {"title": title}}
            for number, (start_ms, end_ms, title) in enumerate(chapters)
        ]
    )


def _chapters_of(excerpts: Sequence[Excerpt]) -> Iterator[tuple[int, int, str]]:
    at_ms = 0
    for excerpt in excerpts:
        end_ms = at_ms + (excerpt.to_s - excerpt.from_s) * 1000
        yield at_ms, end_ms, excerpt.title
        at_ms = end_ms


def _cut_to(packets: Iterator[_Ordered], excerpts: Sequence[Excerpt]) -> Iterator[_Ordered]:
    """What of a track is in the excerpts, one after the other; pictures from each one's first key picture on."""
    left = iter(excerpts)
    excerpt = next(left, None)
    begun_s = 0
    is_begun = False
    for at_s, index, packet in packets:
        while excerpt is not None and at_s >= excerpt.to_s:
            begun_s += excerpt.to_s - excerpt.from_s
            excerpt, is_begun = next(left, None), False
        if excerpt is None:
            return
        is_begun = is_begun or (at_s >= excerpt.from_s and packet.is_keyframe)
        if is_begun:
            earlier_s = excerpt.from_s - begun_s
            ticks = round(earlier_s / float(packet.time_base or 1))
            packet.pts, packet.dts = (packet.pts or 0) - ticks, (packet.dts or 0) - ticks
            yield at_s - earlier_s, index, packet


def _target(out: OutputContainer, source: Stream, stream: TrackStream) -> Stream:
    target = out.add_stream_from_template(source, opaque=True)
    if stream.has_other_parameter_sets:
        # Those in the pictures count, too (ISO/IEC 14496-15, 5.3.3).
        target.codec_context.codec_tag = "avc3"
    return target


def _packets(container: InputContainer, source: Stream, target: Stream) -> Iterator[_Ordered]:
    """Each packet for ``target``, after the two numbers that order it among those of other streams."""
    tick_s = float(source.time_base or 1)
    for packet in container.demux(source):
        # The demuxer ends with an empty packet.
        if packet.dts is not None:
            packet.stream = target
            yield packet.dts * tick_s, target.index, packet


def _sync_file(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
