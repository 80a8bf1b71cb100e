"""The report of a calibration: one file that needs nothing else, and a PDF of the same, in both languages."""

from __future__ import annotations

import base64
import hashlib
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from full_results import ROOM_NAME, earlier_results, full_results
from pdf_text import page_texts

from edge.calibration.report import fonts, write
from edge.calibration.report.changes import changed_devices, changed_findings
from edge.calibration.report.texts import figure_text, number_text, range_text
from edge.calibration.report.write import WrittenReport, write_report
from edge.calibration.result_lines import SIGNS
from edge.calibration.results import Range, Verdict
from edge.i18n import Language, translate

SHANGHAI = ZoneInfo("Asia/Shanghai")
LANGUAGES: tuple[Language, ...] = ("zh-CN", "en")
VOID = {"meta", "br", "img", "link", "hr", "input"}


class Page(HTMLParser):
    """The elements of a page with their attributes, the text within those of a class, and whether tags are balanced."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[tuple[str, str]] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attributes))
        if tag not in VOID:
            self._open.append((tag, attributes.get("class", "")))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if self._open and data.strip():
            self.texts.append((" ".join(name for _, name in self._open), data.strip()))


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Language, WrittenReport]]:
    written: dict[Language, WrittenReport] = {}
    for language in LANGUAGES:
        folder = tmp_path_factory.mktemp(language)
        written[language] = write_report(full_results(folder), folder, earlier_results(), language, SHANGHAI)
    yield written
    _close_fonts()


def _close_fonts() -> None:
    """Matplotlib keeps the files of its fonts open until its process ends."""
    importlib.import_module("matplotlib.font_manager")._get_font.cache_clear()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_needs_nothing_from_outside_and_its_policy_lets_nothing_in(
    reports: dict[Language, WrittenReport], language: Language
) -> None:
    html = reports[language].html.read_text(encoding="utf-8")
    page = Page(html)
    policy = next(one["content"] for tag, one in page.elements if one.get("http-equiv") == "Content-Security-Policy")
    style = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style[0].encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert len(style) == 1
    assert "url(" not in style[0]
    idents = [one["id"] for _, one in page.elements if "id" in one]
    assert len(idents) == len(set(idents))
    for tag, attributes in page.elements:
        assert tag not in {"script", "link", "iframe", "object", "style" if "type" in attributes else "script"}
        for name, value in attributes.items():
            assert name != "style", "the policy refuses it"
            assert not name.startswith("on")
            for reference in re.findall(r"url\(#([^)]*)\)", value) + [value[1:]] * value.startswith("#") * (
                name == "href"
            ):
                assert reference in idents
            if name in {"src", "href", "xlink:href", "srcset", "data", "poster", "action"}:
                assert value.startswith(("data:image/", "#"))
    assert sum(tag == "svg" for tag, _ in page.elements) == 8, "a plot of each kind"
    assert sum(tag == "img" for tag, _ in page.elements) == 1, "the picture that is there"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_is_shown_with_its_sign_and_in_words(
    reports: dict[Language, WrittenReport], language: Language
) -> None:
    page = Page(reports[language].html.read_text(encoding="utf-8"))
    shown = 0
    results = full_results(reports[language].html.parent)
    for verdict in Verdict:
        wanted = sum(finding.verdict is verdict for step in results.steps.values() for finding in step.findings)
        signs = [text for where, text in page.texts if f"verdict {verdict}" in where and where.endswith("sign")]
        words = [text for where, text in page.texts if where.endswith(f"verdict {verdict}")]
        assert set(signs) == {SIGNS[verdict]}
        assert set(words) == {translate(f"calibration.verdict-{verdict}", language)}
        assert len(signs) == len(words) > wanted
        shown += len(signs)
    marked = [one for _, one in page.elements if one.get("class", "").startswith("verdict ")]
    assert len(marked) == shown, "none has a colour alone"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_says_the_same_as_the_page(reports: dict[Language, WrittenReport], language: Language) -> None:
    report = reports[language]
    assert report.remarks == ()
    assert report.pdf is not None
    pages = page_texts(report.pdf.read_bytes())
    assert 5 <= len(pages) <= 12
    assert f"{len(pages)} / {len(pages)}" in pages[-1]
    first, whole = pages[0], "".join(pages)
    assert ROOM_NAME in first
    assert "\ufffd" not in whole, "every glyph has its character"
    for name in ("title", "in-words", "legend-good"):
        assert _squeezed(translate(f"calibration_report.{name}", language)) in _squeezed(first)
    for name in ("to-do", "changed", "devices", "axis-dbfs", "by-electrician", "plot-decay"):
        assert _squeezed(translate(f"calibration_report.{name}", language)) in _squeezed(whole)
    assert "92.0 ± 1.3 %" in whole
    assert "−51.7 ± 1.1 dBFS" in whole
    for sign in SIGNS.values():
        assert sign in first


def _squeezed(text: str) -> str:
    """Without spaces: lines are broken anywhere."""
    return re.sub(r"\s", "", text)


def test_names_are_text_and_secrets_are_masked(reports: dict[Language, WrittenReport]) -> None:
    html = reports["zh-CN"].html.read_text(encoding="utf-8")
    assert "&lt;b&gt;一楼" in html
    assert "<b>" not in html
    assert "geheim" not in html
    assert "rtsp://********@10.0.0.7/1" in html


def test_what_changed_is_what_moved_by_more_than_its_uncertainty(tmp_path: Path) -> None:
    earlier, now = earlier_results(), full_results(tmp_path)
    changes = [(one.step, one.now.name) for one in changed_findings(earlier, now)]
    assert changes == [("picture", "flicker"), ("sound", "speech-loudness")]
    assert [one.role for one in changed_devices(earlier, now)] == ["teacher", "students", "ceiling"]
    assert changed_findings(now, now) == []
    assert changed_devices(now, now) == []


@pytest.mark.parametrize(
    ("value", "half_width", "text"),
    [
        (92.04, 1.27, "92.0 ± 1.3"),
        (-51.66, 11.0, "−52 ± 11"),
        (0.8312, 0.0442, "0.831 ± 0.044"),
        (-0.001, 0.5, "0.00 ± 0.50"),
        (38.0, None, "38"),
        (12345.678, 0.0, "12346"),
    ],
)
def test_a_figure_has_the_digits_of_its_uncertainty(value: float, half_width: float | None, text: str) -> None:
    assert figure_text(value, half_width) == text


def test_a_range_is_written_as_people_write_it() -> None:
    limits = [Range(low=55), Range(high=5), Range(low=-5, high=5), Range(), Range(low=3, high=3)]
    assert [range_text(one) for one in limits] == ["≥ 55", "≤ 5", "−5 … 5", "–", "3"]
    assert number_text(-0.0, 3) == "0"


def test_a_box_without_a_chinese_font_or_without_pango_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "weasyprint.py"
    broken.write_text("raise OSError('cannot load library libpango')\n")
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "edge.calibration.report.pdf", raising=False)
    monkeypatch.setattr(write, "chinese_font", lambda: "")
    written = write_report(earlier_results(), tmp_path, None, "zh-CN")
    assert written.pdf is None
    assert [one.key for one in written.remarks] == ["calibration_report.no-font", "calibration_report.no-pdf"]
    assert "libpango" in written.remarks[1].text("en")
    assert translate("calibration_report.first-time", "zh-CN") in written.html.read_text(encoding="utf-8")
    assert not (tmp_path / "report.pdf").exists()


def test_without_fontconfig_no_font_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert fonts.chinese_font.__wrapped__() == ""


def test_nothing_heavy_is_imported_before_a_report_is_written() -> None:
    listed = (
        "import sys, edge.calibration.report.write;"
        "print(*{'matplotlib', 'weasyprint', 'jinja2', 'cv2', 'scipy'} & set(sys.modules))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", listed], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3]
    )
    assert ran.stdout.split() == []
