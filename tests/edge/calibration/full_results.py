"""A calibration with every kind of finding, picture and plot, and the one before it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import cv2
import numpy as np

from edge.calibration.results import (
    Advice,
    Curve,
    Finding,
    MeasuredDevice,
    Picture,
    Range,
    Results,
    SettingChange,
    StepResult,
    Tolerance,
    Verdict,
)

WHEN = dt.datetime(2026, 9, 3, 2, 15, tzinfo=dt.UTC)
VALUES: dict[str, str | int | float] = {"needed_mbps": 24, "degrees": 1.6, "channel": 2, "rate_fps": 25}
ROOM_NAME = "高二（3）班 <b>一楼</b>"


def full_results(folder: Path) -> Results:
    """Results with all there can be; their pictures are written into ``folder``."""
    _write_picture(folder / "teacher.jpg")
    picture = StepResult(
        step="picture",
        measured_at=WHEN,
        findings=[
            _measured("sharpness", "teacher", 92.04, 1.27, "%", Range(low=80), Range(low=60)),
            _measured(
                "tilt", "teacher", -1.63, 0.11, "°", Range(low=-1, high=1), Range(low=-2, high=2), "turn-clockwise"
            ),
            _measured("flicker", "students", 14.2, 0.9, "%", Range(high=3), Range(high=8), "flicker"),
            Finding(name="colour-cast", device="students", text="tungsten", verdict=Verdict.GOOD),
            Finding(
                name="field-of-view",
                device="screen",
                verdict=Verdict.UNMEASURED,
                advice=Advice(code="lens-no-charuco", values=VALUES),
            ),
        ],
        changes=[SettingChange(key="cameras.teacher.power_line_hz", before=None, after=50)],
        pictures=[
            Picture(file="teacher.jpg", caption="camera-view", device="teacher"),
            Picture(file="gone.jpg", caption="blackboard-straight", device="screen"),
            Picture(file="../secret.jpg", caption="blackboard-straight", device="screen"),
        ],
        curves=[_sharpness_map(), _distortion()],
    )
    sound = StepResult(
        step="sound",
        measured_at=WHEN,
        findings=[
            _measured(
                "speech-loudness", "ceiling", -24.3, 0.6, "LUFS", Range(low=-26, high=-20), Range(low=-30, high=-17)
            ),
            _measured("mains-hum", "lapel", -51.7, 1.1, "dBFS", Range(high=-65), Range(high=-55), "mains-hum"),
            _measured("reverberation", "", 0.8312, 0.0442, "s", Range(high=0.6), Range(high=0.9), "reverberation"),
            Finding(
                name="dead-channel",
                device="ceiling",
                text="2",
                verdict=Verdict.BAD,
                advice=Advice(code="dead-channel", values=VALUES),
            ),
            Finding(name="inverted-channels", device="ceiling+lapel", text="–", verdict=Verdict.BAD),
        ],
        changes=[
            SettingChange(key="microphones.ceiling.gain_db", before=0.0, after=6.5),
            SettingChange(
                key="cameras.teacher.url", before="rtsp://a:geheim@10.0.0.9/1", after="rtsp://a:geheim@10.0.0.7/1"
            ),
            SettingChange(key="cameras.teacher.password", before="geheim", after=None),
        ],
        curves=[_spectrum(), _decay(), _levels()],
    )
    sync = StepResult(
        step="sync",
        measured_at=None,
        findings=[_measured("sync-offset", "teacher+ceiling", 62.4, 2.3, "ms", Range(low=-80, high=80), Range())],
        changes=[SettingChange(key="cameras.teacher.latency_ms", before=0, after=62)],
        curves=[_sync_histogram()],
    )
    store = StepResult(
        step="network",
        measured_at=WHEN,
        findings=[
            _measured("store-rate", "", 11.2, 1.9, "Mbit/s", Range(low=24), Range(low=12), "store-slow"),
            _measured("sync-p99", "", 38.0, None, "ms", Range(high=100), Range(high=250)),
        ],
        curves=[_upload_rate(), _sync_latency(), Curve(kind="decay", x=[0.0, 1.0], y=[0.0])],
    )
    clickers = StepResult(step="clickers", measured_at=WHEN)
    timetable = StepResult(
        step="timetable",
        measured_at=WHEN,
        findings=[Finding(name="timetable-today", value=7, unit="", verdict=Verdict.GOOD)],
    )
    steps = [picture, sound, sync, store, clickers, timetable]
    return Results(
        number=2,
        school="hill-middle-school",
        room="r204",
        room_name=ROOM_NAME,
        box="r204-box (Raspberry Pi 5 Model B)",
        version="0.1.0",
        began_at=WHEN - dt.timedelta(minutes=50),
        finished_at=WHEN,
        devices=[
            MeasuredDevice(
                role="teacher",
                driver="v4l2",
                model="UVC Camera 1080P",
                serial="SN20260117A",
                port="1-1.2",
                node="/dev/video0",
            ),
            MeasuredDevice(
                role="students", driver="v4l2", model="UVC Camera 1080P", serial="SN20260117B", port="1-1.4"
            ),
            MeasuredDevice(role="ceiling", driver="portaudio", model="USB PnP Sound Device", port="1-1.3"),
        ],
        steps={step.step: step for step in steps},
    )


def earlier_results() -> Results:
    """The calibration before: another camera, a figure that has moved, one that has not, and one that was good."""
    return Results(
        number=1,
        school="hill-middle-school",
        room="r204",
        version="0.0.9",
        finished_at=WHEN - dt.timedelta(days=180),
        devices=[
            MeasuredDevice(role="teacher", driver="v4l2", model="UVC Camera 1080P", serial="SN2025", port="1-1.2")
        ],
        steps={
            "picture": StepResult(
                step="picture",
                findings=[
                    _measured("sharpness", "teacher", 91.1, 1.2, "%", Range(low=80), Range(low=60)),
                    _measured("flicker", "students", 1.1, 0.9, "%", Range(high=3), Range(high=8)),
                ],
            ),
            "sound": StepResult(
                step="sound",
                findings=[
                    _measured("speech-loudness", "ceiling", -22.1, 0.6, "LUFS", Range(low=-26, high=-20), Range())
                ],
            ),
        },
    )


def _measured(
    name: str,
    device: str,
    value: float,
    half_width: float | None,
    unit: str,
    good: Range,
    acceptable: Range,
    advice: str = "",
) -> Finding:
    tolerance = Tolerance(good=good, acceptable=acceptable)
    return Finding(
        name=name,
        device=device,
        value=value,
        half_width=half_width,
        unit=unit,
        tolerance=tolerance,
        verdict=tolerance.verdict(value),
        advice=Advice(code=advice, values=VALUES | {"device": device}) if advice else None,
    )


def _write_picture(path: Path) -> None:
    rows, columns = np.mgrid[0:1080, 0:1920]
    picture = np.stack([columns // 8 % 256, rows // 5 % 256, np.full_like(rows, 90)], axis=-1).astype(np.uint8)
    cv2.putText(picture, "BLACKBOARD", (300, 600), cv2.FONT_HERSHEY_SIMPLEX, 6, (255, 255, 255), 12)
    path.write_bytes(bytes(cv2.imencode(".jpg", picture)[1]))


def _spectrum() -> Curve:
    rng = np.random.default_rng(5)
    hertz = np.geomspace(20, 20_000, 600)
    level = -72 - 6 * np.log2(hertz / 200) * 0.4 + rng.normal(0, 1.2, hertz.size)
    harmonics = [[50.0, -51.7], [100.0, -58.2], [150.0, -61.0], [200.0, -69.5]]
    for at, dbfs in harmonics:
        level = np.maximum(level, dbfs - 40 * np.abs(np.log2(hertz / at)) * 6)
    return Curve(kind="spectrum", device="lapel", x=hertz.tolist(), y=level.tolist(), rows=harmonics)


def _decay() -> Curve:
    seconds = np.linspace(0, 1, 400)
    level = 10 * np.log10(10 ** (-6 * seconds / 0.83) + 1e-5)
    return Curve(kind="decay", x=seconds.tolist(), y=level.tolist(), rows=[[0.07, -5.0], [0.346, -25.0]])


def _levels() -> Curve:
    rng = np.random.default_rng(7)
    seconds = np.arange(0, 30, 0.1)
    level = np.where((seconds > 8) & (seconds < 22), -24, -58) + rng.normal(0, 2, seconds.size)
    rows = [[0.0, 8.0, -58.0], [8.0, 22.0, -24.3]]
    return Curve(kind="levels", device="ceiling", x=seconds.tolist(), y=level.tolist(), rows=rows)


def _sharpness_map() -> Curve:
    rows, columns = np.mgrid[-1:1:9j, -1:1:16j]
    grid = 0.8 * np.exp(-0.5 * (rows**2 + (columns - 0.3) ** 2))
    return Curve(kind="sharpness-map", device="teacher", rows=grid.tolist())


def _distortion() -> Curve:
    x, y = (axis.ravel() for axis in np.meshgrid(np.linspace(60, 1860, 12), np.linspace(60, 1020, 7)))
    u, v = (x - 960) / 960, (y - 540) / 960
    radial = -0.03 * (u**2 + v**2)
    rng = np.random.default_rng(3)
    after = rng.normal(0, 0.2, (x.size, 2))
    rows = np.column_stack([x, y, u * radial * 960, v * radial * 960, after])
    return Curve(kind="distortion", device="teacher", x=[1920.0, 1080.0], rows=rows.tolist())


def _sync_histogram() -> Curve:
    offsets = np.random.default_rng(11).normal(62.4, 6, 30)
    return Curve(kind="sync-histogram", device="teacher+ceiling", x=offsets.tolist(), y=[62.4, 2.3, 5.0])


def _upload_rate() -> Curve:
    seconds = np.arange(0, 60, 1.0)
    rate = 11 + 3 * np.sin(seconds / 6)
    return Curve(kind="upload-rate", x=seconds.tolist(), y=rate.tolist(), rows=[[24.0]])


def _sync_latency() -> Curve:
    times = np.random.default_rng(13).lognormal(1.5, 0.8, 400)
    return Curve(kind="sync-latency", x=times.tolist(), y=[float(np.percentile(times, 99)), 100.0])
