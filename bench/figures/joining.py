"""An hour made one MP4: the join command against ffmpeg's, in CPU and in the time somebody waits."""

from __future__ import annotations

import sys

from bench import peer_commands
from bench.cpu_cost import measure_in_turns
from bench.long_lessons import lesson_folder
from bench.result_rows import ResultRow, ratio

_SECONDS = 3600
_RUNS = 3


def measure() -> list[ResultRow]:
    """Ours is the whole command, which also makes the file durable; ffmpeg leaves that to the kernel."""
    folder = lesson_folder(_SECONDS).absolute()
    costs = measure_in_turns(
        "joining",
        {
            "ours": lambda out: [[sys.executable, "-m", "edge.cli.main", "join", str(folder), str(out / "hour.mp4")]],
            "ffmpeg": lambda out: [peer_commands.ffmpeg_join(folder, out / "hour.mp4")],
        },
        _RUNS,
    )
    how = f"720p30 and sound, median of {_RUNS}"
    ours, peer = costs["ours"], costs["ffmpeg"]
    return [
        ratio("an hour into one MP4, CPU", ours.cpu_s, peer.cpu_s, "ffmpeg -c copy", "s", 1.0, how),
        ratio("an hour into one MP4, time", ours.wall_s, peer.wall_s, "ffmpeg -c copy", "s", 1.0, how),
    ]
