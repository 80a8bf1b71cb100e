"""Questions and texts of the calibration's steps about clickers, heads, board, timetable, network and storage."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "line": Message("{text}", "{text}"),
    # clickers
    "no-clickers": Message(
        "配置里没有反馈器（[clickers]），跳过。", "The config has no clickers ([clickers]): left out."
    ),
    "clickers-how": Message("怎么点名？", "How is the roll called?"),
    "clickers-class": Message("全班在座，一起按", "the class is here and presses together"),
    "clickers-walk": Message("一个人走一圈，每个反馈器都按", "one person walks around and presses each clicker"),
    "clickers-rounds": Message("每个反馈器按几次？", "How many presses of each clicker?"),
    "clickers-round": Message(
        "第 {number}/{rounds} 轮：请每个人都拿好反馈器。按回车以后，每个人按一下任意键。",
        "Round {number} of {rounds}: everybody takes the clicker. After Enter everybody presses any key once.",
    ),
    "clickers-walk-now": Message(
        "把反馈器放在各自的座位上。按回车以后从第一个座位走起，在座位上把每个反馈器按 {presses} 次，"
        "每次隔一秒。走完回来按任意键。",
        "Lay each clicker at its seat. After Enter start at the first seat and press each clicker {presses} times where"
        " it lies, a second apart. Back here, press any key.",
    ),
    "clickers-listening": Message(
        "正在听反馈器；都听到了就自动结束", "Listening to the clickers; it ends when all were heard"
    ),
    "clickers-map": Message(
        "座位：听到的次数/应按的次数（-- 没有反馈器）", "Seats: presses heard / asked for (-- has no clicker)"
    ),
    "clickers-strangers": Message(
        "听到了不属于这个班的反馈器：{devices}", "Heard clickers that belong to nobody in this class: {devices}"
    ),
    # heads
    "no-heads": Message("配置里没有云台（[ptz.…]），跳过。", "The config has no heads ([ptz.…]): left out."),
    "preset-going": Message("{role}：正在转到 {preset}", "{role}: on its way to {preset}"),
    "preset-right": Message(
        "{role}：画面是“{preset}”该有的样子吗？", "{role}: does the picture show what “{preset}” should show?"
    ),
    "preset-another": Message("{role}：再加一个预置位吗？", "{role}: add another preset?"),
    "preset-name": Message("名字（如 黑板、podium）：", "Its name (such as board):"),
    "preset-bad-name": Message(
        "名字不行：不能空着、不能重复，最多 24 个字，不能有空格、点和引号。",
        "Not a name for it: neither empty nor taken, at most 24 characters, no spaces, dots or quotes.",
    ),
    "aim": Message("{role}：把云台对准“{preset}”", "{role}: aim the head at “{preset}”"),
    "aim-done": Message("对准了，存下来", "it is right: store it"),
    "aim-left": Message("向左", "left"),
    "aim-right": Message("向右", "right"),
    "aim-up": Message("向上", "up"),
    "aim-down": Message("向下", "down"),
    "aim-closer": Message("拉近", "closer"),
    "aim-wider": Message("推远", "wider"),
    # board
    "board-has-screen": Message("这间教室的班牌有屏幕吗？", "Has this room a class board with a screen?"),
    "board-says": Message(
        "班牌上现在盖着一行测试文字。上面的数字是哪个？",
        "A test text now covers the class board. Which number is on it?",
    ),
    "board-nothing": Message("没有，或者看不清", "none, or it cannot be read"),
    # timetable
    "time-right": Message("现在是 {now} 吗？", "Is it {now} now?"),
    "timetable-day": Message("{day} 的课：", "Lessons of {day}:"),
    "timetable-no-lessons": Message("{day}：课表里没有课。", "{day}: no lessons in the timetable."),
    "timetable-right": Message("今天的课对吗？", "Is this today's plan?"),
    # network, storage, trial
    "network-asks": Message("正在看网络、域名和时间", "Looking at the network, at names and the time"),
    "network-store": Message("正在问存储", "Asking the store"),
    "network-upload": Message("正在试着上传（传完就删）", "Uploading for a trial (it is deleted afterwards)"),
    "network-peers": Message("正在连接班牌的 MQTT 和 LRS", "Connecting to the board's broker and the LRS"),
    "storage-writes": Message("正在像录课那样写磁盘", "Writing to the disk as a lesson does"),
    "trial-seconds": Message("试录多少秒？", "For how many seconds is the trial recorded?"),
    "trial-records": Message(
        "用全部摄像机和麦克风试录 {seconds} 秒（录完检查，再删掉）",
        "Recording {seconds} s with every camera and microphone (checked, then deleted)",
    ),
}
