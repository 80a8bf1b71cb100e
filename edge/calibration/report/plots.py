"""Plots of a report, one for each kind of ``Curve``: each function says which fields of the curve it draws, and how."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullFormatter, ScalarFormatter
from numpy.typing import NDArray

from edge.calibration.report.inline_svg import inline_svg
from edge.calibration.report.texts import Words, figure_text, number_text
from edge.calibration.results import Curve

# Okabe and Ito, "Color Universal Design", 2008: told apart by the colour-blind.
_BLUE, _ORANGE, _GREEN, _RED, _GREY = "#0072b2", "#d55e00", "#009e73", "#b22222", "#777777"
_SIZE_IN = (5.4, 2.6)
_WIDE_IN = (5.4, 1.9)
_PAPER = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.0}
_MAINS_HZ, _HARMONICS = 50, 6


class Undrawable(Exception):
    """The figures of a curve do not fit together."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a plot is drawn with."""

    curve: Curve
    figure: Figure
    axes: Axes
    words: Words

    def label(self, x: str, y: str) -> None:
        """Name the axes by messages of the report."""
        self.axes.set_xlabel(self.words.say(x))
        self.axes.set_ylabel(self.words.say(y))

    def xy(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """``x`` and ``y`` as arrays of the same length.

        Raises:
            Undrawable: They are not, are empty, or not finite.
        """
        x, y = np.asarray(self.curve.x, np.float64), np.asarray(self.curve.y, np.float64)
        if x.size == 0 or x.shape != y.shape or not (np.isfinite(x).all() and np.isfinite(y).all()):
            raise Undrawable(self.curve.kind)
        return x, y

    def rows(self, width: int | None = None) -> NDArray[np.float64]:
        """``rows`` as an array, each of the same length (``width``, if given).

        Raises:
            Undrawable: They are not, or there are none.
        """
        lengths = {len(row) for row in self.curve.rows}
        if len(lengths) != 1 or 0 in lengths or (width is not None and lengths != {width}):
            raise Undrawable(self.curve.kind)
        return np.asarray(self.curve.rows, np.float64)


def plot_svg(curve: Curve, ident: str, words: Words, font: str) -> str:
    """The plot of a curve as an ``svg`` element with text as text; ``font`` is the family of Chinese characters.

    Raises:
        Undrawable: Its fields are not those of its kind.
    """
    settings: dict[Any, Any] = {
        "font.family": [font] if font else ["DejaVu Sans"],
        "font.size": 10,
        "svg.fonttype": "none",
        "svg.hashsalt": ident,
        "axes.unicode_minus": False,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "grid.color": "#e3e3e3",
        "grid.linewidth": 0.6,
        "legend.frameon": False,
        "legend.fontsize": 9,
    }
    with mpl.rc_context(settings), _quiet_about_glyphs():
        figure = Figure(figsize=_SIZE_IN, layout="constrained")
        _DRAW[curve.kind](Drawing(curve, figure, figure.add_subplot(), words))
        return inline_svg(figure, ident, plot_title(curve, words))


def plot_title(curve: Curve, words: Words) -> str:
    """What a plot shows, as a caption."""
    return words.say(f"plot-{curve.kind}")


def _spectrum(drawing: Drawing) -> None:
    """Sound level over frequency. ``x``: Hz, rising; ``y``: dBFS; ``rows``: [Hz, dBFS] of each harmonic of the hum.

    Without ``rows`` the first harmonics of 50 Hz are marked where they would be.
    """
    axes = drawing.axes
    x, y = drawing.xy()
    audible = x > 0
    axes.semilogx(x[audible], y[audible], color=_BLUE, linewidth=0.9)
    if drawing.curve.rows:
        hum = drawing.rows(2)
        axes.plot(hum[:, 0], hum[:, 1], "v", color=_RED, markersize=5, label=drawing.words.say("hum"))
        for hertz, dbfs in hum[:4]:
            axes.annotate(f"{hertz:g}", (hertz, dbfs), (0, 5), textcoords="offset points", ha="center", fontsize=7)
        axes.legend(loc="upper right")
    else:
        for harmonic in range(1, _HARMONICS + 1):
            label = drawing.words.say("hum-would-be") if harmonic == 1 else None
            axes.axvline(harmonic * _MAINS_HZ, color=_RED, linewidth=0.6, linestyle=":", label=label)
        axes.legend(loc="upper right")
    axes.margins(y=0.12)
    axes.set_xlim(max(20.0, float(x[audible].min())), float(x.max()))
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.xaxis.set_minor_formatter(NullFormatter())
    drawing.label("axis-hz", "axis-dbfs")


def _decay(drawing: Drawing) -> None:
    """Decay of sound energy. ``x``: s; ``y``: dB from its beginning; ``rows``: [s, dB] of both ends of the fitted line.

    The line is drawn on to −60 dB, where it shows the reverberation time (ISO 3382-2:2008).
    """
    axes = drawing.axes
    x, y = drawing.xy()
    axes.plot(x, y, color=_BLUE, linewidth=1.2, label=drawing.words.say("measured"))
    if drawing.curve.rows:
        (from_s, from_db), (to_s, to_db) = drawing.rows(2)[:2]
        axes.plot([from_s, to_s], [from_db, to_db], color=_ORANGE, linewidth=2.2, label=drawing.words.say("fitted"))
        if to_db < from_db:
            end_s = from_s + (-60 - from_db) * (to_s - from_s) / (to_db - from_db)
            axes.plot([to_s, end_s], [to_db, -60], color=_ORANGE, linewidth=1, linestyle="--")
            axes.set_xlim(0, max(end_s, to_s) * 1.05)
    axes.set_ylim(-65, 3)
    axes.legend(loc="upper right")
    drawing.label("axis-s", "axis-db")


def _sharpness_map(drawing: Drawing) -> None:
    """Sharpness over the picture. ``rows``: fields of the picture from the top, in any unit; the best is 100.

    None is a field where nothing was there to be sharp.
    """
    axes = drawing.axes
    grid = drawing.rows()
    best = float(np.nanmax(grid)) if np.isfinite(grid).any() else 0.0
    if best <= 0:
        raise Undrawable(drawing.curve.kind)
    percent = grid / best * 100
    axes.set_facecolor("#e0e0e0")
    mesh = axes.pcolormesh(
        np.ma.masked_invalid(percent), cmap="cividis", vmin=0, vmax=100, edgecolor="white", linewidth=0.5
    )
    for row, column in np.ndindex(percent.shape):
        value = percent[row, column]
        if np.isfinite(value):
            ink = "white" if value < 60 else "black"
            axes.text(column + 0.5, row + 0.5, f"{value:.0f}", ha="center", va="center", fontsize=7, color=ink)
    axes.invert_yaxis()
    axes.set_aspect("equal")
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    axes.grid(visible=False)
    drawing.figure.colorbar(mesh, ax=axes, shrink=0.8, label=drawing.words.say("axis-sharpness"))


def _distortion(drawing: Drawing) -> None:
    """How far points lie from where a lens without distortion has them, before and after it is reckoned out.

    ``x``: [width, height] of the picture in px; ``rows``: [x, y, dx, dy before, dx, dy after] of each point in px.
    """
    axes, words = drawing.axes, drawing.words
    if len(drawing.curve.x) != 2:
        raise Undrawable(drawing.curve.kind)
    width, height = drawing.curve.x
    points = drawing.rows(6)
    axes.set_visible(False)
    drawing.figure.set_size_inches(_WIDE_IN)
    longest = max(float(np.hypot(points[:, 2], points[:, 3]).max()), 1e-9)
    scale = width / 12 / longest
    for index, (name, column) in enumerate((("before", 2), ("after", 4))):
        moved = points[:, column : column + 2]
        panel: Axes = drawing.figure.add_subplot(1, 2, index + 1)
        arrows: dict[str, Any] = {"angles": "xy", "scale_units": "xy", "scale": 1 / scale, "width": 0.006}
        panel.quiver(*points[:, :2].T, *moved.T, color=_ORANGE if index == 0 else _GREEN, **arrows)
        panel.plot(*points[:, :2].T, ".", color=_GREY, markersize=2)
        panel.set(xlim=(0, width), ylim=(height, 0), xticks=[], yticks=[], aspect="equal")
        panel.spines[:].set_visible(True)
        largest = float(np.hypot(*moved.T).max())
        panel.set_title(words.say(name, pixels=number_text(largest, 3), times=number_text(scale, 2)), fontsize=9)


def _sync_histogram(drawing: Drawing) -> None:
    """How late sound is. ``x``: ms of each flash or clap; ``y``: [mean, half its 95 % interval, limit] in ms.

    The limit is that of the half interval: single measurements may lie beyond it.
    """
    axes, words = drawing.axes, drawing.words
    offsets = np.asarray(drawing.curve.x, np.float64)
    if offsets.size == 0 or len(drawing.curve.y) != 3:
        raise Undrawable(drawing.curve.kind)
    mean, half_width, limit = drawing.curve.y
    axes.hist(offsets, bins=max(5, min(24, round(2 * offsets.size**0.5))), color=_BLUE, edgecolor="white")
    axes.axvspan(mean - half_width, mean + half_width, color=_ORANGE, alpha=0.3)
    axes.axvline(mean, color=_ORANGE, label=words.say("mean", value=figure_text(mean, half_width)))
    for sign in (-1, 1):
        axes.axvline(
            mean + sign * limit,
            color=_RED,
            linestyle="--",
            linewidth=1,
            label=words.say("wanted-within", limit=number_text(limit, 3)) if sign > 0 else None,
        )
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.1)
    drawing.label("axis-offset", "axis-count")


