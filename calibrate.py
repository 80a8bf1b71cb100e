"""The technician's entry point: ``python calibrate.py`` is ``classroom-edge calibrate``, the walk through a room."""

import sys

from edge.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["calibrate", *sys.argv[1:]]))
