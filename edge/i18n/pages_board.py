"""Messages of the class board."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "title": Message("电子班牌", "Class board"),
    # the lamp
    "lamp-recording": Message("正在录制", "RECORDING"),
    "lamp-paused": Message("录制暂停", "PAUSED"),
    "lamp-idle": Message("未录制", "Not recording"),
    "lamp-trouble": Message("录制异常", "RECORDING FAULT"),
    "lamp-unknown": Message("状态未知", "Not known"),
    "more-paused": Message("此时不录像、不录音", "No picture, no sound"),
    "watched": Message("{count} 人正在观看", "{count} watching"),
    "coming-start": Message("{time} 自动开始录制", "Recording starts by itself at {time}"),
    "coming-end": Message("{time} 自动停止录制", "Recording ends by itself at {time}"),
    "coming-longest": Message("即将自动停止录制", "Recording is about to end by itself"),
    # the lesson and the day
    "now": Message("正在上课", "Now"),
    "now-period": Message("正在上课 · {period}", "Now · {period}"),
    "break": Message("课间", "Break"),
    "before": Message("还没上课", "Before lessons"),
    "after": Message("今天的课上完了", "No more lessons today"),
    "free": Message("今天没有课", "No lessons today"),
    "note-holiday": Message("放假", "Holiday"),
    "note-vacation": Message("假期", "Vacation"),
    "next": Message("下一节", "Next"),
    "day": Message("今日课表", "Today"),
    "day-makeup": Message("今日课表 · 调休，上{weekday}的课", "Today · lessons of {weekday}"),
    "no-day": Message("课表还没有更新", "The timetable is not of today"),
    # who is here
    "roll": Message("出勤", "Attendance"),
    "due": Message("应到", "expected"),
    "here": Message("实到", "here"),
    "absent": Message("缺勤", "absent"),
    "duty": Message("今日值日", "On duty"),
    "notices": Message("通知", "Notices"),
    "emergency": Message("紧急通知", "EMERGENCY"),
    # an exam
    "exam-before": Message("距离开考还有 {minutes} 分钟", "Begins in {minutes} min"),
    "exam-left": Message("距离考试结束还有 {minutes} 分钟", "{minutes} min left"),
    "exam-over": Message("考试结束", "The exam is over"),
    "seats": Message("座位", "Seats"),
    # phones
    "join": Message("手机扫码答题", "Answer by phone"),
    "join-how": Message("连上教室的无线网，扫码或输入：", "On the classroom's Wi-Fi, scan or type:"),
    "question": Message("第 {number} 题 · {kind}", "Question {number} · {kind}"),
    "kind-single": Message("单选", "single choice"),
    "kind-multiple": Message("多选", "multiple choice"),
    "kind-truefalse": Message("判断", "true or false"),
    "kind-number": Message("填数", "number"),
    "kind-rush": Message("抢答", "rush"),
    "kind-rollcall": Message("签到", "roll call"),
    # time and link
    "date": Message("{month}{day}日 {weekday}", "{weekday}, {day} {month}"),
    "months": Message(
        "1月,2月,3月,4月,5月,6月,7月,8月,9月,10月,11月,12月", "Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec"
    ),
    "weekdays": Message(
        "星期日,星期一,星期二,星期三,星期四,星期五,星期六", "Sunday,Monday,Tuesday,Wednesday,Thursday,Friday,Saturday"
    ),
    "connected": Message("已连接", "Connected"),
    "connecting": Message("正在连接…", "Connecting…"),
    "away": Message(
        "{since} 起与教室主机断开（{duration}），内容可能已过时",
        "No word from the room since {since} ({duration}); may be outdated",
    ),
    "minutes": Message("{count} 分钟", "{count} min"),
    "hours": Message("{count} 小时", "{count} h"),
    "days": Message("{count} 天", "{count} days"),
}
