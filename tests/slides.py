"""Slides as teachers show them, drawn from a seed, with the truth of what is written on them: Chinese, no formulas."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

FONT = Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
SIZE = 1920, 1080

_TITLES = (
    "第三单元 光合作用",
    "勾股定理的证明与应用",
    "《荷塘月色》赏析",
    "牛顿第二定律",
    "丝绸之路与东西方交流",
    "季风气候的成因",
    "元素周期表的规律",
    "唐诗中的边塞风光",
    "一次函数的图像",
    "辛亥革命的历史意义",
    "细胞的结构与功能",
    "声音的产生与传播",
    "文言文阅读方法",
    "平行四边形的性质",
    "酸碱中和反应",
    "我国的自然资源",
    "法治与公民权利",
    "浮力的大小与哪些因素有关",
)
_BULLETS = (
    "植物利用光能把二氧化碳和水合成有机物，并释放氧气",
    "直角三角形两条直角边的平方和等于斜边的平方",
    "物体的加速度与所受合外力成正比，与质量成反比",
    "曲曲折折的荷塘上面，弥望的是田田的叶子",
    "张骞两次出使西域，开辟了通往西方的道路",
    "夏季风从海洋吹向陆地，带来丰沛的降水",
    "同一周期从左到右，金属性逐渐减弱，非金属性逐渐增强",
    "大漠孤烟直，长河落日圆",
    "当斜率大于零时，函数值随自变量的增大而增大",
    "推翻了两千多年的君主专制制度，建立了中华民国",
    "细胞膜控制物质进出，线粒体是动力车间",
    "声音是由物体振动产生的，真空不能传声",
    "联系上下文推断词义，注意一词多义和古今异义",
    "两组对边分别平行的四边形叫做平行四边形",
    "酸与碱作用生成盐和水，是放热反应",
    "人均占有量少，时空分布不均，要节约集约利用",
    "宪法是国家的根本法，具有最高的法律效力",
    "浸在液体中的物体所受的浮力等于它排开的液体所受的重力",
    "小组讨论：为什么山区的昼夜温差比平原大？",
    "课后作业：完成练习册第 36 页第 5 题至第 8 题",
    "实验步骤：先称量，再溶解，最后过滤并洗涤沉淀",
    "重点词语：踌躇、蓦然、缥缈、袅娜、参差",
    "下节课请带圆规、三角板和量角器",
    "思考：如果没有月球，地球上的潮汐会怎样变化？",
    "公元前 221 年，秦王嬴政统一六国，定都咸阳",
    "易错点：单位换算，1 立方米等于 1000 升",
)
_SMALL = ("实验中学 高一（3）班", "主讲：李晓梅 2026 年 9 月", "人教版 必修第一册", "参考资料：教师用书第 112 页")
# Text and ground, as themes have them.
_COLOURS = (
    ((20, 20, 20), (255, 255, 255)),
    ((30, 50, 110), (240, 244, 252)),
    ((245, 245, 245), (28, 60, 100)),
    ((250, 240, 200), (20, 80, 60)),
    ((60, 30, 20), (250, 240, 220)),
    ((235, 235, 235), (40, 40, 44)),
)


@dataclass(frozen=True)
class Slide:
    """A picture (1080, 1920, 3), RGB, and the lines that are written on it."""

    picture: Image.Image
    lines: Sequence[str]


def slides(seed: int, count: int) -> Iterator[Slide]:
    """Draw slides: a title, three to six points, a small line at the foot."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        ink, ground = _COLOURS[int(rng.integers(len(_COLOURS)))]
        picture = Image.new("RGB", SIZE, ground)
        draw = ImageDraw.Draw(picture)
        title, small = str(rng.choice(_TITLES)), str(rng.choice(_SMALL))
        draw.text((110, 80), title, ink, _font(int(rng.integers(72, 100))))
        lines, top, size = [title], 250, int(rng.integers(38, 54))
        for bullet in rng.permutation(_BULLETS)[: int(rng.integers(3, 7))]:
            draw.ellipse((118, top + size // 2 - 6, 130, top + size // 2 + 6), ink)
            draw.text((160, top), str(bullet), ink, _font(size))
            lines.append(str(bullet))
            top += int(size * 2.1)
        draw.text((110, 985), small, ink, _font(30))
        yield Slide(picture, [*lines, small])


def characters(text: str) -> str:
    """The characters that count: no blanks, full and half width the same."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def found_characters(truth: str, read: str) -> int:
    """How many characters of ``truth`` were read in their order: the longest common subsequence."""
    lengths = np.zeros(len(read) + 1, np.int32)
    codes = np.array([ord(one) for one in read], np.int32)
    for one in truth:
        diagonal = lengths[:-1] + (codes == ord(one))
        lengths[1:] = np.maximum.accumulate(np.maximum(diagonal, lengths[1:]))
    return int(lengths[-1])


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), size)
