"""What a user would pick instead: the commands of ffmpeg and GStreamer, in full.

Each is given the recorder's own settings: no B-frames, low latency, a key picture a second,
the same rate and buffer, full range, 4:2:0, as many threads for the encoder. The decoder of
ffmpeg runs without threads, which costs least CPU, and it scales 4:2:2 down to 4:2:0 in the way that costs least
(``-sws_flags neighbor``). GStreamer's element knows no peak rate of its
own: its 4 Mbit/s are those of the buffer too, where the others may fill it at 6.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

SEGMENT_S = 4
FRAGMENT_MS = 250
SOUND_KBPS = 96
FPS = 30

Command = list[str]


class Encode(Protocol):
    """A peer that encodes what a camera and a microphone gave; either may be absent."""

    def __call__(
        self, video: Path | None, sound: Path | None, out: Path, *, preset: str, kbps: int, threads: int
    ) -> Command:
        """Its command line."""


def ffmpeg_encode(
    video: Path | None, sound: Path | None, out: Path, *, preset: str, kbps: int, threads: int
) -> Command:
    """MJPEG and WAV to HLS with fragmented MP4."""
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y"]
    if video:
        command += ["-threads", "1", "-i", str(video)]
    if sound:
        command += ["-i", str(sound)]
    if video:
        command += ["-c:v", "libx264", "-preset", preset, "-tune", "zerolatency", "-pix_fmt", "yuvj420p"]
        command += ["-sws_flags", "neighbor"]
        command += ["-threads", str(threads), "-g", str(FPS), "-keyint_min", str(FPS), "-bf", "0"]
        command += ["-b:v", f"{kbps}k", "-maxrate", f"{kbps * 1500}", "-bufsize", f"{kbps}k"]
        command += ["-x264-params", "scenecut=0:repeat-headers=1"]
    if sound:
        command += ["-c:a", "aac", "-b:a", f"{SOUND_KBPS}k"]
    return [*command, *_hls(out)]


def ffmpeg_copy(video: Path, out: Path, *, real_time: bool = False) -> Command:
    """H.264 to HLS with fragmented MP4, as it is."""
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y"]
    command += ["-re"] if real_time else []
    return [*command, "-i", str(video), "-c", "copy", *_hls(out)]


def ffmpeg_join(lesson: Path, out: Path) -> Command:
    """A lesson's playlists to one MP4, index first."""
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y"]
    command += ["-i", str(lesson / "programme.m3u8"), "-i", str(lesson / "sound.m3u8")]
    return [*command, "-map", "0:v", "-map", "1:a", "-c", "copy", "-movflags", "+faststart", str(out)]


def gstreamer_encode(
    video: Path | None, sound: Path | None, out: Path, *, preset: str, kbps: int, threads: int
) -> Command:
    """MJPEG and WAV to one fragmented MP4, not to segments: one run in five of splitmuxsink (1.22) never ends."""
    command = ["gst-launch-1.0", "-q"]
    if video:
        command += ["filesrc", f"location={video}", "!", "avidemux", "!", "queue", "!", "jpegdec", "!"]
        command += ["video/x-raw,format=I420,colorimetry=1:4:0:0", "!"]
        command += [
            "x264enc",
            f"speed-preset={preset}",
            "tune=zerolatency",
            f"bitrate={kbps}",
            f"threads={threads}",
        ]
        command += [f"key-int-max={FPS}", "bframes=0", "qp-min=0", "vbv-buf-capacity=1000"]
        command += [f"option-string=keyint={FPS}:min-keyint={FPS}:scenecut=0"]
        command += ["!", "h264parse", "!", "queue", "!", "mux."]
    if sound:
        command += ["filesrc", f"location={sound}", "!", "wavparse", "!", "audioconvert", "!", "avenc_aac"]
        command += [f"bitrate={SOUND_KBPS * 1000}", "!", "aacparse", "!", "queue", "!", "mux."]
    command += ["mp4mux", "name=mux", f"fragment-duration={FRAGMENT_MS}", "streamable=true", "!"]
    return [*command, "filesink", f"location={out}/out.mp4"]


def _hls(out: Path) -> Command:
    command = ["-f", "hls", "-hls_time", str(SEGMENT_S), "-hls_segment_type", "fmp4", "-hls_list_size", "0"]
    return [*command, "-hls_playlist_type", "event", str(out / "out.m3u8")]
