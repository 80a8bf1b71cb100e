"""The inputs of this machine's sound cards, as the config would name them."""

from __future__ import annotations

from drivers.found import Found
from drivers.hardware import best_name
from drivers.microphone.alsa_cards import cards, records


def found() -> list[Found]:
    """Each input of each card that has any."""
    there = cards()
    return [
        Found(
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
