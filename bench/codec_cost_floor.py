"""What nobody can go below with these libraries: libjpeg-turbo alone and libx264 alone, CPU a picture."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from fractions import Fraction
from itertools import chain, cycle, islice
from pathlib import Path

import av
from av.video.reformatter import ColorRange

from bench.footage import FPS
from pipelines.capture.jpeg_decoder import JpegDecoder
from pipelines.encoding.packets import VIDEO_TIMESCALE
from pipelines.encoding.x264_encoder import H264Settings, X264Encoder
from pipelines.yuv_planes import planes_of

# They are encoded forwards and backwards, again and again, so that the motion stays what it is.
_SHOWN = 30


def decode(film: Path, count: int) -> float:
    """Decode so many pictures in place; the seconds of CPU."""
    decoder = JpegDecoder()
    pictures = list(islice(_jpegs(film), count))
    planes = planes_of(av.VideoFrame(*decoder.read_size(pictures[0]), "yuv420p"))
    begun_s = time.process_time()
    for data in pictures:
        decoder.decode(data, planes)
    return time.process_time() - begun_s


def encode(film: Path, count: int, preset: str, kbps: int, threads: int, qp: int | None = None) -> float:
    """Encode ``count`` pictures that lie decoded in memory, at a bit rate or a QP; the seconds of CPU."""
    decoder = JpegDecoder()
    frames = []
    for data in islice(_jpegs(film), _SHOWN):
        frame = av.VideoFrame(*decoder.read_size(data), "yuv420p")
        frame.color_range = ColorRange.JPEG
        decoder.decode(data, planes_of(frame))
        frames.append(frame)
    width, height = frames[0].width, frames[0].height
    coding = H264Settings(width, height, Fraction(FPS), kbps, preset, full_range=True, threads=threads, qp=qp)
    encoder = X264Encoder(coding)
    begun_s = time.process_time()
    for number, frame in enumerate(islice(cycle(chain(frames, reversed(frames))), count)):
        encoder.encode(frame, number * VIDEO_TIMESCALE // FPS, key=number % FPS == 0)
    encoder.close()
    return time.process_time() - begun_s


def _jpegs(film: Path) -> Iterator[bytes]:
    with av.open(str(film)) as container:
        for packet in container.demux(video=0):
            if packet.size:
                yield bytes(packet)


def main() -> None:
    """``python -m bench.codec_cost_floor FILE``: the milliseconds of CPU that a picture takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("film", type=Path)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--preset", default="superfast")
    parser.add_argument("--kbps", type=int, default=4000)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    spent_s = decode(args.film, args.count)
    spent_s += encode(args.film, args.count, args.preset, args.kbps, args.threads)
    print(1000 * spent_s / args.count)


if __name__ == "__main__":
    main()
