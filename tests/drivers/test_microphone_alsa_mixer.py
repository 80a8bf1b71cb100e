"""The mixer of a sound card: structures against the C compiler, logic on a mixer of bytes."""

from __future__ import annotations

import ctypes
import errno
import shutil
import struct
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import DeviceLost, DeviceMissing, DeviceRefused
from drivers.microphone import alsa_control_structs as structs
from drivers.microphone.alsa_decibels import decibel_scale
from drivers.microphone.alsa_mixer import AlsaMixer

C_PROGRAM = """
#include <stddef.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <time.h>
#include <sound/asound.h>
#define AT(type, member) (unsigned long)offsetof(struct type, member)
int main(void) {
    printf("%lu %lu %lu %lu %lu ", (unsigned long)SNDRV_CTL_IOCTL_ELEM_LIST, (unsigned long)SNDRV_CTL_IOCTL_ELEM_INFO,
           (unsigned long)SNDRV_CTL_IOCTL_ELEM_READ, (unsigned long)SNDRV_CTL_IOCTL_ELEM_WRITE,
           (unsigned long)SNDRV_CTL_IOCTL_TLV_READ);
    printf("%lu %lu %lu %lu %lu %lu %lu", AT(snd_ctl_elem_id, name), AT(snd_ctl_elem_list, pids),
           AT(snd_ctl_elem_info, access), AT(snd_ctl_elem_info, value.integer.min),
           AT(snd_ctl_elem_info, value.integer.step), AT(snd_ctl_elem_value, value), sizeof(struct snd_ctl_elem_id));
}
"""


@pytest.mark.skipif(not shutil.which("gcc"), reason="there is no C compiler")
def test_requests_and_structures_are_what_the_c_compiler_makes_of_the_kernels_header(tmp_path: Path) -> None:
    source, program = tmp_path / "sizes.c", tmp_path / "sizes"
    source.write_text(C_PROGRAM)
    subprocess.run(["gcc", str(source), "-o", str(program)], check=True, capture_output=True)
    printed = [
        int(word) for word in subprocess.run([program], check=True, capture_output=True, text=True).stdout.split()
    ]
    assert printed[:5] == [
        structs.ELEM_LIST,
        structs.ELEM_INFO,
        structs.ELEM_READ,
        structs.ELEM_WRITE,
        structs.TLV_READ,
    ]
    name, pids, access, low, step, value, size = printed[5:]
    assert size == structs.ID_SIZE
    assert struct.unpack_from("@P", structs.list_request(1, 0x1234_5678), pids)[0] == 0x1234_5678
    info = structs.info_request(7)
    info[name : name + 5] = b"Name\0"
    struct.pack_into("@I", info, access, 1 << 1 | 1 << 4)
    struct.pack_into("@l", info, low, -5)
    struct.pack_into("@l", info, step, 3)
    unpacked = structs.element_info(bytes(info))
    assert (unpacked.number, unpacked.name, unpacked.low, unpacked.step) == (7, "Name", -5, 3)
    assert unpacked.is_writable
    assert unpacked.has_decibels
    assert struct.unpack_from("@2l", structs.value_request(7, (11, -12)), value) == (11, -12)
    assert structs.values(bytes(structs.value_request(7, (11, -12))), 2) == (11, -12)


SCALE, LINEAR, RANGE, MINMAX, MINMAX_MUTE, CONTAINER = 1, 2, 3, 4, 5, 0


def tlv(kind: int, *words: int) -> tuple[int, ...]:
    return (kind, 4 * len(words), *(word & 0xFFFF_FFFF for word in words))


