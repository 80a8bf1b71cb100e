"""The inputs of this machine's sound cards, as the config would name them."""

from __future__ import annotations

from drivers.device_identity import best_name
from drivers.discovery import DiscoveredDevice
from drivers.microphone.alsa_cards import cards, records


def found() -> list[DiscoveredDevice]:
    """Each input of each card that has any."""
    there = cards()
    return [
        DiscoveredDevice(
            "microphones",
            "portaudio",
            {"card": best_name(card, there)} | ({"card_input": which} if which else {}),
            card.names[-1],
            f"USB {card.usb_port}" if card.usb_port else "",
            card.answers(),
        )
        for card in there
        for which in records(card)
    ]
