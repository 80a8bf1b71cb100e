"""Healthy lessons of many kinds: what a person would call good, however still, dim, quiet or slow it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np

from tests.judge import cameras, microphones
from tests.judge.cameras import JudgedCamera, Sends, room
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

HealthyLesson = Callable[[Draw], JudgedLesson]


def _seen(draw: Draw, *seen: JudgedCamera, seconds: float | None = None) -> JudgedLesson:
    return JudgedLesson(seconds or length_s(draw), seen, (usual_microphone(draw),))


def _heard(draw: Draw, *heard: JudgedMicrophone, seconds: float | None = None) -> JudgedLesson:
    return JudgedLesson(seconds or length_s(draw), (usual_camera(draw),), heard)


def _microphone(draw: Draw, *channels: Source, recorded: int = 1, role: str = "ceiling") -> JudgedMicrophone:
    return JudgedMicrophone(role, channels, recorded, ppm=float(draw.uniform(-150, 150)), seed=seed_of(draw))


def usual(draw: Draw) -> JudgedLesson:
    """Two cameras and a microphone."""
    return _seen(draw, usual_camera(draw), usual_camera(draw, "students"))


def any_rate(draw: Draw) -> JudgedLesson:
    """A camera of 5 to 60 pictures a second that keeps its promise."""
    rates = [*map(Fraction, (5, 8, 20, 50, 60)), Fraction(25, 2), Fraction(30_000, 1001)]
    camera = replace(usual_camera(draw), sends=Sends.PLANES, scene=room(draw))
    return _seen(draw, replace(camera, fps=rates[draw.integers(len(rates))]), seconds=length_s(draw, 15, 25))


def network_camera(draw: Draw) -> JudgedLesson:
    """H.264 with a key picture every 1 to 8 s."""
    gop_s = float(draw.choice([1, 1.4, 2, 4, 8]))
    fps = Fraction(int(draw.choice([12, 15, 20, 25])))
    return _seen(
        draw, JudgedCamera("teacher", room(draw), fps, sends=Sends.H264, gop_s=gop_s, jitter_ms=8.0, seed=seed_of(draw))
    )


def b_frames(draw: Draw) -> JudgedLesson:
    """H.264 whose pictures come in another order than they are shown."""
    gop_s, count = float(draw.choice([1, 2, 4])), int(draw.integers(1, 4))
    camera = JudgedCamera("teacher", room(draw), sends=Sends.H264, gop_s=gop_s, b_frames=count, seed=seed_of(draw))
    return _seen(draw, camera)


def h265(draw: Draw) -> JudgedLesson:
    """A camera that sends H.265."""
    gop_s, fps = float(draw.choice([1, 2, 4])), Fraction(int(draw.choice([15, 25])))
    return _seen(draw, JudgedCamera("teacher", room(draw), fps, sends=Sends.HEVC, gop_s=gop_s, seed=seed_of(draw)))


def unsteady_camera(draw: Draw) -> JudgedLesson:
    """A network camera whose rate varies, between all and half of what it says."""
    pace = float(draw.uniform(0.1, 1.0))
    sends = Sends(draw.choice([Sends.H264, Sends.PLANES]))
    camera = JudgedCamera("teacher", room(draw), sends=sends, seed=seed_of(draw))
    return _seen(draw, replace(camera, gop_s=0.8, true_fps=lambda at: 19.0 + 6.0 * float(np.sin(pace * at))))


def longer_exposure(draw: Draw) -> JudgedLesson:
    """The light goes down, and the camera exposes twice as long."""
    fps, from_s = Fraction(int(draw.choice([25, 30, 60]))), float(draw.choice([-10, draw.uniform(2, 15)]))
    camera = replace(usual_camera(draw), fps=fps, sends=Sends.MJPEG, scene=room(draw, brightness=0.5, full_range=True))
    return _seen(draw, replace(camera, true_fps=lambda at: float(fps) / 2 if at > from_s else float(fps)))


def dim_room(draw: Draw) -> JudgedLesson:
    """The blinds are down, and something can still be seen."""
    sends = Sends(draw.choice([Sends.PLANES, Sends.MJPEG, Sends.H264]))
    scene = room(draw, brightness=float(draw.uniform(0.2, 0.35)), noise=3.0, full_range=sends is Sends.MJPEG)
    return _seen(draw, replace(usual_camera(draw), sends=sends, scene=scene))


def calm_room(draw: Draw) -> JudgedLesson:
    """Nobody moves, and only the sensor's noise does."""
    still = room(draw, noise=0.0)
    grain = draw.normal(0.0, float(draw.uniform(0.8, 2.0)), (16, cameras.HEIGHT, cameras.WIDTH))

    def scene(second: float) -> cameras.Luma:
        view = still(0.0) + grain[int(second * 1000) % len(grain)]
        return np.clip(np.rint(view), 0, 255).astype(np.uint8)

    return _seen(draw, JudgedCamera("teacher", scene, sends=Sends.PLANES, seed=seed_of(draw)))