@pytest.mark.parametrize(
    ("words", "low", "high", "known"),
    [
        (tlv(SCALE, -1200, 150), 0, 23, {0: -12.0, 1: -10.5, 23: 22.5}),
        (tlv(SCALE, -1200, 150 | 0x10000), 0, 23, {0: -99_999.99, 1: -10.5}),
        (tlv(MINMAX, -2000, 600), 0, 52, {0: -20.0, 26: -7.0, 52: 6.0}),
        (tlv(MINMAX_MUTE, -2000, 600), 0, 52, {0: -99_999.99, 52: 6.0}),
        (tlv(LINEAR, -9_999_999, 0), 0, 100, {0: -99_999.99, 50: -6.02, 100: 0.0}),
        (
            tlv(RANGE, 0, 4, *tlv(SCALE, -4000, 500), 5, 10, *tlv(SCALE, -1500, 300)),
            0,
            10,
            {0: -40.0, 4: -20.0, 5: -15.0, 10: 0.0},
        ),
        (tlv(CONTAINER, *tlv(0x101, 3, 4), *tlv(MINMAX, 0, 3000)), 0, 30, {0: 0.0, 15: 15.0}),
    ],
)
def test_every_kind_of_scale_is_read(words: tuple[int, ...], low: int, high: int, known: dict[int, float]) -> None:
    scale = decibel_scale((*words, 0, 0, 0), low, high)
    assert scale is not None
    for raw, gain_db in known.items():
        assert scale.db(raw) == pytest.approx(gain_db, abs=0.01)


@pytest.mark.parametrize(
    "words", [(), (SCALE,), tlv(SCALE), tlv(0x101, 3, 4), tlv(RANGE, 1), (CONTAINER, 4000, 1, 4000)]
)
def test_what_is_no_scale_or_cut_short_is_none(words: tuple[int, ...]) -> None:
    assert decibel_scale(words, 0, 10) is None


@given(st.integers(-60, 10), st.integers(1, 500), st.integers(1, 120), st.floats(-80.0, 60.0), st.booleans())
def test_the_gain_that_is_set_is_the_highest_not_above_the_wanted(
    first_db: int, step: int, high: int, wanted: float, mutes: bool
) -> None:
    scale = decibel_scale(tlv(SCALE, 100 * first_db, step | (0x10000 if mutes else 0)), 0, high)
    assert scale is not None
    raw = scale.raw_at_most(wanted, 0, high, 1)
    assert raw >= int(mutes)
    assert scale.db(raw) <= wanted + 1e-6 or raw == int(mutes)
    assert raw == high or scale.db(raw + 1) > wanted


@dataclass
class ByteMixer:
    """Answers requests as the kernel does, at the seam of the ioctl."""

    controls: list[dict[str, object]]
    gone: bool = False
    written: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)

    def __call__(self, request: int, message: bytearray) -> None:
        if self.gone:
            raise OSError(errno.ENODEV, "No such device")
        if request == structs.ELEM_LIST:
            offset, space, _used, _count, address = struct.unpack_from("@IIIIP", message)
            for index, control in enumerate(self.controls[offset : offset + space]):
                packed = struct.pack(
                    "@IiII44sI", index + 1, control.get("iface", 2), 0, 0, str(control["name"]).encode(), 0
                )
                ctypes.memmove(address + index * len(packed), packed, len(packed))
            struct.pack_into("@IIII", message, 0, offset, space, min(space, len(self.controls)), len(self.controls))
            return
        control = self.controls[struct.unpack_from("@I", message)[0] - 1]
        values = control["values"]
        assert isinstance(values, list)
        if request == structs.ELEM_INFO:
            message[16:60] = str(control["name"]).encode().ljust(44, b"\0")
            access = control.get("access", 0x3 | (0x10 if "tlv" in control else 0))
            struct.pack_into(
                "@iIIi3l", message, 64, control["type"], access, len(values), -1, *control.get("range", (0, 1, 0))
            )
        elif request == structs.ELEM_READ:
            struct.pack_into(f"@{len(values)}l", message, 72, *values)
        elif request == structs.ELEM_WRITE:
            values[:] = struct.unpack_from(f"@{len(values)}l", message, 72)
            self.written.append((str(control["name"]), tuple(values)))
        elif request == structs.TLV_READ:
            words = control["tlv"]
            assert isinstance(words, tuple)
            struct.pack_into(f"={len(words)}I", message, 8, *words)


