"""Words of the lesson player, for pages of the box and beside lessons in the store."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "player": Message("播放器", "Player"),
    "untitled": Message("课堂回放", "Recorded lesson"),
    "all-lessons": Message("‹ 全部课程", "‹ All lessons"),
    # pictures
    "role-programme": Message("导播画面", "Programme"),
    "role-teacher": Message("教师", "Teacher"),
    "role-teacher-close": Message("教师特写", "Teacher, close"),
    "role-students": Message("学生", "Students"),
    "role-students-close": Message("学生特写", "Students, close"),
    "role-screen": Message("课件", "Screen"),
    "layout": Message("画面布局", "Layout"),
    "layout-side": Message("并排", "Side by side"),
    "layout-inset": Message("画中画", "Picture in picture"),
    "layout-grid": Message("全部画面", "All pictures"),
    "exchange": Message("对调", "Exchange"),
    "view-absent": Message("这一段没有这个画面", "No picture of it here"),
    "no-pictures": Message("这节课只有声音", "This lesson has sound only"),
    # controls
    "play": Message("播放", "Play"),
    "pause": Message("暂停", "Pause"),
    "position": Message("进度", "Position"),
    "speed": Message("速度", "Speed"),
    "mute": Message("静音", "Mute"),
    "full": Message("全屏", "Full screen"),
    "live": Message("回到直播", "Live"),
    "keys": Message("快捷键", "Keys"),
    "close": Message("关闭", "Close"),
    "key-play": Message("播放或暂停", "play or pause"),
    "key-back-short": Message("后退 5 秒", "back 5 s"),
    "key-on-short": Message("前进 5 秒", "on 5 s"),
    "key-back": Message("后退 10 秒", "back 10 s"),
    "key-on": Message("前进 10 秒", "on 10 s"),
    "key-chapter-back": Message("上一节", "chapter before"),
    "key-chapter-on": Message("下一节", "next chapter"),
    "key-home": Message("回到开头", "to the beginning"),
    "key-slower": Message("放慢", "slower"),
    "key-faster": Message("加快", "faster"),
    "key-exchange": Message("对调画面", "exchange the pictures"),
    "key-layout": Message("选画面或布局", "a picture or a layout"),
    "key-mute": Message("静音", "mute"),
    "key-full": Message("全屏", "full screen"),
    "key-find": Message("查找", "find"),
    "key-help": Message("这个列表", "this list"),
    # contents
    "chapters": Message("目录", "Chapters"),
    "kinds": Message("显示哪些", "Which are shown"),
    "kind-chapter": Message("章节", "chapter"),
    "kind-part": Message("环节", "part"),
    "kind-mark": Message("标记", "mark"),
    "kind-poll": Message("提问", "question"),
    "kind-screen": Message("换页", "slide"),
    "kind-screen-text": Message("屏幕文字", "on the screen"),
    "find": Message("在目录和屏幕文字中查找", "Find in chapters and on the screen"),
    "hits": Message("找到 {count} 处", "{count} found"),
    "no-hits": Message("没有找到。换一个词再试。", "Nothing found. Try another word."),
    "no-chapters": Message("没有标记和提问", "No marks and no questions"),
    # what goes wrong, and what to do
    "waiting": Message("网络慢，正在缓冲……", "The network is slow: loading …"),
    "trouble-network": Message(
        "连不上录像，正在重试。请检查网络。", "The recording cannot be reached; trying again. Check your network."
    ),
    "trouble-missing": Message(
        "录像的一部分还没有上传，这一段跳过。过一会儿刷新再看。",
        "A part of the recording is not there yet and is left out. Reload the page later.",
    ),
    "trouble-damaged": Message(
        "录像有一段损坏，这一段跳过，其余照常播放。",
        "A part of the recording is damaged and is left out; the rest plays.",
    ),
    "trouble-unplayable": Message(
        "有画面或声音无法播放。请换 Chrome 或 Edge 92 以上再试。",
        "A picture or the sound cannot be played here. Try Chrome or Edge, 92 or newer.",
    ),
    "no-mse": Message(
        "这个浏览器不能播放录像。请换 Chrome 或 Edge 92 以上（iPhone 需要 iOS 17.1 以上）。",
        "This browser cannot play recordings. Use Chrome or Edge, 92 or newer (an iPhone needs iOS 17.1).",
    ),
    "no-lesson": Message(
        "地址里没有写是哪节课。请从课程列表里打开。", "The address names no lesson. Open it from the list of lessons."
    ),
    "not-found": Message(
        "找不到这节课：可能已删除，或还没有上传完。请回到课程列表再选。",
        "This lesson is not here: it may be deleted, or not be copied yet. Go back to the list of lessons.",
    ),
    "manifest-damaged": Message(
        "这节课的说明文件损坏。请告诉学校的技术员。", "What describes this lesson is damaged. Tell your technician."
    ),
    "manifest-new": Message(
        "这节课由更新的版本录制。请刷新本页；还不行就告诉技术员。",
        "This lesson is of a newer version. Reload the page; if that does not help, tell your technician.",
    ),
    "no-network": Message("网络不通。请检查网络后刷新本页。", "No network. Check it and reload this page."),
}
