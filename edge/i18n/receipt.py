"""Messages about receipts, ``verify`` and ``join``: one for each kind of finding, and those of the tables."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    # findings, by their code
    "no-journal": Message(
        "没有日志（journal.jsonl），无法判断这节课是否完整",
        "no journal (journal.jsonl): nothing says what should be here",
    ),
    "journal-damaged": Message("日志有 {lines} 行损坏", "{lines} line(s) of the journal are damaged"),
    "not-ended": Message("这节课没有正常结束；请运行 recover", "the lesson never ended; run recover"),
    "cut": Message("这节课的结束原因：{cause}", "the lesson was ended by: {cause}"),
    "no-track": Message("什么也没有录下来", "nothing was recorded"),
    "paused": Message("在此暂停过", "paused here"),
    "lowered": Message(
        "磁盘快满了，从此处起画面只用 {percent}% 的码率",
        "the disk was nearly full: pictures have {percent} % of their bit rate from here on",
    ),
    "resumed-after": Message("在此继续：{cause}", "went on here after: {cause}"),
    "init-missing": Message("缺少文件 {file}，这一路无法播放", "{file} is missing: the track cannot be played"),
    "init-damaged": Message("文件 {file} 已损坏", "{file} is damaged"),
    "segment-missing": Message("缺少文件 {file}", "{file} is missing"),
    "segment-unknown": Message(
        "日志里没有文件 {file}，无法核对", "{file} is not in the journal and cannot be vouched for"
    ),
    "segment-unfinished": Message("文件 {file} 没有写完；请运行 recover", "{file} was never finished; run recover"),
    "segment-broken": Message("文件 {file} 不完整（{reason}）", "{file} is not whole ({reason})"),
    "fragment-damaged": Message(
        "文件 {file} 从第 {offset} 字节起的 {length} 字节内容有误（校验和不符）",
        "{length} bytes of {file} from byte {offset} on are not what was written (checksum)",
    ),
    "fragment-missing": Message(
        "文件 {file} 从第 {offset} 字节起缺少 {length} 字节",
        "{length} bytes of {file} from byte {offset} on are missing",
    ),
    "fragment-unknown": Message(
        "日志里没有文件 {file} 从第 {offset} 字节起的 {length} 字节，无法核对",
        "{length} bytes of {file} from byte {offset} on are not in the journal and cannot be vouched for",
    ),
    "no-key-picture": Message(
        "文件 {file} 不是以关键帧开头，无法从这里播放",
        "{file} does not begin with a key picture and cannot be played from there",
    ),
    "gap": Message("缺少 {seconds:.2f} 秒", "{seconds:.2f} s are missing"),
    "overlap": Message("有 {seconds:.2f} 秒重复", "{seconds:.2f} s are there twice"),
    "length": Message(
        "长 {seconds:.2f} 秒，而这节课长 {lesson_s:.2f} 秒",
        "lasts {seconds:.2f} s where the lesson lasts {lesson_s:.2f} s",
    ),
    "hole": Message(
        "有 {seconds:.2f} 秒没有真实内容：{cause}", "nothing true was recorded for {seconds:.2f} s: {cause}"
    ),
    "dropped": Message("丢弃了 {count} 个{what}：{cause}", "{count} {what} were dropped: {cause}"),
    "coarser": Message(
        "机器处理不过来，有 {seconds:.0f} 秒画质降低（{preset}）",
        "the box could not keep up: {seconds:.0f} s are coarser ({preset})",
    ),
    "halved": Message(
        "机器处理不过来，有 {seconds:.0f} 秒帧率减半",
        "the box could not keep up: {seconds:.0f} s have half the frame rate",
    ),
    "paper-missing": Message("缺少文件 {file}", "the file {file} is missing"),
    "paper-changed": Message(
        "文件 {file} 和下课时写的不一样", "the file {file} is not as it was written after the lesson"
    ),
    "playlist-missing": Message("缺少播放列表 {file}；请运行 recover", "the playlist {file} is missing; run recover"),
    "playlist-unreadable": Message(
        "播放列表 {file} 读不出来（{reason}）；请运行 recover",
        "the playlist {file} cannot be read ({reason}); run recover",
    ),
    "playlist-open": Message("播放列表 {file} 没有结尾；请运行 recover", "the playlist {file} has no end; run recover"),
    "playlist-differs": Message(
        "播放列表 {file} 与实际文件不符，首先是 {other}；请运行 recover",
        "the playlist {file} is not what is there, first at {other}; run recover",
    ),
    "playlist-length": Message(
        "播放列表 {file} 长 {seconds:.2f} 秒，而这节课长 {lesson_s:.2f} 秒",
        "the playlist {file} lasts {seconds:.2f} s where the lesson lasts {lesson_s:.2f} s",
    ),
    "black": Message(
        "画面黑了 {seconds} 秒：请看镜头盖、灯光和信号线",
        "the picture was black for {seconds} s: look at lens cap, light and cable",
    ),
    "frozen": Message(
        "画面静止了 {seconds} 秒：请重新插拔摄像机",
        "the picture stood still for {seconds} s: unplug the camera and plug it in again",
    ),
    "microphone-dead": Message(
        "话筒 {seconds} 秒没有声音（最响 {loudest_dbfs} dBFS）：请看电池、静音开关和线",
        "nothing came from the microphone for {seconds} s (loudest {loudest_dbfs} dBFS): "
        "look at battery, mute switch and cable",
    ),
    "few-pictures": Message(
        "有 {seconds} 秒平均每秒只有 {fps} 帧画面（摄像机标称 {promised_fps} 帧）：请检查灯光、USB 线和网络",
        "{seconds} s have {fps} pictures a second where the camera promised {promised_fps}: look at light, USB cable"
        " and network",
    ),
    "damaged-pictures": Message(
        "有 {count} 帧画面损坏，合计 {seconds} 秒：请换线，或换一个 USB 口",
        "{count} pictures are damaged, {seconds} s in all: try another cable or USB port",
    ),
    "channel-dead": Message(
        "话筒的第 {channel} 声道 {seconds} 秒没有声音：请看线和插头",
        "nothing came from channel {channel} of the microphone for {seconds} s: look at its cable and plug",
    ),
    "sound-missing": Message(
        "话筒少送了 {seconds} 秒声音，已用静音补上",
        "{seconds} s of sound never came from the microphone; silence stands there",
    ),
    "wrong-rate": Message(
        "声卡的实际采样率是它所说的 {percent}%：已按实际采样率录制，声音完好",
        "the sound card's rate is {percent} % of what it promises: recorded at its true rate, with nothing lost",
    ),
    "odd-rate": Message(
        "话筒送来的声音只有应有的 {percent}%，一直在丢失或重复：声音会变调、断续",
        "{percent} % of the sound that should have come did: some is lost or doubled all the time, and it sounds so",
    ),
    "clipping": Message(
        "有 {seconds} 秒声音过载：请调低话筒增益",
        "the sound was too loud in {seconds} s: turn the microphone's gain down",
    ),
    "av-offset": Message(
        "声音与画面相差 {offset_ms} 毫秒（正数：声音晚）",
        "sound and picture are {offset_ms} ms apart (positive: sound is late)",
    ),
    "unwatched": Message(
        "录制时没有测量过，无法判断好坏", "was not measured while recording: nothing is known about it"
    ),
    "undecodable": Message(
        "文件 {file} 有解不开的内容（{reason}）", "something in {file} cannot be decoded ({reason})"
    ),
    # causes
    "cause-teacher": Message("老师操作", "the teacher"),
    "cause-taken-back": Message("撤回下课", "the end was taken back"),
    "cause-longest": Message("达到最长时间", "the longest time was reached"),
    "cause-planned": Message("课表到点下课", "ended by the timetable"),
    "cause-restart": Message("录制程序重启", "the recorder was restarted"),
    "cause-reboot": Message("设备重启", "the box was restarted"),
    "cause-power": Message("断电", "power was lost"),
    "cause-device": Message("设备中断", "the device failed"),
    "cause-overload": Message("处理不过来", "the box could not keep up"),
    "cause-disk": Message("磁盘写不动或已满", "the disk was full or too slow"),
    "cause-corrupt": Message("数据损坏", "the data was damaged"),
    # what was dropped
    "what-pictures": Message("画面", "pictures"),
    "what-fragments": Message("片段", "fragments"),
    "what-samples that came too late": Message("迟到的声音采样", "samples that came too late"),
    # tracks
    "track-teacher": Message("教师", "teacher"),
    "track-students": Message("学生", "students"),
    "track-screen": Message("屏幕", "screen"),
    "track-teacher-close": Message("教师特写", "teacher close-up"),
    "track-students-close": Message("学生特写", "students close-up"),
    "track-store": Message("存储", "store"),
    "track-panel": Message("按钮和灯", "panel"),
    "track-clickers": Message("反馈器", "clickers"),
    "track-sound": Message("声音", "sound"),
    "track-ceiling": Message("吊麦", "ceiling"),
    "track-lapel": Message("领夹麦", "lapel"),
    # the table
    "title": Message("{lesson}，时长 {length}", "{lesson}, {length}"),
    "column-track": Message("轨道", "track"),
    "column-length": Message("时长", "length"),
    "column-segments": Message("文件", "files"),
    "column-size": Message("大小", "size"),
    "column-rate": Message("码率", "bit rate"),
    "column-holes": Message("空洞", "holes"),
    "column-figures": Message("最差的一秒", "worst second"),
    "column-severity": Message("程度", "how bad"),
    "column-when": Message("时间", "when"),
    "column-found": Message("发现", "found"),
    "severity-bad": Message("问题", "bad"),
    "severity-note": Message("备注", "note"),
    "megabytes": Message("{megabytes:.1f} MB", "{megabytes:.1f} MB"),
    "kilobits": Message("{kilobits:.0f} kbit/s", "{kilobits:.0f} kbit/s"),
    "no-holes": Message("无", "none"),
    "holes": Message("{count} 处，共 {seconds:.1f} 秒", "{count}, {seconds:.1f} s"),
    "picture-figures": Message("亮度 {luma:.0f}，变化 {change:.2f}", "luma {luma:.0f}, change {change:.2f}"),
    "sound-figures": Message(
        "最响 {loudest:.0f} dBFS，峰值 {peak:.0f} dBFS", "loudest {loudest:.0f} dBFS, peak {peak:.0f} dBFS"
    ),
    "good": Message("录制完好", "the recording is good"),
    "bad": Message("录制有问题", "the recording is bad"),
    # verify
    "verify-help": Message(
        "完整检查一节课：核对每个文件的校验和、时间是否连续、播放列表是否正确，\n"
        "再把每一帧画面和声音都解码一遍，找出黑屏、静止的画面和没有声音的话筒。屏幕画面可以静止。\n"
        "这节课可以用编号（在本机的课里找）或文件夹来指定；指定文件夹时不需要配置文件。",
        "Check a lesson in full: every file's checksum, time without a break, the playlists; then decode every\n"
        "picture and all sound, and look for black and frozen pictures and dead microphones. A screen may stand\n"
        "still. The lesson is named by its id (looked up on this box) or by its folder, which\n"
        "needs no config.",
    ),
    "verify-lesson": Message("课的编号，或它的文件夹", "the lesson's id, or its folder"),
    "verify-json": Message("输出 JSON（同 receipt.json）", "print JSON (as in receipt.json)"),
    "verify-quick": Message(
        "不解码，只核对文件，并采用录制时的测量值（下课时做的就是这个）",
        "do not decode: check the files and take the figures gathered while recording (as is done after the bell)",
    ),
    "verify-store": Message(
        "再把云端（存储）里的每个文件与本机比对（SHA-256）；需要配置文件",
        "also compare the store's copy of every file by SHA-256; needs the config",
    ),
    "verify-examples": Message(
        "例：\n"
        "  classroom-edge verify r204-7f3a-000123-9c41d2e7\n"
        "  classroom-edge verify build/demo/spool/r204-7f3a-000123-9c41d2e7 --json\n"
        "  classroom-edge verify r204-7f3a-000123-9c41d2e7 --store",
        "Examples:\n"
        "  classroom-edge verify r204-7f3a-000123-9c41d2e7\n"
        "  classroom-edge verify build/demo/spool/r204-7f3a-000123-9c41d2e7 --json\n"
        "  classroom-edge verify r204-7f3a-000123-9c41d2e7 --store",
    ),
    "verify-progress": Message("正在解码", "decoding"),
    "store-same": Message("存储里的副本完全相同", "the store's copy is the same, byte for byte"),
    "store-lacks": Message("存储里没有 {file}", "the store has no {file}"),
    "store-differs": Message("存储里的 {file} 与本机不同", "the store's {file} is not the one here"),
    "store-none": Message("配置里没有可用的存储：{reason}", "the config names no store to ask: {reason}"),
    "store-not-reached": Message("没有连上存储：{reason}", "the store was not reached: {reason}"),
    # join
    "join-help": Message(
        "把一节课（导播画面和声音）合成一个可以随处播放的 MP4 文件，带章节、课名和日期。不重新编码，一小时的课只要\n"
        "几秒；只有 --layout 要重新编码。",
        "Make one MP4 file, playable anywhere, of a lesson's programme and sound, with chapters, title and date.\n"
        "Nothing is encoded again, so that an hour takes seconds; only for --layout pictures are.",
    ),
    "join-out": Message("要写的文件，如 lesson.mp4", "the file to write, such as lesson.mp4"),
    "join-role": Message(
        "用这个机位的画面代替导播画面，如 screen；与 --layout 一起用时可写两三次，先大后小、先左后右",
        "this camera instead of the programme, such as screen; with --layout two or three times, the large or left one"
        " first",
    ),
    "join-layout": Message(
        "两个机位合成一个画面：pip 小画面在右下角，side-by-side 并排；要重新编码",
        "several cameras in one picture: the second in a corner (pip), or in a row (side-by-side); encoded again",
    ),
    "join-best-of": Message(
        "只要标记前后各 20 秒的精彩片段；写上 LABEL 则只要标记文字里有它的",
        "only the stretches 20 s around marks; with LABEL only around those that have it in their label",
    ),
    "join-force": Message("文件已存在时覆盖它", "overwrite the file if it is there"),
    "join-progress": Message("正在合成", "joining"),
    "join-no-role": Message(
        "这节课没有机位 {role}；有的是：{roles}", "the lesson has no camera {role}; it has: {roles}"
    ),
    "join-one-role": Message("不加 --layout 时只能写一个 --role", "without --layout there can be one --role only"),
    "join-layout-needs": Message(
        "--layout 要两个机位（最多 {most} 个），不能与 --best-of 一起用",
        "--layout needs two cameras ({most} at most), and does not go with --best-of",
    ),
    "join-no-marks": Message("这节课没有这样的标记", "the lesson has no such mark"),
    "join-examples": Message(
        "例：\n  classroom-edge join r204-7f3a-000123-9c41d2e7 lesson.mp4\n"
        "  classroom-edge join r204-7f3a-000123-9c41d2e7 screen.mp4 --role screen\n"
        "  classroom-edge join r204-7f3a-000123-9c41d2e7 both.mp4 --layout pip --role screen --role teacher",
        "Examples:\n  classroom-edge join r204-7f3a-000123-9c41d2e7 lesson.mp4\n"
        "  classroom-edge join r204-7f3a-000123-9c41d2e7 screen.mp4 --role screen\n"
        "  classroom-edge join r204-7f3a-000123-9c41d2e7 both.mp4 --layout pip --role screen --role teacher",
    ),
    "join-done": Message("{file}：{size}", "{file}: {size}"),
    "join-exists": Message(
        "{file} 已存在；加 --force 覆盖它，或换一个名字",
        "{file} is there already; overwrite it with --force, or choose another name",
    ),
    # both
    "no-lesson": Message(
        "找不到这节课：{folder}；用 classroom-edge lessons 看看本机有哪些课",
        "no such lesson: {folder}; see which there are with classroom-edge lessons",
    ),
    "lesson-removed": Message(
        "{lesson} 已上传，为腾出空间已从本机删除；存储里在 {copy}/，下载那个文件夹后可以照样用",
        "{lesson} is stored and was removed from this box to make room; the store has it under {copy}/: fetch that"
        " folder and name it here",
    ),
    "no-folder": Message("没有这个文件夹：{folder}", "no such folder: {folder}"),
    "unreadable": Message("读不出来：{reason}", "cannot be read: {reason}"),
}
