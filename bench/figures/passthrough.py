"""H.264 that a camera sends, passed through into fragments: CPU against ``ffmpeg -c copy``, and at its own pace."""

from __future__ import annotations

from bench import peer_commands
from bench.cpu_cost import measure_in_turns, recorder_command
from bench.footage import FPS
from bench.long_lessons import h264_mp4
from bench.result_rows import ResultRow, bound, ratio

_LONG_S = 1200
_PACED_S = (2, 17)
_RUNS = 5


def measure() -> list[ResultRow]:
    """Twenty minutes as fast as it goes, and the cost of a second more at 30 pictures a second."""
    film = h264_mp4(_LONG_S)
    costs = measure_in_turns(
        "passing",
        {
            "ours": lambda out: [recorder_command(out, {"teacher": film}, None)],
            "ffmpeg": lambda out: [peer_commands.ffmpeg_copy(film, out)],
        },
        _RUNS,
    )
    how = f"{_LONG_S * FPS} pictures of 720p, median of {_RUNS}"
    short, long = (_paced_cpu_s(seconds) for seconds in _PACED_S)
    percent = 100 * (long - short) / (_PACED_S[1] - _PACED_S[0])
    return [
        ratio("CPU, H.264 passed through", costs["ours"].cpu_s, costs["ffmpeg"].cpu_s, "ffmpeg -c copy", "s", 1.5, how),
        bound(
            "CPU, H.264 passed through in real time",
            percent,
            "% of a core",
            2.0,
            f"{_PACED_S[1]} s less {_PACED_S[0]} s",
        ),
    ]


def _paced_cpu_s(seconds: int) -> float:
    film = h264_mp4(seconds)
    return measure_in_turns(
        "passing-paced", {"ours": lambda out: [recorder_command(out, {"teacher": film}, None, "--rate", str(FPS))]}, 1
    )["ours"].cpu_s
