"""Opening this machine's GPIO chip through lgpio."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import gpiozero

from drivers.errors import DeviceMisconfigured, DeviceMissing
from drivers.panel.pin_assignment import PanelOptions, ProcessName
from drivers.run_folder import run_folder


@dataclass(frozen=True, slots=True)
class PinSource:
    """A gpiozero pin factory, and the exceptions that its pins may raise."""

    factory: gpiozero.Factory
    errors: tuple[type[Exception], ...]


def open_machine_pins(process: ProcessName, options: PanelOptions) -> PinSource:
    """Open this machine's GPIO chip for a part of the panel; raises as ``drivers.protocols.Panel.open``."""
    return open_chip("panel", f"lgpio-{process}", options.run, options.chip)


def open_chip(device: str, folder: str, run: str, chip: int | None) -> PinSource:
    """Open a GPIO chip, None for the one with the header's pins, for ``device``; ``folder`` is its process's own.

    ``run`` is the folder in which that lies; empty for the process's run folder.

    Raises:
        DeviceMissing: There is no such chip.
        DeviceMisconfigured: lgpio is missing, or its folder cannot be written.
    """
    _load_lgpio(device, run_folder(run).resolve() / folder)
    import lgpio

    from drivers.panel.lgpio_pin_factory import LgpioPinFactory

    errors = (gpiozero.GPIOZeroError, lgpio.error)
    try:
        return PinSource(LgpioPinFactory(chip), errors)
    except errors as error:
        raise DeviceMissing(
            device, f"no GPIO pins here ({error}): has this board any, and is its user in the group gpio?"
        ) from error


def _load_lgpio(device: str, folder: Path) -> None:
    """Import lgpio so that its notification pipe lies in ``folder``.

    The import creates ``.lgd-nfy0`` in LG_WD, also where another process has one of that name, hence a folder for each
    process; and it changes the working directory, which is restored.
    """
    here = Path.cwd()
    try:
        folder.mkdir(exist_ok=True)
        os.environ["LG_WD"] = str(folder)
        import lgpio  # noqa: F401
    except ImportError as error:
        raise DeviceMisconfigured(device, f"lgpio is not installed ({error}): pip install 'lgpio>=0.2.2.0'") from error
    except OSError as error:
        raise DeviceMisconfigured(device, f"lgpio needs a folder it may write, {folder} is none: {error}") from error
    finally:
        os.chdir(here)
