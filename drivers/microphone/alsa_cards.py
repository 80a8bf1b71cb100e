"""The kernel's sound cards, and which number a card has at this moment."""

from __future__ import annotations

import re
from pathlib import Path

from drivers.device_identity import DEV, SYS, DeviceIdentity, DeviceNode, chosen, links, on_usb

PROC = Path("/proc/asound")

# A number, an id in brackets, then driver and name with a dash between them.
_CARD = re.compile(r"^\s*(\d+) \[(\S+)\s*\]: .*? - (.*)$", re.MULTILINE)


def parsed(text: str) -> list[tuple[int, str, str]]:
    """Number, id and name of each card in /proc/asound/cards."""
    return [(int(number), name, told.strip()) for number, name, told in _CARD.findall(text)]


def cards(proc: Path = PROC, sys: Path = SYS, dev: Path = DEV) -> list[DeviceNode]:
    """Every sound card, by the node of its mixer; the ALSA id is the first of its names."""
    try:
        text = (proc / "cards").read_text(errors="replace")
    except OSError:
        return []  # a kernel without sound
    named = links(dev / "snd")
    found = []
    for number, name, told in parsed(text):
        node = f"controlC{number}"
        usb = on_usb(sys / "sound" / f"card{number}")
        found.append(DeviceNode(node, (name, told), 0, named.get(node, ()), *usb))
    return found


def number(identity: DeviceIdentity) -> int:
    """The number that the one card which answers to ``identity`` has now. NotThere, NotSure."""
    return number_of(chosen(cards(), identity)[0])


def input_node(identity: DeviceIdentity, which: int) -> Path:
    """The node of an input of the card, whether it is there or not. NotThere, NotSure."""
    return DEV / "snd" / f"pcmC{number(identity)}D{which}c"


def number_of(card: DeviceNode) -> int:
    """The card's number."""
    return int(card.node.removeprefix("controlC"))


def records(card: DeviceNode, proc: Path = PROC) -> list[int]:
    """The numbers of the card's inputs; empty for one that only plays."""
    found = (proc / f"card{number_of(card)}").glob("pcm*c")
    return sorted(int(entry.name.removeprefix("pcm").removesuffix("c")) for entry in found)
