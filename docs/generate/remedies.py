"""What to do about each fault and state that ``status`` shows, and about each finding of a receipt."""

from __future__ import annotations

from edge.i18n import Message
from edge.i18n.part_faults import PARTS


def _part_remedies() -> dict[str, Message]:
    """What to do about a part of the controller that fails or hangs."""
    remedies: dict[str, Message] = {}
    for part, ((_, advice_zh), (_, advice_en)) in PARTS.items():
        remedies[f"fault-{part}-failed"] = Message(
            f"它自动重试。一直这样就先{advice_zh}，再把 `journalctl -u classroom-controller -e` 的内容交给开发者。",
            f"It is tried again by itself. If it stays, {advice_en}, and send the developers the output of"
            " `journalctl -u classroom-controller -e`.",
        )
        remedies[f"fault-{part}-hung"] = Message(
            f"先{advice_zh}；还不行就运行 `sudo systemctl restart classroom-controller`，正在录的课不会中断。",
            f"First {advice_en}; where that does not help run `sudo systemctl restart classroom-controller`, which"
            " interrupts no lesson.",
        )
    return remedies


_RECOVER = Message(
    "文件不完整或对不上。运行 `sudo -u classroom-edge classroom-edge recover LESSON`，再运行"
    " `classroom-edge verify LESSON`。",
    "Files are incomplete or do not match. Run `sudo -u classroom-edge classroom-edge recover LESSON`, then"
    " `classroom-edge verify LESSON`.",
)
_DAMAGED = Message(
    "写好的内容后来变了或丢了，多半是存储卡或磁盘坏了。存储里的副本可能还是好的："
    "`classroom-edge verify LESSON --store`。再运行 `sudo -u classroom-edge classroom-edge recover LESSON`，能保"
    "留的都保留。一再出现就换存储卡或磁盘。",
    "What was written has changed or is gone: as a rule the memory card or disk is failing. The copy in the store"
    " may be whole: `classroom-edge verify LESSON --store`. Then run"
    " `sudo -u classroom-edge classroom-edge recover LESSON`, which keeps all that can be kept. If it happens"
    " again, replace the card or disk.",
)
_STRANGE = Message(
    "有录制程序没有写过的内容：日志丢了几行，或者有人改动过文件夹。用播放器看看这一处；运行"
    " `sudo -u classroom-edge classroom-edge recover LESSON`，按文件重写日志。",
    "There is something that the recorder did not note: lines of the journal are lost, or somebody changed the"
    " folder. Look at this place in a player; `sudo -u classroom-edge classroom-edge recover LESSON` mends the"
    " journal from the files.",
)
_PLAYLISTS = Message(
    "录像还在，只是播放列表不对。运行 `sudo -u classroom-edge classroom-edge recover LESSON` 重写播放列表。",
    "The recording is there, only a playlist is wrong. `sudo -u classroom-edge classroom-edge recover LESSON`"
    " writes the playlists anew.",
)
_TIME = Message(
    "这一路的时间对不上，播放时会跳或卡。运行 `sudo -u classroom-edge classroom-edge recover LESSON`。反复出现请"
    "把日志交给开发者：日志命令是 `journalctl -u classroom-recorder`。",
    "The time of this track does not add up: it jumps or stops in a player. Run"
    " `sudo -u classroom-edge classroom-edge recover LESSON`. If it happens again, send the developers the output"
    " of `journalctl -u classroom-recorder`.",
)
_PAPERS = Message(
    "下课后有人改动或删除了这个文件。存储里可能还有原来的：`classroom-edge verify LESSON --store`。",
    "Somebody changed or removed this file after the lesson. The store may have it as it was:"
    " `classroom-edge verify LESSON --store`.",
)
_OVERLOAD = Message(
    "机器处理不过来。把 `width`、`height` 或 `fps` 调小，选能直接送 H.264 的摄像机，或者看看有没有别的程序在占用"
    "处理器（`top`），散热好不好。",
    "The box cannot keep up. Lower `width`, `height` or `fps`, use a camera whose H.264 can be passed through, or"
    " look for other programs (`top`) and for heat.",
)

