"""Messages of the page on which staff write what the class board shows."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "title": Message("班牌内容", "Class board"),
    "public": Message(
        "这里写的内容，路过班牌的人都能看到。", "Whoever passes by the board can read what is written here."
    ),
    "save": Message("保存", "Save"),
    "emergency": Message("紧急通知", "Emergency"),
    "emergency-text": Message("马上用整个屏幕显示", "Shown over everything at once"),
    "emergency-show": Message("显示", "Show it"),
    "emergency-end": Message("结束紧急通知", "End the emergency"),
    "notices": Message("通知", "Notices"),
    "notices-lines": Message("每行一条，最多 {most} 条", "A line each, {most} at most"),
    "duty": Message("值日", "On duty"),
    "duty-lines": Message("每行一个人或小组，最多 {most} 个", "A person or group on each line, {most} at most"),
    "phones": Message("手机答题：{count} 部已加入", "Phones: {count} have joined"),
    "phones-how": Message(
        "占错了座位？让出来，那个学生就可以用自己的手机加入。",
        "Somebody else's seat? Free it, and the student can join by another phone.",
    ),
    "free": Message("让出", "Free"),
    "free-label": Message("让出 {name} 的座位", "Free the seat of {name}"),
    "free-all": Message("全部让出", "Free all"),
    "exam": Message("考试", "Exam"),
    "exam-subject": Message("科目", "Subject"),
    "exam-name": Message("考试名称", "What it is called"),
    "exam-room": Message("考场", "Room in the exam"),
    "exam-date": Message("日期", "Day"),
    "exam-begins": Message("开始", "Begins"),
    "exam-ends": Message("结束", "Ends"),
    "exam-lines": Message(
        "座位，每行一个：座位号，空格或制表符后面写姓名（可从 Excel 粘贴）",
        "Seats, a line each: the seat, then a space or tab and the name (can be pasted from a spreadsheet)",
    ),
    "exam-names-hidden": Message(
        "班牌只显示座位号；要显示姓名，请在配置里写 [board] exam_names = true。",
        "The board shows seats without names; with [board] exam_names = true in the config it shows names too.",
    ),
    "exam-names-shown": Message(
        "班牌会显示姓名（[board] exam_names）。", "The board shows names ([board] exam_names)."
    ),
    "exam-show": Message("到那天显示", "Show it on its day"),
    "exam-end": Message("取消考试显示", "Show it no more"),
    "exam-seats": Message("{count} 个座位", "{count} seats"),
    "problem-notices": Message(
        "通知太多或太长：最多 {notices} 条，每条 {notice} 个字",
        "Too many notices or too long: {notices} at most, each of {notice} characters",
    ),
    "problem-duty": Message(
        "值日太多或太长：最多 {duty} 个，每个 {name} 个字",
        "Too many or too long: {duty} at most, each of {name} characters",
    ),
    "problem-emergency": Message("太长：最多 {emergency} 个字", "Too long: {emergency} characters at most"),
    "problem-exam": Message(
        "考试的内容不对：要有科目、日期、开始和结束的时间，座位最多 {seats} 个",
        "The exam makes no sense: it needs a subject, a day, when it begins and ends, and {seats} seats at most",
    ),
    "problem-free": Message("没有这个学生", "There is no such student"),
    "problem-trouble": Message("没有存好，请再试一次", "It was not saved: try again"),
}
