"""The technician's entry point: opens every device of the room's config and measures what it delivers.

``python calibrate.py --config FILE`` is ``classroom-edge devices``: real frame rate, brightness, sound level,
and in words what is wrong where a device does not open.
"""

import sys

from edge.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["devices", *sys.argv[1:]]))