def still_screen(draw: Draw) -> JudgedLesson:
    """One slide for the whole lesson, or few."""
    slides = cameras.slides(draw, float(draw.choice([7, 1000])))
    sends = Sends(draw.choice([Sends.PLANES, Sends.MJPEG, Sends.H264]))
    return _seen(draw, usual_camera(draw), JudgedCamera("screen", slides, sends=sends, seed=seed_of(draw)))


def dark_screen(draw: Draw) -> JudgedLesson:
    """A screen that shows black."""
    black = np.full((cameras.HEIGHT, cameras.WIDTH), 16, np.uint8)
    screen = JudgedCamera("screen", lambda _second: black, sends=Sends.PLANES, seed=seed_of(draw))
    return _seen(draw, usual_camera(draw), screen)


def slow_screen(draw: Draw) -> JudgedLesson:
    """A grabber of few pictures, which slides do not need."""
    slow = float(draw.uniform(5, 12))
    screen = JudgedCamera("screen", cameras.slides(draw, 4.0), Fraction(30), sends=Sends.MJPEG, seed=seed_of(draw))
    return _seen(draw, usual_camera(draw), replace(screen, true_fps=lambda _: slow))


def hiccup(draw: Draw) -> JudgedLesson:
    """Once the camera or the microphone falters for less than anybody minds."""
    at_s, for_s = float(draw.uniform(4, 12)), float(draw.uniform(0.1, 0.6))

    def is_there(second: float) -> bool:
        return not at_s <= second < at_s + for_s

    if draw.random() < 0.5:
        return _seen(draw, replace(usual_camera(draw), sends=Sends.MJPEG, is_there=is_there))
    return _heard(draw, replace(usual_microphone(draw), is_there=is_there))


def single_lost_pictures(draw: Draw) -> JudgedLesson:
    """A few damaged or missing pictures in a thousand."""
    camera = replace(usual_camera(draw), sends=Sends.MJPEG, scene=room(draw, full_range=True))
    return _seen(draw, replace(camera, garbled=0.002, halved=0.001))


def quiet_class(draw: Draw) -> JudgedLesson:
    """The class reads in silence."""
    floor_dbfs, every_s = float(draw.uniform(-64, -52)), float(draw.uniform(3, 7))
    return _heard(draw, _microphone(draw, microphones.silent_reading(draw, floor_dbfs, every_s)), seconds=60.0)


def quiet_after_speech(draw: Draw) -> JudgedLesson:
    """Somebody explains, and then it is still."""
    reading = microphones.silent_reading(draw, float(draw.uniform(-70, -56)), 6.0)
    source = microphones.cut_to(speech(draw), reading, float(draw.uniform(5, 12)), 1e9)
    return _heard(draw, _microphone(draw, source), seconds=length_s(draw, 30, 50))


