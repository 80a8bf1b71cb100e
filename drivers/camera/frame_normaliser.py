"""Decoded frames made ready for a track: yuv420p, upright, even in size, range and matrix known."""

from __future__ import annotations

from fractions import Fraction

import av
from av.filter import Graph
from av.video.reformatter import ColorRange

from drivers.samples import SQUARE, ColourMatrix

_TURNS: dict[int, tuple[tuple[str, str], ...]] = {
    90: (("transpose", "clock"),),
    180: (("hflip", ""), ("vflip", "")),
    270: (("transpose", "cclock"),),
}
# ITU-T H.273, Table 4: what FFmpeg calls bt709, bt470bg and smpte170m.
_MATRICES = {1: ColourMatrix.BT709, 5: ColourMatrix.BT601, 6: ColourMatrix.BT601}


class FrameNormaliser:
    """Converts one stream's frames, whatever size and format each of them has; owned by one thread.

    ``rotation`` is how far pictures must be turned clockwise, in degrees. Values keep their range: ``full_range`` and
    ``matrix`` are those of the last frame.
    """

    def __init__(self, rotation: int = 0) -> None:
        self.full_range = False
        self.matrix = ColourMatrix.UNKNOWN
        self._rotation = rotation
        self._graph: Graph | None = None
        self._graph_for: tuple[object, ...] = ()

    def normalise(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Return the frame as yuv420p, turned, with an odd column or row cropped."""
        self.full_range = frame.format.name.startswith("yuvj") or frame.color_range == ColorRange.JPEG
        self.matrix = _MATRICES.get(int(frame.colorspace), ColourMatrix.UNKNOWN)
        if frame.format.name == "yuv420p" and frame.width % 2 == frame.height % 2 == 0 and not self._rotation:
            return frame
        graph_for = (frame.width, frame.height, frame.format.name, self.full_range)
        if self._graph is None or self._graph_for != graph_for:
            self._graph, self._graph_for = self._build_graph(frame), graph_for
        self._graph.vpush(frame)
        normal = self._graph.vpull()
        normal.color_range = ColorRange.JPEG if self.full_range else ColorRange.MPEG
        return normal

    def turned_aspect(self, pixel_aspect: Fraction) -> Fraction:
        """The shape of a pixel after the turn."""
        return SQUARE / pixel_aspect if self._rotation % 180 else pixel_aspect

    def _build_graph(self, frame: av.VideoFrame) -> Graph:
        graph = Graph()
        turns = [graph.add(*turn) for turn in _TURNS.get(self._rotation, ())]
        # Else FFmpeg would squeeze full range into limited.
        range_name = "pc" if self.full_range else "tv"
        graph.link_nodes(
            graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base),
            graph.add("crop", f"{frame.width // 2 * 2}:{frame.height // 2 * 2}:0:0"),
            *turns,
            graph.add("scale", f"in_range={range_name}:out_range={range_name}"),
            graph.add("format", "yuv420p"),
            graph.add("buffersink"),
        ).configure()
        return graph
