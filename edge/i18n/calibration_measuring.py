"""Messages of the calibration's steps that measure pictures and sound: what is asked for and what happens."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "line": Message("{text}", "{text}"),
    "recording": Message("正在录音：{role}", "Recording: {role}"),
    "looking": Message("正在看{role}摄像机的画面", "Looking at the picture of the {role} camera"),
    "picture-focus": Message(
        "要调{role}摄像机的对焦吗？（屏幕会告诉您往哪边转）",
        "Adjust the focus of the {role} camera? (You are told which way to turn.)",
    ),
    "focus-how": Message(
        "慢慢转对焦环，看下面的提示；清楚了就按任意键。",
        "Turn the focus ring slowly and follow the hint below; press any key when it is sharp.",
    ),
    "picture-dim": Message(
        "要测弱光下的画面吗？（要关灯、拉窗帘）", "Measure the picture in little light? (Lights off, curtains closed.)"
    ),
    "picture-lights-off": Message("请关灯、拉上窗帘。", "Switch the lights off and close the curtains."),
    "picture-lights-on": Message("可以开灯了。", "The lights may go on again."),
    "lens-measure": Message(
        "要测{role}摄像机的镜头畸变吗？（要打印的棋盘板，约三分钟）",
        "Measure the lens of the {role} camera? (Needs the printed board; about three minutes.)",
    ),
    "lens-paper": Message("棋盘板是多大的纸？", "Which paper is the board printed on?"),
    "lens-how": Message(
        "把板贴平，拿到摄像机前，照提示移动：画面四角、中间都要有，还要斜着拿几次。够了会自动结束，也可以按任意键。",
        "Keep the board flat and move it as the hint says: into each corner, the middle, and tilted. It ends by itself"
        " when there is enough, or at any key.",
    ),
    "blackboard-is-it": Message("绿框框住的是黑板吗？", "Is the green frame around the blackboard?"),
    "blackboard-corners": Message(
        "请输入黑板四个角在画面里的位置，占宽和高的百分之几，从左上角起顺时针，"
        "如 12,20 88,21 87,70 13,69（不输入就跳过）：",
        "Type where the board's corners are, in percent of width and height, clockwise from the upper left, such as"
        " 12,20 88,21 87,70 13,69 (nothing: skip):",
    ),
    "seats-measure": Message(
        "要检查学生摄像机能不能看到每个座位吗？", "See whether the students' camera sees every seat?"
    ),
    "seats-rows": Message("有几排座位？", "How many rows of seats?"),
    "seats-columns": Message("一排有几个座位？", "How many seats in a row?"),
    "seats-row-pitch": Message("前后两排隔几米？", "Metres from one row to the next?"),
    "seats-column-pitch": Message("左右两个座位隔几米？", "Metres from one seat to its neighbour?"),
    "seats-corners": Message(
        "请输入四个角上的座位（头的位置）在画面里的百分比：前左 前右 后右 后左，如 10,90 90,90 70,40 30,40：",
        "Type where the heads at the four corner seats are, in percent of the picture: front left, front right, back"
        " right, back left, such as 10,90 90,90 70,40 30,40:",
    ),
    "sound-quiet": Message(
        "请安静：录 12 秒教室里的底噪（{role}）。", "Quiet, please: 12 seconds of the empty room ({role})."
    ),
    "sound-speech": Message(
        "请站在老师的位置，用上课的声音说 10 秒（{role}）。",
        "Stand at the teacher's place and speak for 10 seconds as in a lesson ({role}).",
    ),
    "sound-has-back-row": Message("要测最后一排的声音吗？", "Measure the sound of the back row, too?"),
    "sound-back-row": Message(
        "请走到最后一排，用同样的声音说 8 秒（{role}）。",
        "Go to the back row and speak for 8 seconds, as loud as before ({role}).",
    ),
    "sound-claps": Message(
        "请站在教室中间用力拍手四次，每次隔两秒以上；也可以扎破气球（{role}）。",
        "Stand in the middle of the room and clap four times, two seconds or more apart; a burst balloon is better"
        " still ({role}).",
    ),
    "sound-reverberation": Message("用什么测混响？", "What is the reverberation measured with?"),
    "sound-by-claps": Message("拍手或扎破气球", "claps, or a burst balloon"),
    "sound-by-sweep": Message("教室的音箱放扫频声", "a sweep through the room's loudspeaker"),
    "sound-sweep": Message(
        "请安静：音箱放 6 秒扫频声（{role}）。", "Quiet, please: the loudspeaker plays a sweep of 6 seconds ({role})."
    ),
    "gain-speech": Message(
        "请站在老师的位置，用上课的声音一直说，直到提示结束（{role}）。",
        "Stand at the teacher's place and go on speaking as in a lesson until this says it is done ({role}).",
    ),
    "sync-source": Message("用什么来测声画同步？", "What is the offset of picture and sound measured with?"),
    "sync-wand": Message("同步棒（最准）", "the sync wand (most exact)"),
    "sync-hands": Message("拍手或打板", "clapping hands, or a clapper"),
    "sync-distance": Message(
        "从老师的位置到{role}有几米？", "Metres from the teacher's place to the {role} microphone?"
    ),
    "sync-hold-wand": Message(
        "请把同步棒举在老师的脸前，朝着摄像机，不要动，约 20 秒。",
        "Hold the wand before the teacher's face, towards the cameras, and keep still for about 20 seconds.",
    ),
    "sync-clap": Message(
        "请站在老师的位置，面向摄像机，手举高，拍手 12 次，每次隔一秒。",
        "Stand at the teacher's place facing the cameras, hands high, and clap 12 times, a second apart.",
    ),
    "sync-measuring": Message("正在测声画同步", "Measuring the offset of picture and sound"),
    "sync-again": Message("还不够准，再来一轮。", "Not exact enough yet: once more."),
}
