"""Fuzz targets: the framings of clicker bases."""

from __future__ import annotations

import pickle

from parts import pieces

from drivers.clicker.framing import Framing
from drivers.clicker.iclicker_framing import REPORT_BYTES, IClickerFraming
from drivers.clicker.rf21x_receiver import FRAMINGS
from drivers.clicker.rf219_frames import HEADER
from drivers.clicker.simulation.protocols import BaseProtocol, IClickerProtocol, Rf217Rf218Protocol, Rf219Protocol
from drivers.clicker.simulation.simulated_class import SimulatedPress, answer_form
from drivers.samples import AskQuestion, ClickerAnswer, GarbledBytes, QuestionKind

MAX_KEPT_BYTES = 120


def rf217(data: bytes) -> None:
    """Three bytes a message."""
    _check_survives(FRAMINGS["rf217"][0](60), data)
    _check_resynchronises(FRAMINGS["rf217"][0](60), Rf217Rf218Protocol(3), data)


def rf218(data: bytes) -> None:
    """Five bytes a message."""
    _check_survives(FRAMINGS["rf218"][0](60), data)
    _check_resynchronises(FRAMINGS["rf218"][0](60), Rf217Rf218Protocol(5), data)


def rf219(data: bytes) -> None:
    """A header, a length and a checksum; a zero stands for a header, which would be met too seldom by chance."""
    data = data.replace(b"\0", HEADER)
    _check_survives(FRAMINGS["rf219"][0](60), data)
    _check_resynchronises(FRAMINGS["rf219"][0](60), Rf219Protocol(), data)


def iclicker(data: bytes) -> None:
    """Reports of any size."""
    _check_survives(IClickerFraming("AA"), data)
    _check_resynchronises(IClickerFraming("AA"), IClickerProtocol(), data[:REPORT_BYTES])


def seeds() -> dict[str, list[bytes]]:
    """Three answers of each family, as its base sends them."""
    protocols = {"rf217": Rf217Rf218Protocol(3), "rf218": Rf217Rf218Protocol(5), "rf219": Rf219Protocol()}
    found = {name: [b"".join(_answers(protocol))] for name, protocol in protocols.items()}
    return {**found, "iclicker": _answers(IClickerProtocol())}


def _check_survives(framing: Framing, data: bytes) -> None:
    """No exception for any bytes in any pieces and any kind of question, and next to nothing kept."""
    framing.handshake()
    empty = len(pickle.dumps(framing))
    kinds = sorted(framing.format.kinds)
    garbled = 0
    for piece in pieces(data):
        framing.encode(AskQuestion(kinds[len(piece) % len(kinds)]))
        garbled += sum(one.octets for one in framing.push_bytes(piece, 1) if isinstance(one, GarbledBytes))
        assert len(pickle.dumps(framing)) - empty < MAX_KEPT_BYTES
    garbled += sum(one.octets for one in framing.flush(1) if isinstance(one, GarbledBytes))
    assert garbled <= len(data)


def _check_resynchronises(framing: Framing, protocol: BaseProtocol, garbage: bytes) -> None:
    """No message behind garbage is missing: in step again before the first one."""
    framing.handshake()
    framing.encode(AskQuestion(QuestionKind.SINGLE))
    messages = _answers(protocol)
    if isinstance(protocol, IClickerProtocol):
        events = [event for report in (garbage, *messages) for event in framing.push_bytes(report, 1)]
    else:
        events = [event for piece in (*pieces(garbage), *messages) for event in framing.push_bytes(piece, 1)]
    answers = [(event.device, event.text) for event in [*events, *framing.flush(1)] if isinstance(event, ClickerAnswer)]
    assert answers[-3:] == list(zip(_devices(protocol), "ABC", strict=True))


def _devices(protocol: BaseProtocol) -> list[str]:
    return ["0106080F", "0A0B0C0D", "FF00FF00"] if isinstance(protocol, IClickerProtocol) else ["1", "77", "250"]


def _answers(protocol: BaseProtocol) -> list[bytes]:
    """A message with each device's answer."""
    return [
        protocol.encode_answer(SimulatedPress(1, 0, device, answer_form(key), key), QuestionKind.SINGLE, 1, 5)
        for device, key in zip(_devices(protocol), "ABC", strict=True)
    ]
