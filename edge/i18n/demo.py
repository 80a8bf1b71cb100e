"""Messages of the demo."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "help": Message(
        "录一节示范课：用模拟的两台摄像机、一个话筒、一块面板和 40 个反馈器启动录制、控制和网页进程，\n"
        "按下上课按钮，签到，出两题，抢答一次，做一个标记，暂停再继续，按住按钮下课；然后等它检查录像、\n"
        "复制到存储，显示检查结果、答题结果、这节课放在哪里、怎样播放。不需要任何设备和配置。\n\n"
        "只有检查结果完好、答题结果和按键一致、存储里的副本逐个文件一致（SHA-256）时，退出码才是 0。",
        "Record a lesson without any device or config: starts recorder, controller and web on two simulated cameras,\n"
        "a microphone, a panel and 40 clickers, presses the lesson button, calls the roll, asks two questions and\n"
        "a rush, marks, pauses and resumes, and holds the button to stop; then waits until the recording has been\n"
        "checked and copied to a store, and shows the receipt, the polls, and how to play the lesson.\n\n"
        "Exit code 0 only if the receipt is good, the results are what was pressed, and the store's copy is\n"
        "the same, file by file, by SHA-256.",
    ),
    "examples": Message(
        "环境变量：\n"
        "  DEMO_SECONDS  课长，秒（默认 30）\n"
        "  DEMO_DIR      放在哪里（默认 build/demo；其中 spool/ 是录像，store/ 是副本，logs/ 是日志）。\n"
        "                每次运行先清空；不是示范课建的文件夹不会动。\n"
        "  DEMO_STAY=1   下课以后教室一直开着，按 Ctrl-C 结束；可以用浏览器看各个网页\n\n"
        "例：\n"
        "  classroom-edge demo\n"
        "  DEMO_SECONDS=300 DEMO_DIR=/tmp/demo classroom-edge demo\n"
        "  classroom-edge --config build/demo/config.toml status    运行时在另一个终端里看",
        "Environment:\n"
        "  DEMO_SECONDS  length of the lesson in seconds (default 30)\n"
        "  DEMO_DIR      where it goes (default build/demo; spool/ is the recording, store/ the copy, logs/ the\n"
        "                logs). Emptied at every run; a folder that no demo has made is not touched.\n"
        "  DEMO_STAY=1   keeps the room alive after the lesson until Ctrl-C, to look at its pages in a browser\n\n"
        "Examples:\n"
        "  classroom-edge demo\n"
        "  DEMO_SECONDS=300 DEMO_DIR=/tmp/demo classroom-edge demo\n"
        "  classroom-edge --config build/demo/config.toml status    look on from another terminal",
    ),
    "room": Message("教学楼 204", "Room 204"),
    "class": Message("九年级（3）班", "Class 9.3"),
    "group": Message("第{number}组", "group {number}"),
    "period": Message("第{number}节", "{number}"),
    "subjects": Message(
        "语文/王敏,数学/李强,英语/陈静,物理/赵磊,历史/孙莉,体育/周洋,美术/郑华,音乐/吴芳",
        "Chinese/Wang Min,Maths/Li Qiang,English/Chen Jing,Physics/Zhao Lei,History/Sun Li,Sports/Zhou Yang,"
        "Art/Zheng Hua,Music/Wu Fang",
    ),
    "notice-meeting": Message(
        "周五下午 2:30 家长会，请提醒家长带身份证。", "Parents' meeting on Friday at 2:30 pm: bring an identity card."
    ),
    "notice-books": Message("图书角的书本周五前归还。", "Books of the reading corner are due back by Friday."),
    "duty": Message("王伟,李芳,张静", "Wang Wei,Li Fang,Zhang Jing"),
    # what stands in the way
    "wrong-seconds": Message(
        "{variable} 应为 {least:.0f} 到 {most:.0f} 之间的秒数",
        "{variable} must be a number of seconds from {least:.0f} to {most:.0f}",
    ),
    "not-a-demo": Message(
        "{folder} 里有别的东西（没有 {marker}），不会清空它：请用 DEMO_DIR 指定另一个文件夹",
        "{folder} holds something else (there is no {marker}) and is not emptied: name another folder by DEMO_DIR",
    ),
    "runs-already": Message(
        "{folder} 里正有一个示范课在运行：等它结束，或用 DEMO_DIR 指定另一个文件夹",
        "a demo is running in {folder}: wait for it, or name another folder by DEMO_DIR",
    ),
    "no-folder": Message("不能使用 {folder}：{reason}", "{folder} cannot be used: {reason}"),
    # what happens
    "begins": Message(
        "在 {folder} 录一节 {seconds:.0f} 秒的示范课。正在启动录制、控制和网页进程……",
        "A lesson of {seconds:.0f} s in {folder}. Starting recorder, controller and web …",
    ),
    "pages": Message(
        "网页（证书是自签的，浏览器会警告）：\n  {console}\n账号 {names}，密码都是 {password}\n班牌：\n  {board}",
        "Pages (the certificate is the box's own: the browser warns):\n  {console}\nLog in as {names}; password:"
        " {password}\nClass board:\n  {board}",
    ),
    "stays": Message(
        "教室一直开着，可以到处看看；按 Ctrl-C 结束。", "The room stays as it is, to look around; Ctrl-C ends it."
    ),
    "waiting": Message("等待控制进程……", "waiting for the controller …"),
    "ready": Message("设备都好了。按一下上课按钮。", "All devices are ready. The lesson button is pressed."),
    "recording": Message("录制灯亮了，正在录：{lesson}", "The recording lamp is lit: {lesson} is being recorded."),
    "mark": Message("按标记按钮。", "The mark button is pressed."),
    "poll": Message("第 {number} 题：{kind}。", "Poll {number}: {kind}."),
    "poll-closed": Message(
        "第 {number} 题收了：{given}/{expected} 人已答。",
        "Poll {number} is closed: {given} of {expected} have answered.",
    ),
    "no-poll": Message("题没有出成（{reason}）", "the class could not be asked ({reason})"),
    "polls-agree": Message(
        "答题结果（polls.json、表格、xAPI、章节）和模拟的 {count} 次按键一致。",
        "The results (polls.json, table, xAPI, chapters) agree with the {count} presses of the simulated class.",
    ),
    "polls-differ": Message("答题结果和按键不一致：{what}", "the results differ from what was pressed: {what}"),
    "pause": Message(
        "按暂停按钮：这段时间不录像也不录音。",
        "The pause button is pressed: neither picture nor sound is kept now.",
    ),
    "resume": Message("再按暂停按钮，继续录。", "The pause button is pressed again, and it goes on."),
    "end": Message("按住上课按钮 {seconds:.1f} 秒，下课。", "The lesson button is held for {seconds:.1f} s to end it."),
    "checked-good": Message("控制进程检查了录像：完好。", "The controller has checked the recording: it is good."),
    "checked-bad": Message("控制进程检查了录像：有问题。", "The controller has checked the recording: it is bad."),
    "stored-yes": Message("这节课已全部进入存储。", "All of the lesson is in the store."),
    "stored-no": Message("存储里的副本不对。", "The copy in the store is wrong."),
    # the end
    "nothing-kept": Message("{folder} 里没有检查结果", "there is no receipt in {folder}"),
    "same": Message(
        "存储里的 {count} 个文件与本机逐个一致（SHA-256）。",
        "All {count} files in the store are the same as here (SHA-256).",
    ),
    "differs": Message("存储里的 {file} 与本机的不一致", "{file} in the store is not the same as here"),
    "lies": Message(
        "这节课在：{folder}\n副本在：　{store}", "The lesson lies in: {folder}\nand its copy in:    {store}"
    ),
    "play": Message(
        "播放：\n"
        "  ffplay {playlist}\n"
        "  vlc {playlist}\n"
        "合成一个文件：\n"
        "  classroom-edge join {folder} lesson.mp4\n"
        "逐帧检查：\n"
        "  classroom-edge verify {folder}",
        "Play it:\n"
        "  ffplay {playlist}\n"
        "  vlc {playlist}\n"
        "Make one file of it:\n"
        "  classroom-edge join {folder} lesson.mp4\n"
        "Check every picture:\n"
        "  classroom-edge verify {folder}",
    ),
    "good": Message("示范课成功。", "The demo went well."),
    "bad": Message("示范课不成功：请看上面的表。", "The demo did not go well: see the table above."),
    # what went wrong
    "failed": Message("示范课不成功：{what}", "The demo did not go well: {what}"),
    "log": Message("{file} 的最后几行：", "The last lines of {file}:"),
    "not-ready": Message("各进程 {seconds:.0f} 秒内没有准备好", "the processes were not ready within {seconds:.0f} s"),
    "no-panel": Message("控制进程不在，按钮按不了", "the controller is away: its buttons cannot be pressed"),
    "not-seen": Message(
        "按了按钮，但没有看到“{state}”和录制灯“{lamp}”",
        "the button was pressed, but “{state}” with the recording lamp “{lamp}” was not seen",
    ),
    "not-reached": Message("这节课没有录到 {seconds:.0f} 秒", "the lesson did not reach {seconds:.0f} s"),
    "not-ended": Message("按住了按钮，但课没有结束", "the button was held, but the lesson did not end"),
    "no-receipt": Message(
        "下课 {seconds:.0f} 秒后还没有检查结果", "there was no receipt {seconds:.0f} s after the end"
    ),
    "no-previews": Message(
        "{seconds:.0f} 秒内没有做好预览图并进入存储", "previews were not made and stored within {seconds:.0f} s"
    ),
    "not-stored": Message(
        "{seconds:.0f} 秒内没有全部进入存储", "not all of it was in the store within {seconds:.0f} s"
    ),
}
