"""What to do about the findings on clickers, heads, board, timetable, network, storage and the trial recording."""

from __future__ import annotations

from edge.i18n import Message

_STORE_FULL = Message(
    "存储满了：请腾出空间或提高配额。（{reason}）", "The store is full: make room, or raise the quota. ({reason})"
)

MESSAGES = {
    "controller-away": Message(
        "控制进程没有应答：systemctl status classroom-controller。（{reason}）",
        "The controller does not answer: systemctl status classroom-controller. ({reason})",
    ),
    "restart-controller": Message(
        "正在运行的控制进程不认识它，配置是后来改的：请重启 classroom-controller。",
        "The running controller does not know it, for the config was changed since: restart classroom-controller.",
    ),
    "no-devices": Message("配置里没有摄像机和麦克风。", "The config has neither cameras nor microphones."),
    # clickers
    "clicker-base-away": Message(
        "请插好反馈器基站，看它的灯和 USB 线。（{reason}）",
        "Plug the clicker base in; look at its lamp and its USB cable. ({reason})",
    ),
    "clickers-no-list": Message(
        "先导入班级名单：classroom-edge roster import 文件。",
        "Import a class list first: classroom-edge roster import FILE.",
    ),
    "clickers-none-bound": Message(
        "先给学生绑定反馈器：classroom-edge roster bind。",
        "Bind clickers to students first: classroom-edge roster bind.",
    ),
    "clickers-refused": Message(
        "现在听不了反馈器（{reason}）：如果有一题没有收，先收题，再来一次。",
        "The clickers cannot be listened to now ({reason}): close the open poll, if there is one, and try again.",
    ),
    "clickers-silent": Message(
        "这些座位一次也没听到：{seats}。看它们的电池、频道和绑定；还不行，把基站移到教室中间、离开铁柜和 Wi-Fi。",
        "Not heard at all: {seats}. Look at batteries, channel and binding; then move the base to the middle"
        " of the room,"
        " away from steel cupboards and Wi-Fi.",
    ),
    "clickers-loss": Message(
        "丢得最多的座位：{seats}。把基站放高，用 USB 延长线离开主机和 Wi-Fi；同一频道上有别的教室就换频道。",
        "Most is lost at: {seats}. Put the base higher, on a USB extension away from this box and Wi-Fi;"
        " change the channel"
        " where another room uses it.",
    ),
    "clickers-seat-loss": Message(
        "换一个反馈器在这个座位再按：还丢就是位置，不丢就是电池或反馈器。",
        "Press another clicker at this seat: if it is lost too it is the place, if not the battery or the clicker.",
    ),
    "clickers-unbound": Message("给他们绑定：classroom-edge roster bind。", "Bind them: classroom-edge roster bind."),
    "clickers-strangers": Message(
        "是隔壁教室的（换频道），或者还没有绑定（classroom-edge roster bind）。",
        "They are another room's (change the channel), or not bound yet (classroom-edge roster bind).",
    ),
    # heads
    "head-away": Message(
        "云台没有应答：看它的电源、控制线和地址。（{reason}）",
        "The head does not answer: look at its power, its control line and its address. ({reason})",
    ),
    "head-slow": Message(
        "转得慢：看预置位速度的设置，云台有没有被线缆拉住。",
        "It is slow: look at its preset speed, and whether a cable holds it back.",
    ),
    "head-no-presets": Message(
        "没有预置位，上课时云台不会动：再做一次这一步，存一个。",
        "Without presets the head never moves in a lesson: do this step again and store one.",
    ),
    "preset-not-reached": Message(
        "没有转到：在这个编号上重新存一次位置。（{reason}）",
        "It did not get there: store a position under this number again. ({reason})",
    ),
    "preset-not-stored": Message("没有存上，再试一次。（{reason}）", "It was not stored; try again. ({reason})"),
    "preset-no-picture": Message(
        "这个角色没有摄像机画面：先做摄像机的步骤。",
        "No picture of this role's camera: do the steps about cameras first.",
    ),
    # board
    "board-emergency": Message(
        "班牌上有一条紧急通知，不能盖住它：撤下以后再来（classroom-edge board emergency --clear）。",
        "There is an emergency text on the board, which no test may cover: come again when it is cleared"
        " (classroom-edge board emergency --clear).",
    ),
    "board-refused": Message("班牌没有接受文字。（{reason}）", "The board did not take the text. ({reason})"),
    "board-shows-nothing": Message(
        "看屏幕的电源和网络；它的浏览器应打开本机的 /board。",
        "Look at the screen's power and network; its browser should show /board of this box.",
    ),
    "board-shows-other": Message(
        "屏幕显示的不是这间教室，或者卡住了：看它打开的地址，重启它的浏览器。",
        "The screen shows another room, or stands still: look at the address it opens, and restart its browser.",
    ),
    # timetable and clock
    "timetable-none": Message(
        "没有课表：录像没有课名，也不会提醒。要用就导入：classroom-edge timetable --import 文件。",
        "No timetable: lessons have no names and nobody is reminded. To use one: classroom-edge timetable"
        " --import FILE.",
    ),
    "timetable-restart": Message(
        "配置里有课表，控制进程却没有：请重启 classroom-controller。",
        "The config has a timetable and the controller has none: restart classroom-controller.",
    ),
    "timetable-stale": Message(
        "用的是上次读到的课表：看课表的地址和网络。",
        "This is the last version that could be read: look at the timetable's address and the network.",
    ),
    "timetable-empty": Message(
        "今天不是假日，课表里却没有课：看学期的起止日期和班级。",
        "It is no holiday and the timetable has no lesson: look at the dates of the term and the class.",
    ),
    "timetable-wrong": Message(
        "看课表文件：classroom-edge timetable --check 文件。",
        "Look at the file: classroom-edge timetable --check FILE.",
    ),
    "timetable-unreadable": Message(
        "课表读不懂：classroom-edge timetable --check 文件 会说是哪一行。",
        "The timetable cannot be read: classroom-edge timetable --check FILE tells the line.",
    ),
    "timetable-unreachable": Message(
        "连不上课表的地址：看网络和 [timetable] url。",
        "Its address is not reached: look at the network and [timetable] url.",
    ),
    "timetable-holidays": Message(
        "不知道今年的公休日：请升级，或在 [timetable] days 里写。",
        "This year's public holidays are not known: upgrade, or write them into [timetable] days.",
    ),
    "timetable-clock": Message(
        "本机不知道时间，课表没有用上：看时间服务器。",
        "The box does not know the time, so the plan is not used: look at the time server.",
    ),
    "clock-unknown": Message(
        "本机不知道今天是哪天：让它连上时间服务器。", "The box does not know the day: let it reach a time server."
    ),
    "clock-unsynchronised": Message(
        "没有对时：在 /etc/systemd/timesyncd.conf 的 NTP= 写学校的时间服务器，再 timedatectl set-ntp true。",
        "The clock is not synchronised: name the school's time server in /etc/systemd/timesyncd.conf (NTP=), then"
        " timedatectl set-ntp true.",
    ),
    "clock-trusted": Message(
        "配置说时钟不用对时（trust_clock）：请确认它有电池，并且准。",
        "The config trusts the clock without a time service (trust_clock): see that it has a battery and is right.",
    ),
    "clock-off": Message(
        "和服务器差得多：看时间服务是不是在运行（timedatectl）。",
        "It is far from the server: see whether the time service runs (timedatectl).",
    ),
    "clock-wrong": Message(
        "看时间服务器和时区（[timetable] time_zone）。",
        "Look at the time server and the time zone ([timetable] time_zone).",
    ),
    "time-server-none": Message(
        "找不到时间服务（systemd-timesyncd 或 chrony）用的服务器。",
        "No server of a time service (systemd-timesyncd or chrony) was found.",
    ),
    "time-server-silent": Message(
        "{server} 没有应答：看防火墙有没有放行 UDP 123。",
        "{server} does not answer: does the firewall let UDP 123 through?",
    ),
    # network
    "network-none": Message("没有网关：看网线和 DHCP。", "There is no gateway: look at the cable and at DHCP."),
    "network-no-address": Message("网口没有地址：看 DHCP。", "The interface has no address: look at DHCP."),
    "network-slow-link": Message(
        "网线只协商到低速：换一根网线，或换交换机的口。",
        "The cable runs at a low speed: take another cable or port of the switch.",
    ),
    "network-half-duplex": Message(
        "半双工：交换机那一口设成自动协商。", "Half duplex: set this port of the switch to negotiate."
    ),
    "name-not-found": Message(
        "查不到 {host}：看 DNS 服务器（/etc/resolv.conf）和配置里的名字。",
        "{host} is not found: look at the DNS server (/etc/resolv.conf) and the name in the config.",
    ),
    "name-slow": Message("DNS 很慢：换一个近的 DNS 服务器。", "DNS is slow: use a server nearby."),
    "store-none": Message(
        "没有配置存储，录像只在本机：在 [store] 填 url。",
        "There is no store, and lessons are on this box alone: fill in url under [store].",
    ),
    "store-unreachable": Message(
        "连不上存储：看网络、代理和地址。（{reason}）",
        "The store is not reached: look at network, proxy and address. ({reason})",
    ),
    "store-store-fails": Message(
        "存储自己出错：请看服务器。（{reason}）", "The store itself fails: look at the server. ({reason})"
    ),
    "store-store-not-there": Message(
        "存储的磁盘不在：插上或挂载它。（{reason}）",
        "The store's disk is not there: plug it in or mount it. ({reason})",
    ),
    "store-credentials": Message(
        "存储拒绝访问：看 access_key、secret_key 和它的权限。（{reason}）",
        "The store refuses us: look at access_key, secret_key and the key's rights. ({reason})",
    ),
    "store-bucket": Message(
        "没有这个桶：看桶名、region 和 endpoint。（{reason}）",
        "No such bucket: look at bucket, region and endpoint. ({reason})",
    ),
    "store-store-unsupported": Message(
        "这不像能用的存储：看 url 和 endpoint。（{reason}）",
        "This is no store that can be used: look at url and endpoint. ({reason})",
    ),
    "store-certificate": Message(
        "证书不受信任：请装上学校的根证书。（{reason}）",
        "Its certificate is not trusted: install the school's root certificate. ({reason})",
    ),
    "store-clock": Message(
        "本机时间不对，存储拒绝了：先对时。（{reason}）",
        "This box's clock is wrong, so the store refuses: set it first. ({reason})",
    ),
    "store-full": _STORE_FULL,
    "store-garbled": Message(
        "读回来和传上去的不一样：看线路和存储的磁盘。（{reason}）",
        "What comes back differs: look at the line and the store's disk. ({reason})",
    ),
    "store-unmarked": Message(
        "还没有标记，第一次上传会做；现在就做：classroom-edge check --store --mark。",
        "Not marked yet; the first upload does it, or now: classroom-edge check --store --mark.",
    ),
    "store-reads-back": Message(
        "每个文件要读回来核对，上传的流量加倍。能换就换一个核对 SHA-256 的存储。",
        "Every file is read back, which doubles the traffic. Use a store that checks SHA-256 where you can.",
    ),
    "store-same-disk": Message(
        "存储和录像在同一个磁盘上：磁盘坏了两份都没了，本机也不会腾出空间。",
        "The store lies on the lessons' own disk: both copies would be lost with it, and no room is made.",
    ),
    "store-slow": Message(
        "录课要 {needed_mbps} Mbit/s，上传跟不上：提高带宽，或在 [cameras.…] 降低 bitrate_kbps。",
        "A lesson makes {needed_mbps} Mbit/s and the upload is too slow for it: get a faster line, or lower"
        " bitrate_kbps"
        " under [cameras.…].",
    ),
    "store-keeps": Message(
        "试传的文件删不掉（calibration/ 下）：密钥没有删除的权限，要删的课也会留在存储里。",
        "The trial's file (under calibration/) could not be deleted: the key may not delete, so erased"
        " lessons would stay.",
    ),
    "broker-away": Message(
        "连不上 MQTT：看地址、用户名和密码（[board] mqtt_…）。（{reason}）",
        "The broker is not reached: look at address, user and password ([board] mqtt_…). ({reason})",
    ),
    "lrs-away": Message(
        "连不上 LRS：看网络和 [lrs] url。（{reason}）",
        "The LRS is not reached: look at the network and [lrs] url. ({reason})",
    ),
    "lrs-refuses": Message(
        "LRS 拒绝访问（{status}）：看 [lrs] user、password 和它的写入权限。",
        "The LRS refuses us ({status}): look at user and password under [lrs], and whether they may write.",
    ),
    "lrs-fails": Message(
        "LRS 自己出错（{status}）：请看服务器。", "The LRS itself fails ({status}): look at the server."
    ),
    "lrs-is-none": Message(
        "这个地址没有 LRS 应答（{status}）：看 [lrs] url，网络是否要先登录。",
        "No LRS answers there ({status}): look at [lrs] url, and whether the network wants a login.",
    ),
    # storage
    "spool-away": Message(
        "录像的文件夹 {folder} 不在：看它的磁盘有没有挂载。（{reason}）",
        "The folder of the lessons, {folder}, is not there: is its disk mounted? ({reason})",
    ),
    "disk-refuses": Message("磁盘写不进去。（{reason}）", "The disk does not take what is written. ({reason})"),
    "disk-read-only": Message(
        "磁盘变成了只读，多半坏了：看 dmesg，备份并更换。",
        "The disk has become read-only and is likely broken: see dmesg, save it, replace it.",
    ),
    "disk-slow": Message(
        "磁盘太慢（每秒要落盘 {files} 个文件）：换 A2 级的卡或 SSD，别用来路不明的卡。",
        "The disk is too slow ({files} files are synced each second): use an SSD or a card of class A2, no"
        " nameless one.",
    ),
    "disk-full": Message(
        "空间不够：删掉已上传的课（classroom-edge lessons），或减少 keep_days。",
        "There is too little room: delete lessons that are stored (classroom-edge lessons), or lower keep_days.",
    ),
    "disk-worn": Message(
        "存储芯片快用完了：请在坏之前更换。", "The chip is nearly worn out: replace it before it fails."
    ),
    "disk-sd": Message(
        "SD 卡坏之前不会说：每学年换一张，或用 eMMC、SSD。",
        "An SD card does not say when it will fail: replace it each school year, or use eMMC or an SSD.",
    ),
    "disk-errors": Message(
        "文件系统有错误：开机时检查（fsck），再出现就更换磁盘。",
        "The file system has had errors: check it at the next start (fsck), and replace the disk if they return.",
    ),
    # trial
    "trial-device-away": Message(
        "它没有画面或声音：先做它自己的步骤。（{reason}）", "It delivers nothing: do its own step first. ({reason})"
    ),
    "trial-bad": Message(
        "试录有问题（{findings}）：先做这些设备的步骤，再试录一次。",
        "The trial is not a good recording ({findings}): do the steps of these devices first, then this one again.",
    ),
    "trial-too-slow": Message(
        "本机跟不上：在 [cameras.…] 降低分辨率或 fps，用会输出 H.264 的摄像机，或换快一点的主机。",
        "The box does not keep up: lower size or fps under [cameras.…], use cameras that deliver H.264, or a"
        " faster box.",
    ),
    "cpu-others": Message(
        "处理器多半是别的程序在用：用 top 看是哪个，把它关掉或移走。",
        "Other programs use most of the processors: see which with top, and stop them or move them elsewhere.",
    ),
    "box-hot": Message(
        "主机太热：装散热片或风扇，别放进关着的柜子。",
        "The box is too hot: give it a heat sink or a fan, and no closed cupboard.",
    ),
    "box-throttled": Message(
        "主机因为热或电压降了频：看散热和电源。",
        "The box is slowed down by heat or voltage: look at cooling and power supply.",
    ),
    "box-under-voltage": Message(
        "电压不足，会丢 USB 设备、坏卡：换原装电源，摄像机接有源 USB 集线器。",
        "The voltage is too low, which costs USB devices and cards: use the maker's power supply, and a"
        " powered hub for cameras.",
    ),
    "box-clock-capped": Message(
        "主频被限制，多半是电源：换原装电源。",
        "The clock is capped, likely for want of power: use the maker's power supply.",
    ),
}
