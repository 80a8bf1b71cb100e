"""Messages of the calibration's dialog and command line."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    # a step
    "step-head": Message(
        "第 {number} 步，共 {count} 步：{title}（{step}）", "Step {number} of {count}: {title} ({step})"
    ),
    "ask-begin": Message("现在做这一步吗？", "Do this step now?"),
    "ask-then": Message("接下来：", "And now:"),
    "choice-start": Message("开始", "start"),
    "choice-skip": Message("跳过这一步", "leave this step out"),
    "choice-leave": Message("退出校准（已做的都保存着）", "leave the calibration (what was done is kept)"),
    "choice-go-on": Message("继续", "go on"),
    "choice-again": Message("再做一次", "once more"),
    "choice-undo": Message("撤销这一步改动的设置", "undo what this step has set"),
    "step-left": Message(
        "已离开这一步；再按一次 Ctrl-C 退出校准。", "This step was left; Ctrl-C once more leaves the calibration."
    ),
    "takes": Message("{what}（约 {seconds} 秒）", "{what} (about {seconds} s)"),
    "answered": Message("{question} {answer}", "{question} {answer}"),
    # keys
    "hint-yes": Message(
        "[Y 是 / N 否 / S 跳过这一步；回车 = 是]", "[Y yes / N no / S leaves the step out; Enter = yes]"
    ),
    "hint-no": Message("[Y 是 / N 否 / S 跳过这一步；回车 = 否]", "[Y yes / N no / S leaves the step out; Enter = no]"),
    "hint-choose": Message("[按 1–{count}；回车 = 1]", "[press 1–{count}; Enter = 1]"),
    "hint-number": Message(
        "[{low} 到 {high}，回车 = {default}；S 跳过这一步]",
        "[{low} to {high}, Enter = {default}; S leaves the step out]",
    ),
    "hint-text": Message("[输入后按回车；S 跳过这一步]", "[type, then Enter; S leaves the step out]"),
    "hint-text-default": Message(
        "[输入后按回车，不输入 = {default}；S 跳过这一步]",
        "[type, then Enter; nothing = {default}; S leaves the step out]",
    ),
    "hint-ready": Message("[好了按回车；S 跳过这一步]", "[Enter when done; S leaves the step out]"),
    "hint-live": Message("按任意键继续；Ctrl-C 离开这一步", "any key goes on; Ctrl-C leaves the step"),
    "yes": Message("是", "yes"),
    "no": Message("否", "no"),
    "not-understood": Message("看不懂“{typed}”。", "“{typed}” is no answer to that."),
    # results
    "verdict-good": Message("好", "good"),
    "verdict-acceptable": Message("可以", "acceptable"),
    "verdict-bad": Message("不行", "bad"),
    "verdict-unmeasured": Message("没测", "not measured"),
    "finding": Message("{what}：{figure}（{verdict}）", "{what}: {figure} ({verdict})"),
    "result": Message("结论：{verdict}", "Verdict: {verdict}"),
    "finding-unmeasured": Message("{what}", "{what}"),
    "finding-bare": Message("{what}（{verdict}）", "{what} ({verdict})"),
    "of-device": Message("{device} {text}", "{device}: {text}"),
    "should-be": Message("{text}，应为 {good}", "{text}, should be {good}"),
    "changed": Message("  已设置 {name} = {after}（原来：{before}）", "  set: {name} = {after} (was: {before})"),
    "unset": Message("没有设置", "not set"),
    "summary": Message("各步的结果", "All steps"),
    "not-done": Message("还没做", "not done yet"),
    "whole": Message("整个教室：{verdict}", "The room: {verdict}"),
    # settings
    "comments-kept": Message(
        "room.toml 里原来有注释，写入后不会保留；原来的文件保存为 {file}。自己的设置请写在 config.toml 里。",
        "room.toml had comments, which are not kept in it; the file as it was is {file} now. Keys of your own belong "
        "into config.toml.",
    ),
    "not-taken-up": Message(
        "设置已写入 room.toml，下次启动服务时生效。",
        "The settings are in room.toml; they hold from the next start of the system.",
    ),
    "nothing-to-undo": Message("这一步没有改动过设置。", "This step has set nothing."),
    "undone": Message(
        "已撤销 {count} 项设置，恢复为原来的值。", "Undone: {count} settings have their values from before."
    ),
    "undo-refused": Message(
        "撤销不了，设置没有变：{reason}", "That cannot be undone, and nothing was changed: {reason}"
    ),
    "not-saved": Message(
        "结果保存不了，只在屏幕上，可以继续。{reason}",
        "The result cannot be saved and is on this screen alone; you may go on. {reason}",
    ),
    # begin and end
    "welcome": Message(
        "{room}的校准，第 {number} 次。共 {count} 步，每步都可以跳过、重做、撤销；Ctrl-C 离开一步，按两次退出。随时可"
        "以退出，以后接着做。",
        "Calibration {number} of {room}: {count} steps, each of which can be left out, repeated and undone. Ctrl-C "
        "leaves a step, twice the calibration; it can be resumed.",
    ),
    "ask-resume": Message(
        "上次的校准（第 {number} 次，已做 {done} 步）没有做完。接着做吗？",
        "The last calibration (number {number}, {done} steps done) was not finished. Go on with it?",
    ),
    "resumed": Message(
        "接着做第 {number} 次校准，已做 {done} 步。", "Going on with calibration {number}, {done} steps done."
    ),
    "nothing-to-resume": Message(
        "没有未做完的校准，从头开始。", "There is no unfinished calibration; this is a new one."
    ),
    "left": Message(
        "校准已退出，做过的都保存在 {folder}。接着做：classroom-edge calibrate --resume",
        "The calibration was left; what was done is in {folder}. To go on: classroom-edge calibrate --resume",
    ),
    "incomplete": Message(
        "结果保存在 {folder}，还有没做的步骤。接着做：classroom-edge calibrate --resume",
        "The results are in {folder}; there are steps left. To go on: classroom-edge calibrate --resume",
    ),
    "finished": Message("校准完成，结果在 {folder}", "The calibration is finished; its results are in {folder}"),
    "report": Message("报告：{file}", "Report: {file}"),
    "no-report": Message("报告做不出来：{reason}", "The report cannot be made: {reason}"),
    "nightly": Message(
        "让它每晚自动检查一遍：sudo systemctl enable --now classroom-edge-calibration-check.timer",
        "To have it checked every night: sudo systemctl enable --now classroom-edge-calibration-check.timer",
    ),
    "none-yet": Message("这间教室还没有校准过。", "This room has not been calibrated yet."),
    # what ends it
    "taken-back-lesson": Message(
        "上课了：设备已还给录制，校准结束。做过的都保存着，下课后用 --resume 接着做。",
        "A lesson has begun: the devices are the recorder's again, and the calibration has ended. What was done is "
        "kept; go on with --resume after the lesson.",
    ),
    "taken-back-silent": Message(
        "校准没有及时应答，设备已还给录制，校准结束。做过的都保存着，用 --resume 接着做。",
        "The calibration did not answer in time: the devices are the recorder's again, and it has ended. What was "
        "done is kept; go on with --resume.",
    ),
    "taken-back-no-recorder": Message(
        "录制进程没有了，校准结束。做过的都保存着；等它重新启动，用 --resume 接着做。",
        "The recorder has gone, and the calibration has ended. What was done is kept; go on with --resume when it is "
        "back.",
    ),
    "taken-back-no-controller": Message(
        "和控制进程断开了，校准结束。做过的都保存着；等它重新启动，用 --resume 接着做。",
        "The connection to the controller has ended, and so has the calibration. What was done is kept; go on with "
        "--resume when it is back.",
    ),
    "technician-gone": Message(
        "输入结束了，没有人回答，校准结束。无人值守请用 --answers。",
        "The input has ended and nobody answers: the calibration has ended. Without anybody there, use --answers.",
    ),
    "not-lent-lesson-running": Message(
        "正在录课，下课后再校准。", "A lesson is being recorded: calibrate when it has ended."
    ),
    "not-lent-lesson-due": Message("马上要上课了，下课后再校准。", "A lesson is due soon: calibrate after it."),
    "not-lent-borrowed-already": Message(
        "另一个校准正在进行，等它结束。", "Another calibration goes on: wait until it has ended."
    ),
    "not-lent-no-recorder": Message(
        "录制进程没有应答，设备借不到：看 classroom-edge status，稍后再试。",
        "The recorder does not answer, and lends no devices: see classroom-edge status, and try again later.",
    ),
    "not-lent-no-controller": Message(
        "录制进程在运行，控制进程没有应答，设备借不到：看 classroom-edge status，稍后再试。",
        "The recorder runs, and the controller does not answer, so no devices are lent: see classroom-edge status, "
        "and try again later.",
    ),
    "not-lent-no-access": Message(
        "没有权限连接控制进程：请用 sudo classroom-edge calibrate。",
        "No permission to talk to the controller: type sudo classroom-edge calibrate.",
    ),
    "opened-directly": Message(
        "录制和控制进程都没有运行，直接打开设备。",
        "Neither recorder nor controller runs: the devices are opened directly.",
    ),
    "bug": Message(
        "程序出错了，校准结束；做过的都保存着。请把 {file} 交给维护者。",
        "An error of the program has ended the calibration; what was done is kept. Give {file} to the maintainers.",
    ),
    # answers
    "answers-unread": Message("读不了 {file}：{reason}", "{file} cannot be read: {reason}"),
    "answers-no-toml": Message("{file} 不是 TOML：{reason}", "{file} is no TOML: {reason}"),
    "answers-odd": Message(
        "{file} 里的 {name} 应为文字、数字或 true、false", "{name} in {file} must be text, a number, true or false"
    ),
    # who may
    "not-allowed": Message(
        "用户 {user} 不能校准：写不了 {folder}。请执行\n  sudo classroom-edge calibrate\n"
        "或者让管理员把您加入 {group} 组，重新登录后再试：\n  sudo usermod -aG {group} {user}",
        "The user {user} may not calibrate, being unable to write in {folder}. Type\n  sudo classroom-edge calibrate\n"
        "or have an administrator add you to the group {group}, and log in again:\n  sudo usermod -aG {group} {user}",
    ),
    "package-missing": Message(
        "缺少校准用的软件包 {package}：pip install 'classroom-edge[calibration]'",
        "The calibration's package {package} is missing: pip install 'classroom-edge[calibration]'",
    ),
    # the command
    "help": Message(
        "带着技术员一步一步校准教室：设备和角色、画面、声音、同步、反馈器、面板、云台、班牌、网络、磁盘，\n"
        "最后出一份报告。每步给出结论（好、可以、不行）和该怎么办；可以只做一步、重做、撤销，也可以中途退出、以后接着"
        "做。\n"
        "需要的设置写入配置旁边的 room.toml（原来的保存为 room.toml.before），不用重启就生效。",
        "Walk a technician through the calibration of a room: devices and roles, picture, sound, sync, clickers, "
        "panel,\n"
        "heads, board, network, disk; at the end there is a report. Each step has a verdict (good, acceptable, bad) "
        "and says\n"
        "what to do; it can be done alone, repeated and undone, and the whole be left and resumed. Settings go into\n"
        "room.toml beside the config (the old one stays as room.toml.before) and hold without a restart.",
    ),
    "examples": Message(
        "例：\n"
        "  classroom-edge calibrate                          从头到尾走一遍\n"
        "  classroom-edge calibrate sync                     只做（或重做）一步\n"
        "  classroom-edge calibrate --undo gain              撤销一步改动的设置\n"
        "  classroom-edge calibrate --check --json           只测量，不改动；不合格时退出码为 1\n"
        "  classroom-edge calibrate --answers answers.toml   无人值守\n"
        "  classroom-edge calibrate --print-board --paper A3 --out board.pdf",
        "Examples:\n"
        "  classroom-edge calibrate                          the whole walk\n"
        "  classroom-edge calibrate sync                     one step, for the first time or again\n"
        "  classroom-edge calibrate --undo gain              undo what a step has set\n"
        "  classroom-edge calibrate --check --json           measure and change nothing; exit code 1 if out of "
        "tolerance\n"
        "  classroom-edge calibrate --answers answers.toml   unattended\n"
        "  classroom-edge calibrate --print-board --paper A3 --out board.pdf",
    ),
    "arg-steps": Message(
        "只做这几步（不写：全部；名字见 --list）", "do these steps alone (without any: all; --list has their names)"
    ),
    "arg-check": Message(
        "只测量，不改动任何东西，也不问人；有不合格的退出码为 1",
        "measure without changing or asking anything; exit code 1 if bad",
    ),
    "arg-answers": Message(
        "无人值守：回答取自这个 TOML 文件，例如 [sync] 下面写 wand = true；缺的用默认值，没有默认值的那一步跳过",
        "unattended: answers from this TOML file, as wand = true under [sync]; what is missing takes its default, "
        "and a step that needs more is left out",
    ),
    "arg-list": Message("列出各步和上次的结果", "list the steps, and how each came out last"),
    "arg-new": Message("从头开始，不接着上次没做完的", "begin anew, whatever was left unfinished"),
    "arg-resume": Message("接着做上次没做完的，不再问", "go on with what was left unfinished, without asking"),
    "arg-undo": Message(
        "撤销这一步在最近一次校准里改动的设置", "undo what this step has set in the newest calibration"
    ),
    "arg-report": Message(
        "把最近一次完成的校准重新做成报告", "make the report of the newest finished calibration again"
    ),
    "arg-json": Message("结果输出为 JSON（用于 --check、--list）", "print the results as JSON (with --check, --list)"),
    "arg-print-board": Message(
        "输出镜头那一步用的标定板（SVG 或 PDF，按原大打印）",
        "write the board for the step lens, to be printed at true scale",
    ),
    "arg-paper": Message("标定板的纸张", "the board's paper"),
    "arg-out": Message(
        "标定板写到哪里，.pdf 或 .svg（不写：SVG 写到标准输出）",
        "where the board goes, .pdf or .svg (else: SVG to standard output)",
    ),
    "no-check": Message(
        "{name} 要有人在场，不能用 --check", "{name} needs somebody in the room and cannot be done with --check"
    ),
    "nothing-to-report": Message(
        "还没有完成过校准，做不出报告。", "No calibration was finished yet: there is nothing to report."
    ),
    "line": Message("{line}", "{line}"),
    "disk-refuses": Message("校准不能继续：{reason}", "The calibration cannot go on: {reason}"),
    "no-folder": Message("{folder} 不能用：{reason}", "{folder} cannot be used: {reason}"),
    "no-step": Message("没有 {name} 这一步；有：{steps}", "there is no step {name}; there are: {steps}"),
    "check-passed": Message("校准仍然合格。", "The room is within its tolerances."),
    "check-failed": Message("有不合格的项目，见上。", "Something is out of tolerance; see above."),
    "check-skipped": Message("没有检查：{reason}", "Nothing was checked: {reason}"),
    "board-title": Message(
        "classroom-edge 标定板 {paper}，{columns} × {rows} 格",
        "classroom-edge board {paper}, {columns} × {rows} squares",
    ),
    "board-print": Message("打印：{paper}，横向，缩放 100%", "Print: {paper}, landscape, at 100 %"),
    "board-measure": Message("量一量标尺：应为 100 mm", "Measure the ruler: it must be 100 mm"),
    "board-mount": Message("贴在平整的硬板上", "Glue it onto something flat and stiff"),
    "board-written": Message("标定板：{file}", "Board: {file}"),
}