MESSAGES = {
    **_part_remedies(),
    # faults of the box
    "fault-disk-full": Message(
        "用 `df -h /var/lib/classroom-edge` 看是什么占满了磁盘。删掉与录课无关的文件，或换更大的磁盘。录像在上传"
        "的话，传完后会自动腾出空间。",
        "See with `df -h /var/lib/classroom-edge` how full it is. Remove files that are no lessons, or use a"
        " larger disk. Where lessons are copied to a store, those that are stored make room by themselves.",
    ),
    "fault-disk-read-only": Message(
        "内核发现文件系统有错，把它锁成了只读；原因在 `sudo dmesg | tail`。下课后重启机器；再出现就换存储卡或磁盘。",
        "The kernel found errors in the file system and allows no writing; `sudo dmesg | tail` says why. Restart"
        " the box after the lesson; if the fault returns, replace the card or disk.",
    ),
    "fault-disk-fails": Message(
        "把磁盘插紧，换一根线、换一个口试试；原因在 `sudo dmesg | tail`。已经插好还是这样，就换掉它。",
        "Plug the disk in firmly, try another cable and port; `sudo dmesg | tail` says why. If it is plugged in"
        " and the fault stays, replace it.",
    ),
    "fault-disk-hung": Message(
        "看磁盘的线和供电（USB 硬盘常常供电不足）。过几分钟还是这样就重启机器，再不行就换磁盘。",
        "Look at the disk's cable and power supply (USB disks often get too little). If it lasts some minutes"
        " restart the box, and then replace the disk.",
    ),
    "fault-disk-slow": Message(
        "换更快的存储卡或固态硬盘，或者调低摄像机的 `bitrate_kbps`。",
        "Use a faster card or an SSD, or lower the cameras' `bitrate_kbps`.",
    ),
    "fault-disk-low": Message(
        "用 `classroom-edge lessons` 看哪些课没有上传，用 `classroom-edge status` 看为什么传不上去。没有配置存储"
        "时什么都不会自动删除：把课的文件夹拷到别处，用 `classroom-edge verify` 检查拷贝，再删掉本机的。",
        "See with `classroom-edge lessons` which lessons are not stored, and with `classroom-edge status` why."
        " Without a store nothing is removed automatically: copy lesson folders elsewhere, check the copies with"
        " `classroom-edge verify`, then delete them here.",
    ),
    "fault-disk-no-room": Message(
        "和 `disk-low` 一样处理，要快：腾出空间之前不能开课。",
        "The same as for `disk-low`, and soon: no lesson begins until there is room.",
    ),
    "fault-ledger-unusable": Message(
        "用 `df -h /var/lib/classroom-edge` 看磁盘，用 `ls -l /var/lib/classroom-edge` 看所有者：账本（"
        "`ledger.db` 开头的文件）应属于用户和组 `classroom-edge`，不是就用"
        " `sudo chown classroom-edge:classroom-edge` 改过来。恢复后自动继续。",
        "Look at the disk with `df -h /var/lib/classroom-edge` and at the owner with"
        " `ls -l /var/lib/classroom-edge`: the files that begin with `ledger.db` belong to user and group"
        " `classroom-edge`; if not, use `sudo chown classroom-edge:classroom-edge`. It continues by itself then.",
    ),
    "fault-ledger-newer": Message(
        "程序被换成了旧版，而账本已经由新版升级过。请重新安装新版；`classroom-edge check --ledger` 会写出两边的版本号。"
        "账本原样保留，什么都不会丢；这期间录的课在恢复后自动登记。",
        "An older version of the program was installed than the one that last had the ledger. Install the newer one"
        " again; `classroom-edge check --ledger` tells both versions. The ledger is left as it is and nothing is lost;"
        " lessons recorded meanwhile are entered afterwards.",
    ),
    "fault-closing": Message(
        "旁边一般还有一个故障，先处理它（多半是磁盘或账本）。课不会丢，会自动再试；日志里写着是哪一节课。",
        "As a rule another fault stands beside it, of the disk or the ledger: deal with that one. Nothing is"
        " lost, it is tried again by itself; the log names the lesson.",
    ),
    "fault-track": Message(
        "运行 `sudo systemctl restart classroom-recorder`：课会接着录，停了的那一路也会回来。再把"
        " `journalctl -u classroom-recorder` 的输出交给开发者。",
        "Run `sudo systemctl restart classroom-recorder`: the lesson goes on, and the track comes back. Send the"
        " developers the output of `journalctl -u classroom-recorder`.",
    ),
    "fault-no-recorder": Message(
        "运行 `systemctl status classroom-recorder`。没有运行就 `sudo systemctl restart classroom-recorder`；又退"
        "出就看 `journalctl -u classroom-recorder -e` 和 `sudo classroom-edge check`。",
        "Run `systemctl status classroom-recorder`. If it is not running:"
        " `sudo systemctl restart classroom-recorder`; if it ends again: `journalctl -u classroom-recorder -e`"
        " and `sudo classroom-edge check`.",
    ),
    # faults of copying
    "fault-unreachable": Message(
        "看网线、无线、路由器，和配置里的 `store.url`、`endpoint`。网络恢复后自动继续。",
        "Look at cable, Wi-Fi and router, and at `store.url` and `endpoint` in the config. It continues by itself"
        " when the network is back.",
    ),
    "fault-store-fails": Message(
        "存储服务器报告自己的错误；存储是文件夹时，是那块磁盘出错。请存储的管理员查看；自动重试。若只是个别文件，其余的"
        "照常上传。",
        "The server reports an error of its own; where the store is a folder its disk fails. Have whoever runs it look"
        " at it; it is tried again by itself. Where it is about single files all others are copied meanwhile.",
    ),
    "fault-store-not-there": Message(
        "存储的文件夹不在，或者里面没有这间教室的标记。插好并挂载那块磁盘（`findmnt`），会自动继续。确实换了新磁盘，就"
        "运行 `sudo -u classroom-edge classroom-edge check --store --mark`，本机还有的课会重新上传。",
        "The store's folder is missing, or carries no mark of this room. Plug in and mount its disk (`findmnt`); it"
        " continues by itself. If it is meant to be a new disk run"
        " `sudo -u classroom-edge classroom-edge check --store --mark`: the lessons on this box are copied again.",
    ),
    "fault-bucket": Message(
        "核对 `store.url` 里的桶名，和 `endpoint`、`region`；再用 `classroom-edge check --store` 试。",
        "Check the bucket in `store.url`, `endpoint` and `region`, and try with `classroom-edge check --store`.",
    ),
    "fault-store-unsupported": Message(
        "用 `classroom-edge check --store` 看它说什么。`endpoint` 指向的可能不是 S3 服务，或者中间有代理。",
        "See what `classroom-edge check --store` says. `endpoint` may lead to something that is no S3 server, or there"
        " is a proxy on the way.",
    ),
    "fault-certificate": Message(
        "核对 `endpoint` 里的主机名。校内自建的存储，把它的证书装进 `/usr/local/share/ca-certificates` 再运行"
        " `sudo update-ca-certificates`。",
        "Check the host's name in `endpoint`. The certificate of a store of your own goes into"
        " `/usr/local/share/ca-certificates`; then run `sudo update-ca-certificates`.",
    ),
    "fault-copies-behind": Message(
        "看 `status` 里上传那一行为什么停着，照那个原因处理。录像都还在本机；传完后自动恢复。",
        "See in the line about copying in `status` what holds it up, and what to do about that. All lessons are still"
        " on this box. It goes when they are copied.",
    ),
    "fault-index-behind": Message(
        "录像照常上传，只是网页上的课程列表旧了。日志写了原因（权限、网络、被拒绝的文件）；处理后自动恢复。列表坏了就"
        "删掉存储里的 `lessons/index.json`，再运行 `sudo systemctl restart classroom-controller`。",
        "Lessons are copied all the same; only the list on the page in the store is old. The log says why (rights,"
        " network, a file that is refused), and it continues by itself. If the list itself is wrong,"
        " delete `lessons/index.json` in the store and run `sudo systemctl restart classroom-controller`.",
    ),
    "fault-previews-incomplete": Message(
        "日志写了是哪一课、为什么。多半是磁盘满了，或者内存不够；课照样能看，只是没有预览图。等着会越等越久，重启"
        "控制进程就马上再试。",
        "The log names the lesson and the reason, most often a full disk or too little memory. The lesson can be"
        " watched all the same, without thumbnails. The waits grow; restarting the controller tries at once.",
    ),
    "fault-not-removable": Message(
        "日志写了是哪一课、为什么：文件夹属于别的用户，或者是一个链接。改回属主"
        "（`sudo chown -R classroom-edge: FOLDER`），或者亲手删掉。别的课照常腾出空间。",
        "The log names the lesson and the reason: its folder is another user's, or a link. Give it back"
        " (`sudo chown -R classroom-edge: FOLDER`) or remove it by hand. Other lessons make room meanwhile.",
    ),
    "fault-credentials": Message(
        "核对 `access_key`、`secret_key`、桶的名字和写入权限；存储是文件夹时，看用户 `classroom-edge` 能不能写。"
        "改好后运行 `sudo systemctl restart classroom-controller`。",
        "Check `access_key`, `secret_key`, the bucket's name and the right to write; where the store is a folder,"
        " whether the user `classroom-edge` may write there. Then run"
        " `sudo systemctl restart classroom-controller`.",
    ),
    "fault-clock": Message(
        "运行 `timedatectl`。没有同步，就看网络，或在 `/etc/systemd/timesyncd.conf` 里写上校内的时间服务器。对时"
        "后自动继续。",
        "Run `timedatectl`. If it is not synchronised look at the network, or name the school's time server in"
        " `/etc/systemd/timesyncd.conf`. It continues by itself when the time is right.",
    ),
    "fault-timetable-unreadable": Message(
        "`journalctl -u classroom-controller -e` 写了哪一行、哪一个事件不对；把文件拿来用"
        " `classroom-edge timetable --check FILE` 检查，改好后自动换用。",
        "`journalctl -u classroom-controller -e` names the line or the event. Check the file with"
        " `classroom-edge timetable --check FILE`; it is used as soon as it is right.",
    ),
    "fault-timetable-unreachable": Message(
        "看 `[timetable]` 的 url 或 file 对不对，网络通不通；日志写了原因。取到后自动恢复。",
        "See whether url or file in `[timetable]` is right, and whether the network is there; the log has the reason."
        " It goes when the timetable is reached.",
    ),
    "fault-timetable-holidays": Message(
        "每年 11 月前后国务院公布下一年的安排，新版本里就有：升级本软件。或在 `[timetable]` 的 days 里写上放假和"
        "补课的日期，写了那一年的任何一天就不再提醒。",
        "The next year's holidays are announced about November, and a new version knows them: upgrade. Or write the"
        " days off and the days that are made up for into days of `[timetable]`; one of that year is enough for the"
        " fault to go.",
    ),
    "fault-timetable-clock": Message(
        "运行 `timedatectl`。没有同步，就看网络，或在 `/etc/systemd/timesyncd.conf` 里写上校内的时间服务器。",
        "Run `timedatectl`. If it is not synchronised look at the network, or name the school's time server in"
        " `/etc/systemd/timesyncd.conf`.",
    ),
    "fault-full": Message(
        "请存储的管理员腾出空间或提高配额。录像先留在本机，之后自动继续。",
        "Ask whoever runs the store to make room or raise the quota. Lessons stay on this box, and copying"
        " continues by itself.",
    ),
    "fault-garbled": Message(
        "存进去的和读出来的不一样：检查存储的磁盘，或到存储的线路和代理。出错的文件会自动重传。",
        "What was read back is not what was sent: have the store's disk looked at, or the line and proxy on the"
        " way to it. The file is sent again by itself.",
    ),
    "fault-spool": Message(
        "用 `classroom-edge verify LESSON` 找出是哪个文件；看磁盘好不好，文件是不是属于用户 `classroom-edge`。修"
        "好后自动继续。",
        "Find the file with `classroom-edge verify LESSON`; look whether the disk is well and the file belongs to"
        " the user `classroom-edge`. It continues by itself then.",
    ),
    "fault-speech-unavailable": Message(
        "多半是 Python 包 onnxruntime 没装好：重新安装（`make install`）。不需要拖堂延长就写 `[day] overrun_min = 0`，"
        "混音只按音量就写 `[sound] detector = false`。",
        "As a rule the Python package onnxruntime is not installed properly: install again (`make install`). Where no"
        " lesson needs to be waited for, write `[day] overrun_min = 0`, and `[sound] detector = false` where the mix is"
        " to go by level alone.",
    ),
    "fault-director-failed": Message(
        "节目暂时停在刚才那一路，或者由人来切；每一路都照样录着，课后可以重剪。一直这样就写 "
        "`[director] enabled = false`，并把 `classroom-edge support` 的包发给帮忙的人。",
        "The programme stays with the camera that was on air, or persons cut; every camera is recorded all the same."
        " If it stays, write `[director] enabled = false`, and send what `classroom-edge support` packs to whoever"
        " helps.",
    ),
    "fault-director-hung": Message(
        "节目暂时停在刚才那一路，或者由人来切；每一路都照样录着。下一节课自己就好；一直这样就写 "
        "`[director] enabled = false`，并把 `classroom-edge support` 的包发给帮忙的人。",
        "The programme stays with the camera that was on air, or persons cut; every camera is recorded all the same."
        " The next lesson is well by itself. If it stays, write `[director] enabled = false`, and send what"
        " `classroom-edge support` packs to whoever helps.",
    ),
    "fault-nothing-captured": Message(
        "录制在进行，但没有一路真正的画面或声音：红灯灭，写进去的只有提示画面和静音。按 `classroom-edge status`"
        " 里每个设备的原因检查线和供电；设备一回来，同一节课就接着录，红灯重新亮起。",
        "The lesson runs, but no device gives true pictures or sound: the red lamp is dark, and slates and silence"
        " alone are written. Look at cables and power by the reason that `classroom-edge status` gives for each"
        " device; when one is back, the same lesson goes on with it and the red lamp is lit again.",
    ),
    # states of a device
    "device-opening": Message(
        "等一等。",
        "Wait a moment.",
    ),
    "device-stalled": Message(
        "设备开着，但不送数据；4 秒后会自动重新打开。看线、网络和供电。",
        "The device is open and sends nothing; after 4 s it is opened again. Look at cable, network and power.",
    ),
    "device-missing": Message(
        "设备不在，或者刚断开；会自动再试。看线和供电；用 `sudo classroom-edge devices` 核对它在配置里的名字。",
        "The device is not there, or went away; it is tried again by itself. Look at cable and power; compare its"
        " name in the config with `sudo classroom-edge devices`.",
    ),
    "device-lent": Message(
        "等校准结束；要上课就按上课按钮，设备会立刻还回来。",
        "Wait for the calibration to end; to teach, press the lesson button: the devices come back at once.",
    ),
    "device-unfit": Message(
        "设备在，但做不到配置要求的；每 30 秒再试一次。按原因一栏改配置，或换设备。",
        "The device is there and cannot do what the config asks for; it is tried again every 30 s. Change the"
        " config as the reason says, or the device.",
    ),
    # findings, by their code
    "finding-no-journal": Message(
        "文件夹里没有日志，可能不是一节课，或者日志被删了。画面和声音的文件还在的话，"
        "`sudo -u classroom-edge classroom-edge recover LESSON` 能救回一部分。",
        "The folder has no journal: it is no lesson, or the journal was deleted. If media files are there,"
        " `sudo -u classroom-edge classroom-edge recover LESSON` saves what it can.",
    ),
    "finding-journal-damaged": Message(
        "断电或重启时最多撕坏一行，那只是备注。更多就是问题：多半是存储卡坏了。运行"
        " `sudo -u classroom-edge classroom-edge recover LESSON`。",
        "A power cut or restart tears one line at most, which is a note. More than that is bad: as a rule the"
        " card is failing. Run `sudo -u classroom-edge classroom-edge recover LESSON`.",
    ),
    "finding-not-ended": Message(
        "录制中断后没有再接上。确认现在没有在录这节课，再运行 `sudo -u classroom-edge classroom-edge recover LESSON`。",
        "The recording was cut off and did not go on. Make sure that it is not being recorded now, then run"
        " `sudo -u classroom-edge classroom-edge recover LESSON`.",
    ),
    "finding-cut": Message(
        "录制不是老师结束的。原因是断电或重启时算问题：查供电；到了最长时间时是备注：提醒老师下课要按住按钮，或调"
        "大 `recording.longest_min`。",
        "The teacher did not end the lesson. By power or a restart it is bad: look at the power supply. By the"
        " longest time it is a note: remind the teacher to hold the button, or raise `recording.longest_min`.",
    ),
    "finding-no-track": Message(
        "没有一个设备在工作。用 `classroom-edge status` 看每个设备，接好后试录一节。",
        "No device worked. Look at each device with `classroom-edge status`, and record a lesson as a trial.",
    ),
    "finding-paused": Message(
        "备注，不用处理。",
        "A note; nothing to do.",
    ),
    "finding-lowered": Message(
        "备注：画质降低，内容不缺。和故障 `disk-low` 一样处理。",
        "A note: the quality is lower, nothing is missing. Do the same as for the fault `disk-low`.",
    ),
    "finding-resumed-after": Message(
        "备注：课接着录了，中断的一段另有一行。原因是断电就查供电；录制程序重启就看"
        " `journalctl -u classroom-recorder`。",
        "A note: the lesson went on; what is missing has a line of its own. After power was lost look at the"
        " power supply, after a restart of the recorder at `journalctl -u classroom-recorder`.",
    ),
    "finding-init-missing": _DAMAGED,
    "finding-init-damaged": _DAMAGED,
    "finding-segment-missing": _DAMAGED,
    "finding-segment-unknown": _STRANGE,
    "finding-segment-unfinished": _RECOVER,
    "finding-segment-broken": _DAMAGED,
    "finding-fragment-damaged": _DAMAGED,
    "finding-fragment-missing": _DAMAGED,
    "finding-fragment-unknown": _STRANGE,
    "finding-no-key-picture": Message(
        "从这一段开始播放会花屏，连着播放没有问题。网络摄像机请把关键帧间隔设为 2 秒以内；反复出现请告诉开发者。",
        "Playing from here begins with a broken picture; playing through is all right. Set a network camera's key"
        " picture interval to 2 s or less; if it happens again, tell the developers.",
    ),
    "finding-gap": _TIME,
    "finding-overlap": _TIME,
    "finding-length": Message(
        "这一路开始得晚或结束得早。看同一时间有没有设备中断；没有就运行"
        " `sudo -u classroom-edge classroom-edge recover LESSON`。",
        "The track begins late or ends early. Look for a device that failed at that time; if there is none, run"
        " `sudo -u classroom-edge classroom-edge recover LESSON`.",
    ),
    "finding-hole": Message(
        "这段时间是说明画面或静音，合计满一秒就算问题。设备中断：看线、供电和网络；处理不过来或磁盘慢：见"
        " `dropped` 和故障 `disk-slow`。已经缺的补不回来。",
        "This stretch is slate or silence; one second in all is bad. The device failed: look at cable, power and"
        " network. The box or the disk was too slow: see `dropped` and the fault `disk-slow`. What is missing"
        " cannot be had back.",
    ),
    "finding-dropped": _OVERLOAD,
    "finding-coarser": Message(
        "备注：画质降低，一帧不少。常常出现时和 `dropped` 一样处理。",
        "A note: the quality is lower, no picture is missing. If it happens often, do the same as for `dropped`.",
    ),
    "finding-halved": _OVERLOAD,
    "finding-playlist-missing": _PLAYLISTS,
    "finding-playlist-unreadable": _PLAYLISTS,
    "finding-playlist-open": _PLAYLISTS,
    "finding-playlist-differs": _PLAYLISTS,
    "finding-playlist-length": _PLAYLISTS,
    "finding-paper-missing": _PAPERS,
    "finding-paper-changed": _PAPERS,
    "finding-black": Message(
        "看镜头盖、教室的灯、采集卡的信号线，摄像机的曝光设置。屏幕黑着只是备注。",
        "Look at the lens cap, the room's light, the grabber's cable and the camera's exposure. For a screen it"
        " is a note.",
    ),
    "finding-frozen": Message(
        "把摄像机拔下再插上，或断电重启；反复出现就换线或换摄像机。",
        "Unplug the camera and plug it in again, or switch it off and on; if it happens again, replace the cable"
        " or the camera.",
    ),
    "finding-microphone-dead": Message(
        "看话筒的电池、静音开关、线和音量；配置里是不是选错了声卡（`sudo classroom-edge devices` 会显示声音大小）。",
        "Look at the microphone's battery, mute switch, cable and volume, and whether the config names the right"
        " card (`sudo classroom-edge devices` shows how loud it is).",
    ),
    "finding-few-pictures": Message(
        "摄像机送来的画面少于它标称的帧数。光线暗时许多摄像机把帧率减半，这只是备注：开灯，或在摄像机里关掉“低光"
        "自动降帧”。少得多就算问题：USB 摄像机换一个口或短一些的线，不要和别的摄像机共用集线器；网络摄像机看线路。",
        "The camera sends fewer pictures than it promises. In dim light many cameras halve their rate, which is a"
        " note: switch the lights on, or switch off low-light frame rate reduction in the camera. Far fewer are bad:"
        " give a USB camera another port, a shorter cable and no hub that it shares with another camera; look at a"
        " network camera's line.",
    ),
    "finding-damaged-pictures": Message(
        "画面送到这里时已经不完整（半张图或花屏）。USB 摄像机换线、换口，避免经过集线器；网络摄像机看线路，"
        "`rtsp_transport` 用 `tcp`。",
        "Pictures were incomplete when they came (half a picture, or smeared). Give a USB camera another cable or port"
        " and no hub; look at a network camera's line, and use `rtsp_transport` `tcp`.",
    ),
    "finding-channel-dead": Message(
        "双声道话筒或声卡只有一边有声音。看插头是否插到底、线是否断了一芯。声卡只接一个单声道话筒时，把配置里的"
        " `channels` 设为 1，这就只是备注。",
        "Only one side of a stereo microphone or sound card has sound. See that its plug is in all the way and no wire"
        " of the cable is broken. With a mono microphone on a stereo card set `channels` to 1, and this is a note.",
    ),
    "finding-sound-missing": Message(
        "话筒送来的声音比上课时间短，缺的地方是静音。看 USB 线和集线器；反复出现请把 `journalctl -u"
        " classroom-recorder` 的输出交给开发者。",
        "The microphone delivered less sound than the lesson lasted; silence stands in its place. Look at the USB cable"
        " and hub; if it happens again, send the developers the output of `journalctl -u classroom-recorder`.",
    ),
    "finding-wrong-rate": Message(
        "不用处理：已按实际采样率录制。想去掉这条备注，就在配置里把 `rate_hz` 改成声卡真正的采样率。",
        "Nothing has to be done: it is recorded at its true rate. To be rid of the note, set `rate_hz` in the config to"
        " the rate that the card really has.",
    ),
    "finding-odd-rate": Message(
        "话筒一直丢失或重复声音，多半是 USB 口太忙。换一个口，不要和摄像机共用集线器；还是这样就换声卡。",
        "The microphone loses or doubles sound all the time, as a rule because its USB port is too busy. Give it"
        " another port and no hub that it shares with a camera; if it stays, replace the card.",
    ),
    "finding-clipping": Message(
        "超过一成时间过载就算问题。调低话筒、功放或配置里的 `gain_db`，或离嘴远一点。",
        "Too loud in more than a tenth of the time is bad. Turn down the microphone, the amplifier or `gain_db`,"
        " or keep it farther from the mouth.",
    ),
    "finding-av-offset": Message(
        "延迟是固定的，就把它写进摄像机的 `latency_ms`（画面晚）或话筒的 `late_ms`（声音晚）；每节课都不一样，就把"
        " `journalctl -u classroom-recorder` 的输出交给开发者。",
        "If it is always the same, set the camera's `latency_ms` where the picture is late, the microphone's"
        " `late_ms` where the sound is; if it differs from lesson to lesson, send the developers the output of"
        " `journalctl -u classroom-recorder`.",
    ),
    "finding-unwatched": Message(
        "运行 `classroom-edge verify LESSON`，它会解码整节课再判断。对声音这算问题，对画面只是备注。",
        "Run `classroom-edge verify LESSON`, which decodes the whole lesson and then judges it. For sound this is"
        " bad, for pictures a note.",
    ),
    "finding-undecodable": Message(
        "文件没有变，但里面的画面或声音是坏的，多半是摄像机送来时就坏了。看网络摄像机的线路，`rtsp_transport` 用"
        " `tcp`。",
        "The file is as it was written, but pictures or sound in it are broken, as a rule as they came from the"
        " camera. Look at the network camera's line, and use `rtsp_transport` `tcp`.",
    ),
}
