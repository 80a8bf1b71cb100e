"""Titles of the calibration's steps, what happens in each, and what it needs in the room."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "roles": Message("设备和角色", "Devices and roles"),
    "roles-what": Message(
        "找出插着的摄像机、话筒、反馈器基站和云台，认一认哪台是哪台，按序列号和插口记下来；再看两台一样的摄像机有没有"
        "插反，USB 带宽够不够。",
        "Finds cameras, microphones, receivers and heads, shows which is which, and keeps them by serial number and "
        "port; sees whether two of a kind were swapped, and whether the USB bus can carry them all.",
    ),
    "roles-needs": Message("需要：所有设备都已插好、通电。", "Needs: every device plugged in and switched on."),
    "picture": Message("画面", "Picture"),
    "picture-what": Message(
        "看每台摄像机的清晰度（调焦时告诉您往哪边转）、曝光、日光灯频闪、白平衡、水平、暗处的噪点，以及真实的帧率。",
        "Looks at each camera's focus (and says which way to turn), exposure, flicker of lamps, white balance, "
        "horizon, noise, and the frame rate that it really gives.",
    ),
    "picture-needs": Message(
        "需要：上课时的灯光；能够到镜头的梯子；不要有人走动。",
        "Needs: the light of a lesson; a ladder up to the lenses; nobody walking about.",
    ),
    "lens": Message("镜头畸变", "Lens distortion"),
    "lens-what": Message(
        "您拿着标定板，在画面的各处、以不同的角度各停一下；程序自己拍，算出镜头把直线拍弯了多少。",
        "You hold the printed board still in all parts of the picture and at different angles; it is taken by "
        "itself, and how much the lens bends straight lines is reckoned from that.",
    ),
    "lens-needs": Message(
        "需要：按原大打印、贴平的标定板（classroom-edge calibrate --print-board）；板子要亮，不反光。",
        "Needs: the board, printed at true scale and glued flat (classroom-edge calibrate --print-board), well lit "
        "and without glare.",
    ),
    "blackboard": Message("黑板", "Blackboard"),
    "blackboard-what": Message(
        "在教师摄像机的画面里找出黑板的四个角，您来确认或调整；以后黑板的照片就是拉正的。",
        "Finds the blackboard's four corners in a camera's picture, which you confirm or move; stills of the board "
        "are straightened from then on.",
    ),
    "blackboard-needs": Message(
        "需要：黑板前没有人，四个角都没有被挡住。",
        "Needs: nobody before the blackboard, and none of its corners hidden.",
    ),
    "seats": Message("座位", "Seats"),
    "seats-what": Message(
        "看学生摄像机的画面里是不是每个座位都在。", "Sees whether every seat is in the picture of the students' camera."
    ),
    "seats-needs": Message(
        "需要：一个人走到教室的四个角上站一站。", "Needs: somebody who goes and stands in the room's corners."
    ),
    "sound": Message("声音", "Sound"),
    "sound-what": Message(
        "测每个话筒的本底噪声、交流声、信噪比、坏声道和极性，以及教室的混响时间。",
        "Measures each microphone's noise floor, hum, signal to noise, dead channels and polarity, and the room's "
        "reverberation time.",
    ),
    "sound-needs": Message(
        "需要：安静几分钟，关好门窗；一个人在讲台上说话、拍手（或扎破一个气球）。",
        "Needs: some minutes of quiet, doors and windows closed; somebody who speaks and claps (or bursts a balloon) "
        "at the teacher's place.",
    ),
    "gain": Message("录音音量", "Microphone gain"),
    "gain-what": Message(
        "您在讲台上、再到后排照平常那样说话，程序把声卡的增益调到合适的响度。",
        "You speak as in a lesson, at the teacher's place and from the back row, and the sound card's gain is set to "
        "the loudness wanted.",
    ),
    "gain-needs": Message("需要：一个人照平常上课的声音说话。", "Needs: somebody who speaks as loud as in a lesson."),
    "sync": Message("音画同步", "Sound and picture in time"),
    "sync-what": Message(
        "用同步棒（同时闪光和发声）或拍手，测出每台摄像机和每个话筒差多少毫秒，一直测到足够准为止。",
        "Measures by a wand that flashes and beeps at once, or by clapping, how many milliseconds each camera and "
        "microphone are apart, until that is known well enough.",
    ),
    "sync-needs": Message(
        "需要：同步棒接好、举在讲台处；没有的话，在画面中央拍手。",
        "Needs: the wand, connected and held up at the teacher's place; without one, hands that clap amid the picture.",
    ),
    "clickers": Message("反馈器", "Clickers"),
    "clickers-what": Message(
        "点一次名：每个座位的反馈器按一下，看哪些座位收不到、收得慢。",
        "Calls the roll: every clicker is pressed at its seat, and seats that are not heard, or late, are found.",
    ),
    "clickers-needs": Message(
        "需要：反馈器放在各个座位上，每个都有人按。", "Needs: the clickers at their seats, and hands to press each."
    ),
    "panel": Message("按钮和灯", "Buttons and lamps"),
    "panel-what": Message(
        "逐个按下面板上的按钮，逐盏看灯，听一听蜂鸣器。",
        "Every button of the panel is pressed, every lamp seen, the buzzer heard.",
    ),
    "panel-needs": Message("需要：一个人站在面板前。", "Needs: somebody at the panel."),
    "heads": Message("云台", "Camera heads"),
    "heads-what": Message(
        "把每台云台转到要用的位置，起个名字存成预置位，并各拍一张照片。",
        "Each head is turned to the views that are wanted, which are kept under names, with a picture of each.",
    ),
    "heads-needs": Message("需要：云台周围没有东西挡着。", "Needs: nothing in the heads' way."),
    "board": Message("电子班牌", "Class board"),
    "board-what": Message(
        "在班牌上显示一页测试内容，您说说上面写的是什么。",
        "Shows a test page on the class board; you say what it says.",
    ),
    "board-needs": Message("需要：一个人看得见班牌。", "Needs: somebody who sees the class board."),
    "timetable": Message("课程表", "Timetable"),
    "timetable-what": Message("显示今天的课，您看看对不对。", "Shows the lessons of today, for you to compare."),
    "timetable-needs": Message("需要：手边有学校的课程表。", "Needs: the school's timetable at hand."),
    "network": Message("网络和存储", "Network and store"),
    "network-what": Message(
        "看地址、代理和对时；连一连存储，试写并测上传速度够不够；连一连班牌和学习记录的服务器。",
        "Looks at address, proxy and time; asks the store, writes to it and measures whether its rate suffices; asks "
        "the servers of board and learning records.",
    ),
    "network-needs": Message("需要：网线插好，或无线网已连上。", "Needs: the network connected."),
    "storage": Message("磁盘", "Disk"),
    "storage-what": Message(
        "测磁盘写入的快慢和剩余空间够录多少小时，看存储卡还好不好。",
        "Measures how fast the disk writes and for how many hours it has room, and reads the card's health.",
    ),
    "storage-needs": Message("需要：什么也不用做。", "Needs: nothing."),
    "trial": Message("试录", "Trial recording"),
    "trial-what": Message(
        "所有设备一起试录 60 秒，看处理器、温度和降频；录下的随后删掉。",
        "Records for 60 s with every device, and watches processor, temperature and throttling; the recording is "
        "deleted.",
    ),
    "trial-needs": Message("需要：一分钟，什么也不用做。", "Needs: a minute, and nothing to be done."),
}
