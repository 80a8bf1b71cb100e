"""Messages of ``recut``."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "help": Message(
        "重新剪辑一节已结束的课的导播画面：按录课时看到和听到的，用现在的或另一套规则再导播一遍。只重写播放列表，\n"
        "不动音像。本机已删除的课，改写存储里的播放列表。",
        "Cut the programme of a lesson that is over again: the director, by its rules or others, on what it saw and\n"
        "heard at the time. Only playlists are written. Of a lesson that is no longer here the store's are.",
    ),
    "rules": Message(
        "导播规则文件（TOML），没写的用默认值", "a file of rules (TOML); what it leaves out has its default"
    ),
    "best-of": Message(
        "不动导播画面，另写精彩片段的播放列表（best-of/）：每个标记前后各 20 秒；写上 LABEL 则只要标记文字里有它的",
        "leave the programme, and write playlists of the stretches 20 s around marks (best-of/); with LABEL only around"
        " those that have it in their label",
    ),
    "best-of-done": Message("{file}：{length}", "{file}: {length}"),
    "as-recorded": Message("恢复录课时的剪辑", "as it was cut while it was recorded"),
    "without-persons": Message("不算人工切换，全按规则", "as if nobody had cut by hand"),
    "examples": Message(
        "例：\n  classroom-edge recut r204-7f3a-000123-9c41d2e7 --rules calm.toml\n"
        "  classroom-edge recut r204-7f3a-000123-9c41d2e7 --best-of\n"
        "  classroom-edge recut r204-7f3a-000123-9c41d2e7 --as-recorded",
        "Examples:\n  classroom-edge recut r204-7f3a-000123-9c41d2e7 --rules calm.toml\n"
        "  classroom-edge recut r204-7f3a-000123-9c41d2e7 --best-of\n"
        "  classroom-edge recut r204-7f3a-000123-9c41d2e7 --as-recorded",
    ),
    "done": Message(
        "{lesson}：导播画面已重写，切换 {cuts} 次", "{lesson}: the programme is written anew, {cuts} changes"
    ),
    "stored": Message("存储里的播放列表也已更新（{place}/）", "the store's playlists are new too ({place}/)"),
    "told-nothing": Message(
        "{lesson}：录课时没有开自动导播，没有可供重新剪辑的记录；用 --as-recorded 恢复原样",
        "{lesson}: no director ran while it was recorded, so nothing is known by which to cut it; --as-recorded puts it"
        " back",
    ),
    "not-ended": Message(
        "{lesson}：还在录或没有正常结束；下课后再试", "{lesson} is not over yet, or never ended; end it first"
    ),
    "unusable-rules": Message("{file}：{reason}", "{file}: {reason}"),
    "store-not-reached": Message("没有连上存储：{reason}", "the store was not reached: {reason}"),
}
