"""Names of what the calibration's steps roles and panel find."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "camera-there": Message("摄像机有画面，帧率", "The camera delivers pictures, at"),
    "camera-missing": Message("摄像机没有画面", "The camera delivers no picture"),
    "cameras-together": Message("同时工作的摄像机", "Cameras that work at the same time"),
    "microphone-there": Message("话筒有信号", "The microphone delivers sound"),
    "microphone-missing": Message("话筒没有信号", "The microphone delivers no sound"),
    "microphone-level": Message("话筒电平", "Level of the microphone"),
    "microphone-tapped": Message("敲话筒，响的是它", "The tapped microphone is the one that sounds"),
    "usb-load": Message("USB 总线占用", "Reserved of the USB bus"),
    "view-same": Message("画面与上次一致，移动", "The view is that of last time, moved by"),
    "view-turned": Message("画面转动过，移动", "The camera was turned since last time, by"),
    "view-other": Message("画面与上次完全不同", "The view is another than last time"),
    "view-unknown": Message("看不出画面是否与上次一致", "Whether the view is that of last time cannot be told"),
    "swapped-by-view": Message("摄像机对调了（画面是另一个的）", "Cameras swapped: it has the view of another"),
    "swapped-by-serial": Message(
        "设备对调了（序列号是另一个的）", "Devices swapped: it has the serial number of another"
    ),
    "devices-exchanged": Message("已在设置里把对调的设备换回来", "Swapped devices were exchanged in the settings"),
    "exchange-refused": Message("不能在设置里对换", "An exchange cannot be set"),
    "device-replaced": Message("换过设备", "Another device than last time"),
    "device-bound": Message("已分配设备", "The device was bound"),
    "device-unbound": Message("插着但没有使用的设备", "Plugged in and not used"),
    "peripheral-there": Message("反馈器基站或云台已接好", "Clicker base or head is there"),
    "peripheral-bound": Message("已分配反馈器基站或云台", "Clicker base or head was bound"),
    "peripheral-unbound": Message("没有使用的接口", "A port that is not used"),
    "panel-none": Message("本教室没有面板", "This room has no panel"),
    "panel-untried": Message("面板没有试", "The panel was not tried"),
    "button-lesson": Message("“上课”按钮", "Lesson button"),
    "button-pause": Message("“暂停”按钮", "Pause button"),
    "button-mark": Message("“标记”按钮", "Mark button"),
    "lamp-red-on": Message("录制灯能亮红灯", "The recording lamp can be lit"),
    "lamp-red-off": Message("录制灯能灭", "The recording lamp can go out"),
    "lamp-green": Message("状态灯能亮绿灯", "The status lamp can be green"),
    "lamp-amber": Message("状态灯能亮黄灯", "The status lamp can be amber"),
    "lamp-status-off": Message("状态灯能灭", "The status lamp can go out"),
    "buzzer": Message("蜂鸣器能响", "The buzzer sounds"),
    "buzzer-none": Message("设置里没有蜂鸣器", "The settings have no buzzer"),
}
