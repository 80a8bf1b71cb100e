"""Somebody who speaks for ever: a tone, as raw 16-bit samples at 48 kHz on standard output. Runs in the guest.

usage: voice.py HZ | aplay -D hw:CARD,1 -t raw -f S16_LE -r 48000 -c 1
"""

import array
import math
import sys

RATE_HZ = 48_000
_PEAK = 6_000


def main(hertz: str) -> None:
    """Write until nobody listens any more. A whole number of hertz fits into a second without a seam."""
    turn = 2 * math.pi * int(hertz) / RATE_HZ
    second = array.array("h", (round(_PEAK * math.sin(turn * number)) for number in range(RATE_HZ))).tobytes()
    try:
        while True:
            sys.stdout.buffer.write(second)
    except BrokenPipeError:
        sys.stderr.close()


main(sys.argv[1])
