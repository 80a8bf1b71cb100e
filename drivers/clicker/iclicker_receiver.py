"""The driver ``iclicker``: an iClicker base on its HID node."""

from __future__ import annotations

import re
from dataclasses import dataclass

from drivers.clicker.hid_node import HidNode
from drivers.clicker.hid_transport import HidReportTransport
from drivers.clicker.iclicker_framing import USB_IDS, IClickerFraming
from drivers.clicker.transport import HID, hid_selector
from drivers.clicker.transport_receiver import TransportReceiver

_CHANNEL = re.compile("[A-D][A-D]")


@dataclass(frozen=True, slots=True)
class IClickerOptions:
    """Device and radio channel of an iClicker base; ValueError for an invalid value."""

    device: str = HID
    """``hid`` for the only base that is plugged in, or ``hid:`` and a part of its serial number or USB position."""
    channel: str = "AA"
    """The radio channel, two letters from A to D; students key the same into their clickers."""

    def __post_init__(self) -> None:
        if hid_selector(self.device) is None:
            raise ValueError(f"device must be {HID} or {HID}:SERIAL, not {self.device!r}")
        if not _CHANNEL.fullmatch(self.channel):
            raise ValueError(f"channel must be two letters from A to D, such as AA, not {self.channel!r}")


class IClickerReceiver(TransportReceiver):
    """See ``drivers.protocols.ClickerReceiver``."""

    Options = IClickerOptions

    def __init__(self, role: str, options: IClickerOptions) -> None:
        node = HidNode(role, USB_IDS, hid_selector(options.device) or "")
        super().__init__(role, HidReportTransport(node.open), IClickerFraming(options.channel))
