"""Discovery of the inputs of this machine's ALSA sound cards."""

from __future__ import annotations

from drivers.device_identity import stable_name
from drivers.discovered_device import DiscoveredDevice
from drivers.microphone.alsa_cards import cards, input_numbers


def discover_microphones() -> list[DiscoveredDevice]:
    """Return each input of each card."""
    devices = cards()
    return [
        DiscoveredDevice(
            "microphones",
            "portaudio",
            {"card": stable_name(card, devices)} | ({"card_input": number} if number else {}),
            card.names[-1],
            f"USB {card.usb_port}" if card.usb_port else "",
            card.aliases(),
            model=card.model,
            serial=card.serial,
            usb_port=card.usb_port,
            node=card.node,
        )
        for card in devices
        for number in input_numbers(card)
    ]
