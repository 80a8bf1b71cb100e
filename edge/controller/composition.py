"""Composition root of the controller: the configured drivers of panel, heads and clickers, and who reports outside.

The clients of HTTP and MQTT, a fifth of what a start would import, are imported where they are configured.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from drivers import registry
from drivers.protocols import Panel
from edge.config import model
from edge.controller.ptz.head import PtzHead
from edge.link.merge_patch import JsonObject
from edge.link.socket_paths import with_run_folder
from pipelines.devices.clicker_base import ROLE, ClickerBase, EventListener

if TYPE_CHECKING:
    from edge.ledger.xapi_outbox import XapiOutbox
    from edge.reporting.board_topic import BoardTopic
    from edge.reporting.lrs_sender import LrsSender


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


def lrs_sender(config: model.Config, statements: XapiOutbox) -> LrsSender | None:
    """Make the sender of statements to the learning record store; None in a room without one."""
    if not config.lrs.url:
        return None
    from edge.reporting.lrs_sender import LrsSender

    return LrsSender(config.lrs, statements)


def board_topic(config: model.Config, view: Callable[[], JsonObject]) -> BoardTopic | None:
    """Make the publisher of the class board's MQTT topic; None in a room without a broker."""
    if not config.board.mqtt_url:
        return None
    from edge.reporting.board_topic import BoardTopic

    return BoardTopic(config.board, config.room, view)
