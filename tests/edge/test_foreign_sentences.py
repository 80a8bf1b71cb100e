"""What drivers and libraries say in English has Chinese for those who read Chinese."""

from __future__ import annotations

import argparse
import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.cli.argument_parser import TranslatedParser
from edge.i18n import foreign_sentence, translate, translate_code, translate_sentence

HOUSE = Path(__file__).parents[2]
RAISED = {
    *("DeviceMissing", "DeviceStalled", "DeviceLost", "DeviceMisconfigured", "DeviceRefused", "Superseded"),
    "DeviceCondition",
    *("ValueError", "InvalidOption", "InvalidAddress", "error_class", "StreamEnded", "refused_access"),
}
STORE_ERRORS = {
    *("StoreNotThere", "StoreFailed", "StoreCorrupt", "StoreUnreachable", "StoreClockWrong", "StoreCertificateWrong"),
    *("StoreUnsupported", "StoreFull", "InvalidStoreUrl"),
}
# Mistakes of a programmer, which nobody reads but programmers.
FOR_PROGRAMMERS = (
    *("a bridge needs room", "a speed is a share", "a preset is a number", " bytes are no "),
    *("an iClicker has the keys", "an iClicker base has no keypad"),
    "s3://X1: X1",
)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def said(folder: str, raised: set[str]) -> Iterator[str]:
    """Every sentence in the code that is the last argument of one of these calls, or assigned to ``reason``."""
    for file in sorted((HOUSE / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            value = None
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in raised and node.args:
                value = node.args[1] if node.func.id == "DeviceCondition" and len(node.args) > 1 else node.args[-1]
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                value = node.value if node.targets[0].id == "reason" else None
            if (sentence := text_of(value)) and " " in sentence:
                yield sentence


def text_of(node: ast.expr | None) -> str:
    """The text of a literal, with a word in the place of each value; empty where it is none."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(str(part.value) if isinstance(part, ast.Constant) else "X1" for part in parts)
        case _:
            return ""


@pytest.mark.parametrize(
    ("folder", "raised"), [("drivers", RAISED), ("pipelines/devices", RAISED), ("pipelines/delivery", STORE_ERRORS)]
)
def test_every_sentence_of_drivers_and_stores_has_chinese(folder: str, raised: set[str]) -> None:
    found = {one for one in said(folder, raised) if not any(part in one for part in FOR_PROGRAMMERS)}
    assert len(found) > 1
    english_only = {one for one in found if not CHINESE.search(translate_sentence(one, "zh-CN"))}
    assert english_only == set(), "add these to edge/i18n/driver_sentences.py or store_sentences.py"
    assert {translate_sentence(one, "en") for one in found} == found


def test_every_reason_of_the_toml_parser_has_chinese() -> None:
    tree = ast.parse(inspect.getsource(importlib.import_module("tomllib._parser")))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and len(node.args) == 3]
    reasons = [text_of(call.args[2]) for call in calls if getattr(call.func, "id", "") == "suffixed_err"]
    reasons = [reason for reason in reasons if reason and not reason.startswith("Expected X1")]
    assert len(reasons) > 15
    for reason in reasons:
        assert CHINESE.search(translate_sentence(reason, "zh-CN")), reason


def test_values_in_a_sentence_are_said_in_chinese_too() -> None:
    assert (
        translate_sentence("rtsp://h/a cannot be opened: Connection refused", "zh-CN")
        == "打不开 rtsp://h/a：连接被拒绝"
    )
    missing = FileNotFoundError(2, "No such file or directory", "a")
    assert "'a'：没有这个文件或文件夹" in translate("receipt.unreadable", "zh-CN", reason=missing)
    assert foreign_sentence("something new").text("zh-CN") == "something new"
    assert translate_code("room.fault", "zh-CN", "no sound for 3 s") == "3 秒没有声音"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--count", "x", "a"], "参数 --count：'x' 不是整数"),
        (["--count"], "参数 --count：后面要写一个值"),
        ([], "还缺少：name"),
        (["a", "--cuont"], "不认识的参数：--cuont"),
    ],
)
def test_a_wrong_command_line_is_answered_in_one_language(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = TranslatedParser("zh-CN", prog="p", description="")
    parser.add_argument("name")
    parser.add_argument("--count", type=int)
    with pytest.raises(SystemExit) as ended:
        parser.parse_args(arguments)
    assert ended.value.code == 2
    usage, line = capsys.readouterr().err.splitlines()
    assert usage.startswith("用法：p ")
    assert line == f"p：错误：{words}"
    assert not argparse.ArgumentParser(prog="p").format_usage().startswith("用法")
