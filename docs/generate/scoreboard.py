"""Writes docs/faults.md in both languages: ``python -m docs.generate.scoreboard [RESULTS.json …]``.

Results are what ``pytest --scoreboard`` wrote; a fault that is in them replaces what docs/faults.json has of it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, get_args

from docs.generate.markdown import table
from edge.i18n import Language, Message

DOCS = Path(__file__).parents[1]
RESULTS = DOCS / "faults.json"

TOLD, BACK = "told_s", "back_s"
UNITS = {
    "picture_ms": Message("{} 毫秒画面", "{} ms of picture"),
    "sound_ms": Message("{} 毫秒声音", "{} ms of sound"),
    "pictures": Message("{} 幅画面", "{} pictures"),
    "fragments": Message("{} 个片段", "{} fragments"),
    "files": Message("{} 个文件", "{} files"),
    "presses": Message("{} 次按键", "{} presses of a button"),
    "lessons": Message("{} 节课", "{} lessons"),
}

FAULTS = {
    "recorder-killed": Message("录像进程被杀死", "the recorder is killed"),
    "controller-killed": Message("控制进程被杀死", "the controller is killed"),
    "calibration-killed": Message(
        "校准程序正借着摄像机和麦克风时被杀死", "the calibration is killed while it has the cameras and microphones"
    ),
    "calibration-lesson-pressed": Message(
        "校准时按下上课按钮", "the lesson button is pressed while the room is calibrated"
    ),
    "controller-killed-at-end": Message(
        "控制进程在下课的同时被杀死", "the controller is killed in the moment in which the lesson ends"
    ),
    "part-fails": Message(
        "控制进程的一个部分抛出错误、崩溃或卡住（每个部分、每种方式）",
        "a part of the controller raises, panics or hangs (each part, in each way)",
    ),
    "camera-unplugged": Message("摄像头被拔掉，再插上", "a camera is unplugged and put back"),
    "camera-stalls": Message("摄像头不再给画面，后来恢复", "a camera gives no picture any more, and recovers"),
    "camera-hangs": Message("摄像头的驱动卡住，后来恢复", "a camera's driver hangs, and recovers"),
    "other-camera": Message(
        "另一个摄像头出了上述故障：这个摄像头少了什么", "any of these happens to the other camera: what this one lost"
    ),
    "microphone-unplugged": Message("唯一的话筒被拔掉，再插上", "the only microphone is unplugged and put back"),
    "other-microphone": Message(
        "两个话筒之一消失，不再回来：另一个话筒少了什么",
        "one of two microphones goes and stays away: what the other one lost",
    ),
    "disk-full": Message("磁盘满了一会儿", "the disk is full for a while"),
    "disk-full-at-end": Message("磁盘满着的时候下课", "the lesson ends on a full disk"),
    "disk-full-recorder-killed": Message("磁盘满着的时候录像进程被杀死", "the recorder is killed on a full disk"),
    "power-cut": Message(
        "断电，没有写完的文件还是 .part（恢复）", "the power fails, files that were being written are .part (recovery)"
    ),
    "segment-cut": Message(
        "分段文件在任意一处被截断：截断处之前少了什么", "a segment is cut off anywhere: what is lost before the cut"
    ),
    "byte-flipped": Message("分段文件里任意一个字节变了", "any byte of a segment is changed"),
    "journal-damaged": Message("日志有几行损坏或缺失", "some lines of the journal are damaged or missing"),
    "store-stops": Message("存储服务停止，再恢复", "the store's server stops and comes back"),
    "store-refuses": Message("存储不认密钥，后来认了", "the store refuses the access key, and later takes it"),
    "uploader-killed": Message("上传时进程一再被杀死", "the process is killed again and again while it copies"),
    "hil-calibration-killed": Message(
        "校准程序正借着 USB 设备时被杀死", "the calibration is killed while it has the USB devices"
    ),
    "hil-calibration-pressed": Message(
        "校准时按下上课按钮（真实内核）", "the lesson button is pressed in a calibration (a real kernel)"
    ),
    "hil-controller-killed": Message("控制进程被杀死（systemd 重启）", "the controller is killed (systemd starts it)"),
    "hil-recorder-killed": Message("录像进程被杀死（systemd 重启）", "the recorder is killed (systemd starts it)"),
    "hil-recorder-hangs": Message(
        "录像进程卡住，被看门狗重启", "the recorder hangs, and its watchdog has it started again"
    ),
    "hil-camera-unplugged": Message("内核收走摄像头，再给回来", "the kernel takes a camera away and gives it back"),
    "hil-microphone-unplugged": Message(
        "内核收走一块声卡，再给回来", "the kernel takes a sound card away and gives it back"
    ),
    "hil-usb-camera-unplugged": Message(
        "拔掉 USB 摄像头，再插上（uvcvideo）", "a USB camera is pulled out and put back (uvcvideo)"
    ),
    "hil-usb-microphone-unplugged": Message(
        "拔掉唯一的 USB 话筒，再插上（snd-usb-audio）",
        "the only microphone, on USB, is pulled out and put back (snd-usb-audio)",
    ),
    "hil-usb-camera-faults": Message(
        "USB 摄像头不给画面，后来恢复：EPIPE、EPROTO、沉默、错误的数据头、错误位",
        "a USB camera gives no picture and recovers: EPIPE, EPROTO, silence, bad headers, error bits",
    ),
    "hil-usb-microphone-faults": Message(
        "USB 话筒不给声音，后来恢复：空的数据包、EPROTO",
        "a USB microphone gives no sound and recovers: empty packets, EPROTO",
    ),
    "hil-disk-full": Message("真的磁盘满了一会儿", "a real disk is full for a while"),
    "hil-power-cut": Message("课上断电", "the power fails in mid-lesson"),
    "hil-box-hangs": Message(
        "整台机器卡住，被硬件看门狗重启", "the whole box hangs, and its hardware watchdog resets it"
    ),
}

_TITLE = Message("故障和它们的代价", "Faults, and what they cost")
_INTRODUCTION = Message(
    "本页由测试生成（`make faults`，虚拟教室的部分由 `make hil` 测量），请勿直接修改。每一行是测试真正造成的一种故障。"
    "“少了什么”是课里因此缺少的：设备不在的那段时间不算，只算多出来的。“恢复”从故障消失（进程重新启动、设备插回、"
    "磁盘有了空间）算起，到又录上、又显示或又上传为止。有几次测量时，先写中位数，再写最差的一次。",
    "This page is made by the tests (`make faults`, the virtual classroom's part from what `make hil` measured); do not"
    " edit it. Each row is a fault that a test really injects. “Lost” is what the lesson lacks because of it: not the"
    " time for which a device was away, but what is missing beyond that. “Back after” counts from the end of the fault"
    " (a process started again, a device put back, room on the disk) until all was recorded, shown or copied again. Of"
    " several measurements the median comes first, then the worst.",
)
_REAL = Message("真实进程，模拟设备", "Real processes, simulated devices")
_REAL_TEXT = Message(
    "整间教室的真实进程，和其他工作一起在两个核的虚拟机上。",
    "A whole room of real processes, on a virtual machine of two cores that did other work as well.",
)
_ALONE = Message("单独的部分", "Single parts")
_ALONE_TEXT = Message(
    "真实的文件和真实的存储服务；时间被缩短的地方没有时间数字。",
    "Real files and a real store; there are no seconds where the test shortens them.",
)
_EMULATED = Message("虚拟教室", "The virtual classroom")
_EMULATED_TEXT = Message(
    "整台模拟的机器，真实的内核和 systemd；没有硬件虚拟化时慢约十倍，秒数也随之变大。",
    "A whole emulated machine with a real kernel and systemd; without hardware virtualisation it is about ten times as"
    " slow, and so are its seconds.",
)
_PARTS = (
    ("tests/system/", _REAL, _REAL_TEXT),
    ("tests/hil/", _EMULATED, _EMULATED_TEXT),
    ("", _ALONE, _ALONE_TEXT),
)
_HEADER = (
    Message("故障", "fault"),
    Message("次数", "times"),
    Message("少了什么", "lost"),
    Message("多久有提示", "told after"),
    Message("多久恢复", "back after"),
    Message("数字的来源", "from"),
)
_NOTHING = Message("没有：{}", "nothing: {}")
_SECONDS = Message("{} 秒", "{} s")
_WORST = Message("{}（最差 {}）", "{} (worst {})")

Results = Mapping[str, Any]


def faults_page(results: Results, reader: Language) -> str:
    """The page: a table for each way of running the tests, its rows in the order of ``FAULTS``."""
    twin = "faults.zh-CN.md" if reader == "en" else "faults.md"
    parts = [
        f"# {_TITLE.text(reader)}",
        f"[{'中文' if reader == 'en' else 'English'}]({twin})",
        _INTRODUCTION.text(reader),
    ]
    left = {fault: results[fault] for fault in FAULTS if fault in results}
    for folder, title, text in _PARTS:
        rows = [_row(fault, row, reader) for fault, row in left.items() if row["test"].startswith(folder)]
        left = {fault: row for fault, row in left.items() if not row["test"].startswith(folder)}
        if rows:
            parts += [f"## {title.text(reader)}", text.text(reader), table([one.text(reader) for one in _HEADER], rows)]
    return "\n\n".join(parts) + "\n"


def write_pages(folder: Path, results: Results) -> None:
    """Write the page in both languages."""
    for language in get_args(Language):
        name = "faults.md" if language == "en" else f"faults.{language}.md"
        (folder / name).write_text(faults_page(results, language), encoding="utf-8")


def _row(fault: str, row: Mapping[str, Any], reader: Language) -> list[str]:
    figures: Mapping[str, Sequence[float]] = row["figures"]
    file, _, test = row["test"].partition("::")
    return [
        FAULTS[fault].text(reader),
        str(row["times"]),
        _lost({unit: figures[unit] for unit in UNITS if unit in figures}, reader),
        _seconds(figures.get(TOLD, ()), reader),
        _seconds(figures.get(BACK, ()), reader),
        f"`{file}`, `{test}`",
    ]


def _lost(figures: Mapping[str, Sequence[float]], reader: Language) -> str:
    each = [_several(values, ",.0f", UNITS[unit], reader) for unit, values in figures.items()]
    told = ("；" if reader == "zh-CN" else "; ").join(each)
    is_nothing = bool(figures) and not any(max(values) for values in figures.values())
    return _NOTHING.text(reader).format(told) if is_nothing else told


def _seconds(values: Sequence[float], reader: Language) -> str:
    return _several(values, ".2f", _SECONDS, reader) if values else ""


def _several(values: Sequence[float], form: str, unit: Message, reader: Language) -> str:
    usual, worst = format(median(values), form), format(max(values), form)
    told = unit.text(reader).format(usual)
    return told if usual == worst else _WORST.text(reader).format(told, worst)


def main(results: Sequence[str]) -> None:
    """Add results to docs/faults.json and write the pages."""
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for file in results:
        kept.update(json.loads(Path(file).read_text(encoding="utf-8")))
    kept = {fault: kept[fault] for fault in FAULTS if fault in kept}
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    write_pages(DOCS, kept)


if __name__ == "__main__":
    main(sys.argv[1:])
