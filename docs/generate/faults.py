"""The reference of faults, device states and findings, made from the sentences that people read."""

from __future__ import annotations

import re
from collections.abc import Sequence

from docs.generate.markdown import table
from docs.generate.remedies import MESSAGES as REMEDIES
from edge.i18n import Language, Message
from edge.i18n.receipt import MESSAGES as RECEIPT
from edge.i18n.room import MESSAGES as ROOM
from pipelines.delivery.errors import StoreError
from pipelines.devices.device_state import DeviceState
from pipelines.receipt.findings import FindingCode

_TITLE = Message(
    "故障和检查发现",
    "Faults and findings",
)
_INTRODUCTION = Message(
    "本页由程序生成（`make reference`），请勿直接修改。`status` 列出故障和设备状态，`verify` 列出检查发现；加"
    " `--json` 时显示的是代码。`LESSON` 是课的编号（见 `classroom-edge lessons`）或它的文件夹。",
    "This page is made from the program (`make reference`); do not edit it. `status` shows faults and states of"
    " devices, `verify` shows findings; with `--json` they show the codes. `LESSON` is a lesson's id (see"
    " `classroom-edge lessons`) or its folder.",
)
_BOX = Message(
    "机器的故障",
    "Faults of the box",
)
_BOX_TEXT = Message(
    "以 `disk:` 开头的故障是系统对磁盘的原话，和 `disk-fails` 一样处理。",
    "A fault that begins with `disk:` is what the system says about the disk; treat it like `disk-fails`.",
)
_COPYING = Message(
    "上传的故障",
    "Faults of copying",
)
_COPYING_TEXT = Message(
    "受阻时 `status` 在“上传”一行显示原因和下次再试的时间。录像都在本机，不会丢。",
    "What holds up the copies is shown by `status` in the line “copying”, with the time of the next attempt. The"
    " lessons are on the box; nothing is lost.",
)
_DEVICES = Message(
    "设备的状态",
    "States of a device",
)
_DEVICES_TEXT = Message(
    "原因写在 `status` 的最后一栏。设备一恢复就会用上，什么都不用重启。",
    "The reason stands in the last column of `status`. A device that returns is used at once; nothing has to be"
    " restarted.",
)
_FINDINGS = Message(
    "检查报告的发现",
    "Findings of the receipt",
)
_FINDINGS_TEXT = Message(
    "程度为“问题”的发现使结论变坏，“备注”不会。代码的含义永远不变。",
    "A finding that is “bad” spoils the verdict, a “note” does not. A code never changes its meaning.",
)
_CODE = Message(
    "代码",
    "code",
)
_SHOWN = Message(
    "显示",
    "shown as",
)
_REMEDY = Message(
    "怎么办",
    "what to do",
)

_VALUE = re.compile(r"\{[^}]*\}")

STORE = {fault.code for fault in StoreError.__subclasses__()} | {"spool"}
FAULTS = [name.removeprefix("fault-") for name in ROOM if name.startswith("fault-")]


def faults_page(reader: Language) -> str:
    """Four tables: code, the sentence that is shown, and what to do."""
    box = [_row(word, ROOM[f"fault-{word}"], "fault") for word in FAULTS if word not in STORE]
    copying = [_row(word, ROOM[f"fault-{word}"], "fault") for word in FAULTS if word in STORE]
    states = [_row(one, ROOM[f"device-{one}"], "device") for one in DeviceState if one is not DeviceState.RUNNING]
    findings = [_row(code, RECEIPT[code], "finding") for code in FindingCode]
    parts = [
        f"# {_TITLE.text(reader)}",
        _INTRODUCTION.text(reader),
        *_section(_BOX, _BOX_TEXT, box, reader),
        *_section(_COPYING, _COPYING_TEXT, copying, reader),
        *_section(_DEVICES, _DEVICES_TEXT, states, reader),
        *_section(_FINDINGS, _FINDINGS_TEXT, findings, reader),
    ]
    return "\n\n".join(parts) + "\n"


def _row(code: str, shown: Message, kind: str) -> tuple[str, Message, Message]:
    return code, shown, REMEDIES[f"{kind}-{code}"]


def _section(
    title: Message, text: Message, rows: Sequence[tuple[str, Message, Message]], reader: Language
) -> tuple[str, str, str]:
    header = [_CODE.text(reader), _SHOWN.text(reader), _REMEDY.text(reader)]
    cells = [(f"`{code}`", _VALUE.sub("…", shown.text(reader)), remedy.text(reader)) for code, shown, remedy in rows]
    return f"## {title.text(reader)}", text.text(reader), table(header, cells)
