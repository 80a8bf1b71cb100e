"""Config of what is made of lessons that are over, to find one's way in them."""

from __future__ import annotations

from edge.config.base_section import Section


class PreviewsConfig(Section):
    """Whether lessons get poster and thumbnails, and have the text of their screen read where this box can do that."""

    pictures: bool = True
    screen_text: bool = True
