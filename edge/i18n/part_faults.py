"""Messages about a part of the controller that fails or hangs."""

from __future__ import annotations

from edge.i18n import Message

# The controller's parts, as a person calls them, and where to look first when one of them fails or hangs.
PARTS = {
    "ledger": (("账本（ledger.db）", "看磁盘"), ("the ledger (ledger.db)", "look at its disk")),
    "numbers": (("读取课堂编号", "看录像所在的磁盘"), ("reading the lessons' numbers", "look at the lessons' disk")),
    "roster": (("读取名单", "看磁盘"), ("reading the class list", "look at its disk")),
    "board": (("读取班牌的内容", "看磁盘"), ("reading what is on the class board", "look at the disk")),
    "phones": (("读取手机的座位", "看磁盘"), ("reading whose phones have joined", "look at the disk")),
    "timetable": (
        ("课表", "看配置里的 [timetable] 和磁盘"),
        ("the timetable", "look at [timetable] in the config and at the disk"),
    ),
    "scheduler": (
        ("按课表自动开始和结束", "看磁盘；按钮不受影响"),
        ("starting and ending forgotten lessons", "look at the disk; the buttons work all the same"),
    ),
    "uploads": (
        ("上传", "看配置里的 [store]、网络和共享文件夹"),
        ("copying to the store", "look at [store] in the config, at the network, at the shared folder"),
    ),
    "calibrations": (
        ("校准结果的上传", "看配置里的 [store]、网络和共享文件夹"),
        (
            "copying results of calibrations to the store",
            "look at [store] in the config, at the network, at the shared folder",
        ),
    ),
    "publication": (
        ("存储里课程列表的更新", "看配置里的 [store]、网络和共享文件夹"),
        (
            "keeping the list of lessons in the store",
            "look at [store] in the config, at the network, at the shared folder",
        ),
    ),
    "lrs": (
        ("学习记录的发送", "看配置里的 [lrs] 和网络"),
        ("sending learning records", "look at [lrs] in the config and at the network"),
    ),
    "board-topic": (
        ("班牌内容的发送（MQTT）", "看配置里的 [board] 和网络"),
        ("sending the class board to a broker (MQTT)", "look at [board] in the config and at the network"),
    ),
    "checks": (("下课后的检查", "看录像所在的磁盘"), ("checking ended lessons", "look at the lessons' disk")),
    "previews": (("课程预览图和画面文字的制作", "看磁盘"), ("making previews of lessons", "look at the disk")),
    "cleanup": (("磁盘空间的管理", "看录像所在的磁盘"), ("keeping the disk free", "look at the lessons' disk")),
    "erasure": (("删课", "看磁盘和存储"), ("erasing lessons", "look at the disk and at the store")),
    "calibration": (
        ("校准的借用", "看 /run/classroom-edge"),
        ("lending the devices to the calibration", "look at /run/classroom-edge"),
    ),
    "new-config": (("新设置的启用", "看磁盘"), ("taking up new settings", "look at the disk")),
    "results": (("答题结果的写入", "看磁盘"), ("writing poll results", "look at the disk")),
    "polls": (("答题", "看磁盘"), ("polling", "look at the disk")),
    "heads": (
        ("云台", "看云台的接线和配置里的 [ptz]"),
        ("PTZ control", "look at the heads' cables and at [ptz] in the config"),
    ),
    "directing": (
        ("导播的云台和提问通知", "看云台的接线和配置里的 [director]"),
        ("turning heads for the director", "look at the heads' cables and at [director] in the config"),
    ),
    "clickers": (("反馈器", "看接收器的接线"), ("reading the clickers", "look at the cable of their base")),
    "hotplug": (("插拔设备的感知", "看 sudo dmesg"), ("noticing devices that are plugged in", "look at sudo dmesg")),
    "network": (("网络变化的感知", "看 sudo dmesg"), ("noticing changes of the network", "look at sudo dmesg")),
}


def _messages() -> dict[str, Message]:
    """The messages for the fault codes ``<part>-failed`` and ``<part>-hung``."""
    messages: dict[str, Message] = {}
    for part, ((name_zh, advice_zh), (name_en, advice_en)) in PARTS.items():
        messages[f"fault-{part}-failed"] = Message(
            f"{name_zh}出错了，正在自动重试，录课不受影响；一直这样请{advice_zh}"
            "（详情：journalctl -u classroom-controller -e）",
            f"{name_en} failed and is tried again; lessons are recorded all the same. If it stays, {advice_en}"
            " (more: journalctl -u classroom-controller -e)",
        )
        messages[f"fault-{part}-hung"] = Message(
            f"{name_zh}卡住了，没有反应，录课不受影响；请{advice_zh}，"
            "还不行就重启控制进程：sudo systemctl restart classroom-controller",
            f"{name_en} hangs; lessons are recorded all the same. First {advice_en}, then"
            " restart the controller: sudo systemctl restart classroom-controller",
        )
    return messages


MESSAGES = _messages()
