"""Config of the class board."""

from __future__ import annotations

from edge.config.base_section import Section


class BoardConfig(Section):
    """The class board at the door, which anybody who passes by can read.

    ``exam_names`` shows who sits where in an exam; ``phones`` lets students join polls by the QR code on the board.
    """

    exam_names: bool = False
    phones: bool = False