def usb_microphone() -> ByteMixer:
    return ByteMixer(
        [
            {"name": "Capture Channel Map", "iface": 3, "type": 2, "values": [0]},
            {
                "name": "Mic Playback Volume",
                "type": 2,
                "values": [5],
                "range": (0, 31, 1),
                "tlv": tlv(MINMAX, -3000, 0),
            },
            {"name": "Mic Boost Volume", "type": 2, "values": [0], "range": (0, 3, 1), "tlv": tlv(SCALE, 0, 1000)},
            {"name": "Line Capture Volume", "type": 2, "values": [3, 3], "range": (0, 9, 1), "tlv": tlv(SCALE, 0, 100)},
            {"name": "Mic Capture Switch", "type": 1, "values": [0]},
            {
                "name": "Mic Capture Volume",
                "type": 2,
                "values": [20, 26],
                "range": (0, 52, 0),
                "tlv": tlv(MINMAX, -2000, 600),
            },
            {"name": "Auto Gain Control", "type": 1, "values": [1]},
        ]
    )


def test_the_microphones_own_volume_is_found_among_others_and_set_in_db() -> None:
    kernel = usb_microphone()
    with AlsaMixer("lapel", kernel) as mixer:
        volume = mixer.capture_volume()
        assert volume is not None
        assert (volume.name, volume.channels) == ("Mic Capture Volume", 2)
        assert (volume.low_db, volume.high_db, volume.step_db) == pytest.approx((-20.0, 6.0, 0.5))
        assert mixer.gain_db() == pytest.approx(-7.0)
        assert mixer.set_gain_db(3.3) == pytest.approx(3.0)
        assert kernel.written == [("Mic Capture Volume", (46, 46))]


def test_automatic_gain_and_the_capture_switch_are_found_and_set() -> None:
    kernel = usb_microphone()
    mixer = AlsaMixer("lapel", kernel)
    assert (mixer.auto_gain(), mixer.capture_enabled()) == (True, False)
    mixer.set_auto_gain(False)
    mixer.set_capture_enabled(True)
    assert (mixer.auto_gain(), mixer.capture_enabled()) == (False, True)
    assert kernel.written == [("Auto Gain Control", (0,)), ("Mic Capture Switch", (1,))]


def test_a_card_without_controls_says_so_and_one_that_goes_is_lost() -> None:
    kernel = ByteMixer([])
    mixer = AlsaMixer("lapel", kernel)
    assert (mixer.capture_volume(), mixer.gain_db(), mixer.auto_gain(), mixer.capture_enabled()) == (None,) * 4
    with pytest.raises(DeviceRefused, match="no capture volume"):
        mixer.set_gain_db(0.0)
    with pytest.raises(DeviceRefused, match="automatic gain"):
        mixer.set_auto_gain(False)
    kernel = usb_microphone()
    mixer = AlsaMixer("lapel", kernel)
    kernel.gone = True
    with pytest.raises(DeviceLost):
        mixer.gain_db()


def test_a_control_that_is_locked_or_read_only_is_not_taken() -> None:
    kernel = usb_microphone()
    kernel.controls[5]["access"] = 0x1 | 0x10
    volume = AlsaMixer("lapel", kernel).capture_volume()
    assert volume is not None
    assert volume.name == "Line Capture Volume"


def test_a_card_that_is_not_there_is_missing_and_what_is_no_mixer_refuses(tmp_path: Path) -> None:
    with pytest.raises(DeviceMissing):
        AlsaMixer.open("lapel", 7, tmp_path)
    (tmp_path / "snd").mkdir()
    (tmp_path / "snd/controlC7").touch()
    with pytest.raises(DeviceRefused, match="refuses"):
        AlsaMixer.open("lapel", 7, tmp_path)
