"""Trial of what the controller uses: panel, clicker base, PTZ heads and store, opened once or as it reports them."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from drivers import registry
from drivers.errors import DeviceError, DeviceMisconfigured
from drivers.protocols import ClickerReceiver, PtzDevice
from drivers.samples import Beep
from edge.config.model import Config
from edge.config.store_trial import ask_store
from edge.controller import composition
from edge.link.control_messages import Status
from edge.link.socket_paths import with_run_folder
from pipelines.devices.clicker_base import ROLE
from pipelines.devices.device_state import DeviceState

LONGEST_S = 10.0
PANEL, STORE = "panel", "store"
# What the buzzer says must be over before the pins are let go.
_BEEP_S = 0.3


@dataclass(frozen=True, slots=True)
class PeripheralState:
    """What became of it: its state, why it is not running (a fault code, or a driver's sentence), and its model."""

    driver: str
    state: DeviceState
    reason: str = ""
    model: str = ""


def reported_peripherals(config: Config, status: Status) -> dict[str, PeripheralState]:
    """Each as the running controller sees it; the panel is there only while it is faulty."""
    found = {}
    drivers = _drivers(config)
    for name, driver in drivers.items():
        kind, _, role = name.partition(".")
        if name == STORE:
            state = DeviceState.MISSING if status.upload.fault else DeviceState.RUNNING
            found[name] = PeripheralState(driver, state, status.upload.fault)
            continue
        seen = {"ptz": status.ptz.get(role), ROLE: status.clickers}.get(kind, status.devices.get(name))
        missing = DeviceState.RUNNING if name == PANEL else DeviceState.OPENING
        found[name] = PeripheralState(driver, seen.state if seen else missing, seen.reason if seen else "")
    return found


def try_peripherals(config: Config) -> dict[str, PeripheralState]:
    """Open each for a moment, all at the same time; no other process may hold them."""
    with tempfile.TemporaryDirectory(prefix="classroom-edge-") as sockets:
        own = config.paths.model_copy(update={"run": Path(sockets)})
        return _try_all(config.model_copy(update={"paths": own}))


def _try_all(config: Config) -> dict[str, PeripheralState]:
    trials: dict[str, Callable[[], str]] = {}
    if config.panel is not None:
        trials[PANEL] = partial(_try_panel, config)
    if config.clickers is not None:
        trials[ROLE] = partial(_try_clickers, config)
    for role, head in config.ptz.items():
        trials[f"ptz.{role}"] = partial(_try_head, head.driver, role, head.options)
    if config.store.url:
        trials[STORE] = partial(_try_store, config)
    return _outcomes(trials, _drivers(config))


def _drivers(config: Config) -> dict[str, str]:
    drivers = {f"ptz.{role}": head.driver for role, head in config.ptz.items()}
    if config.panel is not None:
        drivers[PANEL] = config.panel.driver
    if config.clickers is not None:
        drivers[ROLE] = config.clickers.driver
    if config.store.url:
        drivers[STORE] = config.store.url.partition("://")[0]
    return drivers


def _outcomes(trials: Mapping[str, Callable[[], str]], drivers: Mapping[str, str]) -> dict[str, PeripheralState]:
    found: dict[str, PeripheralState] = {}

    def run(name: str, trial: Callable[[], str]) -> None:
        found[name] = _outcome(drivers[name], trial)

    # Daemons, because a call into a line that hangs never returns.
    threads = [threading.Thread(target=run, args=one, name=f"try-{one[0]}", daemon=True) for one in trials.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONGEST_S)
    late = f"no answer within {LONGEST_S:g} s"
    return {name: found.get(name, PeripheralState(drivers[name], DeviceState.STALLED, late)) for name in trials}


def _outcome(driver: str, trial: Callable[[], str]) -> PeripheralState:
    try:
        return PeripheralState(driver, DeviceState.RUNNING, model=trial())
    except DeviceMisconfigured as error:
        return PeripheralState(driver, DeviceState.UNFIT, error.reason)
    except DeviceError as error:
        return PeripheralState(driver, DeviceState.MISSING, error.reason)
    except (OSError, RuntimeError, ValueError, ImportError) as error:  # a library of the driver's
        return PeripheralState(driver, DeviceState.MISSING, f"its driver failed: {error!r}")


def _try_panel(config: Config) -> str:
    panel = composition.panel(config)
    assert panel is not None
    try:
        panel.open(lambda _: None)
        panel.beep(Beep.SHORT)
        time.sleep(_BEEP_S)
    finally:
        panel.close()
    return ""


def _try_clickers(config: Config) -> str:
    assert config.clickers is not None
    driver = registry.load_driver(registry.RECEIVERS, config.clickers.driver)
    base: ClickerReceiver = driver(ROLE, with_run_folder(config.clickers.options, config.paths.run))
    try:
        return base.open().model
    finally:
        base.close()


def _try_head(driver: str, role: str, options: object) -> str:
    head: PtzDevice = registry.load_driver(registry.PTZ_HEADS, driver)(role, options)
    try:
        model = head.open()
    finally:
        head.close()
    return f"{model.vendor:04x}:{model.model:04x}" if model.vendor else ""


def _try_store(config: Config) -> str:
    report = ask_store(config, must_mark=False)
    if report is not None and report.fault:
        raise DeviceError(STORE, report.fault)
    return report.url if report is not None else ""
