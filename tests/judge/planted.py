"""Lessons with one planted fault each: what a person would call bad."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from tests.judge import cameras, microphones
from tests.judge.cameras import JudgedCamera, Scene, Sends, room
from tests.judge.lessons import (
    Draw,
    JudgedLesson,
    length_s,
    seed_of,
    speech,
    usual_camera,
    usual_microphone,
)
from tests.judge.microphones import JudgedMicrophone, Source

PlantedLesson = Callable[[Draw], JudgedLesson]
_FOREVER = 1e9


def _with_camera(draw: Draw, camera: JudgedCamera, seconds: float) -> JudgedLesson:
    """The camera is the only one, or beside a healthy one."""
    others = (usual_camera(draw, "students" if camera.role == "teacher" else "teacher"),) if draw.random() < 0.4 else ()
    return JudgedLesson(seconds, (camera, *others), (usual_microphone(draw),))


def _role(draw: Draw) -> str:
    return str(draw.choice(["teacher", "students"]))


def slow_camera(draw: Draw) -> JudgedLesson:
    """It promises 25 or more and gives a few, from some moment on or all the time."""
    seconds = length_s(draw)
    fps, slow = Fraction(int(draw.choice([25, 30, 60]))), float(draw.uniform(1.1, 8.0))
    from_s = float(draw.choice([-10.0, draw.uniform(1, seconds - 12)]))
    camera = replace(usual_camera(draw, _role(draw)), fps=fps, sends=Sends.MJPEG)
    return _with_camera(draw, replace(camera, true_fps=lambda at: slow if at > from_s else float(fps)), seconds)


def slow_network_camera(draw: Draw) -> JudgedLesson:
    """The same from a camera that is passed through."""
    seconds = length_s(draw)
    slow = float(draw.uniform(1.5, 8.0))
    camera = JudgedCamera("teacher", room(draw), sends=Sends.H264, true_fps=lambda _: slow, seed=seed_of(draw))
    # By its own count of pictures a key picture comes every second: by the clock too.
    return _with_camera(draw, replace(camera, gop_s=slow / 25), seconds)


def starving_camera(draw: Draw) -> JudgedLesson:
    """It is fast enough for the most part, and nearly stands still for a while."""
    seconds = length_s(draw, 30, 60)
    from_s, slow = float(draw.uniform(2, seconds - 14)), float(draw.uniform(1.1, 4.0))
    to_s = from_s + float(draw.uniform(8, 12))
    camera = replace(usual_camera(draw, _role(draw)), sends=Sends.PLANES, scene=room(draw))
    fps = float(camera.fps)
    return _with_camera(draw, replace(camera, true_fps=lambda at: slow if from_s < at < to_s else fps), seconds)


def _spoilt_scene(draw: Draw, spoil: Callable[[Scene, float, float], Scene], sends: Sends) -> JudgedLesson:
    seconds = length_s(draw, 36, 50)
    from_s = float(draw.choice([-10.0, draw.uniform(2, seconds - 26)]))
    to_s = float(draw.choice([_FOREVER, from_s + draw.uniform(24, 30)]))
    scene = spoil(room(draw, full_range=sends is Sends.MJPEG), from_s, to_s)
    fps = Fraction(int(draw.choice([12, 25, 30])))
    return _with_camera(draw, JudgedCamera(_role(draw), scene, fps, sends=sends, seed=seed_of(draw)), seconds)


def black_camera(draw: Draw) -> JudgedLesson:
    """The lens cap is on: a little noise above black."""
    sends = Sends(draw.choice([Sends.PLANES, Sends.MJPEG]))
    return _spoilt_scene(draw, lambda scene, a, b: cameras.cut_to(scene, _cap(draw, sends), a, b), sends)


def black_network_camera(draw: Draw) -> JudgedLesson:
    """The same from a camera that is passed through."""
    return _spoilt_scene(draw, lambda scene, a, b: cameras.cut_to(scene, _cap(draw, Sends.H264), a, b), Sends.H264)


def _cap(draw: Draw, sends: Sends) -> Scene:
    return room(draw, brightness=float(draw.uniform(0, 0.02)), noise=1.5, full_range=sends is Sends.MJPEG)


def frozen_camera(draw: Draw) -> JudgedLesson:
    """A camera or grabber that gives the same picture again and again."""
    return _spoilt_scene(draw, cameras.frozen, Sends(draw.choice([Sends.PLANES, Sends.MJPEG])))


def frozen_network_camera(draw: Draw) -> JudgedLesson:
    """The same from a camera that is passed through."""
    return _spoilt_scene(draw, cameras.frozen, Sends.H264)


def _away(draw: Draw, seconds: float, least_s: float, most_s: float) -> Callable[[float], bool]:
    from_s = float(draw.uniform(3, seconds - most_s - 1))
    to_s = from_s + float(draw.uniform(least_s, most_s))
    return lambda at: not from_s <= at < to_s


def camera_unplugged(draw: Draw) -> JudgedLesson:
    """It is away in mid-lesson."""
    seconds = length_s(draw)
    return _with_camera(draw, replace(usual_camera(draw, _role(draw)), is_there=_away(draw, seconds, 2.5, 9)), seconds)


def camera_that_comes_late(draw: Draw) -> JudgedLesson:
    """Its first picture comes when the lesson has begun."""
    late_s = float(draw.uniform(1.5, 8))
    camera = replace(usual_camera(draw, _role(draw)), is_there=lambda at: at > late_s)
    return _with_camera(draw, camera, length_s(draw))


def camera_that_ends_early(draw: Draw) -> JudgedLesson:
    """Nothing comes of it any more before the lesson's end."""
    seconds = length_s(draw)
    until_s = seconds - float(draw.uniform(1.5, 10))
    return _with_camera(draw, replace(usual_camera(draw, _role(draw)), is_there=lambda at: at < until_s), seconds)


