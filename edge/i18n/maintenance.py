"""Messages of ``lessons``, ``recover`` and ``devices``."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    # lessons
    "lessons-help": Message(
        "列出本机知道的课：编号、开始时间、时长、怎样结束、检查结果、有没有上传。\n"
        "只读账本和录像文件夹，系统运行与否都可以用。",
        "List the lessons this box knows of: id, beginning, length, how it ended, what the check found, and\n"
        "whether it is stored. Ledger and spool are only read, whether the system runs or not.",
    ),
    "lessons-json": Message(
        "输出 JSON：一个列表，每节课有 id、began、ended（UTC，不知道时为 null）、length_s、cause、\n"
        "recorded_now、recording（good、bad、null）、stored（pending、yes、no；没有配置存储时为 null）、folder、\n"
        "removed（已上传、本机为腾空间删掉的）",
        "print JSON: a list; each lesson has id, began, ended (UTC; null where the time was not known), length_s,\n"
        "cause, recorded_now, recording (good, bad, null), stored (pending, yes, no; null where no store is\n"
        "configured), folder, removed (stored, and removed from this box to make room)",
    ),
    "lessons-examples": Message(
        "例：\n"
        "  classroom-edge lessons\n"
        "  classroom-edge lessons --json | jq '.[] | select(.stored != \"yes\").id'    还没上传完的课",
        "Examples:\n"
        "  classroom-edge lessons\n"
        "  classroom-edge lessons --json | jq '.[] | select(.stored != \"yes\").id'    those not stored yet",
    ),
    "no-ledger": Message("账本读不出来，只看录像文件夹：{reason}", "no ledger, the spool alone is shown: {reason}"),
    "no-lessons": Message("还没有课（{spool}）", "no lessons yet ({spool})"),
    "column-id": Message("编号", "lesson"),
    "column-title": Message("哪节课", "timetable"),
    "column-began": Message("开始", "began"),
    "column-length": Message("时长", "length"),
    "column-end": Message("怎样结束", "ended by"),
    "column-recording": Message("检查", "check"),
    "column-stored": Message("上传", "stored"),
    "time-unknown": Message("时间不明", "time unknown"),
    "recorded-now": Message("正在录", "being recorded"),
    "no-end": Message("没有结束（用 recover 修复）", "has no end (mend it with recover)"),
    "not-checked": Message("还没检查", "not checked yet"),
    "recording-good": Message("完好", "good"),
    "recording-bad": Message("有问题", "bad"),
    "stored-yes": Message("已上传", "yes"),
    "stored-pending": Message("未完成", "not yet"),
    "stored-no": Message("不一致", "differs"),
    "stored-nowhere": Message("未配置存储", "no store configured"),
    "removed": Message("{stored}（本机已删）", "{stored} (removed from this box)"),
    "not-here": Message("{stored}（本机已无）", "{stored} (no longer here)"),
    # recover
    "recover-help": Message(
        "修复中断或损坏的录像：核对每个文件，完整的都保留，坏掉的部分换成说明画面和静音，\n"
        "没有结尾的课补上结尾，再重写播放列表。丢掉了什么都会列出来。正在录的课不会动。\n"
        "再运行一次不会改变什么。录制进程启动时自己会做快速修复；这里做的更彻底，每个字节都核对。",
        "Mend lessons that were cut off or damaged: every file is checked, all that is whole is kept, what is\n"
        "damaged becomes a slate and silence, a lesson without an end gets one, and the playlists are written\n"
        "anew. Whatever was lost is listed. A lesson that is being recorded is left alone. A second run changes\n"
        "nothing. The recorder mends lessons when it starts, too; here every byte is checked.",
    ),
    "recover-all": Message("本机的每一节课", "every lesson on this box"),
    "recover-json": Message(
        "输出 JSON：一个列表，每节课有 lesson、folder、was_cut_off、kept（每一路的时长和文件）、losses",
        "print JSON: a list; each lesson has lesson, folder, was_cut_off, kept (length and files of each track),\n"
        "losses",
    ),
    "recover-examples": Message(
        "例：\n"
        "  classroom-edge recover r204-7f3a-000123-9c41d2e7\n"
        "  classroom-edge recover /media/usb/r204-7f3a-000123-9c41d2e7    不需要配置文件\n"
        "  classroom-edge recover --all",
        "Examples:\n"
        "  classroom-edge recover r204-7f3a-000123-9c41d2e7\n"
        "  classroom-edge recover /media/usb/r204-7f3a-000123-9c41d2e7    needs no config\n"
        "  classroom-edge recover --all",
    ),
    "recorded-now-no-recover": Message(
        "{lesson} 正在录，不能修复；先下课", "{lesson} is being recorded and is left alone; end it first"
    ),
    "cannot-mend": Message("{folder} 修复不了：{reason}", "{folder} cannot be mended: {reason}"),
    "not-a-lesson": Message("{folder} 里没有录像", "there is no lesson in {folder}"),
    "mended": Message("{lesson}：已修复，保留了", "{lesson}: whole again; kept:"),
    "kept": Message("{track}：{length}，{files} 个文件，{size}", "{track}: {length}, {files} file(s), {size}"),
    "was-cut-off": Message("这节课原来没有结尾，已补上", "it had no end and has one now"),
    "lost": Message("丢弃：{path}（{what}，{count}）", "dropped: {path} ({what}; {count})"),
    "lines": Message("{count} 行", "{count} line(s)"),
    "bytes": Message("{count} 字节", "{count} byte(s)"),
    "nothing-lost": Message("没有丢弃任何内容", "nothing was dropped"),
    "loss-lines that cannot be believed": Message("不可信的日志行", "lines that cannot be believed"),
    "loss-the init segment was damaged or missing and is made again": Message(
        "文件头损坏或缺失，已重新生成", "the init segment was damaged or missing and is made again"
    ),
    "loss-nothing in it could be kept": Message("没有可以保留的内容", "nothing in it could be kept"),
    "loss-a part of it was damaged or not finished": Message(
        "有一部分损坏或没有写完", "a part of it was damaged or not finished"
    ),
    # devices
    "devices-help": Message(
        "把配置里的每台摄像机、每个话筒打开两秒，看它在不在、给的是什么格式、真实的速率、\n"
        "画面亮度或声音大小；也试一试按钮和灯、反馈器基站、云台和存储；不行的说明原因。\n"
        "录制进程或控制进程在运行时设备被它占着，这时显示它所见的状态。\n"
        "最后列出插在本机上的摄像机、声卡、反馈器基站和串口，写成可以直接粘贴到配置里的几行。",
        "Open every camera and microphone of the config for two seconds: is it there, which format does it give,\n"
        "at which real rate, how bright or loud is it. Panel, clicker base, heads and store are tried too. Where\n"
        "one fails, why. While recorder or controller run they hold the devices; then their view is shown.\n"
        "At the end every camera, sound card, clicker base and serial port that is there, as lines to paste into\n"
        "the config.",
    ),
    "devices-json": Message(
        "输出 JSON：tried（摄像机和话筒是不是刚试过）、devices（每个角色，以及 panel、clickers、ptz.角色、store 的\n"
        "driver、state、reason、格式和测量值）和 found（插着的设备）",
        "print JSON: tried (whether cameras and microphones were opened just now), devices (driver, state, reason,\n"
        "format and figures of each role, and of panel, clickers, ptz.ROLE, store) and found (what is plugged in)",
    ),
    "devices-examples": Message(
        "例：\n  classroom-edge devices\n  classroom-edge --config new.toml devices --json",
        "Examples:\n  classroom-edge devices\n  classroom-edge --config new.toml devices --json",
    ),
    "found": Message(
        "插在本机上的设备；把需要的几行粘贴到配置里，角色按实际改",
        "What is plugged in; paste the lines you need into the config, and put each device in its role",
    ),
    "nothing-found": Message(
        "本机上没有摄像机、声卡、反馈器基站或串口", "No camera, sound card, clicker base or serial port is plugged in"
    ),
    "found-choose": Message("按设备标签选一个，并去掉行首的 #", "choose by the label on it, and take the # away"),
    "found-known": Message("配置里已有：[{table}]", "in the config already: [{table}]"),
    "no-devices": Message("配置里没有摄像机和话筒", "the config has no cameras and no microphones"),
    "recorder-has-them": Message(
        "录制进程正在使用这些设备，以下是它所见的状态（没有另外试开）。",
        "The recorder holds the devices; this is how it sees them (they were not opened again).",
    ),
    "trying": Message("试开每个设备 {seconds:.0f} 秒……", "Trying every device for {seconds:.0f} s …"),
    "head-of": Message("{camera}云台", "head of the {camera} camera"),
    "picture-format": Message(
        "{width}×{height} {coding}，每秒 {nominal_fps:g} 帧", "{width}×{height} {coding}, {nominal_fps:g} fps"
    ),
    "sound-format": Message("{channels} 声道，{nominal_hz} Hz", "{channels} channel(s), {nominal_hz} Hz"),
    "real-rate": Message("实测每秒 {fps:.1f} 帧", "{fps:.1f} fps measured"),
    "sample-rate": Message("实测 {rate_hz:.0f} Hz", "{rate_hz:.0f} Hz measured"),
    "luma": Message("亮度 {luma:.0f}（满 255）", "luma {luma:.0f} of 255"),
    "level": Message("{level_dbfs:.0f} dBFS", "{level_dbfs:.0f} dBFS"),
}
