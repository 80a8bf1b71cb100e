"""Messages about what people put on the class board."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "help": Message(
        "班牌上的文字：通知、值日、紧急通知、考试。断电重启后仍在。路过的人都能看到，请不要写不该公开的内容。",
        "What the class board shows beside the lesson: notices, who is on duty, an emergency text, an exam. It stays\n"
        "after a power cut. Whoever passes by can read it: nothing goes there that is not for everybody.",
    ),
    "actions": Message("做什么", "what to do"),
    "show-short": Message("看班牌上写着什么", "show what is on the board"),
    "show-help": Message("显示班牌上现在的通知、值日、紧急通知和考试。", "Show what people have put on the board."),
    "notice-short": Message("写通知", "put notices on the board"),
    "notice-help": Message("换上这些通知；原来的就没有了。", "Put these notices on the board instead of those before."),
    "notice-lines": Message("通知，每条一个参数，最多 {most} 条", "the notices, each in quotes; {most} at most"),
    "duty-short": Message("写值日", "say who is on duty"),
    "duty-help": Message("换上今天值日的人或小组。", "Put who is on duty on the board."),
    "duty-lines": Message("人或小组，最多 {most} 个", "people or groups; {most} at most"),
    "emergency-short": Message("紧急通知", "show an emergency text over everything"),
    "emergency-help": Message(
        "马上在班牌上用整个屏幕显示这段文字，直到 --clear。",
        "Show this text over everything else on the board, at once and until --clear.",
    ),
    "emergency-text": Message("紧急通知的文字", "the text"),
    "exam-short": Message("考试", "show an exam"),
    "exam-help": Message(
        "考试那天班牌显示科目、时间和座位，考完半小时后自己变回来。座位表（CSV）表头有 座位号，可以有 姓名；\n"
        "姓名只在配置里 [board] exam_names = true 时显示。",
        "On its day the board shows the exam's subject, time and seats, until half an hour after its end. The table\n"
        "of seats (CSV) has the header 座位号 (seat) and, if you like, 姓名 (name); names are shown only with\n"
        "[board] exam_names = true in the config.",
    ),
    "exam-subject": Message("科目", "the subject"),
    "exam-from": Message("开始的时间，如 08:30", "when it begins, such as 08:30"),
    "exam-to": Message("结束的时间，如 10:30", "when it ends, such as 10:30"),
    "exam-date": Message("日期，如 2026-11-10；不写是今天", "the day, such as 2026-11-10; today if it is left out"),
    "exam-name": Message("考试的名称", "what the exam is called"),
    "exam-room": Message("考场", "the room's name in the exam"),
    "exam-seats": Message("座位表（CSV）", "the table of seats (CSV)"),
    "clear": Message("从班牌上拿掉", "take it off the board"),
    "examples": Message(
        "例：\n"
        "  classroom-edge board notice '明天下午 2:30 家长会' '图书角归还截止本周五'\n"
        "  classroom-edge board duty 第一组 第二组\n"
        "  classroom-edge board emergency '地震演练：请到操场集合'\n"
        "  classroom-edge board emergency --clear\n"
        "  classroom-edge board exam 数学 --from 08:30 --to 10:30 --name 期中考试 --room '第 12 考场' --seats 座位.csv",
        "Examples:\n"
        "  classroom-edge board notice 'Parents meet tomorrow at 14:30' 'Return library books by Friday'\n"
        "  classroom-edge board duty 'group 1' 'group 2'\n"
        "  classroom-edge board emergency 'Earthquake drill: go to the sports ground'\n"
        "  classroom-edge board emergency --clear\n"
        "  classroom-edge board exam Maths --from 08:30 --to 10:30 --name Mid-term --room 'Room 12' --seats seats.csv",
    ),
    "notice-needs": Message("要么写通知，要么 --clear", "it needs notices, or --clear"),
    "duty-needs": Message("要么写谁值日，要么 --clear", "it needs names, or --clear"),
    "emergency-needs": Message("要么写文字，要么 --clear", "it needs a text, or --clear"),
    "exam-needs": Message(
        "要么写科目、--from 和 --to（如 08:30），要么 --clear",
        "it needs a subject, --from and --to (such as 08:30), or --clear",
    ),
    "too-many": Message("太多：最多 {most} 个", "too many: {most} at most"),
    "bad-date": Message("日期写成 2026-11-10 这样", "a day is written as 2026-11-10"),
    "exam-shown": Message(
        "{date} {begins}–{ends} {subject}，{seats} 个座位", "{date} {begins}–{ends} {subject}, {seats} seats"
    ),
    "shown-emergency": Message("紧急通知：{text}", "emergency: {text}"),
    "shown-notice": Message("通知：{text}", "notices: {text}"),
    "shown-duty": Message("值日：{text}", "on duty: {text}"),
    "shown-exam": Message("考试：{text}", "exam: {text}"),
    "no-header": Message("没有表头：应有 座位号 一列", "no header: it needs the column 座位号 (seat)"),
    "bad-seat": Message(
        "座位号要有，不超过 12 个字；姓名不超过 24 个字",
        "a seat is needed, of 12 characters at most, and a name of 24 at most",
    ),
    "too-many-seats": Message("座位太多：最多 {most} 个", "too many seats: {most} at most"),
}
