"""Questions and texts of the calibration's steps roles and panel."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    # what is there
    "bound": Message("{role}：{name}（{details}）", "{role}: {name} ({details})"),
    "free": Message("还没有分配：{name}（{details}）", "not bound yet: {name} ({details})"),
    "not-on-this-box": Message(
        "{role}：驱动 {driver}，不是插在本机上的设备，或者没有插上",
        "{role}: driver {driver}; not plugged into this box, or missing",
    ),
    "also": Message("另有：{name}（{details}）", "also there: {name} ({details})"),
    # roles
    "role-none": Message("暂不使用", "leave it alone"),
    "role-teacher": Message("教师摄像机（teacher）", "the teacher's camera (teacher)"),
    "role-students": Message("学生摄像机（students）", "the students' camera (students)"),
    "role-screen": Message("屏幕画面（screen）", "the screen (screen)"),
    "role-teacher-close": Message("教师特写摄像机（teacher-close）", "the teacher's close-up camera (teacher-close)"),
    "role-students-close": Message(
        "学生特写摄像机（students-close）", "the students' close-up camera (students-close)"
    ),
    "role-ceiling": Message("吊顶话筒（ceiling）", "the ceiling microphone (ceiling)"),
    "role-lapel": Message("领夹话筒（lapel）", "the lapel microphone (lapel)"),
    "looking": Message("同时打开所有摄像机，各拍一张画面", "opening all cameras at once, and taking a picture of each"),
    "which-camera": Message(
        "画面里的这个摄像机（{name}）是哪一个？", "Which one is the camera with this picture ({name})?"
    ),
    "which-microphone": Message("这个话筒（{name}）是哪一个？", "Which one is this microphone ({name})?"),
    "swap-back": Message(
        "和上次校准比，这些设备对调了：{pairs}。在设置里换回来吗？（不换就请把插头换回来）",
        "Since the last calibration these were swapped: {pairs}. Exchange them in the settings? (If not, exchange "
        "their plugs.)",
    ),
    "tap-each": Message(
        "请轻敲每个话筒，看哪一个的电平跳起来。看清楚后按任意键继续。",
        "Tap each microphone and see whose level jumps. Any key goes on.",
    ),
    "tap": Message(
        "下面 5 秒里请轻敲{role}三下。现在开始吗？", "Within the next five seconds tap {role} three times. Begin now?"
    ),
    "listening": Message("正在听：请敲话筒", "listening: tap the microphone"),
    # clicker bases and heads
    "which-peripheral": Message(
        "这个接口（{name}，{details}）接的是什么？", "What is connected to {name} ({details})?"
    ),
    "peripheral-none": Message("暂不使用", "leave it alone"),
    "peripheral-clickers": Message("反馈器基站", "the base of the clickers"),
    "peripheral-ptz-teacher": Message("教师摄像机的云台", "the head of the teacher's camera"),
    "peripheral-ptz-students": Message("学生摄像机的云台", "the head of the students' camera"),
    "peripheral-ptz-screen": Message("屏幕画面的云台", "the head of the screen's camera"),
    "peripheral-ptz-teacher-close": Message("教师特写摄像机的云台", "the head of the teacher's close-up camera"),
    "peripheral-ptz-students-close": Message("学生特写摄像机的云台", "the head of the students' close-up camera"),
    "which-model": Message("基站标签上的型号是？", "Which model does the base's label say?"),
    "model": Message("{model}", "{model}"),
    # panel
    "panel-safe": Message(
        "试面板期间，按“上课”按钮不会开始录课，可以放心按。",
        "While the panel is tried, the lesson button begins no lesson: press without fear.",
    ),
    "press-lesson": Message(
        "请在 {seconds} 秒内按一下“上课”按钮。", "Press the lesson button once, within {seconds} seconds."
    ),
    "press-pause": Message(
        "请在 {seconds} 秒内按一下“暂停”按钮。", "Press the pause button once, within {seconds} seconds."
    ),
    "press-mark": Message(
        "请在 {seconds} 秒内按一下“标记”按钮。", "Press the mark button once, within {seconds} seconds."
    ),
    "see-red-on": Message(
        "录制灯（红）现在应该亮着。你看到的是：", "The recording lamp (red) should be lit now. You see:"
    ),
    "see-red-off": Message(
        "录制灯（红）现在应该灭了。你看到的是：", "The recording lamp (red) should be dark now. You see:"
    ),
    "see-green": Message("状态灯现在应该是绿色。你看到的是：", "The status lamp should be green now. You see:"),
    "see-amber": Message("状态灯现在应该是黄色。你看到的是：", "The status lamp should be amber now. You see:"),
    "see-status-off": Message("状态灯现在应该灭了。你看到的是：", "The status lamp should be dark now. You see:"),
    "lamp-right": Message("就是这样", "just that"),
    "lamp-dark": Message("没有亮", "it is dark"),
    "lamp-lit": Message("还亮着", "it is still lit"),
    "lamp-other": Message("颜色不对，或亮的是另一个灯", "another colour, or another lamp"),
    "hear-buzzer": Message(
        "蜂鸣器刚才长响了一声。听到了吗？", "The buzzer has just given one long tone. Did you hear it?"
    ),
    "buzzer-heard": Message("听到了", "yes"),
    "buzzer-silent": Message("没有听到", "no"),
    "buzzer-again": Message("再响一次", "once more"),
}
