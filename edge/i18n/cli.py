"""Messages of the command line's frame and of ``check``."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "description": Message(
        "教室录课控制器：录制、检查并上传每一节课。",
        "The classroom edge controller: records, checks and delivers lessons.",
    ),
    "subcommands": Message("子命令", "subcommands"),
    "subcommand": Message(
        "要做什么；“classroom-edge 子命令 --help”有详细说明",
        "what to do; “classroom-edge SUBCOMMAND --help” tells more",
    ),
    "rest": Message("子命令自己的参数", "the subcommand's own arguments"),
    "config": Message(
        "配置文件（否则用环境变量 CLASSROOM_EDGE_CONFIG，再否则用 /etc/classroom-edge/config.toml）",
        "the config file (else CLASSROOM_EDGE_CONFIG, else /etc/classroom-edge/config.toml)",
    ),
    "version": Message("显示版本", "show the version"),
    "usage": Message("用法：", "usage: "),
    "arguments": Message("参数", "arguments"),
    "options": Message("选项", "options"),
    "error": Message("{program}：错误：{message}", "{program}: error: {message}"),
    "help": Message("显示这份说明", "show this help"),
    "no-subcommand": Message("没有“{name}”这个子命令", "there is no subcommand “{name}”"),
    "did-you-mean": Message("您是不是想用“{hint}”？", "did you mean “{hint}”?"),
    "exit-codes": Message(
        "退出码：0 正常；1 发现问题；2 用法或配置有误；3 连不上正在运行的系统。",
        "Exit codes: 0 good; 1 found something bad; 2 wrong use or config; 3 the running system was not reached.",
    ),
    "language": Message(
        "语言：环境变量 CLASSROOM_EDGE_LANG=zh-CN 或 en。", "Language: CLASSROOM_EDGE_LANG=zh-CN or en."
    ),
    "check-help": Message(
        "检查配置文件（以及同一文件夹里的 room.toml）写得对不对：一次列出所有问题，\n"
        "每个问题都说明在哪里、写了什么、应该写什么。只看配置，不打开任何设备。",
        "Check that the config file (and the room.toml beside it) is right: all problems are listed at once,\n"
        "each with where it is, what stands there and what may. Only the config is looked at; no device is opened.",
    ),
    "check-show": Message("再显示实际生效的配置（密码不显示）", "also show the config in effect (secrets are masked)"),
    "check-json": Message(
        '输出 JSON：{{"ok": …, "problems": […], "warnings": […]}}',
        'print JSON: {{"ok": …, "problems": […], "warnings": […]}}',
    ),
    "check-ledger": Message(
        "再检查这个版本的程序能否接着用现有的账本（在副本上试）",
        "also check whether this version can go on with the ledger that is there (tried on a copy)",
    ),
    "check-store": Message(
        "再试试配置里的存储：能不能用、有没有本教室的标记（会写一个小文件再删掉）",
        "also try the configured store: whether it can be used, and carries this room's mark (a small file is written"
        " and deleted)",
    ),
    "check-mark": Message(
        "与 --store 一起用：给没有标记的存储写上本教室的标记（换了新磁盘之后）",
        "with --store: mark a store that has no mark as this room's (after its disk was replaced)",
    ),
    "check-store-good": Message("存储可用：{url}", "the store can be used: {url}"),
    "check-store-marked": Message("  标记：{mark}", "  its mark: {mark}"),
    "check-store-unmarked": Message(
        "  还没有标记；第一次上传时写上",
        "  it has no mark yet; the first copy to it writes one, if its disk is mounted",
    ),
    "check-store-same-disk": Message(
        "  和录像在同一块磁盘上：那里的副本不算另一份，本机的录像不会因此删除",
        "  it lies on the lessons' own disk: a copy there is no other copy, and no lesson is removed for it",
    ),
    "check-store-hosted": Message("  桶名写在主机名里", "  the bucket's name is part of the host's name"),
    "check-store-read-back": Message(
        "  服务器不核对 SHA-256：每个文件传完再读回来核对（流量加倍）",
        "  the server does not check SHA-256: every file is read back (twice the traffic)",
    ),
    "check-store-bad": Message("存储不能用：{what}。{reason}", "the store cannot be used: {what}. {reason}"),
    "check-store-none": Message("没有配置存储", "no store is configured"),
    "check-examples": Message(
        "例：\n"
        "  classroom-edge check                       检查 /etc/classroom-edge/config.toml\n"
        "  classroom-edge --config new.toml check     检查另一个文件\n"
        "  classroom-edge check --show                看看最后用的是哪些值\n"
        "  classroom-edge check --ledger              升级前：账本也检查\n"
        "  classroom-edge check --store               存储也试一试\n"
        "  classroom-edge check --json                给程序读",
        "Examples:\n"
        "  classroom-edge check                       check /etc/classroom-edge/config.toml\n"
        "  classroom-edge --config new.toml check     check another file\n"
        "  classroom-edge check --show                see which values are in effect\n"
        "  classroom-edge check --ledger              before an upgrade: the ledger too\n"
        "  classroom-edge check --store               the store is tried, too\n"
        "  classroom-edge check --json                for a program",
    ),
    "check-good": Message("配置没有问题：{file}", "good: {file}"),
    "check-ledger-good": Message(
        "账本可以接着用：{path}（结构版本 {version}，本程序 {newest}）",
        "good: {path} (its schema is version {version}, this program's is {newest})",
    ),
    "check-ledger-none": Message("没有可用的账本，会新建一个：{reason}", "no ledger, a new one is made: {reason}"),
    "check-ledger-bad": Message(
        "这个版本的程序不能接着用账本：{reason}",
        "this version of the program cannot take over the ledger: {reason}",
    ),
    "check-doubt": Message("提醒：{problem}", "warning: {problem}"),
}
