"""The demo's class list: a CSV table as a school would supply it, with a clicker for every student."""

from __future__ import annotations

from edge.i18n import Language, translate

STUDENTS = 40
_GROUPS = 8
_FAMILY = "王李张刘陈杨赵黄周吴"
_GIVEN = "伟芳静磊"


def class_list(language: Language) -> bytes:
    """The CSV in GB18030, as Excel writes it in China."""
    title = ",".join(("学号", "姓名", "座号", "班级", "小组", "反馈器"))
    school_class = translate("demo.class", language)
    rows = [
        f"2026{number:04},{_FAMILY[number % 10]}{_GIVEN[number % 4]}{_GIVEN[number // 10]},{number + 1},{school_class},"
        f"{translate('demo.group', language, number=number % _GROUPS + 1)},{number + 1}"
        for number in range(STUDENTS)
    ]
    return "\r\n".join([title, *rows, ""]).encode("gb18030")