def half_pictures(draw: Draw) -> JudgedLesson:
    """JPEGs whose end is missing."""
    camera = JudgedCamera("teacher", room(draw, full_range=True), sends=Sends.MJPEG, seed=seed_of(draw))
    camera = replace(camera, halved=float(draw.uniform(0.06, 1.0)), spoilt_from_s=float(draw.uniform(0, 8)))
    return _with_camera(draw, camera, length_s(draw))


def garbled_pictures(draw: Draw) -> JudgedLesson:
    """JPEGs that are none."""
    camera = JudgedCamera("teacher", room(draw, full_range=True), sends=Sends.MJPEG, seed=seed_of(draw))
    return _with_camera(draw, replace(camera, garbled=float(draw.uniform(0.06, 0.9))), length_s(draw))


def smeared_pictures(draw: Draw) -> JudgedLesson:
    """A network camera over a line that loses packets."""
    camera = JudgedCamera("teacher", room(draw), sends=Sends.H264, gop_s=2.0, seed=seed_of(draw))
    return _with_camera(draw, replace(camera, lost=float(draw.uniform(0.02, 0.2))), length_s(draw))


def pictures_with_old_times(draw: Draw) -> JudgedLesson:
    """A camera whose pictures come with the time of the one before."""
    camera = replace(usual_camera(draw), sends=Sends.PLANES, scene=room(draw), jitter_ms=0.0)
    return _with_camera(draw, replace(camera, backward=float(draw.uniform(0.5, 0.9))), length_s(draw))


def dead_screen(draw: Draw) -> JudgedLesson:
    """The grabber has nothing for a while, or one picture a second."""
    seconds = length_s(draw)
    screen = JudgedCamera("screen", cameras.slides(draw, 5.0), Fraction(30), sends=Sends.MJPEG, seed=seed_of(draw))
    if draw.random() < 0.5:
        screen = replace(screen, is_there=_away(draw, seconds, 2.5, 9))
    else:
        screen = replace(screen, true_fps=lambda _: 1.15)
    return JudgedLesson(seconds, (usual_camera(draw), screen), (usual_microphone(draw),))


def _with_microphone(draw: Draw, microphone: JudgedMicrophone, seconds: float) -> JudgedLesson:
    """The microphone is the only one, or beside a healthy one."""
    others = (usual_microphone(draw, "lapel"),) if draw.random() < 0.4 else ()
    return JudgedLesson(seconds, (usual_camera(draw),), (microphone, *others))


def _deaf(draw: Draw, dead: Source) -> JudgedLesson:
    """From some moment of the first half on, or all the time."""
    seconds = length_s(draw, 24, 60)
    from_s = float(draw.choice([-10.0, draw.uniform(2, seconds / 2 - 4)]))
    source = microphones.cut_to(speech(draw), dead, from_s, _FOREVER)
    return _with_microphone(draw, replace(usual_microphone(draw), channels=(source,)), seconds)


def digital_silence(draw: Draw) -> JudgedLesson:
    """Nothing but zeros."""
    return _deaf(draw, microphones.constant(0.0))


def constant_sample(draw: Draw) -> JudgedLesson:
    """A converter that stands still."""
    return _deaf(draw, microphones.constant(float(draw.uniform(-0.9, 0.9))))


def hum_alone(draw: Draw) -> JudgedLesson:
    """The microphone's plug is half out."""
    hum = microphones.hum(float(draw.uniform(-60, -20)), float(draw.choice([50, 60])))
    return _deaf(draw, microphones.both(hum, microphones.noise(draw, -85)))


def open_input(draw: Draw) -> JudgedLesson:
    """The noise of an input with nothing behind it."""
    return _deaf(draw, microphones.noise(draw, float(draw.uniform(-95, -79))))


