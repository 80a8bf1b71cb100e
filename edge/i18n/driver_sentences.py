"""Chinese for what drivers say of their devices and options, by pattern; see foreign_sentences.py."""

from __future__ import annotations

SENTENCES = {
    # addresses
    "a % in a user's name or password is written {code}": "用户名或密码里的 % 要写成 {code}",
    "a % in the name of a file or folder is written {code}": "文件或文件夹名里的 % 要写成 {code}",
    "a host is an IP address or a name of letters, digits, dots and hyphens": (
        "主机是一个 IP 地址，或由字母、数字、点和连字符组成的名字"
    ),
    "a port is a number from 1 to {most}": "端口是 1 到 {most} 的数字",
    "a {sign} in a user's name or password is written {code}, an @ in a path or query {at}": (
        "用户名或密码里的 {sign} 要写成 {code}，路径里的 @ 要写成 {at}"
    ),
    "a {sign} is written {code} here": "这里的 {sign} 要写成 {code}",
    "an IP address is four numbers from 0 to 255, such as 192.168.1.64": "IP 地址是四个 0 到 255 的数，如 192.168.1.64",
    "an IPv6 address stands in square brackets, such as [fd00::1]:554": "IPv6 地址要放在方括号里，如 [fd00::1]:554",
    "an address begins with one of {schemes}": "地址以 {schemes} 之一开头",
    "an address begins with one of {schemes}; did you mean {meant}?": (
        "地址以 {schemes} 之一开头；您是不是想写 {meant}？"
    ),
    "an address has no spaces or line breaks in it; a space in a password is written %20": (
        "地址里不能有空格和换行；密码里的空格要写成 %20"
    ),
    "an address needs a host after ://": "地址的 :// 后面要写主机",
    "only the host itself is written here, such as 192.168.1.64, without :// and /": (
        "这里只写主机本身，如 192.168.1.64，不带 :// 和 /"
    ),
    "there is a full-width {sign} in it: write {plain}, in a password {code}": (
        "其中有全角的 {sign}：应为 {plain}；在密码里写成 {code}"
    ),
    "there is a {sign} in it: in a user's name or password it is written {code}": (
        "其中有 {sign}：在用户名或密码里要写成 {code}"
    ),
    "write the full path: ~ means nothing to a service": "请写完整的路径：~ 对后台服务没有意义",
    # options
    "a card's number may be another card's after the next start: run classroom-edge devices for a name that stays": (
        "声卡的编号下次开机可能变成另一块卡：请运行 classroom-edge devices，用它给出的固定名字"
    ),
    "a pin is given no name; allowed: 0 to 27 (BCM numbers), or the name of a line": (
        "有一个引脚没有写名字；可以是 0 到 27（BCM 编号），或线的名字"
    ),
    "address must be from 1 to {most}": "address 应为 1 到 {most}",
    "an iClicker base has no bridge": "iClicker 基站没有转接桥",
    "after_ms is at most a day: {found}": "after_ms 最多一天，现为 {found}",
    "baud must not be negative": "baud 不能小于 0",
    "buffers must be 1 or more": "buffers 至少为 1",
    "card_input must be from 0 to 31": "card_input 应为 0 到 31",
    "channel must be two letters from A to D, such as AA, not {found}": (
        "channel 应为 A 到 D 的两个字母，如 AA；现为 {found}"
    ),
    "debounce_ms is {found}; allowed: 0 to 500": "debounce_ms 现为 {found}，应为 0 到 500",
    "device is {hid}, {named}:SERIAL or a full path such as /dev/serial/by-id/…, not {found}": (
        "device 应为 {hid}、{named}:序列号 或完整路径如 /dev/serial/by-id/…；现为 {found}"
    ),
    "device must be {hid} or {named}:SERIAL, not {found}": "device 应为 {hid} 或 {named}:序列号；现为 {found}",
    "capture_gain_db is a card's: say which by card, serial or usb_port": (
        "capture_gain_db 是声卡的增益：要用 card、serial 或 usb_port 写明是哪一块声卡"
    ),
    "this card has no capture volume in dB: turn its own knob, or use gain_db": (
        "这块声卡没有以 dB 表示的录音音量：请转它自己的旋钮，或用 gain_db"
    ),
    "this user may not open {node}: add it to the group audio": "当前用户不能打开 {node}：请把它加入 audio 组",
    "there is no output for sound": "没有可以放声音的输出",
    "the sound is not played: {reason}": "声音放不出来：{reason}",
    "the sound card has gone": "声卡不在了",
    "the sound card's mixer refuses: {reason}": "声卡的混音器拒绝了：{reason}",
    "this card has no {name}": "这块声卡没有 {name}",
    "device stands alone: leave it out where card, serial or usb_port say which card it is": (
        "device 只能单独写：已经用 card、serial 或 usb_port 指明时请去掉它"
    ),
    "device, serial or usb_port must say which camera it is: run classroom-edge devices": (
        "要用 device、serial 或 usb_port 写明是哪一个摄像机：请运行 classroom-edge devices"
    ),
    "exposure_ms must be above 0 and at most 100": "exposure_ms 要大于 0，最大 100",
    "exposure_ms must be from 0 to 1000": "exposure_ms 应为 0 到 1000",
    "focus makes no sense with autofocus = true": "autofocus = true 时不能再写 focus",
    "hold_s must be 0.3 or more, and arrive_s more than 0": "hold_s 至少为 0.3，arrive_s 要大于 0",
    "hold_s must be 0.3 or more, baud and arrive_s more than 0": "hold_s 至少为 0.3，baud 和 arrive_s 要大于 0",
    "hold_s must be 0.3 or more, travel_s and arrive_s more than 0, delay_ms not negative": (
        "hold_s 至少为 0.3，travel_s 和 arrive_s 要大于 0，delay_ms 不能小于 0"
    ),
    "ip_port must be from 0 to 65535": "ip_port 应为 0 到 65535",
    "keypads must be from 1 to {most}": "keypads 应为 1 到 {most}",
    "lamp {name} needs {pins}": "灯 {name} 要有{pins}",
    "green and amber pins": " green 和 amber 两个引脚",
    "one pin": "一个引脚",
    "latency_ms must be above 0 and at most 1000": "latency_ms 要大于 0，最大 1000",
    "level_dbfs and noise_dbfs must not be above 0": "level_dbfs 和 noise_dbfs 不能大于 0",
    "open_timeout_s must be above 0 and at most 8": "open_timeout_s 要大于 0，最大 8",
    "pin {pin} is given to {uses} things": "引脚 {pin} 用在了 {uses} 处",
    "pin {pin} is not on the header; allowed: 0 to 27 (BCM numbers), or the name of a line": (
        "排针上没有引脚 {pin}；可以是 0 到 27（BCM 编号），或线的名字"
    ),
    "ppm must be within 100000 of 0": "ppm 应在 -100000 到 100000 之间",
    "quality must be from 1 to 100": "quality 应为 1 到 100",
    "serial_port must not be empty": "serial_port 不能为空",
    "stamp_late_ms must be at most 500": "stamp_late_ms 最大 500",
    "students must be from 0 to {most}": "students 应为 0 到 {most}",
    'there is no button "{name}"; allowed: {names}': "没有按钮“{name}”，可以是 {names}",
    'there is no lamp "{name}"; allowed: {names}': "没有灯“{name}”，可以是 {names}",
    "timeouts must be more than 0 s": "等待的秒数要大于 0",
    "wand_rt60_s must be from 0.05 to 10": "wand_rt60_s 应为 0.05 到 10",
    "white_balance_k must be 0, or from 1000 to 15000": "white_balance_k 应为 0，或 1000 到 15000",
    "{device} may be another camera after the next start: run classroom-edge devices for a name that stays": (
        "{device} 下次开机可能变成另一个摄像机：请运行 classroom-edge devices，用它给出的固定名字"
    ),
    "{device} may be another device tomorrow; give a name that stays: one that "
    "'ls -l /dev/serial/by-id /dev/serial/by-path' shows, or {hid}": (
        "{device} 以后可能变成另一个设备；请用固定的名字：“ls -l /dev/serial/by-id /dev/serial/by-path”列出的，或 {hid}"
    ),
    "{file} is no script: {error}": "{file} 不是答题脚本：{error}",
    "{name} must be from 0 to 1": "{name} 应为 0 到 1",
    "{name} must not be negative": "{name} 不能小于 0",
    # any device
    "it is lent to the calibration": "借给校准程序了",
    "the driver does not answer": "驱动程序没有反应",
    "the driver hangs; opening it again": "驱动程序卡住了，正在重新打开",
    "its driver failed: {error}": "驱动程序出错：{error}",
    "the fault file says {word}; it may say {known}": "故障文件写的是 {word}，可以是 {known}",
    "the log {file} cannot be written: {error}": "日志 {file} 写不进去：{error}",
    "the {kind} is not there: there is none {wanted}; there are: {present}": (
        "没有找到设备（{kind}）：要的是 {wanted}，现有的是 {present}"
    ),
    "which {kind} is meant? {count} are {wanted}; name this one by its place: {where}": (
        "分不清是哪一个设备（{kind}）：有 {count} 个符合 {wanted}；请按位置写明：{where}"
    ),
    "camera": "摄像机",
    "sound card": "声卡",
    "none": "无",
    # cameras
    "another program holds {path}: end it, or name another camera": "{path} 正被别的程序占用：请结束它，或换一个摄像机",
    "it opens, but sends no picture: unplug it and plug it in again": "能打开，但没有画面：请拔下再插上",
    "no picture for {seconds} s": "{seconds} 秒没有画面",
    "no signal": "没有信号",
    "the USB bus is too narrow for all its cameras: plug one in elsewhere, or ask for less": (
        "USB 总线的带宽不够所有摄像机用：请把一个插到别的口上，或降低画面大小"
    ),
    "the camera broke off: {error}": "摄像机断开了：{error}",
    "the camera is closed": "摄像机已关闭",
    "the camera was closed": "摄像机已关闭",
    "the camera was unplugged": "摄像机被拔下了",
    "the camera's process did not start": "摄像机的进程没有启动",
    "the camera's process does not answer": "摄像机的进程没有应答",
    "the camera's process has ended": "摄像机的进程结束了",
    "the simulated camera is unplugged": "模拟摄像机没有插上",
    "the simulated camera was unplugged": "模拟摄像机被拔下了",
    "the size must be even and at least {least} pixels wide": "画面大小应为偶数，宽至少 {least} 像素",
    "the stream broke off: {error}": "视频流断开了：{error}",
    "no key picture within {seconds} s: let the camera send one every second or two": (
        "{seconds} 秒内没有收到关键帧：请把摄像机的关键帧间隔（I 帧间隔）设成 1 到 2 秒"
    ),
    "the stream cannot be read on: {error}": "视频流读不下去了：{error}",
    "the stream has fallen silent": "视频流没有数据了",
    "{address} cannot be opened: {error}": "打不开 {address}：{error}",
    "{address} has no picture in it that can be read": "{address} 里没有能读的画面",
    "{address} is no video that can be read": "{address} 不是能读的视频",
    "{address} names a protocol that is not known here": "{address} 用了本机不支持的协议",
    "{address} refuses the user name or password": "{address} 不接受这个用户名或密码",
    "{address}: the source ended": "{address}：放完了或对方停止了",
    "{path} does not start: {error}; unplug it, plug it in": "{path} 启动不了：{error}；请拔下再插上",
    "{path} has gone while it was opened": "{path} 在打开时不见了",
    "{path} is there, but gives no pictures": "{path} 在，但不提供画面",
    "{path} is there, but has no signal: is the cable in, and what is at its other end switched on?": (
        "{path} 在，但没有信号：线插好了吗？另一头的设备开了吗？"
    ),
    "{path} is there, but offers no pictures now": "{path} 在，但现在不提供画面",
    "{node} has just been plugged in and may not be opened yet": "{node} 刚插上，系统还没准备好，请稍等",
    "{path} may not be opened: add this user to {group}": "没有权限打开 {path}：请把运行用户加入 {group}",
    "{path} sends pictures as {formats}; wanted is one of: {accepted}": (
        "{path} 的画面格式是 {formats}，能用的是 {accepted}"
    ),
    # microphones
    "no device is named in the config; there are: {names}": "配置里没有写哪个设备，现有的是 {names}",
    "no microphone is called {name}; there are: {names}": "没有叫 {name} 的话筒，现有的是 {names}",
    "no sound for {seconds} s": "{seconds} 秒没有声音",
    "no sound from {name} for {seconds} s": "{name} 有 {seconds} 秒没有声音",
    "the microphone is closed": "话筒已关闭",
    "the microphone was closed": "话筒已关闭",
    "the simulated microphone is unplugged": "模拟话筒没有插上",
    "the simulated microphone was unplugged": "模拟话筒被拔下了",
    "the sound library {name} is not installed: {error}": "没有安装声音库 {name}：{error}",
    "the sound system did not answer within {seconds} s": "声音系统 {seconds} 秒没有应答",
    "{device} stopped: unplugged, or the sound system ended": "{device} 停了：被拔掉了，或者声音系统退出了",
    "{device} is gone (a restart of the recorder takes another one); there are: {names}": (
        "{device} 不在了（重启录制进程就会用别的）；现有的是：{names}"
    ),
    "the sound card's process has ended": "声卡的进程退出了",
    "the sound card's process sent {error}": "声卡的进程发来了看不懂的内容：{error}",
    "its source {source} is gone, and the sound server gave the sound of {other} instead": (
        "它的声音源 {source} 不在了，声音服务改送了 {other} 的声音"
    ),
    "the sound server gives {other} instead of {source}": "声音服务送来的是 {other}，不是 {source}",
    "{name} accepts no usual sample rate with {channels} or fewer channels": (
        "{name} 在 {channels} 个声道以内没有常用的采样率可用"
    ),
    "{name} does not open: {error}": "{name} 打不开：{error}",
    "{name} has no input {number} that is free: does another program hold it?": (
        "{name} 没有空闲的输入 {number}：是不是被别的程序占用了？"
    ),
    "{name} is the name of several: {names}": "叫 {name} 的不止一个：{names}",
    "{node} is not there": "没有 {node}",
    "{node} may not be opened: add this user to the group audio": "没有权限打开 {node}：请把运行用户加入 audio 组",
    # the panel
    "a lamp of {colours} cannot say {pattern}": "只有 {colours} 的灯显示不了 {pattern}",
    "a pin cannot be used: {error}; does another program hold it?": (
        "有一个引脚用不了：{error}；是不是被别的程序占用了？"
    ),
    "it is not open": "还没有打开",
    "a flash lasts up to {most} ms": "一次闪光最长 {most} 毫秒",
    "the file {file} cannot be written: {error}": "文件 {file} 写不进去：{error}",
    "its pins no longer answer: {error}": "引脚没有反应了：{error}",
    "lgpio is not installed ({error}): pip install 'lgpio>=0.2.2.0'": (
        "没有安装 lgpio（{error}）：pip install 'lgpio>=0.2.2.0'"
    ),
    "lgpio needs a folder it may write, {folder} is none: {error}": "lgpio 要一个可写的文件夹，{folder} 不行：{error}",
    "no GPIO pins here ({error}): has this board any, and is its user in the group gpio?": (
        "这里没有 GPIO 引脚（{error}）：主板有引脚吗？运行用户在 gpio 组里吗？"
    ),
    "the socket {path} cannot be made: {error}": "套接字 {path} 建不了：{error}",
    # serial lines
    "{device} cannot be opened: is it plugged in, and free?": "{device} 打不开：插上了吗？有没有被别的程序占用？",
    "{device} cannot do {baud} baud": "{device} 不支持波特率 {baud}",
    "{device} may not be opened: is this user in the group dialout?": (
        "没有权限打开 {device}：运行用户在 dialout 组里吗？"
    ),
    "{path} is gone: was it unplugged?": "{path} 不见了：是不是被拔下了？",
    "{path} is open at {baud} baud, not {wanted}: say the same for all its heads": (
        "{path} 已用波特率 {baud} 打开，不是 {wanted}：同一条线上的云台要写一样的"
    ),
    "{path} takes no more: was it unplugged?": "{path} 写不进去：是不是被拔下了？",
    "the line is closed": "线路已关闭",
    # clicker bases
    "a base of type {model} cannot ask for {kind}; it can ask for {known}": (
        "{model} 基站不能出 {kind} 题，可以出 {known}"
    ),
    "a base of type {model} has from 1 to {most} letters, not {found}": (
        "{model} 基站的选项是 1 到 {most} 个，不是 {found} 个"
    ),
    "a clicker's number has digits only, not {found}": "反馈器的编号只能是数字，不能是 {found}",
    "a clicker's number is from 1 to {most}, not {found}": "反馈器的编号是 1 到 {most}，不能是 {found}",
    "clickers of type {model} have a number from the factory, which cannot be set": (
        "{model} 反馈器的编号是出厂时定的，不能更改"
    ),
    "no HID device {name} is plugged in": "没有插上 HID 设备 {name}",
    "several HID devices {name}: say which with hid:SERIAL, of {candidates}": (
        "有好几个 HID 设备 {name}：请用 hid:序列号 写明是哪一个：{candidates}"
    ),
    "the base is gone ({error})": "基站不见了（{error}）",
    "the base's USB bridge does not answer: {error}": "基站的 USB 转接桥没有应答：{error}",
    "the clicker base is not connected": "没有连上反馈器基站",
    "the port is there, and no base of this type answers on it": "端口在，但没有这种基站应答",
    "the receiver is closed": "基站已关闭",
    "the receiver is not connected": "没有连上基站",
    "the receiver was closed": "基站已关闭",
    "the simulated base cannot run: {error}": "模拟基站运行不了：{error}",
    "the simulated base is unplugged": "模拟基站没有插上",
    "{node} cannot be opened: {error}": "{node} 打不开：{error}",
    "{node} may not be opened: are udev's 60-classroom-edge.rules installed?": (
        "没有权限打开 {node}：udev 规则 60-classroom-edge.rules 装好了吗？"
    ),
    # PTZ heads
    "another order came first": "被后来的命令取代",
    "nobody answers: is the head on, and set to VISCA over IP?": "没有应答：云台开了吗？设成 VISCA over IP 了吗？",
    "the chain at {path} has {count} head(s), and address {address} is asked for": (
        "{path} 的链上有 {count} 个云台，而配置要的地址是 {address}"
    ),
    "the connection to {name} broke off": "和 {name} 的连接断了",
    "the head cannot do this now: is it switched on, and its menu closed?": "云台现在做不了：它开着吗？菜单关了吗？",
    "the head counts otherwise: does another controller talk to it?": "云台的计数不一致：是不是还有别的控制器？",
    "the head did not say within {seconds} s that it arrived": "云台在 {seconds} 秒内没有报告转到位",
    "the head does not answer at once": "云台没有马上应答",
    "the head does not answer: is it on, and is this its address?": "云台没有应答：它开着吗？地址对吗？",
    "the head does not know this command": "云台不认识这个命令",
    "the head is busy with what others tell it": "云台正忙于别处的命令",
    "the head is closed": "云台已关闭",
    "the head is not open": "云台没有打开",
    "the head is not there yet": "还没有连上云台",
    "the head was closed": "云台已关闭",
    "the head moves: store its position when it stands still": "云台正在转动：停下以后再存位置",
    "the simulated head is unplugged": "模拟云台没有插上",
    "{name} does not answer: no connection in time": "{name} 没有应答：连接超时",
    "{name} does not answer: {error}": "{name} 没有应答：{error}",
    "{name} does not take VISCA: {error}": "{name} 不接受 VISCA：{error}",
    "{name} is not reached: {error}": "连不上 {name}：{error}",
}
