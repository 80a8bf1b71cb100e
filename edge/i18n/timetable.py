"""Messages about the timetable: its day, its import, and what is wrong in a file."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "help": Message(
        "课表：查看今天或某一天的课，检查一个课表文件，或导入它。\n"
        "文件可以是 iCalendar（.ics），也可以是学校常见的课表 CSV（UTF-8 或 GBK）：表头有 节次、时间、星期一……；\n"
        "或一行一节课：星期、节次、时间、科目、教师、班级、单双周。格子里可以写 语文（张敏）、音乐(单)/美术(双)。",
        "The timetable: show today or another day, check a file before it is used, or import it. A file is iCalendar\n"
        "(.ics) or a weekly CSV (UTF-8 or GBK) with the headers 节次 (period), 时间 (time), 星期一 … (Monday …), or\n"
        "with a row for each lesson: weekday, period, time, subject, teacher, class, weeks (odd or even). A cell may\n"
        "hold Chinese (Zhang Min) or music (odd) / art (even).",
    ),
    "day": Message("哪一天，如 2026-09-01；不写就是今天", "which day, such as 2026-09-01; today if left out"),
    "check": Message(
        "只检查这个文件，显示那一天的课，什么也不改", "only check this file and show the day; nothing is changed"
    ),
    "import": Message(
        "检查这个文件，没有错就从现在起用它（配置里没有写 url 和 file 时）",
        "check this file and use it from now on (where the config names no url and no file)",
    ),
    "json": Message("输出 JSON", "print JSON"),
    "examples": Message(
        "例：\n"
        "  classroom-edge timetable\n"
        "  classroom-edge timetable --day 2026-10-10\n"
        "  classroom-edge timetable --check 三年级二班课程表.csv --day 2026-09-20\n"
        "  classroom-edge timetable --import 三年级二班课程表.csv",
        "Examples:\n"
        "  classroom-edge timetable\n"
        "  classroom-edge timetable --day 2026-10-10\n"
        "  classroom-edge timetable --check class-3-2.csv --day 2026-09-20\n"
        "  classroom-edge timetable --import class-3-2.csv",
    ),
    "bad-day": Message("“{value}”不是日期，应如 2026-09-01", "“{value}” is no date such as 2026-09-01"),
    "none": Message(
        "还没有课表：写进配置的 [timetable]，或 classroom-edge timetable --import 文件",
        "there is no timetable yet: name it in [timetable] of the config, or classroom-edge timetable --import FILE",
    ),
    "good": Message("{file} 可以用：{days} 天里有 {lessons} 节课", "{file} is good: {lessons} lessons in {days} days"),
    "imported": Message("已导入，从现在起用 {file}", "imported: {file} is used from now on"),
    "refused": Message("没有做成：{reason}", "not done: {reason}"),
    "reason-timetable-configured": Message(
        "配置里 [timetable] 已写明课表从哪里取", "[timetable] in the config names where the timetable comes from"
    ),
    # a day
    "title": Message("{date} 星期{weekday}", "{weekday} {date}"),
    "weekday-1": Message("一", "Monday"),
    "weekday-2": Message("二", "Tuesday"),
    "weekday-3": Message("三", "Wednesday"),
    "weekday-4": Message("四", "Thursday"),
    "weekday-5": Message("五", "Friday"),
    "weekday-6": Message("六", "Saturday"),
    "weekday-7": Message("日", "Sunday"),
    "column-time": Message("时间", "time"),
    "column-period": Message("节次", "period"),
    "column-subject": Message("科目", "subject"),
    "column-class": Message("班级", "class"),
    "column-teacher": Message("教师", "teacher"),
    "no-lessons-today": Message("没有课", "no lessons"),
    "no-time": Message("本机还不知道时间，课表暂时不用", "the box does not know the time: the timetable is not used"),
    "stale": Message("（课表不是最新的）", " (not the newest timetable)"),
    "note-holiday": Message("不上课", "no school"),
    "note-holiday-named": Message("{name}放假", "holiday: {name}"),
    "note-vacation": Message("不在学期内", "outside of the term"),
    "note-makeup": Message("补班日", "a working day at a weekend"),
    "note-makeup-named": Message("{name}调休，照常上课", "a working day at a weekend, for the holiday {name}"),
    "note-follows": Message("{note}，上 {date}（星期{weekday}）的课", "{note}: the lessons of {weekday} {date}"),
    "note-moved": Message("学校调课", "arranged by the school"),
    "now": Message("正在上 {lesson}", "now {lesson}"),
    "next": Message("下一节 {lesson}", "next {lesson}"),
    "lesson": Message("{title}（{start}–{end}）", "{title} ({start}–{end})"),
    "over": Message("今天的课上完了", "no more lessons today"),
    # what is wrong with a file
    "no-file": Message("读不了（{reason}）", "cannot be read ({reason})"),
    "too-large": Message("太大：最多 {most} KB", "too large: {most} KB at most"),
    "too-costly": Message(
        "读它太费时间或内存：多半是重复规则（RRULE）有问题",
        "it takes too much time or memory to read: probably one of its rules (RRULE) is wrong",
    ),
    "unreadable": Message("读不出来（{reason}）", "it cannot be read ({reason})"),
    "no-header": Message(
        "没有表头：应有 节次、时间、星期一、星期二……，或 星期、科目",
        "no header: it needs period, time, Monday, Tuesday …, or weekday and subject",
    ),
    "no-lessons": Message("一节课也没有", "not one lesson"),
    "no-time-of-period": Message(
        "“{name}”没有时间：加一列 时间（如 08:00-08:40）",
        "“{name}” has no time: add a column time (such as 08:00-08:40)",
    ),
    "bad-time": Message("“{value}”不是时间，应如 08:00-08:40", "“{value}” is no time such as 08:00-08:40"),
    "bad-weekday": Message("“{value}”不是星期几，应如 星期一", "“{value}” is no weekday such as Monday"),
    "bad-weeks": Message("“{value}”不是 单、双 或空", "“{value}” is not odd, even or empty"),
    "too-long": Message("太长：最多 {most} 个字", "too long: {most} characters at most"),
    "period-twice": Message("“{name}”的时间写了两个不同的", "“{name}” has two different times"),
    "clash": Message("和第 {line} 行的课时间重叠", "at the same time as the lesson in line {line}"),
    "too-many": Message(
        "一天有 {most} 节以上的课：只要这间教室的课表",
        "a day has more than {most} lessons: give this room's timetable only",
    ),
    "too-many-periods": Message("节次超过 {most} 个", "more than {most} periods"),
    "needs-term-start": Message(
        "有单双周的课，配置里要写 [timetable] term_start（开学的日期）",
        "odd and even weeks differ: [timetable] in the config needs term_start (the first day of the term)",
    ),
    "no-calendar": Message("不是 iCalendar（{reason}）", "no iCalendar ({reason})"),
    "no-events": Message("日历里没有事件", "the calendar has no events"),
    "bad-event": Message(
        "事件“{summary}”（{uid}）的 {property} 读不了（{reason}）",
        "{property} of the event “{summary}” ({uid}) cannot be read ({reason})",
    ),
    "no-start": Message("事件“{summary}”（{uid}）没有开始时间", "the event “{summary}” ({uid}) has no start"),
    "too-often": Message(
        "事件“{summary}”（{uid}）重复得太频繁（{rule}）", "the event “{summary}” ({uid}) recurs too often ({rule})"
    ),
    "too-many-a-day": Message(
        "{day} 一天有 {most} 节以上的课：只要这间教室的课表",
        "{day} has more than {most} lessons: give this room's timetable only",
    ),
    "no-expansion": Message("重复的事件展不开（{reason}）", "its recurring events cannot be expanded ({reason})"),
}
