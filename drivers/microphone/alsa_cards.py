"""ALSA sound cards: enumeration, and the present number of a card with a given identity."""

from __future__ import annotations

import re
from pathlib import Path

from drivers.device_identity import DEV, SYS, DeviceIdentity, DeviceNode, match_identity, udev_links, usb_identity

PROC = Path("/proc/asound")

# A number, an id in brackets, then driver and name with a dash between them.
_CARD = re.compile(r"^ *(\d{1,3}) \[(\S+) *\]: .*? - (.*)$", re.MULTILINE)


def parse_cards(text: str) -> list[tuple[int, str, str]]:
    """Return number, id and name of each card in the text of /proc/asound/cards."""
    return [(int(number), name, title.strip()) for number, name, title in _CARD.findall(text)]


def cards(proc: Path = PROC, sys: Path = SYS, dev: Path = DEV) -> list[DeviceNode]:
    """Return every sound card by its control node; the first of its names is the ALSA id."""
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


def find_card_number(role: str, identity: DeviceIdentity) -> int:
    """Return the present number of the card with this identity. Raises as ``device_identity.match_identity``."""
    return card_number(match_identity(role, "sound card", cards(), identity)[0])


def input_node(role: str, identity: DeviceIdentity, input_number: int) -> Path:
    """Return the path of an input's PCM node, which may not exist. Raises as ``device_identity.match_identity``."""
    return DEV / "snd" / f"pcmC{find_card_number(role, identity)}D{input_number}c"


def card_number(card: DeviceNode) -> int:
    return int(card.node.removeprefix("controlC"))


def input_numbers(card: DeviceNode, proc: Path = PROC) -> list[int]:
    """Return the numbers of a card's inputs; empty for one that only plays."""
    found = (proc / f"card{card_number(card)}").glob("pcm*c")
    return sorted(int(entry.name.removeprefix("pcm").removesuffix("c")) for entry in found)
