"""Messages of ``support``."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "help": Message(
        "把帮忙的人需要的东西放进一个文件：最近三天的日志、配置（密码等已隐去）、现在的状态、设备、\n"
        "磁盘和温度等健康情况、软件版本、最近一次校准报告（里面有校准时拍的教室画面）。\n"
        "没有密码，没有学生名单和答题，没有课堂录像。控制进程没有运行、配置有错误时也能用。\n"
        "日志要有权限才读得到：请用 sudo。",
        "Put what a helper needs into one file: logs of the last three days, the config (secrets masked), the\n"
        "present state, the devices, the health of disk and box, versions, and the newest calibration report\n"
        "(which has pictures of the room, taken while it was calibrated). No password, no class list, no polls,\n"
        "no lessons go in. It works while the controller is down, and with a config that is wrong.\n"
        "Logs are not for everybody to read: use sudo.",
    ),
    "to": Message("放在哪个文件夹（默认：当前文件夹）", "folder to write it into (default: the present one)"),
    "examples": Message(
        "例：\n  sudo classroom-edge support\n  sudo classroom-edge support --to /media/usb    磁盘满了就放到 U 盘上",
        "Examples:\n"
        "  sudo classroom-edge support\n"
        "  sudo classroom-edge support --to /media/usb    where this box's disk is full",
    ),
    "gathering": Message("正在收集 {what}", "gathering {what}"),
    "written": Message("已写入 {path}（{size}）", "written: {path} ({size})"),
    "left-out": Message("没有放进去：{what}", "left out: {what}"),
    "not-written": Message(
        "{path} 写不进去：{reason}。请用 --to 换一个文件夹，比如 U 盘：--to /media/usb",
        "{path} cannot be written: {reason}. Name another folder, such as a USB stick's: --to /media/usb",
    ),
}
