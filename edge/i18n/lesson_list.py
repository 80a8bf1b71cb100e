"""Messages of the list of lessons in the store, a page without a server."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "title": Message("课程回放", "Lessons"),
    "other-language": Message("English", "中文"),
    "find": Message("查找", "Find"),
    "find-hint": Message("课名、教师、日期", "Title, teacher, date"),
    "subject": Message("学科", "Subject"),
    "class": Message("班级", "Class"),
    "teacher": Message("教师", "Teacher"),
    "month": Message("月份", "Month"),
    "any": Message("全部", "All"),
    "clear": Message("清除条件", "Clear"),
    "undated": Message("日期不明", "Date unknown"),
    "untitled": Message("{when} 的课", "Lesson of {when}"),
    "untitled-undated": Message("未命名的课", "Lesson without a title"),
    "minutes": Message("{minutes} 分钟", "{minutes} min"),
    "chapters": Message("有目录", "chapters"),
    "screen-text": Message("可搜板书", "text search"),
    "bad": Message("录制有问题", "recording is bad"),
    "not-playable": Message("没有播放信息", "cannot be played here"),
    "total": Message("共 {count} 节课", "Lessons: {count}"),
    "matches": Message("找到 {count} 节课", "Found: {count}"),
    "searching": Message(
        "找到 {count} 节课，还在查：{done} / {months} 个月", "Found so far: {count}, in {done} of {months} months"
    ),
    "none": Message("还没有课。", "There are no lessons yet."),
    "no-match": Message("没有符合条件的课。", "No lesson matches."),
    "more": Message("显示更多", "Show more"),
    "away": Message("现在读不到课程列表，请稍后再试。", "The list cannot be read now. Please try again later."),
    "again": Message("重试", "Try again"),
}
