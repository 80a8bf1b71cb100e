"""Messages about class lists: their import, what is wrong in them, and the binding of clickers."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "help": Message(
        "学生名单：导入、查看、换班、一个一个地绑定反馈器。姓名只存在本机的 roster.json 里（权限 640），\n"
        "不写日志；配置里 [roster] share_names = false 时，离开本机的结果只用代号。",
        "The class list: import it, show it, choose the class that is here, bind clickers one by one. Names are\n"
        "kept in this box's roster.json (mode 640) and never in a log; unless [roster] share_names = true,\n"
        "results that leave the box have pseudonyms.",
    ),
    "actions": Message("做什么", "what to do"),
    "import-short": Message("导入名单", "import a class list"),
    "import-help": Message(
        "导入名单：OneRoster 1.2 的 CSV（zip 或文件夹），或一个普通的表格（CSV；逗号、分号或制表符；\n"
        "UTF-8 或 GB18030），表头有 学号、姓名，可以有 班级、座号、小组、反馈器。已绑定的反馈器会保留。\n"
        "有错就一个也不导入，并说明在哪一行哪一列。",
        "Import a class list: OneRoster 1.2 CSV (a zip or a folder), or one plain table (CSV with commas,\n"
        "semicolons or tabs; UTF-8 or GB18030) with the headers 学号 (number) and 姓名 (name) and, if you like,\n"
        "班级 (class), 座号 (seat), 小组 (group), 反馈器 (clicker). Clickers that are bound stay so.\n"
        "Where something is wrong nothing is imported, and you are told the line and the column.",
    ),
    "file": Message("名单文件（.zip、文件夹或 .csv）", "the list (.zip, a folder or .csv)"),
    "class-name": Message(
        "表里没有班级一列时，班级的名字；OneRoster：只导入这个班",
        "the name of the class where the table has no such column; of OneRoster: only this class",
    ),
    "show-short": Message("查看名单", "show the class that is here"),
    "show-help": Message("显示在这里上课的班：学号、姓名、小组、反馈器。", "Show the class that is here."),
    "json": Message("输出 JSON", "print JSON"),
    "use-short": Message("换一个班", "another class is here"),
    "use-help": Message("换一个班在这里上课。", "From now on another class is here."),
    "class": Message("班级的名字", "the name of the class"),
    "bind-short": Message("绑定反馈器", "bind clickers to students"),
    "bind-help": Message(
        "一个一个地绑定：屏幕显示谁的名字，谁就在自己的反馈器上按任意一个键。\n"
        "回车：跳过；u 回车：撤销上一个；q 回车：结束。",
        "Bind clickers one by one: the student whose name is shown presses any key of the clicker.\n"
        "Enter: skip; u and Enter: undo the last one; q and Enter: end.",
    ),
    "bind-all": Message("已绑定的也重新来", "those that have a clicker too"),
    "examples": Message(
        "例：\n"
        "  classroom-edge roster import 三年级二班.csv\n"
        "  classroom-edge roster import oneroster.zip\n"
        "  classroom-edge roster use 三年级二班\n"
        "  classroom-edge roster bind",
        "Examples:\n"
        "  classroom-edge roster import class-3-2.csv --class '3 (2)'\n"
        "  classroom-edge roster import oneroster.zip\n"
        "  classroom-edge roster use '3 (2)'\n"
        "  classroom-edge roster bind",
    ),
    "imported": Message("已导入 {classes}，共 {count} 人", "imported {classes}, {count} students"),
    "here": Message("在这里上课的班：{name}", "the class that is here: {name}"),
    "used": Message("现在在这里上课的班：{name}", "the class that is here now: {name}"),
    "empty": Message(
        "还没有名单：classroom-edge roster import 文件", "there is no list yet: classroom-edge roster import FILE"
    ),
    "column-number": Message("学号", "number"),
    "column-name": Message("姓名", "name"),
    "column-seat": Message("座号", "seat"),
    "column-group": Message("小组", "group"),
    "column-device": Message("反馈器", "clicker"),
    "prompt": Message("{place}/{count}　{name}：请按一个键", "{place}/{count}  {name}: press a key"),
    "bound": Message("  {name}：反馈器 {device}", "  {name}: clicker {device}"),
    "skipped": Message("  {name}：跳过", "  {name}: skipped"),
    "undone": Message("  {name}：撤销", "  {name}: undone"),
    "all-bound": Message("都已绑定。", "Everybody has a clicker."),
    "refused": Message("没有做成：{reason}", "not done: {reason}"),
    "reason-not-in-roster": Message("名单里没有", "it is not in the list"),
    "reason-no-clickers": Message("配置里没有反馈器（[clickers]）", "the config has no clickers ([clickers])"),
    "reason-poll-open": Message("有一题没有收：请先收题", "a poll is open: close it first"),
    # what is wrong with a list
    "problem": Message("{where}：{what}", "{where}: {what}"),
    "at-file": Message("{file}", "{file}"),
    "at-line": Message("{file} 第 {line} 行", "{file}, line {line}"),
    "at-column": Message("{file} 第 {line} 行“{column}”列", "{file}, line {line}, column “{column}”"),
    "no-file": Message("读不了（{reason}）", "cannot be read ({reason})"),
    "no-text": Message("不是 UTF-8 或 GB18030 的文字", "no text in UTF-8 or GB18030"),
    "no-csv": Message("不是表格（{reason}）", "no table ({reason})"),
    "too-large": Message("太大：最多 {most} MB", "too large: {most} MB at most"),
    "no-header": Message("没有表头：应有 学号 和 姓名 两列", "no header: it needs the columns 学号 and 姓名"),
    "header-twice": Message("这一列有两个", "this column is there twice"),
    "no-column": Message("没有这一列", "this column is not there"),
    "shortened": Message(
        "“{value}”被 Excel 缩短了：把这一列设为文本再导出",
        "“{value}” was shortened by Excel: make the column text and export it again",
    ),
    "empty-cell": Message("不能空着", "it must not be empty"),
    "too-long": Message("太长：最多 {most} 个字", "too long: {most} characters at most"),
    "taken": Message("“{value}”在第 {line} 行已经有了", "“{value}” is in line {line} already"),
    "nobody": Message("一个学生也没有", "not one student"),
    "no-zip": Message("不是 zip 文件，或已损坏", "no zip file, or a damaged one"),
    "no-regular-file": Message("不是普通文件（管道、设备等）", "no regular file (a pipe, a device)"),
    "encrypted": Message("有密码：请不设密码再打包一次", "it has a password: pack it again without one"),
    "odd-packing": Message(
        "压缩方式（如 Deflate64）读不了：请用普通的 zip 再打包一次",
        "it is compressed in a way (such as Deflate64) that cannot be read here: pack it again as an ordinary zip",
    ),
    "no-member": Message("没有这个文件", "this file is not there"),
    "wrong-version": Message("是 OneRoster {found}，不是 1.2", "it is OneRoster {found}, not 1.2"),
    "not-bulk": Message("“{found}”：要的是全部数据（bulk）", "“{found}”: all data are needed (bulk)"),
    "unknown-id": Message("{file} 里没有“{value}”", "“{value}” is not in {file}"),
    "no-class": Message("没有“{name}”；有：{names}", "there is no “{name}”; there are: {names}"),
    "no-students": Message("没有一个班有学生", "no class has a student"),
}