def dead_channel(draw: Draw) -> JudgedLesson:
    """One side of a stereo recording has nothing."""
    seconds = length_s(draw, 24, 50)
    from_s = float(draw.choice([-10.0, draw.uniform(2, seconds / 2 - 4)]))
    heard = speech(draw)
    dead = microphones.cut_to(heard, microphones.noise(draw, float(draw.uniform(-110, -78))), from_s, _FOREVER)
    sides = (heard, dead) if draw.random() < 0.5 else (dead, heard)
    return _with_microphone(draw, replace(usual_microphone(draw), channels=sides, recorded_channels=2), seconds)


def microphone_unplugged(draw: Draw) -> JudgedLesson:
    """It is away in mid-lesson."""
    seconds = length_s(draw)
    return _with_microphone(draw, replace(usual_microphone(draw), is_there=_away(draw, seconds, 1.5, 9)), seconds)


def microphone_that_comes_late(draw: Draw) -> JudgedLesson:
    """Its first block comes when the lesson has begun."""
    late_s = float(draw.uniform(1.5, 8))
    return _with_microphone(draw, replace(usual_microphone(draw), is_there=lambda at: at > late_s), length_s(draw))


def lost_blocks(draw: Draw) -> JudgedLesson:
    """An overloaded bus loses sound all the time."""
    microphone = replace(usual_microphone(draw), lost=float(draw.uniform(0.08, 0.4)), lost_from_s=2.0)
    return _with_microphone(draw, microphone, length_s(draw))


def clipping(draw: Draw) -> JudgedLesson:
    """The gain is far too high."""
    loud = microphones.voice(draw, float(draw.uniform(6, 20)))
    return _with_microphone(draw, replace(usual_microphone(draw), channels=(loud,)), length_s(draw))


def _spoilt_files(spoil: Callable[[Draw, Path], None]) -> PlantedLesson:
    def lesson(draw: Draw) -> JudgedLesson:
        usual = JudgedLesson(length_s(draw, 14, 24), (usual_camera(draw),), (usual_microphone(draw),))
        return replace(usual, spoil=lambda folder: spoil(draw, folder))

    return lesson


def _segments(draw: Draw, folder: Path, count: int) -> list[Path]:
    track = str(draw.choice(["teacher", "sound"]))
    found = sorted((folder / track).glob("*.m4s"))
    return [found[index] for index in draw.choice(len(found), count, replace=False)]


def _cut_file(draw: Draw, folder: Path) -> None:
    (path,) = _segments(draw, folder, 1)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * draw.uniform(0.1, 0.95))])


def _lost_file(draw: Draw, folder: Path) -> None:
    _segments(draw, folder, 1)[0].unlink()


def _flipped_bit(draw: Draw, folder: Path) -> None:
    (path,) = _segments(draw, folder, 1)
    data = bytearray(path.read_bytes())
    data[int(draw.integers(len(data)))] ^= 1 << int(draw.integers(8))
    path.write_bytes(data)


def _swapped_files(draw: Draw, folder: Path) -> None:
    one, other = _segments(draw, folder, 2)
    kept = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(kept)


def _swapped_tracks(draw: Draw, folder: Path) -> None:
    (folder / "teacher").rename(folder / "kept")
    (folder / "sound").rename(folder / "teacher")
    (folder / "kept").rename(folder / "sound")


def _other_init(draw: Draw, folder: Path) -> None:
    (folder / "teacher/init.mp4").write_bytes((folder / "sound/init.mp4").read_bytes())


def _cut_journal(draw: Draw, folder: Path) -> None:
    path = folder / "journal.jsonl"
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * draw.uniform(0.3, 0.98))])


def _cut_playlist(draw: Draw, folder: Path) -> None:
    path = folder / str(draw.choice(["teacher.m3u8", "sound.m3u8", "programme.m3u8"]))
    lines = path.read_text().splitlines()
    path.write_text("\n".join(lines[: int(draw.integers(8, len(lines) - 1))]) + "\n")


PLANTED: Mapping[str, PlantedLesson] = {
    **{
        make.__name__: make
        for make in (
            slow_camera,
            slow_network_camera,
            starving_camera,
            black_camera,
            black_network_camera,
            frozen_camera,
            frozen_network_camera,
            camera_unplugged,
            camera_that_comes_late,
            camera_that_ends_early,
            half_pictures,
            garbled_pictures,
            smeared_pictures,
            pictures_with_old_times,
            dead_screen,
            digital_silence,
            constant_sample,
            hum_alone,
            open_input,
            dead_channel,
            microphone_unplugged,
            microphone_that_comes_late,
            lost_blocks,
            clipping,
        )
    },
    "cut_file": _spoilt_files(_cut_file),
    "lost_file": _spoilt_files(_lost_file),
    "flipped_bit": _spoilt_files(_flipped_bit),
    "swapped_files": _spoilt_files(_swapped_files),
    "swapped_tracks": _spoilt_files(_swapped_tracks),
    "other_init": _spoilt_files(_other_init),
    "cut_journal": _spoilt_files(_cut_journal),
    "cut_playlist": _spoilt_files(_cut_playlist),
}
"""Each kind of fault, and how a lesson with it is drawn."""