def _levels(drawing: Drawing) -> None:
    """Level of a microphone in time. ``x``: s; ``y``: dBFS; ``rows``: [from s, to s, dBFS] of levels to be seen."""
    axes = drawing.axes
    axes.plot(*drawing.xy(), color=_BLUE, linewidth=1)
    for from_s, to_s, dbfs in drawing.rows(3) if drawing.curve.rows else ():
        axes.plot([from_s, to_s], [dbfs, dbfs], color=_ORANGE, linewidth=1.6)
        axes.annotate(f"{dbfs:.0f} dBFS", (to_s, dbfs), (-2, 3), textcoords="offset points", ha="right", bbox=_PAPER)
    drawing.label("axis-s", "axis-dbfs")


def _upload_rate(drawing: Drawing) -> None:
    """Rate of copying in time. ``x``: s; ``y``: Mbit/s; ``rows``: [[Mbit/s that the room's lessons need]]."""
    axes, words = drawing.axes, drawing.words
    axes.plot(*drawing.xy(), color=_BLUE, linewidth=1.2, drawstyle="steps-post", label=words.say("measured"))
    if drawing.curve.rows:
        need = float(drawing.rows(1)[0, 0])
        axes.axhline(
            need, color=_RED, linestyle="--", linewidth=1, label=words.say("needed", rate=number_text(need, 3))
        )
    axes.set_ylim(bottom=0)
    axes.legend(loc="lower right")
    drawing.label("axis-s", "axis-mbits")


