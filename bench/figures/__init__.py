"""The figures by name, in the order in which they are measured; each module has ``measure() -> list[Row]``."""

from __future__ import annotations

from collections.abc import Mapping

CORE = ("encoding", "two-cameras", "quality", "rate", "passing", "memory", "press")
"""What is measured if nothing else is asked for: twenty minutes."""

FIGURES: Mapping[str, str] = {
    "encoding": "bench.figures.encoding",
    "two-cameras": "bench.figures.two_cameras",
    "quality": "bench.figures.quality",
    "rate": "bench.figures.rate",
    "passing": "bench.figures.passthrough",
    "cameras": "bench.figures.cameras",
    "joining": "bench.figures.joining",
    "memory": "bench.figures.memory",
    "stills": "bench.figures.stills",
    "slides": "bench.figures.slide_show",
    "press": "bench.figures.press_latency",
    "flood": "bench.figures.overload",
    "pages": "bench.figures.web_flood",
    "hours": "bench.figures.long_lessons",
    "speech": "bench.figures.speech",
    "director": "bench.figures.director",
    "mix": "bench.figures.speech_mix",
    "screen": "bench.figures.screen_text",
    "day": "bench.figures.day_of_lessons",
}
