"""H.264 that a camera sends, passed through into fragments: CPU against ``ffmpeg -c copy``, and at its own pace."""

from __future__ import annotations

from bench import peers
from bench.cost import ours, turns
from bench.lessons import h264
from bench.material import FPS
from bench.rows import Row, bound, ratio

_LONG_S = 1200
_PACED_S = (2, 17)
_RUNS = 5


def measure() -> list[Row]:
    """Twenty minutes as fast as it goes, and the cost of a second more at 30 pictures a second."""
    film = h264(_LONG_S)
    costs = turns(
        "passing",
        {
            "ours": lambda out: [ours(out, {"teacher": film}, None)],
            "ffmpeg": lambda out: [peers.ffmpeg_copy(film, out)],
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
    film = h264(seconds)
    return turns("passing-paced", {"ours": lambda out: [ours(out, {"teacher": film}, None, "--rate", str(FPS))]}, 1)[
        "ours"
    ].cpu_s
