"""Messages about the room's status and its faults, and of ``start``, ``stop``, ``pause``, ``resume`` and ``mark``."""

from __future__ import annotations

from edge.i18n import Message, part_faults

MESSAGES = {
    # the running system is not reached
    "not-running": Message(
        "没有程序在 {socket} 应答。启动它：sudo systemctl start classroom-edge.target"
        "（没有 systemd 的机器：classroom-edge run）",
        "nothing answers at {socket}. Start it: sudo systemctl start classroom-edge.target"
        " (without systemd: classroom-edge run)",
    ),
    "no-permission": Message(
        "没有权限使用 {socket}：请加 sudo，或把您的用户加入 classroom-edge 组",
        "this user may not use {socket}: use sudo, or join the group classroom-edge",
    ),
    "no-answer": Message(
        "{socket} 在 {seconds:.0f} 秒内没有应答：请看 journalctl -u classroom-controller -e",
        "{socket} did not answer within {seconds:.0f} s: see journalctl -u classroom-controller -e",
    ),
    "not-understood": Message(
        "{socket} 的应答看不懂：两边的版本可能不同，请重启控制进程",
        "the answer of {socket} is not understood: the versions may differ; restart the controller",
    ),
    "recorder-neither": Message("录制进程也没有运行。", "The recorder is not running either."),
    "recorder-idle": Message("录制进程在运行，没有在录课。", "The recorder runs and records no lesson."),
    "recorder-recording": Message(
        "录制进程仍在录课：{lesson}，已录 {time}。", "The recorder still records: {lesson}, {time} so far."
    ),
    "recorder-paused": Message(
        "录制进程中的课已暂停：{lesson}，已录 {time}。",
        "The recorder holds a paused lesson: {lesson}, {time} so far.",
    ),
    # status
    "status-help": Message(
        "这间教室现在的情况：在不在录、两盏灯说什么、每个设备好不好（不好的写明原因）、\n"
        "还有多少文件没上传、还能录几小时、最近一节课检查的结果。只看，不改变任何东西。",
        "How the room is now: whether it records, what both lamps say, how each device does (and why, where\n"
        "something is wrong), how many files are still to be copied, how many hours can still be recorded, how\n"
        "the last lesson was found.\n"
        "It only looks and changes nothing.",
    ),
    "status-json": Message(
        "输出 JSON：state（idle、recording、paused、finishing）、lesson、lesson_time_s、lamp、\n"
        "devices（每个角色的 state 和 reason）、upload（pending）、disk（free_bytes、hours_left）等",
        "print JSON: state (idle, recording, paused, finishing), lesson, lesson_time_s, lamp,\n"
        "devices (state and reason of each role), upload (pending), disk (free_bytes, hours_left), and more",
    ),
    "status-watch": Message(
        "一直显示，变了就更新，按 Ctrl-C 结束；加 --json 时每变一次输出一行 JSON",
        "go on showing it as it changes, until Ctrl-C; with --json one line of JSON for each change",
    ),
    "status-examples": Message(
        "例：\n"
        "  classroom-edge status\n"
        "  classroom-edge status --watch               一直看着\n"
        "  classroom-edge status --json | jq .state    给程序读",
        "Examples:\n"
        "  classroom-edge status\n"
        "  classroom-edge status --watch               keep looking\n"
        "  classroom-edge status --json | jq .state    for a program",
    ),
    "headline": Message("{room}：{state}", "{room}: {state}"),
    "headline-lesson": Message("{room}：{state}　{lesson}　{time}", "{room}: {state}  {lesson}  {time}"),
    "state-idle": Message("空闲", "idle"),
    "state-recording": Message("正在录制", "recording"),
    "state-paused": Message("已暂停", "paused"),
    "state-finishing": Message("正在收尾", "finishing"),
    "fact-recording-lamp": Message("录制灯", "recording lamp"),
    "fact-status-lamp": Message("状态灯", "status lamp"),
    "fact-day": Message("课表", "timetable"),
    "fact-by-itself": Message("自动", "by itself"),
    "hint-start": Message("{at} 按课表开始上课", "the timetable starts a lesson at {at}"),
    "hint-end": Message(
        "{at} 按课表下课，还有人讲话就等，最晚到 {at_latest}",
        "the timetable ends the lesson at {at}, or by {at_latest} while somebody speaks",
    ),
    "hint-longest": Message("快录满最长时间了，马上自动下课", "the longest lesson is nearly over, and will be ended"),
    "hint-decline": Message("（按一下暂停按钮就不开始）", " (a press of the pause button declines it)"),
    "hint-go-on": Message("（按一下上课按钮就接着上）", " (a press of the lesson button lets it go on)"),
    "fact-director": Message("导播", "director"),
    "fact-upload": Message("上传", "copying"),
    "fact-records": Message("学习记录", "learning records"),
    "fact-previews": Message("预览", "previews"),
    "fact-disk": Message("磁盘", "disk"),
    "fact-pages": Message("网页", "pages"),
    "fact-set-aside": Message("坏文件", "damaged"),
    "fact-check": Message("最近检查", "last check"),
    "fact-refusal": Message("不能录制", "does not record"),
    "fact-given-up": Message("处理不过来", "cannot keep up"),
    "given-up-preset": Message(
        "画质暂时降低（{preset}），画面一帧不少", "the picture is coarser for now ({preset}), none is left out"
    ),
    "given-up-rate": Message(
        "{roles}的帧率暂时减半，画质为 {preset}",
        "half the frame rate of {roles} for now, encoded with {preset}",
    ),
    "fact-fault": Message("故障", "fault"),
    "lamp-off": Message("灭", "off"),
    "lamp-on": Message("亮", "on"),
    "lamp-slow-blink": Message("慢闪", "slow blink"),
    "lamp-short-blink": Message("短闪", "short blink"),
    "lamp-green": Message("绿", "green"),
    "lamp-green-blink": Message("绿闪", "green blink"),
    "lamp-amber": Message("黄", "amber"),
    "lamp-amber-blink": Message("黄闪", "amber blink"),
    "lamp-amber-fast-blink": Message("黄快闪", "amber fast blink"),
    "lamp-alternating": Message("绿黄交替", "green and amber in turn"),
    "upload-done": Message("没有待传的文件", "nothing left to copy"),
    "upload-pending": Message("还有 {count} 个文件待传", "{count} file(s) still to be copied"),
    "upload-held-up": Message(
        "还有 {count} 个文件待传，受阻：{fault}", "{count} file(s) still to be copied, held up: {fault}"
    ),
    "records-done": Message("都已送到 LRS", "the LRS has them all"),
    "records-pending": Message("还有 {count} 条待送", "{count} still to be sent"),
    "records-held-up": Message("还有 {count} 条待送，受阻：{fault}", "{count} still to be sent, held up: {fault}"),
    "previews-waiting": Message("还有 {count} 节课要做", "{count} lessons wait for theirs"),
    "screen-text-not-installed": Message(
        "屏幕上的文字不识别：没有装 rapidocr（见 operations.zh-CN.md 的“安装”）",
        "the text of the screen is not read: rapidocr is not installed (see operations.md, Installing a box)",
    ),
    "screen-text-no-memory": Message(
        "屏幕上的文字暂不识别：内存不够，要空出 600 MB",
        "the text of the screen is not read now: it takes 600 MB of free memory",
    ),
    "upload-nowhere": Message("没有配置存储，录像只在本机", "no store is configured: lessons stay on this box"),
    "upload-next-try": Message("{text}；{seconds:.0f} 秒后再试", "{text}; tried again in {seconds:.0f} s"),
    "set-aside": Message(
        "{name}：已放在一边，并已另建一份；不再需要时可以删除",
        "{name} was set aside and replaced; delete it when nobody needs it any more",
    ),
    "disk-left": Message(
        "剩 {free_gb:.1f} GB（共 {total_gb:.0f} GB），约可再录 {hours:.1f} 小时",
        "{free_gb:.1f} GB of {total_gb:.0f} GB free: room for about {hours:.1f} h of recording",
    ),
    "fault-disk-full": Message(
        "磁盘满了：请腾出空间，腾出后自动继续", "the disk is full: free some space; all goes on by itself then"
    ),
    "fault-disk-read-only": Message(
        "磁盘变成只读：请检查磁盘，再重新挂载或重启本机",
        "the disk has become read-only: have it checked, then mount it again or restart this box",
    ),
    "fault-disk-fails": Message(
        "磁盘读写出错，或者被拔掉了：请插好；若已插好，请更换",
        "the disk fails, or was pulled out: plug it in; if it is, replace it",
    ),
    "fault-disk-hung": Message(
        "磁盘没有反应：请看接线；一直这样就重启本机，再不行就更换磁盘",
        "the disk does not answer: look at its cable; where that lasts restart this box, and then replace the disk",
    ),
    "fault-disk-slow": Message(
        "磁盘太慢，跟不上录制：请更换更快的磁盘或存储卡",
        "the disk is too slow for the recording: use a faster disk or card",
    ),
    "fault-disk-low": Message(
        "磁盘快满了，下一节课要降低画质才录得下：请检查上传，或腾出空间",
        "the disk is nearly full: the next lesson fits only with a lower bit rate. See that lessons are copied,"
        " or free some space",
    ),
    "fault-disk-no-room": Message(
        "磁盘放不下下一节课：没上传完的课不会自动删除。请检查上传，或腾出空间",
        "the disk has no room for another lesson, and what is not stored is never removed: see that lessons are"
        " copied, or free some space",
    ),
    "fault-ledger-unusable": Message(
        "账本（ledger.db）打不开或写不进去：照常录课，检查、上传和答题要等它恢复。请检查磁盘和文件的权限，恢复后自动继续"
        "（详情：journalctl -u classroom-controller -e）",
        "the ledger (ledger.db) cannot be opened or written: lessons are recorded all the same, but their checks,"
        " copies and polls wait for it. Check the disk and the file's rights; all goes on by itself then"
        " (more: journalctl -u classroom-controller -e)",
    ),
    "fault-ledger-newer": Message(
        "账本（ledger.db）是新版程序写的，这个版本读不了，原样保留：照常录课，检查、上传和答题要等换回新版。请把程序升级回那个版本",
        "the ledger (ledger.db) was written by a newer version of this program, and is left as it is: lessons are"
        " recorded all the same, but their checks, copies and polls wait. Install that version again",
    ),
    "fault-closing": Message(
        "有下了课的录像还没能检查或登记，正在重试（详情：journalctl -u classroom-controller -e）",
        "a lesson that has ended cannot be checked or entered now, and is tried again"
        " (more: journalctl -u classroom-controller -e)",
    ),
    "fault-track": Message(
        "录制程序出错，有一路不再录制（请看 journalctl -u classroom-recorder -e）",
        "a bug has ended one of the tracks (see journalctl -u classroom-recorder -e)",
    ),
    "fault-nothing-captured": Message(
        "没有一路真正的画面或声音到达，写进录像的只有提示画面和静音：请看下面的设备，插好后自动继续",
        "neither pictures nor sound arrive: slates and silence alone are recorded. Look at the devices below; all goes"
        " on by itself when they are back",
    ),
    "fault-speech-unavailable": Message(
        "判断不了有没有人讲话：拖堂不会再延长，到点就结束，混音只按音量判断谁在说话；录课不受影响"
        "（详情：journalctl -u classroom-recorder -e）",
        "speech cannot be told from other sound: a lesson that runs over is not waited for, and the mix goes by level"
        " alone; all is recorded (more: journalctl -u classroom-recorder -e)",
    ),
    "fault-director-failed": Message(
        "导播程序出错，正在自动重试：画面不再自动切换，人切的照样算数；录课不受影响"
        "（详情：journalctl -u classroom-recorder -e）",
        "the director fails and is tried again: nothing is cut by itself, persons' cuts count all the same, and"
        " everything is recorded (more: journalctl -u classroom-recorder -e)",
    ),
    "fault-director-hung": Message(
        "导播程序卡住了：画面不再自动切换，人切的照样算数；录课不受影响（详情：journalctl -u classroom-recorder -e）",
        "the director hangs: nothing is cut by itself, persons' cuts count all the same, and everything is recorded"
        " (more: journalctl -u classroom-recorder -e)",
    ),
    "fault-no-recorder": Message(
        "连不上录制进程：请看 journalctl -u classroom-recorder -e",
        "the recorder is not reached: see journalctl -u classroom-recorder -e",
    ),
    **part_faults.MESSAGES,
    "fault-timetable-unreadable": Message(
        "新的课表不能用，仍用上一份：请用 classroom-edge timetable --check 检查它",
        "the new timetable cannot be used, and the last good one stays: classroom-edge timetable --check tells what"
        " is wrong",
    ),
    "fault-timetable-unreachable": Message(
        "取不到课表：请看配置里的 [timetable] 和网络",
        "the timetable is not reached: look at [timetable] in the config and at the network",
    ),
    "fault-timetable-holidays": Message(
        "不知道今年（或两周内）的法定节假日，按平常的星期几上课：请升级，或写进配置的 [timetable] days",
        "the public holidays of this year, or of the days to come, are not known, and every day counts as its weekday:"
        " upgrade, or put them into [timetable] days of the config",
    ),
    "fault-timetable-clock": Message(
        "本机不知道时间，课表暂时不用（等待校时）",
        "this box does not know the time, and the timetable is not used (waiting for the time)",
    ),
    "fault-unreachable": Message("连不上存储（请看网络）", "the store is not reached (look at the network)"),
    "fault-credentials": Message("存储拒绝访问（请看密钥和权限）", "the store refuses us (look at key and rights)"),
    "fault-clock": Message("本机时间不对（等待校时）", "this box's clock is wrong (waiting for the time)"),
    "fault-full": Message(
        "存储已满（请腾出空间或提高配额）", "the store is full (make room there, or raise the quota)"
    ),
    "fault-store-fails": Message(
        "存储服务器自己出错（请看存储那一边）", "the store reports errors of its own (look at the server or its disk)"
    ),
    "fault-store-not-there": Message(
        "存储的磁盘不在，或换了一块（请看有没有插好、挂载好）",
        "the store's disk is not there, or is another one (see that it is plugged in and mounted)",
    ),
    "fault-bucket": Message(
        "存储里没有这个桶（请看桶名、区域和地址）", "the store has no such bucket (look at bucket, region and endpoint)"
    ),
    "fault-store-unsupported": Message(
        "存储不支持需要的操作（它是 S3 吗？）", "the store does not do what is needed (is it an S3 store?)"
    ),
    "fault-certificate": Message(
        "存储的证书不可信（请看地址和证书）", "the store's certificate is not trusted (look at address and certificate)"
    ),
    "fault-index-behind": Message(
        "存储里的课程列表超过一小时没有更新",
        "the list of lessons in the store has not been brought up to date for an hour",
    ),
    "fault-copies-behind": Message("有课超过一天还没上传完", "lessons have waited for the store for more than a day"),
    "fault-previews-incomplete": Message(
        "有课的预览图或画面文字没做出来，会自动再试，录像不受影响（详情：journalctl -u classroom-controller -e）",
        "previews of a lesson could not be made, and are tried again; its recording is not concerned"
        " (more: journalctl -u classroom-controller -e)",
    ),
    "fault-not-removable": Message(
        "有已上传的课删不掉（详情：journalctl -u classroom-controller -e）",
        "a stored lesson cannot be removed from this box (more: journalctl -u classroom-controller -e)",
    ),
    "fault-garbled": Message("存储读回的内容不对（请看磁盘或线路）", "the store garbles files (look at disk or line)"),
    "fault-spool": Message(
        "本机有录像文件读不出来（请看磁盘和文件的权限）",
        "a file of a lesson here cannot be read (look at the disk and the file's rights)",
    ),
    "check-running": Message("正在检查", "being checked"),
    "check-good": Message("录制完好", "the recording is good"),
    "check-bad": Message("录制有问题（用 verify 看详情）", "the recording is bad (see verify)"),
    "last-check": Message("{lesson}：{verdict}；{stored}", "{lesson}: {verdict}; {stored}"),
    "stored-yes": Message("存储里的副本一致", "the store has the same"),
    "stored-pending": Message("还没有全部上传", "not all of it is in the store yet"),
    "stored-nowhere": Message("没有配置存储", "no store is configured"),
    "stored-no": Message("存储里的副本不一致", "the store has something else"),
    "column-device": Message("设备", "device"),
    "column-state": Message("状态", "state"),
    "column-now": Message("此刻", "now"),
    "column-reason": Message("原因", "reason"),
    "device-opening": Message("正在打开", "opening"),
    "device-running": Message("正常", "running"),
    "device-stalled": Message("没有数据", "stalled"),
    "device-missing": Message("找不到", "missing"),
    "device-unfit": Message("不能用", "unfit"),
    "device-lent": Message("校准中", "being calibrated"),
    "signal-no-pictures": Message(
        "没有画面送来：请看摄像机和接线", "sends no pictures: look at the camera and its cable"
    ),
    "signal-few-pictures": Message(
        "画面太少，一卡一卡：请看光线、接线和网络",
        "sends too few pictures: look at the light, the cable and the network",
    ),
    "signal-black": Message(
        "画面全黑：请看镜头盖和灯光",
        "its picture is black: look at the lens cap and the light",
    ),
    "signal-frozen": Message(
        "画面不动：请拔下摄像机再插上", "its picture stands still: unplug the camera and plug it in"
    ),
    "signal-no-sound": Message(
        "没有声音送来：请拔下话筒再插上", "sends no sound: unplug the microphone and plug it in"
    ),
    "signal-silent": Message(
        "完全没有声音：请看话筒的开关和接线",
        "is wholly silent: look at the microphone's switch and its cable",
    ),
    "signal-hum": Message(
        "只有电流声：请看话筒的接线和接地", "gives mains hum alone: look at the microphone's cable and its earth"
    ),
    "signal-dead-channel": Message(
        "有一个声道没有声音：请看接线",
        "one of its channels is dead: look at its cable",
    ),
    "signal-too-quiet": Message(
        "一分钟来几乎没有声音：请看话筒的开关和音量",
        "has been nearly silent for a minute: look at the microphone's switch and its gain",
    ),
    "signal-odd-rate": Message(
        "一直在丢失或重复声音：请换一个 USB 口",
        "loses or doubles sound all the time: give it another USB port",
    ),
    "signal-wrong-rate": Message(
        "采样率和声卡说的不一样：已按实际采样率录制，声音完好",
        "does not keep the rate that it promises: it is recorded at its true rate, and nothing is lost",
    ),
    "rate": Message("每秒 {fps:.1f} 帧", "{fps:.1f} fps"),
    # start, stop, pause, resume, mark
    "start-help": Message(
        "开始上课，和按一下讲台上的按钮一样。录制开始后才返回；不能开始时说明原因。\n"
        "下课后 10 秒内再开始，就接着上同一节课。",
        "Start a lesson, as one press of the button does. It returns when the recording has begun, or says why\n"
        "it cannot. Within 10 s of a lesson's end the same lesson goes on.",
    ),
    "start-examples": Message(
        "例：\n  classroom-edge start && classroom-edge status",
        "Example:\n  classroom-edge start && classroom-edge status",
    ),
    "start-done": Message("正在录制：{lesson}（{time}）", "recording: {lesson} ({time})"),
    "start-refused": Message("没有开始：{reason}", "not started: {reason}"),
    "stop-help": Message(
        "下课，和按住讲台上的按钮一样。之后控制器自己检查录像并上传；10 秒内再 start 可以反悔。",
        "End the lesson, as holding the button does. The controller then checks the recording and copies it;\n"
        "a start within 10 s takes the end back.",
    ),
    "stop-examples": Message(
        "例：\n  classroom-edge stop\n  classroom-edge lessons            看检查结果和上传情况",
        "Examples:\n"
        "  classroom-edge stop\n"
        "  classroom-edge lessons            see how it was found, and whether it is stored",
    ),
    "stop-done": Message("已下课：{lesson}", "ended: {lesson}"),
    "stop-refused": Message("没有下课：{reason}", "not ended: {reason}"),
    "pause-help": Message(
        "暂停：从此刻起画面和声音都不保存、不传送，直到 resume。暂停的时间不算在课里。",
        "Pause: from this moment neither picture nor sound is kept or sent, until resume. The time of a pause\n"
        "is no part of the lesson.",
    ),
    "pause-examples": Message(
        "例：\n  classroom-edge pause\n  classroom-edge resume",
        "Example:\n  classroom-edge pause\n  classroom-edge resume",
    ),
    "pause-done": Message("已暂停：{lesson}，停在 {time}", "paused: {lesson} at {time}"),
    "pause-refused": Message("没有暂停：{reason}", "not paused: {reason}"),
    "resume-help": Message("暂停后继续录制。", "Go on recording after a pause."),
    "resume-examples": Message("例：\n  classroom-edge resume", "Example:\n  classroom-edge resume"),
    "resume-done": Message("继续录制：{lesson}，从 {time} 起", "recording again: {lesson} from {time}"),
    "resume-refused": Message("没有继续：{reason}", "not resumed: {reason}"),
    "mark-help": Message(
        "给此刻做一个标记（例如重要的讲解、精彩的回答），以后可以直接跳到这里。",
        "Mark this moment of the lesson (an explanation, a good answer), to jump to it later.",
    ),
    "mark-label": Message("标记上的文字", "what the marker says"),
    "mark-too-long": Message("最多 {most} 个字", "at most {most} characters"),
    "mark-examples": Message(
        '例：\n  classroom-edge mark\n  classroom-edge mark --label "勾股定理"',
        'Examples:\n  classroom-edge mark\n  classroom-edge mark --label "Pythagoras"',
    ),
    "mark-done": Message("已标记：{lesson}，{time}", "marked: {lesson} at {time}"),
    "mark-refused": Message("没有标记：{reason}", "not marked: {reason}"),
    # why the controller did not do it
    "reason-running-already": Message("已经在上课", "a lesson is running already"),
    "reason-none-running": Message("现在没有在上课", "no lesson is running"),
    "reason-none-recorded": Message("现在没有在录制", "no lesson is being recorded"),
    "reason-none-paused": Message("现在没有暂停的课", "no lesson is paused"),
    "reason-no-recorder": Message(
        "连不上录制进程：请看 journalctl -u classroom-recorder -e",
        "the recorder is not reached: see journalctl -u classroom-recorder -e",
    ),
    "reason-lesson-in-use": Message("这节课还在录制或检查", "the lesson is still recorded or checked"),
    "reason-no-such-lesson": Message("本机没有这节课", "this box has no such lesson"),
    "reason-not-stored-yet": Message(
        "这节课还没有检查、上传完：请过几分钟再删", "the lesson is still checked and copied: erase it in a few minutes"
    ),
    "reason-erasure-failed": Message(
        "没有删成（详情：journalctl -u classroom-controller -e）",
        "it was not erased (more: journalctl -u classroom-controller -e)",
    ),
    "reason-erasure-waits": Message("正在删别的课，请稍后再试", "other lessons are being erased: try again later"),
    "reason-erasure-goes-on": Message(
        "存储比较慢，还在删：请过一会儿再看", "the store is slow and it goes on: look again later"
    ),
    "reason-not-in-time": Message(
        "录制进程没有及时照办：请看 journalctl -u classroom-recorder -e",
        "the recorder did not do it in time: see journalctl -u classroom-recorder -e",
    ),
}
