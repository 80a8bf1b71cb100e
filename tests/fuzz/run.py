"""Every framing under atheris, one after the other, each for a bounded time: ``run.py [--seconds S] [NAME…]``."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAX_BYTES, MAX_MB, HANG_S = 300, 1024, 5
MODULES = {
    **dict.fromkeys(("rf217", "rf218", "rf219", "iclicker"), "clicker_framings"),
    **dict.fromkeys(("visca_stream", "sony_datagram", "visca_command_queue"), "visca_framings"),
}


def main() -> int:
    """0 where nothing was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10, help="how long each framing is tried")
    parser.add_argument("names", nargs="*", default=list(MODULES), help=f"of {', '.join(MODULES)}")
    args = parser.parse_args()
    failed = [name for name in args.names if not _fuzz(name, args.seconds)]
    print(f"found something in {', '.join(failed)}" if failed else f"nothing found in {', '.join(args.names)}")
    return 1 if failed else 0


def _fuzz(name: str, seconds: int) -> bool:
    """Run one framing in a process of its own, which libFuzzer ends."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [
                *(sys.executable, "-c", CHILD, MODULES[name], name),
                *(f"-max_total_time={seconds}", f"-max_len={MAX_BYTES}", f"-rss_limit_mb={MAX_MB}"),
                *(f"-timeout={HANG_S}", f"-artifact_prefix={folder}/", "-print_final_stats=1"),
            ],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    stats = [line for line in done.stderr.splitlines() if "number_of_executed_units" in line or "peak_rss" in line]
    print(f"{name}: exit {done.returncode}; {'; '.join(stats)}")
    if done.returncode:
        print(done.stderr)
    return done.returncode == 0


CHILD = """
import importlib, sys
import atheris
sys.path[:0] = [".", "tests/fuzz"]
module, name = sys.argv[1:3]
with atheris.instrument_imports(include=["drivers.clicker", "drivers.ptz"]):
    target = importlib.import_module(module).TARGETS[name]
atheris.Setup([sys.argv[0], *sys.argv[3:]], target)
atheris.Fuzz()
"""

if __name__ == "__main__":
    sys.exit(main())
