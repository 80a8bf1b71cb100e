"""What to do about what the calibration's steps roles and panel find."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "device-missing": Message(
        "检查插头和电源，换一个 USB 口试试；换了新设备就再做一次这一步，给它分配角色。",
        "See to its plug and power, and try another USB port. If it was replaced, do this step again and give the new "
        "one its role.",
    ),
    "cameras-together": Message(
        "有摄像机不能和其他的同时工作：先看 USB 总线占用；单独插这一个，看它能不能用。",
        "Not all cameras work at the same time: look at the load of the USB bus, then try the missing one alone.",
    ),
    "usb-move": Message(
        "{bus} 上的设备太多：把 {device} 换到 {target} 的 USB 口。",
        "There is too much on {bus}: plug {device} into a port of {target}.",
    ),
    "usb-reduce": Message(
        "{bus} 上的设备太多，又没有别的总线可换：把 {device} 的分辨率或帧率调低，或改用网络摄像机。",
        "There is too much on {bus}, and no other bus has room: give {device} a lower resolution or rate, or use a "
        "network camera.",
    ),
    "usb-nearly-full": Message(
        "{bus} 快满了：不要再往上接摄像机。", "{bus} is nearly full: plug no more cameras into it."
    ),
    "devices-swapped": Message(
        "{role} 现在是 {other} 的设备：把两个插头换回来，或再做一次这一步，在设置里换回来。",
        "{role} has the device of {other} now: exchange their plugs, or do this step again and exchange them in the "
        "settings.",
    ),
    "exchange-by-hand": Message(
        "这两个设备不能由设置对换：请换插头；网络摄像机请在 config.toml 里对换 url 两行。",
        "Settings cannot exchange these two: exchange their plugs, or the two url lines of network cameras in "
        "config.toml.",
    ),
    "calibrate-again": Message(
        "设备换了角色，请把后面的步骤也做一遍。", "Devices have other roles now: do the later steps again, too."
    ),
    "calibrate-cameras-again": Message(
        "摄像机换过：对焦、镜头和同步都要重新校准。",
        "It is another camera than last time: calibrate picture, lens and sync again.",
    ),
    "calibrate-microphones-again": Message(
        "话筒换过：声音和同步都要重新校准。", "It is another microphone than last time: calibrate sound and sync again."
    ),
    "camera-turned": Message(
        "摄像机被转动或移动过：看画面是否还合适；黑板和视野要重新校准。",
        "The camera was turned or moved: see whether its view is still right, and calibrate the blackboard again.",
    ),
    "camera-sees-other": Message(
        "看看摄像机是不是被转开、挡住，或装到了别处。",
        "See whether the camera was turned away or covered, or hangs in another place.",
    ),
    "view-unknown": Message(
        "画面太暗或没有可认的东西：开灯后再试。",
        "Too dark, or nothing in it to recognise: try again with the lights on.",
    ),
    "device-unbound": Message(
        "要用它就再做一次这一步，给它分配角色；不用可以拔掉。",
        "To use it, do this step again and give it a role; else unplug it.",
    ),
    "tap-no-tap": Message(
        "没有听到敲击：直接敲话筒外壳，敲重一点，再做一次这一步。",
        "No tap was heard: tap the housing itself, harder, and do this step again.",
    ),
    "tap-two-taps": Message(
        "两个话筒响得一样：不要敲桌子，只敲一个话筒。",
        "Two microphones sound alike: tap the one housing alone, not the desk.",
    ),
    "tap-too-short": Message("声音太短：再做一次这一步。", "Too little sound came: do this step again."),
    "microphones-mixed-up": Message(
        "敲的是这个话筒，响的却是 {other}：在设置里对换，或换插头。",
        "This one was tapped, and {other} sounded: exchange them in the settings, or their plugs.",
    ),
    "panel-untried": Message(
        "运行 ./calibrate.py panel，有人在场时再试。", "Run ./calibrate.py panel while somebody is in the room."
    ),
    "button-silent": Message(
        "20 秒内没有收到：检查按钮的两根线和 config.toml 里的引脚号。",
        "Nothing came within 20 seconds: see to the button's two wires, and to its pin in config.toml.",
    ),
    "button-other": Message(
        "收到的是 {other}：两个按钮的线接反了，或 config.toml 里的引脚号写反了。",
        "{other} came instead: the wires of two buttons are exchanged, or their pins in config.toml.",
    ),
    "button-stuck": Message(
        "按下后没有松开：按钮卡住，或线短路了。",
        "It was pressed and never released: it sticks, or its wires touch.",
    ),
    "button-chatters": Message(
        "一次按下收到了两次：触点抖动，把 [panel] debounce_ms 调大，或换按钮。",
        "One press came twice: the contact bounces. Raise debounce_ms in [panel], or replace the button.",
    ),
    "lamp-dark": Message(
        "灯没有亮：检查灯的线和极性，以及 config.toml 里的引脚号。",
        "See to the lamp's wires and polarity, and to its pin in config.toml.",
    ),
    "lamp-lit": Message(
        "灯灭不了：在 [panel] 里设 lamps_active_low = true，或检查接线。",
        "It cannot go out: set lamps_active_low = true in [panel], or see to its wires.",
    ),
    "lamp-other": Message(
        "两根灯线接反了：换过来，或在 config.toml 里对换引脚号。",
        "Two wires of the lamps are exchanged: exchange them, or their pins in config.toml.",
    ),
    "buzzer-silent": Message(
        "检查蜂鸣器的线和极性，以及 config.toml 里 buzzer 的引脚号。",
        "See to the buzzer's wires and polarity, and to the pin of buzzer in config.toml.",
    ),
}
