"""Messages about polls and their results."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    # kinds and answers
    "kind-single": Message("单选", "single choice"),
    "kind-multiple": Message("多选", "multiple choice"),
    "kind-truefalse": Message("判断", "true or false"),
    "kind-number": Message("填数", "number"),
    "kind-rush": Message("抢答", "rush"),
    "kind-rollcall": Message("签到", "roll call"),
    "answer-A": Message("对", "true"),
    "answer-B": Message("错", "false"),
    # the command
    "help": Message(
        "用反馈器答题：出题、收题、看结果、给小组加分。上课时才能出题，暂停时也可以；下课时没收的题自动收。\n"
        "收题前可以改答案，以最后一次为准；显示出来的答案都已存好，断电也不会丢。",
        "Ask the class with its clickers: open a poll, close it, show it, give groups points. A poll belongs to a\n"
        "lesson that runs, or is paused; one that is open when the lesson ends is closed with it. Until then the\n"
        "last answer of a student counts. What is shown is on the disk and survives a power cut.",
    ),
    "actions": Message("做什么", "what to do"),
    "open-short": Message("出题", "ask the class"),
    "open-help": Message(
        "出题，然后显示结果，到收题为止；按 Ctrl-C 只是不再看，题还开着。\n"
        "题型：single 单选、multiple 多选、truefalse 判断、number 填数、rush 抢答、rollcall 签到",
        "Ask the class, and show what comes until the poll is closed; Ctrl-C ends the showing, not the poll.\n"
        "Kinds: single, multiple, truefalse, number, rush, rollcall",
    ),
    "close-short": Message("收题", "close the poll"),
    "close-help": Message("收题，并显示结果。", "Close the poll that is open, and show how it ended."),
    "show-short": Message("看结果", "show the newest poll"),
    "show-help": Message(
        "显示这节课最新的一题：在终端里一直更新到收题。",
        "Show the newest poll of the lesson that runs; on a terminal until it is closed.",
    ),
    "score-short": Message("给小组加分", "give a group points"),
    "score-help": Message(
        "给一个小组加分，负数是扣分；记在这节课的结果里。",
        "Give a group points, or take some with a number below 0; they count in this lesson's results.",
    ),
    "results-short": Message("一节课的答题结果", "how a lesson's polls ended"),
    "results-help": Message(
        "显示一节课的答题结果和小组得分，并指出带姓名的表格在哪里。",
        "Show how a lesson's polls ended and what its groups have scored, and where the table with names is.",
    ),
    "phones-short": Message("看哪些手机加入了", "whose phones have joined"),
    "phones-help": Message(
        "显示这节课用手机答题的学生（配置里 [board] phones = true）。",
        "Show the students who answer by phone in this lesson ([board] phones = true in the config).",
    ),
    "phones-joined": Message("{count} 部手机已加入", "{count} phones have joined"),
    "free-short": Message("让出一个座位", "take a seat from a phone"),
    "free-help": Message(
        "让用手机占着的座位空出来，那个学生就可以用另一部手机加入。",
        "Take a student's seat from the phone that holds it, so that another phone can join for it.",
    ),
    "free-number": Message("学生的学号", "the student's number"),
    "free-all": Message("所有座位", "all seats"),
    "free-needs": Message("要么写学号，要么 --all", "it needs a student's number, or --all"),
    "kind": Message("题型：{kinds}", "the kind of question: {kinds}"),
    "choices": Message(
        "几个选项（{least}-{most}，默认 {usual}），只用于单选、多选",
        "how many choices ({least} to {most}, else {usual}), of single and multiple",
    ),
    "text": Message("题目，写进结果和录像的章节", "the question, for the results and the chapters of the recording"),
    "answer": Message(
        "正确答案：B、ACD、42；判断题 A 对 B 错", "the right answer: B, ACD, 42; of truefalse A is true and B false"
    ),
    "no-wait": Message("出题后马上返回", "return as soon as the poll is open"),
    "json": Message("输出 JSON，只看一次", "print JSON, once"),
    "team": Message("小组的名字", "the name of the group"),
    "points": Message("分数，如 2 或 -1", "points, such as 2 or -1"),
    "examples": Message(
        "例：\n"
        "  classroom-edge poll open single --choices 4 --answer B --text '9 的平方根？'\n"
        "  classroom-edge poll open truefalse --answer A\n"
        "  classroom-edge poll open rush\n"
        "  classroom-edge poll close\n"
        "  classroom-edge poll show --json | jq .tally\n"
        "  classroom-edge poll score 第三组 2\n"
        "  classroom-edge poll results r204-7f3a-000123-9c41d2e7",
        "Examples:\n"
        "  classroom-edge poll open single --choices 4 --answer B --text 'Root of 9?'\n"
        "  classroom-edge poll open truefalse --answer A\n"
        "  classroom-edge poll open rush\n"
        "  classroom-edge poll close\n"
        "  classroom-edge poll show --json | jq .tally\n"
        "  classroom-edge poll score 'group 3' 2\n"
        "  classroom-edge poll results r204-7f3a-000123-9c41d2e7",
    ),
    "refused": Message("没有做成：{reason}", "not done: {reason}"),
    "reason-no-clickers": Message("配置里没有反馈器（[clickers]）", "the config has no clickers ([clickers])"),
    "reason-no-lesson": Message("现在没有在上课：请先开始上课", "no lesson runs: start one first"),
    "reason-no-poll": Message("这节课没有开着的题", "no poll is open in this lesson"),
    "reason-poll-open": Message("还有一题没有收：请先收题", "a poll is still open: close it first"),
    "reason-bad-choices": Message(
        "选项个数不对：单选、多选 2 到 10 个，别的题型不写",
        "that many choices cannot be: 2 to 10 of single and multiple, none of the others",
    ),
    "reason-bad-answer": Message(
        "这个答案不可能是这一题的答案", "that cannot be the right answer to this kind of question"
    ),
    "reason-not-understood": Message(
        "控制进程不懂这个要求：两边的版本可能不同，请重启它",
        "the controller does not know this: the versions may differ; restart it",
    ),
    "opened": Message("第 {number} 题开始（{kind}）", "poll {number} is open ({kind})"),
    "scored": Message("{team}：{points:+d} 分", "{team}: {points:+d} points"),
    # the screen
    "title": Message("第 {number} 题　{kind}", "Poll {number}: {kind}"),
    "title-text": Message("第 {number} 题　{kind}　{text}", "Poll {number}: {kind}. {text}"),
    "open-for": Message("已开 {seconds:.0f} 秒", "open for {seconds:.0f} s"),
    "closed-after": Message("已收，共 {seconds:.0f} 秒", "closed after {seconds:.0f} s"),
    "given-of": Message("{given}/{expected} 人已答", "{given} of {expected} have answered"),
    "given": Message("{given} 人已答", "{given} have answered"),
    "pressed": Message("按了", "pressed"),
    "order": Message("{place}. {who}　{seconds:.3f} 秒", "{place}. {who}  {seconds:.3f} s"),
    "clicker": Message("反馈器 {device}", "clicker {device}"),
    "unknown": Message("不在名单里的反馈器：{devices}", "clickers that are nobody's: {devices}"),
    "told-apart": Message(
        "重复 {duplicates}、迟到 {late}、无效 {invalid}、丢失 {lost}",
        "{duplicates} duplicates, {late} late, {invalid} invalid, {lost} lost",
    ),
    "unsaved": Message("{count} 个答案在等磁盘", "{count} answers wait for the disk"),
    "table": Message("答题", "polls"),
    "column-at": Message("课中时间", "at"),
    "column-poll": Message("题", "poll"),
    "column-given": Message("已答", "answered"),
    "column-answers": Message("答案", "answers"),
    "column-right": Message("正确率", "right"),
    "groups": Message("小组", "groups"),
    "column-group": Message("小组", "group"),
    "column-members": Message("人数", "members"),
    "column-right-answers": Message("答对", "right answers"),
    "column-bonus": Message("加分", "bonus"),
    "column-points": Message("得分", "points"),
    "no-results": Message("{lesson} 没有答题结果（polls.json）", "{lesson} has no polls (polls.json)"),
    "named-table": Message("带姓名的表格（Excel 可开）：{file}", "the table with names, for Excel: {file}"),
    "base-away": Message(
        "接收器还没有应答（{reason}）：接好以后会自动提问",
        "the clicker base does not answer yet ({reason}): the class is asked as soon as it does",
    ),
    "first": Message("最快 {seconds:.3f} 秒", "first after {seconds:.3f} s"),
    # files
    "chapter": Message("{number} {kind}", "{number} {kind}"),
    "chapter-text": Message("{number} {kind}：{text}", "{number} {kind}: {text}"),
    "chapter-mark": Message("标记", "marker"),
    "chapter-screen": Message("画面 {number}", "Screen {number}"),
    "csv-number": Message("学号", "number"),
    "csv-name": Message("姓名", "name"),
    "csv-group": Message("小组", "group"),
    "csv-device": Message("反馈器", "clicker"),
    "csv-present": Message("出席", "present"),
    "csv-poll": Message("{number} {kind}", "{number} {kind}"),
    "csv-seconds": Message("{number} 用时（秒）", "{number} seconds"),
    "csv-right": Message("答对", "right"),
    "csv-asked": Message("题数", "asked"),
    "csv-yes": Message("是", "yes"),
    "csv-no": Message("否", "no"),
    "csv-unknown": Message("（不在名单里）", "(not in the class list)"),
    "verb-attended": Message("出席了", "attended"),
    "verb-answered": Message("回答了", "answered"),
}
