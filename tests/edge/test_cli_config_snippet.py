"""What is plugged in becomes lines that a config takes as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers import serial_discovery
from drivers.camera import v4l2_discovery
from drivers.clicker import hid_discovery
from drivers.discovered_device import DiscoveredDevice
from drivers.microphone import alsa_discovery
from edge.cli.config_snippet import toml_snippet
from edge.config.load import load
from edge.config.problems import ConfigProblems
from edge.recorder import composition

ROOM = '[room]\nschool = "lincun"\nroom = "r204"\n'
LINKS = frozenset({"by-path/pci-usb-0:1.2:1.0-video-index0", "AB12", "1-1.2"})
C920 = DiscoveredDevice("cameras", "v4l2", {"device": "by-id/usb-C920_AB12-video-index0"}, "C920", "USB 1-1.2", LINKS)
GRABBER = DiscoveredDevice("cameras", "v4l2", {"device": "by-path/usb-0:1.3-video-index0"}, "HDMI “4K”", "no signal")
CARD = DiscoveredDevice("microphones", "portaudio", {"card": "Loopback", "card_input": 1}, "Loopback")
BASE = DiscoveredDevice("clickers", "rf21x", {"device": "hid"}, "RF21x", choices={"model": ("rf217", "rf218", "rf219")})
PORT = DiscoveredDevice("", "", {"device": "/dev/serial/by-id/usb-FTDI_1-if00-port0"}, "FT232", "USB 1-1.4")


def test_a_pasted_snippet_is_good_config_and_is_then_known(tmp_path: Path) -> None:
    pasted = toml_snippet([C920, GRABBER, CARD, PORT], None, "en")
    file = tmp_path / "config.toml"
    file.write_text(f"{ROOM}\n{pasted}\n")
    config = load(file)
    assert config.cameras["teacher"].options.device == C920.keys["device"]
    assert config.cameras["students"].options.device == GRABBER.keys["device"]
    assert config.microphones["ceiling"].options.card_input == 1
    again = toml_snippet([C920, GRABBER, CARD, PORT], config, "en")
    assert again.count("in the config already") == 3
    assert '# device = "/dev/serial/by-id/usb-FTDI_1-if00-port0"' in again
    assert all(line.startswith("#") or not line for line in again.splitlines())


def test_every_kind_of_device_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {
        (v4l2_discovery, "discover_cameras"): [C920],
        (alsa_discovery, "discover_microphones"): [CARD],
        (hid_discovery, "discover_bases"): [BASE],
        (serial_discovery, "discover_serial_ports"): [PORT],
    }
    for (module, name), devices in found.items():
        monkeypatch.setattr(module, name, lambda devices=devices: devices)
    assert composition.discovered_devices() == [C920, CARD, BASE, PORT]


def test_a_model_that_only_the_label_tells_is_left_to_a_person_and_not_guessed(tmp_path: Path) -> None:
    pasted = toml_snippet([BASE], None, "en")
    file = tmp_path / "config.toml"
    file.write_text(f"{ROOM}\n{pasted}\n")
    with pytest.raises(ConfigProblems) as refused:
        load(file)
    assert [problem.path for problem in refused.value.problems] == ["clickers.model"]
    (line,) = (line for line in pasted.splitlines() if "model" in line)
    assert line.startswith('# model = "rf217" | "rf218" | "rf219"  #')
    chosen = pasted.replace(line, 'model = "rf218"')
    file.write_text(f"{ROOM}\n{chosen}\n")
    assert load(file).clickers is not None


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ('device = "/dev/v4l/by-path/pci-usb-0:1.2:1.0-video-index0"', True),
        ('serial = "AB12"\nusb_port = "1-1.2"', True),
        ('serial = "AB12"\nusb_port = "1-1.3"', False),
    ],
)
def test_a_device_is_known_by_any_of_its_names(tmp_path: Path, said: str, known: bool) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'{ROOM}[cameras.screen]\ndriver = "v4l2"\n{said}\n')
    assert ("already: [cameras.screen]" in toml_snippet([C920], load(file), "en")) is known


def test_new_devices_get_the_roles_that_are_free(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'{ROOM}[cameras.teacher]\ndriver = "stream"\nurl = "rtsp://camera/1"\n')
    told = toml_snippet([C920], load(file), "zh-CN")
    assert "[cameras.students]" in told
    assert "[cameras.teacher]" not in told


def test_a_camera_beyond_the_roles_is_told_of_without_one() -> None:
    told = toml_snippet([C920] * 6, None, "en")
    assert told.count("[cameras.") == 5
    assert told.index("[cameras.students]") < told.index("[cameras.teacher-close]")
    assert told.endswith('# device = "by-id/usb-C920_AB12-video-index0"')
