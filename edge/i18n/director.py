"""Messages about the director: who cuts, what is on air, what is proposed."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "help": Message(
        "导播：现在谁来切、播出的是哪一路、建议切到哪一路；不带参数只看不改。\n"
        "自动（auto）：导播自己切，人切的马上算数，过一会儿再由导播接着切；半自动（semi）：导播只建议，\n"
        "由人采用（take）或另切一路；手动（manual）：只有人切。只管正在上的这节课，\n"
        "下一节课又从配置里 [director] 的 mode 开始。每一路都照样整节课录着，切错了课后可以重剪。",
        "The director: who cuts now, which camera is on air, which is proposed; without an argument it only looks.\n"
        "auto: the director cuts; a person's cut counts at once, and after a while the director goes on. semi: it\n"
        "proposes, and a person takes that or cuts. manual: persons cut, nobody else. It is for the lesson that\n"
        "runs; the next one begins as [director] mode in the config says. Every camera is recorded all the time,\n"
        "whatever is on air.",
    ),
    "action": Message(
        "auto、semi、manual：谁来切；cut：切到 ROLE；take：采用建议；不写：只看",
        "auto, semi, manual: who cuts; cut: put ROLE on air; take: what is proposed; none: only look",
    ),
    "role": Message("切到哪一路（只用于 cut），如 teacher", "the camera for cut, such as teacher"),
    "json": Message("输出 JSON：mode、on_air、proposed", "print JSON: mode, on_air, proposed"),
    "examples": Message(
        "例：\n"
        "  classroom-edge director\n"
        "  classroom-edge director semi\n"
        "  classroom-edge director take             采用建议\n"
        "  classroom-edge director cut students     切到学生",
        "Examples:\n"
        "  classroom-edge director\n"
        "  classroom-edge director semi\n"
        "  classroom-edge director take             what it proposes\n"
        "  classroom-edge director cut students     the students on air",
    ),
    "cut-needs-role": Message(
        "cut 后面要写切到哪一路，这间教室有：{cameras}", "cut needs a camera; this room has: {cameras}"
    ),
    "role-needs-cut": Message("“{role}”写多了：只有 cut 后面写哪一路", "“{role}” is too much: only cut takes a camera"),
    "unknown-role": Message(
        "配置里没有摄像机“{role}”；有：{cameras}", "the config has no camera “{role}”; it has: {cameras}"
    ),
    "refused": Message("没有照办：{reason}", "not done: {reason}"),
    "mode-auto": Message("自动", "automatic"),
    "mode-semi": Message("半自动", "semi-automatic"),
    "mode-manual": Message("手动", "manual"),
    "line": Message("导播：{mode}；播出：{on_air}", "director: {mode}; on air: {on_air}"),
    "line-proposed": Message(
        "导播：{mode}；播出：{on_air}；建议：{proposed}", "director: {mode}; on air: {on_air}; proposed: {proposed}"
    ),
    "says": Message("播出：{role}", "On air: {role}"),
    "offers": Message("建议：{role}", "Proposed: {role}"),
    "with-why": Message("{role}（{why}）", "{role} ({why})"),
    # why a camera is on air, or proposed
    "why-start": Message("开始", "the beginning"),
    "why-teacher-moves": Message("老师在走动", "the teacher walks"),
    "why-teacher-still": Message("老师站定了", "the teacher stands"),
    "why-teacher-speaks": Message("老师在讲", "the teacher speaks"),
    "why-students-speak": Message("学生在说", "a student speaks"),
    "why-screen-changes": Message("屏幕变了", "the screen has changed"),
    "why-quiet": Message("没有人在说话", "nobody speaks"),
    "why-mark": Message("标记要的", "a mark asks for it"),
    "why-poll": Message("在提问", "a poll"),
    "why-reaction": Message("看看学生", "a look at the class"),
    "why-long-shot": Message("一个镜头太久了", "the same shot for long"),
    "why-camera-lost": Message("另一路没有画面", "another camera is lost"),
    "why-head-turns": Message("另一路云台在转", "another camera turns"),
    "why-person": Message("人切的", "a person's choice"),
    "nothing": Message("–", "–"),
    "idle": Message("现在没有由导播切换的课", "no lesson is directed now"),
    "fact": Message("{mode}，播出{on_air}", "{mode}, {on_air} on air"),
    "fact-proposed": Message("{mode}，播出{on_air}，建议{proposed}", "{mode}, {on_air} on air, {proposed} proposed"),
    # why the controller did not do it
    "reason-no-director": Message(
        "这节课没有导播：要两路以上摄像机，而且配置里 [director] enabled 不是 false",
        "this lesson has no director: it takes two cameras or more, and [director] enabled in the config",
    ),
    "reason-no-camera": Message("这间教室没有这一路摄像机", "this room has no such camera"),
    "reason-nothing-proposed": Message("现在没有建议", "nothing is proposed now"),
    "reason-none-running": Message("现在没有在上课", "no lesson is running"),
    "reason-none-recorded": Message("课暂停着，继续以后再切", "the lesson is paused: cut when it goes on"),
    "reason-no-recorder": Message(
        "连不上录制进程：请看 journalctl -u classroom-recorder -e",
        "the recorder is not reached: see journalctl -u classroom-recorder -e",
    ),
    "reason-not-in-time": Message(
        "导播没有及时照办：请看 journalctl -u classroom-recorder -e",
        "the director did not do it in time: see journalctl -u classroom-recorder -e",
    ),
}
