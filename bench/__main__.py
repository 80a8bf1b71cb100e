"""``python -m bench [FIGURE …]``: measure, print a table, write build/bench/results.json."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from rich.console import Console

from bench.figures import CORE, FIGURES
from bench.footage import FOLDER
from bench.quietness import Quietness
from bench.result_rows import ResultRow, print_table, write_json

RESULTS = FOLDER / "results.json"


def main() -> int:
    """0 if every figure is met, else 1."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure the performance core against its peers.")
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=f"all, or some of {', '.join(FIGURES)}")
    chosen = parser.parse_args().figures or list(CORE)
    if chosen == ["all"]:
        chosen = list(FIGURES)
    if unknown := [name for name in chosen if name not in FIGURES]:
        parser.error(f"no figure {', '.join(unknown)}; there are {', '.join(FIGURES)}")
    # The width is that of the table, wherever it is read.
    console = Console(width=None if sys.stdout.isatty() else 160)
    FOLDER.mkdir(parents=True, exist_ok=True)
    rows: list[ResultRow] = []
    for name in chosen:
        begun_s, quietness = time.monotonic(), Quietness()
        console.print(f"[bold]{name}[/] …")
        measured: list[ResultRow] = import_module(FIGURES[name]).measure()
        noise = quietness.told()
        if noise:
            measured = [replace(row, how="; ".join(filter(None, (row.how, noise)))) for row in measured]
        rows += measured
        print_table(console, measured)
        console.print(f"{name}: {time.monotonic() - begun_s:.0f} s{noise and '; '}{noise}")
        write_json(RESULTS, rows, _machine())
    if len(chosen) > 1:
        print_table(console, rows)
    return 0 if all(row.met for row in rows) else 1


def _machine() -> dict[str, object]:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return {"cores": os.cpu_count(), "cpu": model, "kernel": platform.release(), "load": os.getloadavg()}


if __name__ == "__main__":
    sys.exit(main())
