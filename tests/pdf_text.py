"""The text of a PDF's pages as a reader would copy it out: glyphs of the page's content by their fonts' ToUnicode maps.

Enough of ISO 32000-1 (7.5.7 object streams, 9.10 extraction of text) for what WeasyPrint writes.
"""

from __future__ import annotations

import re
import zlib

_STREAM = re.compile(rb"(\d+) 0 obj\s*<<((?:(?!endobj).)*?)>>\s*stream\r?\n", re.DOTALL)
_PLAIN = re.compile(rb"(\d+) 0 obj\s*(<<.*?>>|\[.*?\])\s*endobj", re.DOTALL)
_SHOWN = re.compile(rb"/(\S+) Do|/(\S+) [\d.-]+ Tf|<([0-9a-fA-F]+)>(?=[^\[\]]*\]?\s*T[jJ]|[^\[\]]*\]\s*TJ)|(\bET\b)")


def page_texts(pdf: bytes) -> list[str]:
    """The text of each page, glyph by glyph, a line break after each text object."""
    objects, streams = _objects(pdf)
    named = [pair for body in objects.values() for pair in re.findall(rb"/([\w.+-]+)\s+(\d+) 0 R", body)]
    forms = {name: streams[int(number)] for name, number in named if int(number) in streams}
    pages = [body for body in objects.values() if re.search(rb"/Type\s*/Page\b", body)]
    texts = []
    for page in pages:
        content = re.search(rb"/Contents\s+(\d+) 0 R", page)
        assert content is not None
        texts.append(_text(streams[int(content[1])], _fonts(objects, streams), forms))
    return texts


def _objects(pdf: bytes) -> tuple[dict[int, bytes], dict[int, bytes]]:
    objects = {int(found[1]): found[2] for found in _PLAIN.finditer(pdf)}
    streams: dict[int, bytes] = {}
    for found in _STREAM.finditer(pdf):
        raw = pdf[found.end() : pdf.index(b"endstream", found.end())]
        data = zlib.decompressobj().decompress(raw) if b"/FlateDecode" in found[2] else raw
        streams[int(found[1])] = data
        if b"/ObjStm" in found[2]:
            first = int(re.search(rb"/First (\d+)", found[2])[1])  # type: ignore[index]
            numbers = [int(one) for one in data[:first].split()]
            offsets = [*numbers[1::2], len(data) - first]
            for number, begin, end in zip(numbers[::2], offsets, offsets[1:], strict=False):
                objects[number] = data[first + begin : first + end]
    return objects, streams


def _fonts(objects: dict[int, bytes], streams: dict[int, bytes]) -> dict[bytes, dict[str, str]]:
    """The characters of each font's glyphs, by the font's name in the pages' resources."""
    fonts = {}
    for body in objects.values():
        for name, number in re.findall(rb"/([\w.+-]+)\s+(\d+) 0 R", body):
            shape = re.search(rb"/ToUnicode\s+(\d+) 0 R", objects.get(int(number), b""))
            if shape is not None:
                fonts[name] = _unicode_map(streams[int(shape[1])])
    return fonts


def _unicode_map(cmap: bytes) -> dict[str, str]:
    pairs = re.findall(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*\n", cmap)
    return {glyph.decode().lower(): bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in pairs}


def _text(content: bytes, fonts: dict[bytes, dict[str, str]], forms: dict[bytes, bytes]) -> str:
    text, glyphs = "", dict[str, str]()
    for form, font, hexes, end in _SHOWN.findall(content):
        if form:
            text += _text(forms.get(form, b""), fonts, forms)
        elif font:
            glyphs = fonts.get(font, {})
        elif end:
            text += "\n"
        else:
            codes = hexes.decode().lower()
            text += "".join(glyphs.get(codes[at : at + 4], "\ufffd") for at in range(0, len(codes), 4))
    return text