def stereo(draw: Draw) -> JudgedLesson:
    """Two sides, of which one is nearer."""
    near = speech(draw)
    farther = float(draw.uniform(0.2, 0.9))
    far = microphones.both(lambda times: near(times) * farther, microphones.noise(draw, -68))
    return _heard(draw, _microphone(draw, near, far, recorded=2))


def mono_on_both(draw: Draw) -> JudgedLesson:
    """A stereo card with one microphone on both sides."""
    source = speech(draw)

    def side(times: microphones.Wave) -> microphones.Wave:
        return source(times)

    return _heard(draw, _microphone(draw, side, side, recorded=int(draw.choice([1, 2]))))


def unused_channel(draw: Draw) -> JudgedLesson:
    """A stereo card with a mono microphone, which is recorded as one channel."""
    return _heard(draw, _microphone(draw, speech(draw), microphones.noise(draw, -90), recorded=1))


def hum_below_speech(draw: Draw) -> JudgedLesson:
    """A voice over mains hum and a constant."""
    hum, offset = microphones.hum(float(draw.uniform(-55, -40))), microphones.constant(float(draw.uniform(-0.05, 0.05)))
    return _heard(draw, _microphone(draw, microphones.both(speech(draw), hum, offset)))


def two_microphones(draw: Draw) -> JudgedLesson:
    """One far away from who speaks, the other on the collar."""
    far = microphones.silent_reading(draw, float(draw.uniform(-62, -54)), 3.0)
    return _heard(draw, _microphone(draw, far), usual_microphone(draw, "lapel"), seconds=length_s(draw, 30, 45))


def other_sample_rate(draw: Draw) -> JudgedLesson:
    """A card of 16 or 44.1 kHz whose clock is some way off."""
    rate_hz = int(draw.choice([16_000, 44_100]))
    microphone = JudgedMicrophone("ceiling", (speech(draw),), rate_hz=rate_hz, ppm=float(draw.uniform(-400, 400)))
    return _heard(draw, replace(microphone, seed=seed_of(draw)))


def card_of_another_rate(draw: Draw) -> JudgedLesson:
    """A card that says 44.1 kHz and delivers 48, or the reverse."""
    said, true = (44_100, 48_000) if draw.random() < 0.5 else (48_000, 44_100)
    ppm = (true / said - 1) * 1e6 + float(draw.uniform(-100, 100))
    return _heard(draw, JudgedMicrophone("ceiling", (speech(draw),), rate_hz=said, ppm=ppm, seed=seed_of(draw)))


def long_pause(draw: Draw) -> JudgedLesson:
    """The lesson stands still once or twice, for a good while."""
    seconds, first_s = length_s(draw, 70, 90), float(draw.uniform(4, 12))
    second_s = float(draw.uniform(50, 60))
    pauses = ((first_s, first_s + float(draw.uniform(10, 35))), (second_s, second_s + 3.3))
    return JudgedLesson(seconds, (usual_camera(draw),), (usual_microphone(draw),), pauses[: int(draw.integers(1, 3))])


def short_lesson(draw: Draw) -> JudgedLesson:
    """Somebody tries the button."""
    return _seen(draw, usual_camera(draw), seconds=length_s(draw, 2.5, 9))


HEALTHY: Mapping[str, HealthyLesson] = {
    make.__name__: make
    for make in (
        usual,
        any_rate,
        network_camera,
        b_frames,
        h265,
        unsteady_camera,
        longer_exposure,
        dim_room,
        calm_room,
        still_screen,
        dark_screen,
        slow_screen,
        hiccup,
        single_lost_pictures,
        quiet_class,
        quiet_after_speech,
        stereo,
        mono_on_both,
        unused_channel,
        hum_below_speech,
        two_microphones,
        other_sample_rate,
        card_of_another_rate,
        long_pause,
        short_lesson,
    )
}
"""Each kind of healthy lesson, and how one is drawn."""
