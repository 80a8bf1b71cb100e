"""The controller put together: which panel, which store."""

from __future__ import annotations

from collections.abc import Callable

from drivers import registry
from drivers.protocols import Panel, Ptz, Receiver
from drivers.samples import ReceiverFormat
from edge.config import export_settings, model
from edge.controller.ptz.head import PtzHead
from edge.link.socket_paths import with_run_folder
from pipelines.delivery.interfaces import Store
from pipelines.delivery.open_store import S3Access, open_store
from pipelines.devices.clicker_base import ClickerBase, Listener
from pipelines.devices.device_supervisor import DeviceCondition

CLICKERS = "clickers"
"""The role of the base, which is the only one of its kind."""

OnClickers = Callable[[str, DeviceCondition[ReceiverFormat]], None]


def panel(config: model.Config) -> Panel | None:
    """The panel's driver for the buttons and the status lamp; None in a room without a panel."""
    if config.panel is None:
        return None
    driver = registry.driver(registry.PANELS, config.panel.driver)
    made: Panel = driver("controller", with_run_folder(config.panel.options, config.paths.run))
    return made


def heads(config: model.Config) -> list[PtzHead]:
    """The PTZ heads in their roles, not opened yet."""
    return [PtzHead(role, _ptz(role, head), head) for role, head in config.ptz.items()]


def clickers(config: model.Config, listen: Listener, on_change: OnClickers) -> ClickerBase | None:
    """The base of the students' clickers, not started yet; None in a room without clickers."""
    if config.clickers is None:
        return None
    driver = registry.driver(registry.RECEIVERS, config.clickers.driver)
    options = with_run_folder(config.clickers.options, config.paths.run)

    def make() -> Receiver:
        made: Receiver = driver(CLICKERS, options)
        return made

    return ClickerBase(CLICKERS, make, listen, on_change)


def store(config: export_settings.StoreConfig) -> Store | None:
    """Where lessons are copied to; None where nothing leaves the room. BadStoreUrl."""
    if not config.url:
        return None
    access = None
    if config.access_key:
        access = S3Access(
            config.access_key,
            config.secret_key.get_secret_value(),
            config.endpoint or None,
            config.region or "us-east-1",
        )
    return open_store(config.url, access)


def _ptz(role: str, head: model.PtzConfig) -> Callable[[], Ptz]:
    driver = registry.driver(registry.PTZ_HEADS, head.driver)

    def make() -> Ptz:
        made: Ptz = driver(role, head.options)
        return made

    return make
