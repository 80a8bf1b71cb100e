"""Somebody who speaks for ever: a tone and a breath of noise. Runs in the guest; raw 16-bit samples at 48 kHz.

usage: voice.py HZ | aplay -D hw:CARD,1 -t raw -f S16_LE -r 48000 -c 1
"""

import array
import math
import random
import sys

RATE_HZ = 48_000
_PEAK = 6_000
# A tone alone takes FFmpeg's fast AAC coder three times as long as one with what every room adds.
_NOISE = 60.0


def main(hertz: str) -> None:
    """Write until nobody listens any more. A whole number of hertz fits into a second without a seam."""
    turn = 2 * math.pi * int(hertz) / RATE_HZ
    noise = random.Random(1)
    samples = (_PEAK * math.sin(turn * number) + noise.uniform(-_NOISE, _NOISE) for number in range(RATE_HZ))
    second = array.array("h", map(round, samples)).tobytes()
    try:
        while True:
            sys.stdout.buffer.write(second)
    except BrokenPipeError:
        sys.stderr.close()


main(sys.argv[1])
