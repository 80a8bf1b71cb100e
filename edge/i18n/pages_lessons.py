"""Messages of the recordings: the list, the player, and what may be done with a lesson."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "title": Message("回放", "Recordings"),
    "none": Message(
        "还没有可以看的课。下课并检查完后，课就出现在这里。",
        "No lesson to see yet. A lesson appears here once it has ended and was checked.",
    ),
    "untitled": Message("{when} 的课", "Lesson of {when}"),
    "when-unknown": Message("时间不明", "time unknown"),
    "length": Message("{minutes} 分 {seconds} 秒", "{minutes} min {seconds} s"),
    "recording-good": Message("录制完好", "recorded well"),
    "recording-bad": Message("录制有问题", "recording is bad"),
    "stored-yes": Message("已上传", "stored"),
    "stored-pending": Message("还在本机", "on this box"),
    "stored-no": Message("存储里的副本不一致", "the store differs"),
    # player
    "player": Message("播放器", "Player"),
    "programme": Message("导播画面", "Programme"),
    "play": Message("播放", "Play"),
    "pause": Message("暂停", "Pause"),
    "position": Message("进度", "Position"),
    "speed": Message("速度", "Speed"),
    "full": Message("全屏", "Full screen"),
    "layout": Message("画面布局", "Layout"),
    "layout-side": Message("并排", "Side by side"),
    "layout-inset": Message("画中画", "Picture in picture"),
    "layout-grid": Message("全部画面", "All pictures"),
    "broken": Message("无法播放", "It cannot be played"),
    "chapters": Message("目录", "Chapters"),
    "find": Message("在目录中查找", "Find in chapters"),
    "no-chapters": Message("没有标记和提问", "No marks and no questions"),
    "receipt": Message("录制检查", "Receipt"),
}
