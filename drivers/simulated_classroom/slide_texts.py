"""What stands on the slides, the board and the wall of a simulated lesson on quadratic functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class SlideText:
    """A title, lines below it, and the figure beside them."""

    title: str
    lines: tuple[str, ...]
    figure: Literal["parabola", "shifted", "two", "area", "table"]


SLIDES = (
    SlideText("二次函数的图象与性质", ("九年级数学 · 第二十二章", "", "主讲：王老师"), "parabola"),
    SlideText("学习目标", ("1. 会画二次函数的图象", "2. 理解开口方向与对称轴", "3. 能求顶点坐标"), "two"),
    SlideText("一般形式", ("y = ax² + bx + c", "其中 a ≠ 0", "a、b、c 是常数"), "parabola"),
    SlideText("开口方向", ("a > 0：开口向上", "a < 0：开口向下", "|a| 越大，开口越小"), "two"),
    SlideText("对称轴与顶点", ("对称轴：x = −b / 2a", "顶点在对称轴上", "a > 0 时顶点是最低点"), "shifted"),
    SlideText("配方", ("y = x² − 4x + 3", "  = (x − 2)² − 1", "顶点坐标：(2, −1)"), "shifted"),
    SlideText("列表与描点", ("先确定对称轴", "再取左右对称的点", "用平滑的曲线连接"), "table"),
    SlideText("练习一", ("求下列函数的顶点：", "(1) y = x² + 2x − 3", "(2) y = −2x² + 8x"), "parabola"),
    SlideText("最大面积问题", ("篱笆长 40 米，一面靠墙", "S = x(40 − 2x)", "何时面积最大？"), "area"),
    SlideText("图象的平移", ("左加右减，上加下减", "y = a(x − h)² + k", "h 左右，k 上下"), "two"),
    SlideText("小组讨论", ("怎样由图象判断", "a、b、c 的符号？", "每组选一名代表"), "shifted"),
    SlideText("课堂小结", ("开口、对称轴、顶点", "增减性与最值", "作业：课本第 37 页"), "table"),
)
WRITTEN = (
    "y = ax²+bx+c",
    "x = −b/2a",
    "(2, −1)",
    "a > 0 开口向上",
    "Δ = b²−4ac",
    "y=(x−2)²−1",
    "最大值 200",
    "对称轴 x=2",
)
MOTTO = "好好学习  天天向上"
