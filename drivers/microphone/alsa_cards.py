"""The kernel's sound cards, and which number a card has at this moment."""

from __future__ import annotations

import re
from pathlib import Path

from drivers.device_identity import DEV, SYS, DeviceIdentity, DeviceNode, match_identity, udev_links, usb_identity

PROC = Path("/proc/asound")

# A number, an id in brackets, then driver and name with a dash between them.
_CARD = re.compile(r"^\s*(\d+) \[(\S+)\s*\]: .*? - (.*)$", re.MULTILINE)


def parse_cards(text: str) -> list[tuple[int, str, str]]:
    """Number, id and name of each card in /proc/asound/cards."""
    return [(int(number), name, title.strip()) for number, name, title in _CARD.findall(text)]


def cards(proc: Path = PROC, sys: Path = SYS, dev: Path = DEV) -> list[DeviceNode]:
    """Every sound card, by the node of its mixer; the ALSA id is the first of its names."""
    try:
        text = (proc / "cards").read_text(errors="replace")
    except OSError:
        return []  # a kernel without sound
    named = udev_links(dev / "snd")
    found = []
    for number, name, title in parse_cards(text):
        node = f"controlC{number}"
        usb = usb_identity(sys / "sound" / f"card{number}")
        found.append(DeviceNode(node, (name, title), 0, named.get(node, ()), *usb))
    return found


def find_card_number(identity: DeviceIdentity) -> int:
    """The number that the one card which answers to ``identity`` has now. NotThere, NotSure."""
    return card_number(match_identity(cards(), identity)[0])


def input_node(identity: DeviceIdentity, input_number: int) -> Path:
    """The node of an input of the card, whether it is there or not. NotThere, NotSure."""
    return DEV / "snd" / f"pcmC{find_card_number(identity)}D{input_number}c"


def card_number(card: DeviceNode) -> int:
    """The card's number."""
    return int(card.node.removeprefix("controlC"))


def input_numbers(card: DeviceNode, proc: Path = PROC) -> list[int]:
    """The numbers of the card's inputs; empty for one that only plays."""
    found = (proc / f"card{card_number(card)}").glob("pcm*c")
    return sorted(int(entry.name.removeprefix("pcm").removesuffix("c")) for entry in found)
