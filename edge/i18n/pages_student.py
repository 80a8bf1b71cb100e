"""Messages of the students' page."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "title": Message("答题", "Answer"),
    "join-title": Message("你是几号？", "Who are you?"),
    "seat": Message("学号或座号", "Your number or seat"),
    "join": Message("加入", "Join"),
    "as": Message("{seat} 号", "No. {seat}"),
    "waiting": Message("等老师出题……", "Waiting for a question …"),
    "question": Message("第 {number} 题 · {kind}", "Question {number} · {kind}"),
    "kind-single": Message("单选", "choose one"),
    "kind-multiple": Message("多选", "choose all that apply"),
    "kind-truefalse": Message("判断", "true or false"),
    "kind-number": Message("填数", "a number"),
    "kind-rush": Message("抢答", "be the first"),
    "kind-rollcall": Message("签到", "roll call"),
    "true": Message("对", "True"),
    "false": Message("错", "False"),
    "rush": Message("抢！", "Me!"),
    "here": Message("我到了", "I am here"),
    "number-label": Message("你的答案", "Your answer"),
    "send": Message("提交", "Send"),
    "counted": Message("已收到", "Received"),
    "counted-change": Message("已收到，收题前还可以改", "Received; you can change it until the question is closed"),
    "refused-seat": Message(
        "这个号不能加入：可能写错了，或已经有手机用了。请问老师。",
        "You cannot join as that: it may be mistyped, or another phone has it. Ask your teacher.",
    ),
    "refused-not-now": Message("现在没有上课，还不能加入。", "No lesson is on: you cannot join yet."),
    "refused-closed": Message("这一题已经收了。", "That question is closed."),
    "refused-invalid": Message("这个答案不行，请再看看。", "That is no answer to this question."),
    "refused-not-joined": Message("请重新加入。", "Join again, please."),
    "refused-trouble": Message("没有存好，请再按一次。", "It was not saved: press again."),
    "too-fast": Message("太快了，等一会儿再按。", "Too fast: wait a moment."),
    "no-box": Message("没有连上，正在重试……", "No connection, trying again …"),
}
