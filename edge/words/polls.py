"""What is said about polls and their results."""

from __future__ import annotations

from edge.words import Sentence

SENTENCES = {
    # kinds and answers
    "kind-single": Sentence("单选", "single choice"),
    "kind-multiple": Sentence("多选", "multiple choice"),
    "kind-truefalse": Sentence("判断", "true or false"),
    "kind-number": Sentence("填数", "number"),
    "kind-rush": Sentence("抢答", "rush"),
    "kind-rollcall": Sentence("签到", "roll call"),
    "answer-A": Sentence("对", "true"),
    "answer-B": Sentence("错", "false"),
    # the command
    "help": Sentence(
        "用反馈器答题：出题、收题、看结果、给小组加分。上课时才能出题，暂停时也可以；下课时没收的题自动收。\n"
        "收题前可以改答案，以最后一次为准；显示出来的答案都已存好，断电也不会丢。",
        "Ask the class with its clickers: open a poll, close it, show it, give groups points. A poll belongs to a\n"
        "lesson that runs, or is paused; one that is open when the lesson ends is closed with it. Until then the\n"
        "last answer of a student counts. What is shown is on the disk and survives a power cut.",
    ),
    "actions": Sentence("做什么", "what to do"),
    "open-short": Sentence("出题", "ask the class"),
    "open-help": Sentence(
        "出题，然后显示结果，到收题为止；按 Ctrl-C 只是不再看，题还开着。\n"
        "题型：single 单选、multiple 多选、truefalse 判断、number 填数、rush 抢答、rollcall 签到",
        "Ask the class, and show what comes until the poll is closed; Ctrl-C ends the showing, not the poll.\n"
        "Kinds: single, multiple, truefalse, number, rush, rollcall",
    ),
    "close-short": Sentence("收题", "close the poll"),
    "close-help": Sentence("收题，并显示结果。", "Close the poll that is open, and show how it ended."),
    "show-short": Sentence("看结果", "show the newest poll"),
    "show-help": Sentence(
        "显示这节课最新的一题：在终端里一直更新到收题。",
        "Show the newest poll of the lesson that runs; on a terminal until it is closed.",
    ),
    "score-short": Sentence("给小组加分", "give a group points"),
    "score-help": Sentence(
        "给一个小组加分，负数是扣分；记在这节课的结果里。",
        "Give a group points, or take some with a number below 0; they count in this lesson's results.",
    ),
    "results-short": Sentence("一节课的答题结果", "how a lesson's polls ended"),
    "results-help": Sentence(
        "显示一节课的答题结果和小组得分，并指出带姓名的表格在哪里。",
        "Show how a lesson's polls ended and what its groups have scored, and where the table with names is.",
    ),
    "kind": Sentence("题型：{kinds}", "the kind of question: {kinds}"),
    "choices": Sentence(
        "几个选项（{least}-{most}，默认 {usual}），只用于单选、多选",
        "how many choices ({least} to {most}, else {usual}), of single and multiple",
    ),
    "text": Sentence(
        "题目，写进结果和录像的章节", "the question, for the results and the chapters of the recording"
    ),
    "answer": Sentence(
        "正确答案：B、ACD、42；判断题 A 对 B 错", "the right answer: B, ACD, 42; of truefalse A is true and B false"
    ),
    "no-wait": Sentence("出题后马上返回", "return as soon as the poll is open"),
    "json": Sentence("输出 JSON，只看一次", "print JSON, once"),
    "team": Sentence("小组的名字", "the name of the group"),
    "points": Sentence("分数，如 2 或 -1", "points, such as 2 or -1"),
    "examples": Sentence(
        "例：\n"
        "  classroom-edge poll open single --choices 4 --answer B --text '9 的平方根？'\n"
        "  classroom-edge poll open truefalse --answer A\n"
        "  classroom-edge poll open rush\n"
        "  classroom-edge poll close\n"
        "  classroom-edge poll show --json | jq .tally\n"
        "  classroom-edge poll score 第三组 2\n"
        "  classroom-edge poll results r204-7f3a-000123",
        "Examples:\n"
        "  classroom-edge poll open single --choices 4 --answer B --text 'Root of 9?'\n"
        "  classroom-edge poll open truefalse --answer A\n"
        "  classroom-edge poll open rush\n"
        "  classroom-edge poll close\n"
        "  classroom-edge poll show --json | jq .tally\n"
        "  classroom-edge poll score 'group 3' 2\n"
        "  classroom-edge poll results r204-7f3a-000123",
    ),
    "refused": Sentence("没有做成：{reason}", "not done: {reason}"),
    "reason-no-clickers": Sentence("配置里没有反馈器（[clickers]）", "the config has no clickers ([clickers])"),
    "reason-no-lesson": Sentence("现在没有在上课：请先开始上课", "no lesson runs: start one first"),
    "reason-no-poll": Sentence("这节课没有开着的题", "no poll is open in this lesson"),
    "reason-poll-open": Sentence("还有一题没有收：请先收题", "a poll is still open: close it first"),
    "reason-bad-choices": Sentence(
        "选项个数不对：单选、多选 2 到 10 个，别的题型不写",
        "that many choices cannot be: 2 to 10 of single and multiple, none of the others",
    ),
    "reason-bad-answer": Sentence(
        "这个答案不可能是这一题的答案", "that cannot be the right answer to this kind of question"
    ),
    "reason-not-understood": Sentence(
        "控制进程不懂这个要求：两边的版本可能不同，请重启它",
        "the controller does not know this: the versions may differ; restart it",
    ),
    "opened": Sentence("第 {number} 题开始（{kind}）", "poll {number} is open ({kind})"),
    "scored": Sentence("{team}：{points:+d} 分", "{team}: {points:+d} points"),
    # the screen
    "title": Sentence("第 {number} 题　{kind}", "Poll {number}: {kind}"),
    "title-text": Sentence("第 {number} 题　{kind}　{text}", "Poll {number}: {kind}. {text}"),
    "open-for": Sentence("已开 {seconds:.0f} 秒", "open for {seconds:.0f} s"),
    "closed-after": Sentence("已收，共 {seconds:.0f} 秒", "closed after {seconds:.0f} s"),
    "given-of": Sentence("{given}/{expected} 人已答", "{given} of {expected} have answered"),
    "given": Sentence("{given} 人已答", "{given} have answered"),
    "pressed": Sentence("按了", "pressed"),
    "order": Sentence("{place}. {who}　{seconds:.3f} 秒", "{place}. {who}  {seconds:.3f} s"),
    "clicker": Sentence("反馈器 {device}", "clicker {device}"),
    "unknown": Sentence("不在名单里的反馈器：{devices}", "clickers that are nobody's: {devices}"),
    "told-apart": Sentence(
        "重复 {duplicates}、迟到 {late}、无效 {invalid}、丢失 {lost}",
        "{duplicates} duplicates, {late} late, {invalid} invalid, {lost} lost",
    ),
    "unsaved": Sentence("{count} 个答案在等磁盘", "{count} answers wait for the disk"),
    "table": Sentence("答题", "polls"),
    "column-at": Sentence("课中时间", "at"),
    "column-poll": Sentence("题", "poll"),
    "column-given": Sentence("已答", "answered"),
    "column-answers": Sentence("答案", "answers"),
    "column-right": Sentence("正确率", "right"),
    "groups": Sentence("小组", "groups"),
    "column-group": Sentence("小组", "group"),
    "column-members": Sentence("人数", "members"),
    "column-right-answers": Sentence("答对", "right answers"),
    "column-bonus": Sentence("加分", "bonus"),
    "column-points": Sentence("得分", "points"),
    "no-results": Sentence("{lesson} 没有答题结果（polls.json）", "{lesson} has no polls (polls.json)"),
    "named-table": Sentence("带姓名的表格（Excel 可开）：{file}", "the table with names, for Excel: {file}"),
    "base-away": Sentence(
        "接收器还没有应答（{reason}）：接好以后会自动提问",
        "the clicker base does not answer yet ({reason}): the class is asked as soon as it does",
    ),
    "first": Sentence("最快 {seconds:.3f} 秒", "first after {seconds:.3f} s"),
    # files
    "chapter": Sentence("{number} {kind}", "{number} {kind}"),
    "chapter-text": Sentence("{number} {kind}：{text}", "{number} {kind}: {text}"),
    "chapter-mark": Sentence("标记", "marker"),
    "csv-number": Sentence("学号", "number"),
    "csv-name": Sentence("姓名", "name"),
    "csv-group": Sentence("小组", "group"),
    "csv-device": Sentence("反馈器", "clicker"),
    "csv-present": Sentence("出席", "present"),
    "csv-poll": Sentence("{number} {kind}", "{number} {kind}"),
    "csv-seconds": Sentence("{number} 用时（秒）", "{number} seconds"),
    "csv-right": Sentence("答对", "right"),
    "csv-asked": Sentence("题数", "asked"),
    "csv-yes": Sentence("是", "yes"),
    "csv-no": Sentence("否", "no"),
    "csv-unknown": Sentence("（不在名单里）", "(not in the class list)"),
    "verb-attended": Sentence("出席了", "attended"),
    "verb-answered": Sentence("回答了", "answered"),
}
