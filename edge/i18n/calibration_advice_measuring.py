"""What to do about what the calibration measures of pictures and sound."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "device-unavailable": Message(
        "设备没有数据：{reason}。看线和供电，再做一次。",
        "No data: {reason}. Look at cable and power, then do it again.",
    ),
    # picture
    "focus": Message(
        "画面不够清楚：擦镜头，再做一次 picture，选“调对焦”。",
        "Not sharp: clean the lens, then do `picture` again and choose to adjust the focus.",
    ),
    "uneven-focus": Message(
        "有一边不清楚：镜头可能装歪或脏了。", "One side is less sharp: the lens may be askew or dirty."
    ),
    "too-dark": Message("太暗：开灯，或在摄像机上调大曝光。", "Too dark: more light, or more exposure at the camera."),
    "too-bright": Message(
        "太亮：拉窗帘，或在摄像机上调小曝光。", "Too bright: close the curtains, or less exposure at the camera."
    ),
    "clipped": Message(
        "有一块白得看不清：避开窗户和灯，或调小曝光。",
        "Part of it is burnt out: keep windows and lamps out of the picture, or less exposure.",
    ),
    "crushed": Message("有一块全黑：补光，或调大曝光。", "Part of it is black: light it, or more exposure."),
    "cast-warm": Message(
        "偏黄：按现场灯光重设摄像机的白平衡（色温数调小）。",
        "Yellowish: set the camera's white balance to the light (a lower colour temperature).",
    ),
    "cast-cold": Message(
        "偏蓝：按现场灯光重设摄像机的白平衡（色温数调大）。",
        "Bluish: set the camera's white balance to the light (a higher colour temperature).",
    ),
    "cast-tinted": Message(
        "偏红或偏绿：重做摄像机的白平衡。", "Reddish or greenish: do the camera's white balance again."
    ),
    "picture-noise": Message(
        "噪点多：多开灯，或把摄像机的增益调低。", "Grainy: more light, or less gain at the camera."
    ),
    "rate-low-light": Message(
        "光线暗时摄像机自动降帧：多开灯，或关掉“低光自动降帧”。",
        "The camera slows down in little light: more light, or switch that off at the camera.",
    ),
    "rate": Message(
        "帧率达不到：换 USB 口或线，或在配置里降低分辨率、帧率。",
        "It does not reach its rate: another USB port or cable, or a smaller size or rate in the config.",
    ),
    "missing-pictures": Message(
        "有画面丢失：换 USB 口、线或网线，看 CPU 是否太忙。",
        "Pictures are lost: another port or cable; see whether the box is too busy.",
    ),
    "turn-clockwise": Message(
        "从摄像机后面看，顺时针转 {degrees} 度。",
        "Turn the camera clockwise by {degrees} degrees, seen from behind it.",
    ),
    "turn-anticlockwise": Message(
        "从摄像机后面看，逆时针转 {degrees} 度。",
        "Turn the camera anticlockwise by {degrees} degrees, seen from behind it.",
    ),
    "flicker": Message(
        "灯光有频闪：把摄像机的电源频率设为 50 Hz，或快门设为 1/50、1/100 秒。",
        "The lamps flicker: set the camera to 50 Hz mains, or its shutter to 1/50 or 1/100 s.",
    ),
    "flicker-hidden": Message(
        "这个帧率下，50 Hz 灯光的条纹停着不动，仪器量不出：看画面有没有明暗横条；摄像机的电源频率应设为 50 Hz。",
        "At this frame rate the bands of 50 Hz lamps stand still and cannot be measured: look for light and dark bars;"
        " the camera should be set to 50 Hz mains.",
    ),
    "picture-too-few-pictures": Message(
        "画面太少，量不出来：先看摄像机和线。", "Too few pictures to measure: look at camera and cable first."
    ),
    "picture-times-not-ascending": Message(
        "摄像机的时间倒退：换一台再试。", "The camera's time goes backwards: try another camera."
    ),
    "picture-picture-too-small": Message(
        "画面太小，量不出来：在配置里把它调大。",
        "The picture is too small to measure: ask for a larger one in the config.",
    ),
    "picture-no-structure": Message(
        "画面里没有可看清楚的东西：取下镜头盖，开灯，对着教室。",
        "Nothing in the picture to be sharp: take the cap off, light on, point it at the room.",
    ),
    "picture-too-dark": Message(
        "太暗，量不出来：开灯再做一次。", "Too dark to measure: switch the light on and do it again."
    ),
    "picture-clipped": Message(
        "太亮，量不出来：减少曝光再做一次。", "Too bright to measure: less exposure, then again."
    ),
    "picture-no-neutral-area": Message(
        "画面里没有白色或灰色：举一张白纸再做一次。",
        "Nothing white or grey in the picture: hold up a sheet of paper and do it again.",
    ),
    "picture-frozen-picture": Message(
        "画面一动不动：摄像机可能卡住了，拔下再插上。", "The picture is frozen: unplug the camera and plug it in again."
    ),
    "picture-no-still-area": Message(
        "到处都在动，量不出来：请大家别动，再做一次。", "Everything moves: ask everybody to keep still, then again."
    ),
    "picture-no-lines": Message(
        "没有找到水平或垂直的直线（黑板边、门框）：请用眼睛看是否水平。",
        "No level or upright lines (blackboard, door) were found: judge the level by eye.",
    ),
    "picture-flicker-hidden": Message(
        "这个帧率看不出频闪：把帧率改成 24 或 30 再测。",
        "Flicker cannot be seen at this frame rate: measure at another one.",
    ),
    # lens
    "lens-rms": Message(
        "误差偏大：把板贴在硬板上压平，再做一次。",
        "Large error: fix the sheet to something flat and stiff, then again.",
    ),
    "lens-distortion": Message(
        "广角畸变明显：换畸变小的镜头，或把摄像机放远些。",
        "The lens bends much: take another lens, or move the camera back.",
    ),
    "field-of-view": Message("视角太窄：换广角镜头，或放远些。", "A narrow view: a wider lens, or further back."),
    "lens-too-few-views": Message(
        "看到板的次数太少：再做一次，多换位置。", "Too few views of the board: do it again, in more places."
    ),
    "lens-views-too-alike": Message(
        "各次太像：再做一次，多斜着拿。", "The views are too alike: again, and tilt the board more."
    ),
    "lens-no-charuco": Message(
        "没看到棋盘板：拿近些，光线亮些，纸要对。", "The board was not seen: nearer, more light, and the right paper."
    ),
    # blackboard and seats
    "blackboard-no-board": Message(
        "没找到黑板：把摄像机对准黑板，或再做一次并输入四个角。",
        "No blackboard was found: point the camera at it, or do it again and type its corners.",
    ),
    "blackboard-no-edges": Message(
        "黑板的边不清楚：开灯、擦黑板边框，或重新输入四个角。",
        "The board's edges are not clear: more light, or type the corners again.",
    ),
    "blackboard-small": Message(
        "黑板在画面里太小，字会看不清：拉近。", "The board is small in the picture, and writing hard to read: zoom in."
    ),
    "blackboard-outside": Message(
        "黑板有一角在画面外：转一转摄像机。", "A corner of the board is outside the picture: turn the camera."
    ),
    "seats-outside": Message(
        "有座位看不到：转动摄像机或换广角。", "Some seats are not seen: turn the camera, or a wider lens."
    ),
    "seats-far": Message(
        "最后一排的脸太小：用更高的分辨率，或把摄像机放近些。",
        "Faces in the back row are small: a larger picture, or a nearer camera.",
    ),
    "seats-too-few-seats": Message(
        "四个座位的位置没有输对：应是八个数。", "The four seats were not understood: they are eight numbers."
    ),
    # sound
    "dead-channel": Message(
        "有声道没有声音：看话筒的线、开关和 48 V 供电。",
        "A channel is dead: look at the microphone's cable, switch and phantom power.",
    ),
    "doubled-channels": Message(
        "两个声道一样：在配置里把 channels 设为 1。", "Two channels are the same: set channels = 1 in the config."
    ),
    "inverted-channels": Message(
        "极性接反了：把那根线的两根芯线对调，否则混音会变轻。",
        "Reversed polarity: swap the two cores of that cable, else the mix cancels.",
    ),
    "noise-floor": Message(
        "教室太吵或增益太大：关风扇、投影仪，看窗户。",
        "The room is loud, or the gain high: fans and projector off, windows shut.",
    ),
    "mains-hum": Message(
        "有电源哼声：话筒线离电源线远些，用平衡线，查接地。",
        "Mains hum: keep the cable away from power lines, use a balanced one, look at the ground.",
    ),
    "speech-quiet": Message(
        "太轻：做 gain 这一步，或把话筒放近些。", "Too quiet: do the step `gain`, or bring the microphone nearer."
    ),
    "speech-loud": Message("太响：做 gain 这一步。", "Too loud: do the step `gain`."),
    "speech-over-noise": Message(
        "说话被底噪盖住：话筒放近些，关掉噪声源。",
        "Speech drowns in noise: the microphone nearer, sources of noise off.",
    ),
    "clipping": Message(
        "会爆音：做 gain 这一步，或在话筒上调小。", "It clips: do the step `gain`, or turn the microphone down."
    ),
    "back-row": Message(
        "学生的声音太轻：在后面加一只吊麦。", "Pupils are much quieter: hang a microphone further back."
    ),
    "reverberation": Message(
        "混响太长：挂窗帘，贴吸音板，话筒放近些。",
        "Long reverberation: curtains, absorbing panels, a nearer microphone.",
    ),
    "card-clock": Message(
        "声卡的时钟偏得多：能自动修正，但建议换一块。",
        "The card's clock is far off: it is corrected, but another card is better.",
    ),
    "card-gain-refused": Message("声卡不让设增益：{reason}", "The card's gain could not be set: {reason}"),
    "gain-limited-by-peak": Message(
        "再加就会爆音：让老师离话筒近些，说话更匀。",
        "More would clip: the teacher nearer to the microphone, speaking more evenly.",
    ),
    "gain-limited-by-range": Message(
        "增益到头了：话筒放近些，或换灵敏的话筒。",
        "The gain is at its end: the microphone nearer, or a more sensitive one.",
    ),
    "sound-too-short": Message("录得太短：再做一次。", "Too short: do it again."),
    "sound-no-speech": Message(
        "没听到说话：确认话筒开着、选对了，再做一次。",
        "Nobody was heard: is it the right microphone, and switched on? Then again.",
    ),
    "sound-digital-silence": Message(
        "全是零：话筒关着或没接好。", "Nothing but zeros: the microphone is off or not connected."
    ),
    "sound-samples-lost": Message(
        "丢了声音：换 USB 口或线，再做一次。", "Sound was lost: another USB port or cable, then again."
    ),
    "sound-no-impulse": Message("没听到拍手：再用力些，或扎破气球。", "No clap was heard: harder, or burst a balloon."),
    "sound-too-noisy": Message(
        "太吵，量不出混响：关掉噪声源再做一次。", "Too noisy for the reverberation: noise off, then again."
    ),
    "sound-clipped": Message("拍手太响，爆音了：离话筒远些。", "The clap was clipped: further from the microphone."),
    # sync
    "sync-offset": Message(
        "声画不同步，而设置没有启用：再做一次 sync。", "Picture and sound are apart: do the step `sync` again."
    ),
    "sync-precision": Message(
        "测得不够准：再做一次，最好用同步棒。", "Not exact enough: again, with the wand if you can."
    ),
    "sync-no-light": Message(
        "没看到同步棒的灯：朝着摄像机，离近些，别反光。", "The wand's light was not seen: towards the camera, nearer."
    ),
    "sync-no-beep": Message(
        "没听到同步棒的声音：靠近话筒，关掉噪声源。",
        "The wand's beep was not heard: nearer to the microphone, noise off.",
    ),
    "sync-no-wand": Message(
        "配置里没有同步棒：按 docs/sync-wand.zh-CN.md 接好，写上 [wand]，或改用拍手。",
        "The config has no wand: connect it as docs/sync-wand.md says and add [wand], or clap.",
    ),
    "sync-too-few": Message(
        "看到、听到的次数太少：再做一次，动作大些。", "Too few were seen and heard: again, with larger movements."
    ),
}
