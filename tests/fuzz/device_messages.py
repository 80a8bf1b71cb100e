"""Fuzz targets: messages of udev and of sound cards' processes, packets of cameras, lists of the kernel, scripts."""

from __future__ import annotations

import json
import random
import struct
import tempfile
from contextlib import suppress
from pathlib import Path

from parts import pieces

from drivers.camera.h264_continuity import SliceContinuity
from drivers.camera.jpeg_completion import complete_jpeg
from drivers.clicker.simulation.simulated_class import SimulatedClass, read_script
from drivers.h264_annexb import ParameterSetCompleter, nal_units, parameter_sets
from drivers.h264_sps import InvalidParameterSet, parse_sps
from drivers.microphone import portaudio_process_messages
from drivers.microphone.alsa_cards import parse_cards
from drivers.microphone.portaudio_process_messages import (
    EndReason,
    GarbledMessage,
    MessageDecoder,
    SampleBlock,
    StreamEnded,
    StreamStarted,
)
from drivers.samples import AskQuestion, QuestionKind
from drivers.udev_messages import Uevent, parse

_FOLDER = tempfile.TemporaryDirectory(prefix="fuzz-")
_SCRIPT = Path(_FOLDER.name) / "script.jsonl"
_UDEV = b"libudev\0\xfe\xed\xca\xfe"
_SPS = bytes.fromhex("674d401fda05067e7c05b2000003000200000300651e306540")
_PARAMETER_SETS = bytes(3) + b"\1" + _SPS + bytes.fromhex("00000001 68ee3c80")
_PICTURE = bytes.fromhex("00000001 65888400 33ff 00000001 65") + bytes(200)
_CARDS = (
    b" 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n                      HDA Intel PCH at 0xf7f10000 irq 30\n"
    b" 1 [C920           ]: USB-Audio - HD Pro Webcam C920\n                      HD Pro Webcam C920 at usb-1.4\n"
)


def udev_message(data: bytes) -> None:
    """An event, or none; the first bytes are udev's, or nothing behind them would be tried."""
    parse(data)
    event = parse(_UDEV + data[len(_UDEV) :])
    assert event is None or isinstance(event, Uevent)


def sound_card_process(data: bytes) -> None:
    """Messages as the encoder makes them, or GarbledMessage."""
    decoder = MessageDecoder()
    messages = []
    try:
        for piece in pieces(data):
            messages += decoder.push_bytes(piece)
    except GarbledMessage:
        pass
    whole = b"".join(map(portaudio_process_messages.encode, messages))
    assert data.startswith(whole)


def sound_card_list(data: bytes) -> None:
    """/proc/asound/cards."""
    parse_cards(data.decode(errors="replace"))


def jpeg_packet(data: bytes) -> None:
    """What is completed stays as it is when it is completed again."""
    whole = complete_jpeg(data)
    assert whole is None or complete_jpeg(whole) == whole


def h264_packet(data: bytes) -> None:
    """A key picture comes with the parameter sets, all others as they were; an SPS is read, or InvalidParameterSet."""
    completer = ParameterSetCompleter(_PARAMETER_SETS)
    unit = completer.complete(data)
    assert unit.is_key or unit.data == data
    if unit.is_key:
        kinds = [one[0] & 31 for one in nal_units(unit.data)]
        assert {7, 8} <= set(kinds[: kinds.index(5)])
    followed = SliceContinuity()
    for sps in (_SPS, *parameter_sets(data)):
        with suppress(InvalidParameterSet):
            stream = parse_sps(sps)
            assert stream.width > 0
            assert stream.height > 0
            if unit.slice_head:
                followed.is_whole(unit.slice_head, stream)


def press_script(data: bytes) -> None:
    """A script of the simulated class that its students can follow, or ValueError."""
    _SCRIPT.write_bytes(data)
    try:
        script = read_script(_SCRIPT)
    except ValueError:
        return
    students = SimulatedClass(["1", "2"], random.Random(1), 100.0, 0.5, script)
    students.open_question(AskQuestion(QuestionKind.SINGLE), 0)
    students.pop_due(1 << 62)


def seeds() -> dict[str, list[bytes]]:
    """Messages, packets and texts as they come from their makers."""
    properties = b"ACTION=add\0SUBSYSTEM=video4linux\0DEVNAME=/dev/video3\0ID_SERIAL=a=b\0"
    header = struct.pack("=8s4sIII4I", b"libudev\0", bytes.fromhex("feedcafe"), 40, 40, len(properties), 0, 0, 0, 0)
    messages = (StreamStarted(48_000, 2), SampleBlock(7, bytes(64)), StreamEnded(EndReason.LOST, "unplugged"))
    jpeg = bytes.fromhex("ffd8 ffe0 0010 4a46494600010100000100010000 ffda 000c 03010002110311003f00") + bytes(40)
    presses = [{"question": 1, "device": "1", "after_ms": 12.5, "press": "A"}] * 3
    return {
        "udev_message": [header + properties],
        "sound_card_process": [b"".join(map(portaudio_process_messages.encode, messages))],
        "sound_card_list": [_CARDS],
        "jpeg_packet": [jpeg, jpeg + b"\xff\xd9"],
        "h264_packet": [_PARAMETER_SETS + _PICTURE, _PICTURE],
        "press_script": ["\n".join(map(json.dumps, presses)).encode()],
    }
