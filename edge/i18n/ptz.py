"""Messages about PTZ heads."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "help": Message(
        "云台：列出、转到预置位、手动转动、停。预置位的名字写在配置的 [ptz.…] 里，位置先用云台的遥控器存好。\n"
        "新命令一来，旧命令就作废：正在去预置位的云台，可以随时叫停或换个地方。",
        "The heads that turn and zoom cameras: list them, send them to presets, drive them, stop them. Names for\n"
        "presets stand in the config under [ptz.…]; where they are was stored with the head's remote control.\n"
        "The newest order counts: a head on its way to a preset can be stopped or sent elsewhere at any time.",
    ),
    "actions": Message("做什么", "what to do"),
    "list-help": Message(
        "列出云台：好不好、在哪个预置位、有哪些预置位。有一个不好，退出码就是 1。",
        "List the heads: how each does, at which preset it stands, which presets it has.\n"
        "Exit code 1 where one of them does not do well.",
    ),
    "list-short": Message("列出云台和预置位", "list the heads and their presets"),
    "list-json": Message(
        "输出 JSON：每个角色的 driver、state、reason、preset、moving、presets",
        "print JSON: driver, state, reason, preset, moving and presets of each role",
    ),
    "recall-short": Message("转到预置位", "go to a preset"),
    "recall-help": Message(
        "转到预置位，到了才返回；到不了（没接、关着、被别的命令打断）就说明原因，退出码为 1。",
        "Go to a preset. It returns when the head has arrived; where it cannot (not there, switched off, another\n"
        "order came first) it says why, with exit code 1.",
    ),
    "drive-short": Message("手动转动和变焦", "turn and zoom"),
    "drive-help": Message(
        "按给定的速度转动和变焦，到时间就停；中途按 Ctrl-C 也停。速度是最快速度的几成，从 -1 到 1，\n"
        "正的是向右、向上、拉近。命令的程序若突然没了，云台也会在 [ptz.…] hold_s 秒后自己停下。",
        "Turn and zoom at the speeds given, and stop after the time, or at Ctrl-C. Speeds are shares of full\n"
        "speed from -1 to 1; right, up and in are more than 0. Should this program die, the head stops by itself\n"
        "after hold_s seconds (see [ptz.…]).",
    ),
    "stop-short": Message("停下", "stand still"),
    "stop-help": Message("停在此刻的位置，去预置位的路上也停。", "Stand still at once, also on the way to a preset."),
    "role": Message("哪个云台：{roles}", "which head: {roles}"),
    "preset": Message("预置位的名字，如 podium", "the name of a preset, such as podium"),
    "pan": Message("左右：-1 最快向左，1 最快向右", "left and right: -1 is left at full speed, 1 right"),
    "tilt": Message("上下：-1 最快向下，1 最快向上", "up and down: -1 is down at full speed, 1 up"),
    "zoom": Message("变焦：-1 最快推远，1 最快拉近", "zoom: -1 is out at full speed, 1 in"),
    "seconds": Message("转多少秒（默认 {default:g}）", "for how many seconds (else {default:g})"),
    "share": Message("应是 -1 到 1 之间的数", "must be a number from -1 to 1"),
    "how-long": Message("应是大于 0、不超过 {most:g} 的秒数", "must be more than 0 and at most {most:g} seconds"),
    "examples": Message(
        "例：\n"
        "  classroom-edge ptz list\n"
        "  classroom-edge ptz recall teacher board                      老师的摄像机看板书\n"
        "  classroom-edge ptz drive students --pan -0.3 --seconds 2     慢慢向左转 2 秒\n"
        "  classroom-edge ptz stop teacher",
        "Examples:\n"
        "  classroom-edge ptz list\n"
        "  classroom-edge ptz recall teacher board                      the teacher's camera shows the board\n"
        "  classroom-edge ptz drive students --pan -0.3 --seconds 2     slowly left for two seconds\n"
        "  classroom-edge ptz stop teacher",
    ),
    "none": Message("配置里没有云台（[ptz.…]）", "the config has no heads ([ptz.…])"),
    "no-role": Message("配置里没有云台“{role}”；有：{roles}", "the config has no head “{role}”; it has: {roles}"),
    "no-name": Message(
        "云台“{role}”没有预置位“{preset}”；有：{presets}",
        "the head “{role}” has no preset “{preset}”; it has: {presets}",
    ),
    "recall-done": Message("{role}：到了 {preset}", "{role}: has arrived at {preset}"),
    "drive-done": Message("{role}：已停", "{role}: stands still"),
    "stop-done": Message("{role}：已停", "{role}: stands still"),
    "recall-refused": Message("{role}：没有到 {preset}：{reason}", "{role}: is not at {preset}: {reason}"),
    "drive-refused": Message("{role}：没有转：{reason}", "{role}: does not turn: {reason}"),
    "stop-refused": Message("{role}：没能叫停：{reason}", "{role}: is not stopped: {reason}"),
    "reason-superseded": Message("来了新的命令", "another order came first"),
    "reason-still-moving": Message("云台还在路上", "the head is still on its way"),
    "reason-no-head": Message(
        "正在运行的控制进程没有这个云台：改过配置请重启它",
        "the controller that runs has no such head: restart it after a change of the config",
    ),
    "reason-no-preset": Message(
        "正在运行的控制进程没有这个预置位：改过配置请重启它",
        "the controller that runs has no such preset: restart it after a change of the config",
    ),
    "column-head": Message("云台", "head"),
    "column-driver": Message("驱动", "driver"),
    "column-state": Message("状态", "state"),
    "column-at": Message("位置", "at"),
    "column-presets": Message("预置位", "presets"),
    "column-reason": Message("原因", "reason"),
    "at": Message("{preset}", "{preset}"),
    "on-the-way": Message("正在去 {preset}", "on its way to {preset}"),
    "driven": Message("正在转动", "moving"),
    "nowhere": Message("–", "–"),
}
