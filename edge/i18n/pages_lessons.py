"""Messages of the recordings: the list, and what may be done with a lesson."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "title": Message("回放", "Recordings"),
    "none": Message(
        "还没有你可以看的课。下课并检查完后，课就出现在这里。",
        "No lesson of yours to see yet. A lesson appears here once it has ended and was checked.",
    ),
    "untitled": Message("{when} 的课", "Lesson of {when}"),
    "when-unknown": Message("时间不明", "time unknown"),
    "length": Message("{minutes} 分 {seconds} 秒", "{minutes} min {seconds} s"),
    "recording-good": Message("录制完好", "recorded well"),
    "recording-bad": Message("录制有问题", "recording is bad"),
    "stored-yes": Message("已上传", "stored"),
    "stored-pending": Message("还在本机", "on this box"),
    "stored-no": Message("存储里的副本不一致", "the store differs"),
    "take-away": Message("下载（一个 MP4 文件）", "Download (one MP4 file)"),
    "joining": Message("正在合成 {percent}%", "Joining {percent} %"),
    "join-ready": Message("保存文件", "Save the file"),
    "join-failed": Message("没有合成：录像可能有损坏", "It could not be joined: the recording may be damaged"),
    "join-busy": Message("正在合成另一节课，请稍等", "Another lesson is being joined: wait a moment"),
    "join-no-room": Message(
        "磁盘要留给上课用，放不下这个文件", "The disk has to keep its room for lessons: the file does not fit"
    ),
    "erase": Message("删除这节课", "Delete this lesson"),
    "erase-sure": Message(
        "本机和存储里的录像、标记、答题都会删掉，不能恢复。",
        "Recording, marks and answers go, here and in the store. They cannot be brought back.",
    ),
    "erase-yes": Message("确定删除", "Delete it for good"),
    "erase-no": Message("不删", "Keep it"),
    "receipt": Message("录制检查", "Receipt"),
}
