"""What a config says of the director: its rules, and whether the cameras and heads that it names are there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from edge.config.model import Config, DirectorConfig
from edge.config.problems import ConfigProblem, closest_name, dotted_key
from edge.config.validation_errors import describe_value
from edge.i18n import lazy_message
from pipelines.directing.director_rules import DirectorRules

_LONGEST_TURN_S = 20.0


def director_rules(director: DirectorConfig) -> DirectorRules:
    """Return the rules of the config: what it does not name is as usual."""
    usual = DirectorRules()
    return replace(
        usual,
        min_shot_s=float(director.min_shot_s),
        busy_shot_s=max(usual.busy_shot_s, director.min_shot_s),
        hold_s=float(director.hold_s),
        # What the school says comes first.
        labels={**director.marks, **{word: role for word, role in usual.labels.items() if word not in director.marks}},
        wide_presets=dict(director.wide.items()),
        close_presets=dict(director.close.items()),
        # The controller says when a head has arrived; this is for one of which it does not.
        head_s=_LONGEST_TURN_S,
    )


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