def _sync_latency(drawing: Drawing) -> None:
    """How long the disk takes to keep writes. ``x``: ms of each fdatasync; ``y``: [99th percentile, limit]."""
    axes, words = drawing.axes, drawing.words
    times = np.sort(np.asarray(drawing.curve.x, np.float64))
    if times.size == 0 or times[0] <= 0 or len(drawing.curve.y) != 2:
        raise Undrawable(drawing.curve.kind)
    p99, budget = drawing.curve.y
    axes.semilogx(times, np.arange(1, times.size + 1) / times.size * 100, color=_BLUE, drawstyle="steps-post")
    axes.axvline(p99, color=_ORANGE, label=words.say("p99", ms=number_text(p99, 3)))
    axes.axvline(budget, color=_RED, linestyle="--", label=words.say("budget", ms=number_text(budget, 3)))
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.legend(loc="upper left")
    drawing.label("axis-ms", "axis-share")


_DRAW: dict[str, Callable[[Drawing], None]] = {
    "spectrum": _spectrum,
    "decay": _decay,
    "sharpness-map": _sharpness_map,
    "distortion": _distortion,
    "sync-histogram": _sync_histogram,
    "levels": _levels,
    "upload-rate": _upload_rate,
    "sync-latency": _sync_latency,
}


@contextmanager
def _quiet_about_glyphs() -> Iterator[None]:
    """Text stays text in the SVG: that the font matplotlib measures with lacks a character costs at most some place."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield
