"""Composition root of the controller: the configured drivers of panel, PTZ heads and clickers."""

from __future__ import annotations

from functools import partial

from drivers import registry
from drivers.protocols import Panel
from edge.config import model
from edge.controller.ptz.head import PtzHead
from edge.link.socket_paths import with_run_folder
from pipelines.devices.clicker_base import ROLE, ClickerBase, EventListener


def panel(config: model.Config) -> Panel | None:
    """Make the panel's driver for the buttons and the status lamp; None in a room without a panel."""
    if config.panel is None:
        return None
    driver = registry.load_driver(registry.PANELS, config.panel.driver)
    made: Panel = driver("controller", with_run_folder(config.panel.options, config.paths.run))
    return made


def heads(config: model.Config) -> list[PtzHead]:
    """Make the PTZ heads in their roles, not opened yet."""
    return [
        PtzHead(role, partial(registry.load_driver(registry.PTZ_HEADS, head.driver), role, head.options), head)
        for role, head in config.ptz.items()
    ]


def clickers(config: model.Config, on_events: EventListener) -> ClickerBase:
    """Make the base of the students' clickers, not started yet; one without a receiver in a room without clickers."""
    make = None
    if config.clickers is not None:
        driver = registry.load_driver(registry.RECEIVERS, config.clickers.driver)
        make = partial(driver, ROLE, with_run_folder(config.clickers.options, config.paths.run))
    # Changes of its state are logged by its supervisor, and read from it for the status.
    return ClickerBase(ROLE, make, on_events, lambda _role, _condition: None)
