"""ALSA sound cards are found by id, link and port, whatever their number."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.device_identity import DeviceIdentity, match_identity, stable_name
from drivers.microphone.alsa_cards import card_number, cards, input_numbers
from drivers.microphone.portaudio_microphone import PortAudioOptions

CARDS = """\
 0 [PCH            ]: HDA-Intel - HDA Intel PCH
                      HDA Intel PCH at 0xf7f10000 irq 30
 1 [Device         ]: USB-Audio - USB PnP Sound Device
                      C-Media Electronics Inc. USB PnP Sound Device at usb-0000:00:14.0-2, full speed
12 [Device_1       ]: USB-Audio - USB PnP Sound Device
                      C-Media Electronics Inc. USB PnP Sound Device at usb-0000:00:14.0-3, full speed
"""


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, Path]:
    """A machine with a card of its own and two USB cards of a kind."""
    proc, sys, dev = tmp_path / "proc", tmp_path / "sys", tmp_path / "dev"
    for number, inputs in ((0, ("pcm0c", "pcm0p", "pcm10c", "pcm2c")), (1, ("pcm0c",)), (12, ("pcm0p",))):
        for name in inputs:
            (proc / f"card{number}" / name).mkdir(parents=True)
    (proc / "cards").write_text(CARDS)
    (dev / "snd" / "by-path").mkdir(parents=True)
    for number, port in ((1, "1-2"), (12, "1-3")):
        usb = tmp_path / "devices" / port
        entry = usb / f"{port}:1.0" / "sound" / f"card{number}"
        entry.mkdir(parents=True)
        (usb / "idVendor").write_text("0d8c\n")
        (usb / "idProduct").write_text("0014\n")
        (entry / "device").symlink_to(entry.parents[1])
        (sys / "sound").mkdir(parents=True, exist_ok=True)
        (sys / "sound" / entry.name).symlink_to(entry)
        (dev / "snd" / "by-path" / f"pci-usb-0:{port[2:]}:1.0").symlink_to(f"../controlC{number}")
    return {"proc": proc, "sys": sys, "dev": dev}


def test_a_card_is_found_by_id_link_and_port(machine: dict[str, Path]) -> None:
    devices = cards(**machine)
    numbers = [
        card_number(match_identity("lapel", "sound card", devices, identity)[0])
        for identity in (DeviceIdentity("PCH"), DeviceIdentity("Device_1"), DeviceIdentity("by-path/pci-usb-0:2:1.0"))
    ]
    assert numbers == [0, 12, 1]
    assert card_number(match_identity("lapel", "sound card", devices, DeviceIdentity(usb_port="1-3"))[0]) == 12
    with pytest.raises(match=r"PCH.*USB|Device"):
        match_identity("lapel", "sound card", devices, DeviceIdentity("Loopback"))


def test_cards_of_a_kind_are_named_by_their_place(machine: dict[str, Path]) -> None:
    devices = cards(**machine)
    with pytest.raises(match=r"2 are.*by-path/pci-usb-0:2:1\.0; by-path/pci-usb-0:3:1\.0"):
        match_identity("lapel", "sound card", devices, DeviceIdentity("USB PnP Sound Device"))
    assert [stable_name(card, devices) for card in devices] == [
        "PCH",
        "by-path/pci-usb-0:2:1.0",
        "by-path/pci-usb-0:3:1.0",
    ]


def test_a_card_that_only_plays_has_no_inputs(machine: dict[str, Path]) -> None:
    assert [input_numbers(card, machine["proc"]) for card in cards(**machine)] == [[0, 2, 10], [0], []]


def test_a_machine_without_sound_has_no_cards(tmp_path: Path) -> None:
    assert cards(tmp_path, tmp_path, tmp_path) == []


@pytest.mark.parametrize("options", [{"device": "1"}, {"card": "hw:1,0"}, {"card": "2"}, {"device": "x", "card": "y"}])
def test_numbers_and_two_names_at_once_are_refused(options: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        PortAudioOptions(**options)  # type: ignore[arg-type]
