"""What a config says of the director, against the cameras and heads that it has."""

from __future__ import annotations

from collections.abc import Iterator

from edge.config.model import Config
from edge.config.problems import ConfigProblem, closest_name, dotted_key
from edge.config.validation_errors import describe_value
from edge.i18n import lazy_message


def director_problems(config: Config) -> list[ConfigProblem]:
    """Return a problem for each camera or preset that ``[director]`` names and the room has not."""
    return [*_unknown_marks(config), *_unknown_presets(config)]


def _unknown_marks(config: Config) -> Iterator[ConfigProblem]:
    for label, role in config.director.marks.items():
        if role not in config.cameras:
            allowed = lazy_message("config.own-camera", cameras=tuple(config.cameras))
            path = dotted_key(["director", "marks", label])
            yield ConfigProblem(path, describe_value(role, label), allowed, closest_name(role, config.cameras))


def _unknown_presets(config: Config) -> Iterator[ConfigProblem]:
    director = config.director
    for key, presets in (("close", director.close), ("wide", director.wide)):
        for role, preset in presets.items():
            head = config.ptz.get(role)
            known = tuple(head.presets) if head is not None else ()
            if preset not in known:
                allowed = lazy_message("config.own-preset", role=role, presets=known or ("–",))
                path = dotted_key(["director", key, role])
                yield ConfigProblem(path, describe_value(preset, key), allowed, closest_name(preset, known))
