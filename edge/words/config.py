"""What the config's reader says to the technician: what was found, what is allowed."""

from __future__ import annotations

from edge.words import Sentence

SENTENCES = {
    # the report
    "title": Sentence("配置有 {count} 处问题（{file}）：", "{count} problem(s) in the config ({file}):"),
    "line": Sentence("{path}：现为{found}；应为：{allowed}。", "{path}: found {found}; allowed: {allowed}."),
    "did-you-mean": Sentence("您是不是想写“{hint}”？", "Did you mean “{hint}”?"),
    "error": Sentence("错误", "error"),
    "warning": Sentence("提醒", "warning"),
    # files
    "no-file": Sentence("不存在的文件", "no such file"),
    "a-folder": Sentence("文件夹", "a folder"),
    "no-permission": Sentence("没有权限读取的文件", "a file that may not be read by this user"),
    "no-reading": Sentence("读不出来的文件（{reason}）", "a file that cannot be read ({reason})"),
    "not-utf8": Sentence(
        "编码不是 UTF-8 的文件（第 {line} 行第 {column} 列）",
        "bytes that are not UTF-8 at line {line}, column {column}",
    ),
    "bad-syntax": Sentence(
        "写法有误的文件（第 {line} 行第 {column} 列：{reason}）",
        "wrong syntax at line {line}, column {column} ({reason})",
    ),
    "too-deep": Sentence("括号套得太深的文件", "brackets nested too deeply"),
    "a-file": Sentence(
        "一个可以读取的 TOML 配置文件（用 --config 或环境变量 {variable} 指定，否则为 {default}）",
        "a TOML config file that can be read (named by --config or {variable}, else {default})",
    ),
    "utf8": Sentence("用 UTF-8 编码另存的文本文件", "a text file saved as UTF-8"),
    "toml": Sentence(
        "TOML 写法，如 fps = 25；文字要加英文引号", "TOML, such as fps = 25, with text in straight quotes"
    ),
    # what was found
    "nothing": Sentence("空缺", "nothing"),
    "value": Sentence("{value}", "{value}"),
    "a-secret": Sentence("一个不显示的值", "a value that is not shown"),
    "a-table": Sentence("一个表", "a table"),
    "a-list": Sentence("一个列表", "a list"),
    "unknown-key": Sentence("一个不认识的键", "an unknown key"),
    "unknown-role": Sentence("一个不认识的角色", "an unknown role"),
    "rule": Sentence("不合驱动要求的值（{rule}）", "what its driver refuses ({rule})"),
    "no-library": Sentence(
        "在这里不能用的驱动“{driver}”（{reason}）", "the driver “{driver}”, which cannot be used here ({reason})"
    ),
    "same-device": Sentence("和 {other} 相同的设备", "the same device as {other}"),
    "no-devices": Sentence("空缺，话筒也空缺", "no camera and no microphone"),
    # what is allowed
    "one-of": Sentence("{choices} 之一", "one of {choices}"),
    "keys": Sentence("{keys}", "{keys}"),
    "either": Sentence("{kinds}（其中一种）", "any of: {kinds}"),
    "whole-number": Sentence("整数", "a whole number"),
    "whole-number-range": Sentence("{low} 到 {high} 的整数", "a whole number from {low} to {high}"),
    "even-number-range": Sentence("{low} 到 {high} 的偶数", "an even number from {low} to {high}"),
    "whole-number-from": Sentence("不小于 {low} 的整数", "a whole number, {low} or more"),
    "whole-number-to": Sentence("不大于 {high} 的整数", "a whole number, {high} or less"),
    "number": Sentence("数字", "a number"),
    "number-range": Sentence("{low} 到 {high} 的数字", "a number from {low} to {high}"),
    "number-from": Sentence("不小于 {low} 的数字", "a number, {low} or more"),
    "number-to": Sentence("不大于 {high} 的数字", "a number, {high} or less"),
    "text": Sentence("加引号的文字", "text in quotes"),
    "yes-or-no": Sentence("true 或 false（不加引号）", "true or false, without quotes"),
    "table": Sentence("一个表，如 [{path}]", "a table, such as [{path}]"),
    "list": Sentence("一个列表，如 [1, 2]", "a list, such as [1, 2]"),
    "sense": Sentence("驱动能用的值", "values its driver can work with"),
    "slug": Sentence(
        "小写字母、数字和连字符，最长 32 个，首尾不是连字符，如 r204",
        "lower-case letters, digits and hyphens, 32 at most, no hyphen at either end, such as r204",
    ),
    "full-path": Sentence("一个路径（不能为空）", "a path (not empty)"),
    "short-path": Sentence(
        "最长 {most} 个字节的路径（套接字的名字不能更长）",
        "a path of {most} bytes at most (a socket's name cannot be longer)",
    ),
    "store-url": Sentence(
        '""（不上传）、file:///文件夹 或 s3://桶名/前缀，其中不写用户名和密码',
        '"" (nothing is copied), file:///folder or s3://bucket/prefix, without a user or password in it',
    ),
    "needed-for-s3": Sentence("s3:// 存储需要写上它", "a value, because an s3:// store needs one"),
    "endpoint": Sentence(
        "https:// 开头的地址，其中不写用户名和密码；只有 allow_http = true 时才可用 http://",
        "an address that begins with https://, or with http:// where allow_http = true; no user or password in it",
    ),
    "needed-for-http": Sentence(
        "true，因为地址是 http:// 开头、不加密的",
        "true, because the address begins with http://, without encryption",
    ),
    "web-address": Sentence(
        "http:// 或 https:// 开头的网址，没有 ? 和 #",
        "an address that begins with http:// or https://, without ? or #",
    ),
    "library": Sentence(
        "库已装好的驱动：请重新安装 classroom-edge 及其依赖",
        "a driver whose library is installed: install classroom-edge and its requirements again",
    ),
    "a-preset": Sentence('“presets”里的一个名字，或 ""（不动）', 'a name from presets, or "" (it stays)'),
    "marks": Sentence(
        '标记上的文字 = “presets”里的名字，如 {{ 板书 = "board" }}',
        'a marker\'s label = a name from presets, such as {{ board = "board" }}',
    ),
    "another-device": Sentence(
        "每个摄像机、话筒或云台用自己的设备", "a device of its own for each camera, microphone and head"
    ),
    "a-device": Sentence("至少一个 [cameras.…] 或 [microphones.…]", "at least one [cameras.…] or [microphones.…]"),
}
