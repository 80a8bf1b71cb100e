"""Messages about problems of the config: what was found, and what is allowed."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    # the report
    "title": Message("配置有 {count} 处问题（{file}）：", "{count} problem(s) in the config ({file}):"),
    "line": Message("{path}：现为{found}；应为：{allowed}。", "{path}: found {found}; allowed: {allowed}."),
    "at-line": Message("第 {line} 行，{rest}", "line {line}, {rest}"),
    "did-you-mean": Message("您是不是想写“{hint}”？", "Did you mean “{hint}”?"),
    "error": Message("错误", "error"),
    "warning": Message("提醒", "warning"),
    # files
    "no-file": Message("不存在的文件", "no such file"),
    "a-folder": Message("文件夹", "a folder"),
    "unreadable-for": Message(
        "服务的用户 {user} 没有权限读取的文件", "a file that the services' user {user} may not read"
    ),
    "readable-for": Message(
        "{user} 能读的文件（属于 {user} 组、权限 640，所在的文件夹 755）",
        "a file that {user} may read (of the group {user}, mode 640, in a folder of mode 755)",
    ),
    "no-permission": Message("没有权限读取的文件", "a file that may not be read by this user"),
    "no-reading": Message("读不出来的文件（{reason}）", "a file that cannot be read ({reason})"),
    "not-utf8": Message(
        "编码不是 UTF-8 的文件（第 {line} 行第 {column} 列）",
        "bytes that are not UTF-8 at line {line}, column {column}",
    ),
    "bad-syntax": Message(
        "写法有误的文件（第 {line} 行第 {column} 列：{reason}）",
        "wrong syntax at line {line}, column {column} ({reason})",
    ),
    "too-deep": Message(
        "套得太深的写法（第 {line} 行第 {column} 列）", "what is nested too deeply at line {line}, column {column}"
    ),
    "odd-sign": Message(
        "全角或中文的符号“{sign}”（第 {line} 行第 {column} 列）",
        "the full-width or Chinese sign “{sign}” at line {line}, column {column}",
    ),
    "plain-sign": Message(
        "英文的 {meant} （切换到英文输入法再写）", "a plain {meant} (typed with an English keyboard)"
    ),
    "no-regular-file": Message("不是普通文件（管道、设备等）", "no regular file (a pipe, a device)"),
    "too-large": Message("超过 256 KB 的文件", "a file of more than 256 KB"),
    "a-text-file": Message("一个 256 KB 以内的 TOML 文本文件", "a TOML text file of 256 KB at most"),
    "huge": Message("大得离谱的数字", "a number of more than 64 bits"),
    "smaller": Message("64 位以内的整数", "a whole number of 64 bits at most"),
    "shallow": Message("套得不深的表", "tables that are not nested so deeply"),
    "a-file": Message(
        "一个可以读取的 TOML 配置文件（用 --config 或环境变量 {variable} 指定，否则为 {default}）",
        "a TOML config file that can be read (named by --config or {variable}, else {default})",
    ),
    "utf8": Message("用 UTF-8 编码另存的文本文件", "a text file saved as UTF-8"),
    "toml": Message("TOML 写法，如 fps = 25；文字要加英文引号", "TOML, such as fps = 25, with text in straight quotes"),
    # what was found
    "nothing": Message("空缺", "nothing"),
    "value": Message("{value}", "{value}"),
    "a-secret": Message("一个不显示的值", "a value that is not shown"),
    "a-table": Message("一个表", "a table"),
    "a-list": Message("一个列表", "a list"),
    "unknown-key": Message("一个不认识的键", "an unknown key"),
    "unknown-role": Message("一个不认识的角色", "an unknown role"),
    "refused": Message("不合驱动要求的值（{rule}）", "what its driver refuses ({rule})"),
    "rule": Message("驱动的要求——{rule}", "what its driver says: {rule}"),
    "no-library": Message(
        "在这里不能用的驱动“{driver}”（{reason}）", "the driver “{driver}”, which cannot be used here ({reason})"
    ),
    "same-device": Message("和 {other} 相同的设备", "the same device as {other}"),
    "no-devices": Message("空缺，话筒也空缺", "no camera and no microphone"),
    "pictures-public": Message(
        "“public”，凡是能读存储的人都能看到课堂里孩子们的画面",
        "“public”, so that children's pictures can be seen by whoever can read the store",
    ),
    "names-public": Message(
        "“true”，但是课程公开，学生姓名仍不会离开本机",
        "“true”, but lessons are public, so that students' names do not leave this box",
    ),
    # what is allowed
    "names-private": Message("“false”，或者让课程不公开", "“false”, or lessons that are private"),
    "pictures-agreed": Message(
        "“private”；学校和家长同意、并且限定了谁能读存储时才用“public”",
        "“private”, or “public” where school and parents agreed and it is settled who may read the store",
    ),
    "store-to-publish": Message("课要发布到的存储", "the store that lessons are to be published in"),
    "with-reason": Message("{allowed}（{why}）", "{allowed} ({why})"),
    "one-of": Message("{choices} 之一", "one of {choices}"),
    "keys": Message("{keys}", "{keys}"),
    "either": Message("{kinds}（其中一种）", "any of: {kinds}"),
    "whole-number": Message("整数", "a whole number"),
    "whole-number-range": Message("{low} 到 {high} 的整数", "a whole number from {low} to {high}"),
    "even-number-range": Message("{low} 到 {high} 的偶数", "an even number from {low} to {high}"),
    "whole-number-from": Message("不小于 {low} 的整数", "a whole number, {low} or more"),
    "whole-number-to": Message("不大于 {high} 的整数", "a whole number, {high} or less"),
    "number": Message("数字", "a number"),
    "number-range": Message("{low} 到 {high} 的数字", "a number from {low} to {high}"),
    "number-from": Message("不小于 {low} 的数字", "a number, {low} or more"),
    "number-to": Message("不大于 {high} 的数字", "a number, {high} or less"),
    "text": Message("加引号的文字", "text in quotes"),
    "yes-or-no": Message("true 或 false（不加引号）", "true or false, without quotes"),
    "table": Message("一个表，如 [{path}]", "a table, such as [{path}]"),
    "list": Message("一个列表，如 [1, 2]", "a list, such as [1, 2]"),
    "sense": Message("驱动能用的值", "values its driver can work with"),
    "slug": Message(
        "小写字母、数字和连字符，最长 32 个，首尾不是连字符，如 r204",
        "lower-case letters, digits and hyphens, 32 at most, no hyphen at either end, such as r204",
    ),
    "full-path": Message(
        "一个路径，如 /home/pi/lessons（不能为空；~ 对后台服务没有意义，要写完整）",
        "a path such as /home/pi/lessons (not empty; ~ means nothing to a service: write it out)",
    ),
    "printable": Message("不含制表符和换行的文字", "text without tabs or line breaks"),
    "short-path": Message(
        "最长 {most} 个字节的路径（套接字的名字不能更长）",
        "a path of {most} bytes at most (a socket's name cannot be longer)",
    ),
    "store-url": Message(
        '""（不上传）、file:///文件夹 或 s3://桶名/前缀（桶名只用英文字母、数字、点和连字符），其中不写用户名和密码',
        '"" (nothing is copied), file:///folder or s3://bucket/prefix (a bucket\'s name has letters, digits, dots and'
        " hyphens), without a user or password in it",
    ),
    "needed-for-s3": Message("s3:// 存储需要写上它", "a value, because an s3:// store needs one"),
    "endpoint": Message(
        "https:// 开头的地址，如 https://主机:端口/路径，端口不大于 65535，没有空格、? 和 #，其中不写用户名和密码；"
        "只有 allow_http = true 时才可用 http://",
        "an address that begins with https://, such as https://host:port/path, or with http:// where allow_http = true;"
        " a port up to 65535, no spaces, no ? or #, no user or password in it",
    ),
    "user-name": Message("用户名，其中没有冒号和换行", "a user's name without a colon or line breaks in it"),
    "no-spaces": Message(
        "英文字母、数字和符号，没有空格和换行", "letters, digits and signs, without spaces or line breaks"
    ),
    "needed-for-http": Message(
        "true，因为地址是 http:// 开头、不加密的",
        "true, because the address begins with http://, without encryption",
    ),
    "broker": Message(
        "mqtts://主机 或 mqtts://主机:端口，后面什么也不写，其中不写用户名和密码；只有 mqtt_allow_plain = true 时才可用 mqtt://",
        "mqtts://host or mqtts://host:port with nothing after it, or mqtt:// where mqtt_allow_plain = true; no user or"
        " password in it",
    ),
    "needed-for-plain": Message(
        "true，因为地址是 mqtt:// 开头、不加密的",
        "true, because the address begins with mqtt://, without encryption",
    ),
    "web-address": Message(
        "http:// 或 https:// 开头的网址，没有 ? 和 #",
        "an address that begins with http:// or https://, without ? or #",
    ),
    "library": Message(
        "库已装好的驱动：请重新安装 classroom-edge 及其依赖",
        "a driver whose library is installed: install classroom-edge and its requirements again",
    ),
    "a-preset": Message('“presets”里的一个名字，或 ""（不动）', 'a name from presets, or "" (it stays)'),
    "marks": Message(
        '标记上的文字 = “presets”里的名字，如 {{ 板书 = "board" }}',
        'a marker\'s label = a name from presets, such as {{ board = "board" }}',
    ),
    "own-camera": Message("这间教室有的摄像机：{cameras}", "a camera of this room: {cameras}"),
    "own-preset": Message(
        "[ptz.{role}] 的“presets”里的一个名字（有：{presets}）",
        "a name from presets of [ptz.{role}] (it has: {presets})",
    ),
    "a-day": Message('日期，如 "2026-09-01"，或 ""', 'a date such as "2026-09-01", or ""'),
    "calendar-url": Message(
        "https:// 开头的网址，没有空格和 #，其中不写用户名和密码；只有 allow_http = true 时才可用 http://",
        "an address that begins with https://, or with http:// where allow_http = true, without spaces, # and without"
        " a user or password in it",
    ),
    "timetable-file": Message(
        '一个完整的路径，如 /etc/classroom-edge/timetable.csv，而且没有写 url；或 ""',
        'a full path such as /etc/classroom-edge/timetable.csv, and no url; or ""',
    ),
    "time-zone": Message("时区的名字，如 Asia/Shanghai", "the name of a time zone, such as Asia/Shanghai"),
    "school-days": Message(
        '日期 = "off"（不上课）、"on"（照常）或上哪一天的课，如 {{ "2026-10-10" = "2026-10-08" }}',
        'a date = "off" (no lessons), "on" (as usual) or the date whose lessons it has, such as'
        ' {{ "2026-10-10" = "2026-10-08" }}',
    ),
    "another-device": Message(
        "每个摄像机、话筒或云台用自己的设备", "a device of its own for each camera, microphone and head"
    ),
    "a-device": Message("至少一个 [cameras.…] 或 [microphones.…]", "at least one [cameras.…] or [microphones.…]"),
}
