"""Messages of the report of a calibration."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    # the head
    "title": Message("教室校准报告", "Calibration report"),
    "number": Message("第 {number} 次校准", "calibration {number}"),
    "room": Message("教室", "Room"),
    "school": Message("学校", "School"),
    "date": Message("日期", "Date"),
    "box": Message("录课主机", "Box"),
    "unfinished": Message(
        "这次校准还没有做完；下面只有已经做过的步骤。",
        "This calibration is not finished; only the steps done so far are below.",
    ),
    # verdicts
    "verdict": Message("结论", "Verdict"),
    "overall-good": Message(
        "这间教室可以放心上课录像：测过的项目全都好，不需要再做什么。",
        "This classroom is ready for lessons: everything that was measured is good, and nothing remains to be done.",
    ),
    "overall-acceptable": Message(
        "这间教室可以上课录像。有 {count} 处还可以更好，见“要做的事”。",
        "Lessons can be recorded in this classroom. What could be better: {count}, see “What to do”.",
    ),
    "overall-acceptable-open": Message(
        "这间教室可以上课录像；有些数值不算最好，但现在不需要做什么。",
        "Lessons can be recorded in this classroom; some figures are not the best, and nothing has to be done now.",
    ),
    "overall-bad": Message(
        "这间教室还不能放心录像：有 {count} 处必须先解决，见“要做的事”。解决以后请再校准这些步骤。",
        "Recordings of this classroom cannot be relied on yet. What must be put right first: {count}, see “What to do”."
        " Then calibrate these steps again.",
    ),
    "overall-bad-open": Message(
        "这间教室还不能放心录像：有项目不行，见下面各步骤。",
        "Recordings of this classroom cannot be relied on yet: some things are bad, see the steps below.",
    ),
    "overall-unmeasured": Message(
        "测出来的都可以，但有 {count} 处没有测出，还不能下结论，见“要做的事”。",
        "What was measured is in order. What could not be measured: {count}, see “What to do”.",
    ),
    "overall-unmeasured-open": Message(
        "测出来的都可以，但不是每个步骤都测过，还不能对整间教室下结论。",
        "What was measured is in order, but not every step was measured: nothing can be said of the whole room yet.",
    ),
    "step": Message("步骤", "Step"),
    "in-words": Message("说明", "In words"),
    "legend-good": Message("不用管它。", "leave it as it is."),
    "legend-acceptable": Message("能用，有空时改进。", "works, to be improved when there is time."),
    "legend-bad": Message("必须解决。", "must be put right."),
    "legend-unmeasured": Message("还不知道好坏。", "nothing is known of it."),
    "step-good": Message(
        "{count} 项全都好，不需要做什么。", "Everything is good (measured: {count}); there is nothing to do."
    ),
    "step-acceptable": Message("能用，可以改进：{actions}。", "Works, and could be better: {actions}."),
    "step-acceptable-open": Message("能用；不算最好的是：{what}。", "Works; not at their best: {what}."),
    "step-bad": Message("必须解决：{actions}。", "Must be put right: {actions}."),
    "step-bad-open": Message("不行的是：{what}。", "Bad: {what}."),
    "step-unmeasured": Message("没有测出，请处理后再测：{actions}。", "Not measured; before trying again: {actions}."),
    "step-unmeasured-open": Message("没有测出：{what}。", "Not measured: {what}."),
    "done-by": Message("（{who}）", " ({who})"),
    "semicolon": Message("；", "; "),
    "and-more": Message("；还有 {count} 处", "; and {count} more"),
    # what to do
    "to-do": Message("要做的事", "What to do"),
    "where": Message("位置", "Where"),
    "found": Message("发现", "Found"),
    "do": Message("怎么做", "What to do"),
    "who": Message("由谁做", "By whom"),
    "by-technician": Message("技术员", "technician"),
    "by-network": Message("网络管理员", "network administrator"),
    "by-school": Message("学校教务", "school office"),
    "by-electrician": Message("电工", "electrician"),
    "no-advice": Message("请看这一步的数值和图", "look at the figures and pictures of this step"),
    "nothing-to-do": Message("没有要做的事。", "There is nothing to do."),
    # steps
    "measured-at": Message("测量时间：{time}", "Measured: {time}"),
    "time-unknown": Message("时间不明（测量时主机没有对过时）", "not known (the box did not know the time)"),
    "finding": Message("项目", "What"),
    "device": Message("设备", "Device"),
    "value": Message("数值", "Value"),
    "tolerance-head": Message("要求", "Wanted"),
    "tolerance": Message("好：{good}；可以：{acceptable}", "good: {good}; acceptable: {acceptable}"),
    "anything": Message("不限", "anything"),
    "no-value": Message("没有数值", "no value"),
    "no-findings": Message("这一步没有测量结果。", "This step has no results."),
    "the-room": Message("教室", "room"),
    "of-device": Message("{what}（{device}）", "{what} ({device})"),
    "of-step": Message("{step}：{what}", "{step}: {what}"),
    "no-picture": Message("图片不在这台主机上了。", "the picture is missing."),
    "undrawable": Message("这张图的数据不完整，画不出来。", "the figures of this plot are not complete."),
    # plots
    "plot-spectrum": Message(
        "声音的频谱，标出交流声（50 Hz 及其倍频）", "Spectrum of the sound; hum (50 Hz and harmonics) is marked"
    ),
    "plot-decay": Message("声音的衰减和混响时间", "Decay of sound, and reverberation time"),
    "plot-sharpness-map": Message(
        "画面各处的清晰度（最清晰处为 100）", "Sharpness over the picture (100: where it is sharpest)"
    ),
    "plot-distortion": Message("镜头畸变，校正前和校正后", "Lens distortion, before and after it is reckoned out"),
    "plot-sync-histogram": Message("声音比画面晚多少，每次测量的分布", "How late sound is: all measurements"),
    "plot-levels": Message("声音的大小", "Sound level"),
    "plot-upload-rate": Message("上传速度", "Rate of copying to the store"),
    "plot-sync-latency": Message("磁盘写入要多久（fdatasync）", "How long writes to the disk take (fdatasync)"),
    "axis-hz": Message("频率（Hz）", "frequency (Hz)"),
    "axis-dbfs": Message("电平（dBFS）", "level (dBFS)"),
    "axis-db": Message("衰减（dB）", "decay (dB)"),
    "axis-s": Message("时间（秒）", "time (s)"),
    "axis-ms": Message("用时（毫秒）", "time (ms)"),
    "axis-mbits": Message("速度（Mbit/s）", "rate (Mbit/s)"),
    "axis-offset": Message("声音晚（毫秒）", "sound is late by (ms)"),
    "axis-count": Message("次数", "count"),
    "axis-share": Message("在此时间内完成的（%）", "done within this time (%)"),
    "axis-sharpness": Message("清晰度（%）", "sharpness (%)"),
    "hum": Message("交流声", "hum"),
    "hum-would-be": Message("交流声会在这里（50 Hz 及其倍频）", "where hum would be (50 Hz and harmonics)"),
    "measured": Message("实测", "measured"),
    "fitted": Message("拟合", "fitted"),
    "before": Message(
        "校正前：最大 {pixels} px\n箭头放大 {times} 倍", "before: {pixels} px at most\narrows {times} times as long"
    ),
    "after": Message(
        "校正后：最大 {pixels} px\n箭头放大 {times} 倍", "after: {pixels} px at most\narrows {times} times as long"
    ),
    "mean": Message("平均值和它的 95% 区间：{value} 毫秒", "mean and its 95 % interval: {value} ms"),
    "wanted-within": Message("这个区间不能宽于 ±{limit} 毫秒", "this interval may be ± {limit} ms wide at most"),
    "needed": Message("上课需要 {rate} Mbit/s", "lessons need {rate} Mbit/s"),
    "p99": Message("99% 在 {ms} 毫秒内", "99 % within {ms} ms"),
    "budget": Message("允许 {ms} 毫秒", "allowed: {ms} ms"),
    # what changed
    "changed": Message("变化", "What changed"),
    "settings": Message("这次改动的设置", "Settings changed by this calibration"),
    "no-settings": Message("没有改动设置。", "No setting was changed."),
    "setting": Message("设置", "Setting"),
    "value-before": Message("之前", "Before"),
    "value-after": Message("之后", "After"),
    "value-now": Message("现在", "Now"),
    "not-set": Message("未设置", "not set"),
    "since-last": Message("与第 {number} 次校准（{time}）相比", "Since calibration {number} ({time})"),
    "nothing-moved": Message(
        "没有哪个结论变了，数值的变化都在测量误差之内。",
        "No verdict is another one, and no figure has moved by more than its uncertainty.",
    ),
    "first-time": Message(
        "这是第一次校准，没有可以比较的。", "This is the first calibration: there is nothing to compare it with."
    ),
    "device-gone": Message("这次没有找到（之前是 {before}）", "was not found this time (before: {before})"),
    "device-new": Message("新设备 {now}", "new: {now}"),
    "device-other": Message(
        "换了设备或插口：之前 {before}，现在 {now}", "another device or port: before {before}, now {now}"
    ),
    "other-version": Message("软件版本：之前 {before}，现在 {now}", "Software version: before {before}, now {now}"),
    # devices
    "devices": Message("设备和软件", "Devices and software"),
    "no-devices": Message("没有记录设备。", "No devices were recorded."),
    "model": Message("型号", "Model"),
    "serial": Message("序列号", "Serial number"),
    "serial-short": Message("序列号 {serial}", "serial number {serial}"),
    "colon": Message("：", ": "),
    "comma": Message("，", ", "),
    "port": Message("插口", "Port"),
    "driver": Message("驱动", "Driver"),
    "version": Message("软件：classroom-edge {version}", "Software: classroom-edge {version}"),
    "not-known": Message("不明", "not known"),
    # remarks of whoever writes it
    "no-font": Message(
        "这台主机没有中文字体，PDF 里的中文会显示成方框；HTML 报告在别的电脑上打开是好的。"
        "安装字体：sudo apt install fonts-wqy-zenhei",
        "This box has no Chinese font: Chinese characters are empty boxes in the PDF; the HTML report is well on"
        " another computer. To install one: sudo apt install fonts-wqy-zenhei",
    ),
    "no-pdf": Message(
        "没有生成 PDF（{reason}）；HTML 报告可以在浏览器里打印成 PDF。安装所缺的库：sudo apt install libpangoft2-1.0-0"
        " libharfbuzz-subset0",
        "No PDF was made ({reason}); a browser prints the HTML report as one. To install the missing library:"
        " sudo apt install libpangoft2-1.0-0 libharfbuzz-subset0",
    ),
}
