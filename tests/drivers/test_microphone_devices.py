"""The choice of a PortAudio input by name or card, and the order of formats."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

import pytest

from drivers.device_identity import DeviceIdentity, DeviceNode
from drivers.errors import DeviceError, DeviceLost, DeviceMisconfigured, DeviceMissing, DeviceRefused
from drivers.microphone import alsa_cards, portaudio_microphone, portaudio_process
from drivers.microphone.alsa_mixer import AlsaMixer
from drivers.microphone.portaudio_inputs import (
    InputDevice,
    RequestedFormat,
    candidate_formats,
    choose_input,
    lasting_name,
)
from drivers.microphone.portaudio_microphone import PortAudioOptions
from drivers.samples import SoundFormat

LAPEL = InputDevice(4, "USB Lapel: Audio (hw:2,0)", 1, 44_100)
CEILING = InputDevice(7, "Ceiling Array: USB Audio (hw:1,0)", 2, 48_000)
THERE = [LAPEL, CEILING]


def called(name: str) -> RequestedFormat:
    return RequestedFormat("lapel", name, 48_000, 1, 0.1)


@pytest.mark.parametrize(("name", "found"), [("Lapel", LAPEL), ("ceiling array", CEILING), (LAPEL.name, LAPEL)])
def test_a_part_of_the_name_is_enough_if_no_other_has_it(name: str, found: InputDevice) -> None:
    assert choose_input(THERE, called(name)) is found


def test_an_exact_name_wins_over_longer_ones() -> None:
    short = InputDevice(9, "Lapel", 1, 48_000)
    assert choose_input([LAPEL, short], called("Lapel")) is short


def test_a_part_that_several_have_is_refused_with_their_names() -> None:
    with pytest.raises(DeviceMisconfigured, match=r"USB Lapel.*Ceiling Array"):
        choose_input(THERE, called("Audio"))


def test_no_name_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(DeviceMisconfigured, match=r"USB Lapel.*Ceiling Array"):
        choose_input(THERE, called(""))


def test_a_device_that_is_not_there_is_missing_and_those_that_are_get_named() -> None:
    with pytest.raises(DeviceMissing, match=r"'Headset'.*USB Lapel.*Ceiling Array"):
        choose_input(THERE, called("Headset"))


def test_a_part_of_the_name_does_not_fit_another_device_when_ours_is_gone() -> None:
    """With another number after it was plugged in again it is ours all the same."""
    ours = replace(called("USB"), known=lasting_name(LAPEL))
    back = InputDevice(5, "USB Lapel: Audio (hw:3,0)", 1, 44_100)
    assert choose_input([CEILING, back], ours) is back
    with pytest.raises(DeviceMissing, match=r"USB Lapel: Audio.* is gone .*there are: .*Ceiling Array"):
        choose_input([CEILING], ours)


def test_the_wanted_format_comes_first_and_channels_before_rates() -> None:
    order = list(candidate_formats(CEILING, RequestedFormat("lapel", "", 48_000, 2, 0.1)))
    assert order[0] == (48_000, 2)
    assert order[:4] == [(rate, 2) for rate in (48_000, 44_100, 32_000, 16_000)]
    assert order[4] == (48_000, 1)


def test_no_format_has_more_channels_than_the_device() -> None:
    order = list(candidate_formats(LAPEL, RequestedFormat("lapel", "", 48_000, 2, 0.1)))
    assert order == [(48_000, 1), (44_100, 1), (32_000, 1), (16_000, 1)]


@dataclass
class Running:
    """A stream that runs for so many looks, and what happens at the first."""

    looks: int
    device: str = "Lapel"
    rate_hz: int = 48_000
    channels: int = 1

    def record(self, *_wished: object) -> Running:
        return self

    def is_active(self) -> bool:
        self.looks -= 1
        return self.looks > 0


def test_a_card_of_the_same_kind_that_is_plugged_in_stops_no_microphone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugged_in = [DeviceNode(f"controlC{number}", (f"Device_{number}",), serial="2008") for number in (1, 2)]
    stream = Running(looks=3)

    def cards() -> list[DeviceNode]:
        return plugged_in if stream.looks < 3 else plugged_in[:1]

    (tmp_path / "snd").mkdir()
    (tmp_path / "snd" / "pcmC1D0c").touch()
    monkeypatch.setattr(alsa_cards, "cards", cards)
    monkeypatch.setattr(alsa_cards, "DEV", tmp_path)
    monkeypatch.setattr(portaudio_process, "POLL_S", 0.01)
    monkeypatch.setattr(portaudio_process, "backend", lambda *_: stream)
    # Where another test has loaded a sound server's library, it would be asked.
    monkeypatch.setattr(portaudio_process.PulseSourceWatch, "of_this_process", lambda: None)
    leashed, leash = os.pipe()
    said, says = os.pipe()
    with os.fdopen(leashed) as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        requested = RequestedFormat("lapel", "", 48_000, 1, 0.1, DeviceIdentity(serial="2008"))
        ended = portaudio_process.record("", requested, portaudio_process.PipeWriter(says))
    for fd in (leash, said, says):
        os.close(fd)
    assert stream.looks == 0
    assert "unplugged" in ended.reason


def test_a_card_whose_gain_may_not_be_set_yet_is_opened_later_and_one_that_refuses_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "snd").mkdir()
    (tmp_path / "snd" / "pcmC1D0c").touch()
    monkeypatch.setattr(alsa_cards, "cards", lambda: [DeviceNode("controlC1", ("Device",), serial="2008")])
    monkeypatch.setattr(alsa_cards, "DEV", tmp_path)
    errors: list[DeviceError] = [
        DeviceMissing("lapel", "controlC1 may not be opened yet"),
        DeviceRefused("lapel", "no such control"),
    ]
    started: list[str] = []

    def refuse(*_: object) -> NoReturn:
        raise errors.pop(0)

    def start(role: str, _: str) -> NoReturn:
        started.append(role)
        raise DeviceLost(role, "started")

    monkeypatch.setattr(AlsaMixer, "open", refuse)
    monkeypatch.setattr(portaudio_microphone, "_CaptureProcess", start)
    options = PortAudioOptions(serial="2008", capture_gain_db=-7.5)
    microphone = portaudio_microphone.PortAudioMicrophone("lapel", SoundFormat(48_000, 1), options)
    with pytest.raises(DeviceMissing):
        microphone.open()
    assert started == []
    with pytest.raises(DeviceLost):
        microphone.open()
    assert started == ["lapel"]
