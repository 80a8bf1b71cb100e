"""A figure of matplotlib as SVG that can stand in an HTML page with a strict Content-Security-Policy.

Matplotlib writes ``style`` attributes and a ``style`` element, which such a policy refuses, and the same ids in every
figure. All of its properties exist as presentation attributes (SVG 2, section 6.6), and ids that nothing refers to are
left out.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SVG = "http://www.w3.org/2000/svg"
_HREF = "{http://www.w3.org/1999/xlink}href"
_REFERENCE = re.compile(r"url\(#([^)]+)\)")


def inline_svg(figure: Figure, ident: str, label: str) -> str:
    """The figure as an ``svg`` element; ``ident`` tells its ids from other figures', ``label`` is read to the blind."""
    drawn = io.BytesIO()
    figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    root = ET.fromstring(drawn.getvalue())
    _drop(root, f"{{{_SVG}}}metadata", f"{{{_SVG}}}style")
    text = "".join(value for element in root.iter() for value in element.attrib.values())
    used = set(_REFERENCE.findall(text)) | {element.attrib.get(_HREF, "").removeprefix("#") for element in root.iter()}
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{_SVG}}}")
        _present(element, used, ident)
    root.attrib |= {
        "xmlns": _SVG,
        "role": "img",
        "aria-label": label,
        "stroke-linejoin": "round",
        "stroke-linecap": "butt",
    }
    return ET.tostring(root, encoding="unicode")


def _drop(root: ET.Element, *tags: str) -> None:
    for parent in list(root.iter()):
        for child in [child for child in parent if child.tag in tags]:
            parent.remove(child)


def _present(element: ET.Element, used: set[str], ident: str) -> None:
    attributes = dict(element.attrib)
    for part in attributes.pop("style", "").split(";"):
        name, colon, value = part.partition(":")
        if colon:
            attributes[name.strip()] = value.strip()
    if "font-family" in attributes:  # another computer may have none of these
        attributes["font-family"] += ", sans-serif"
    own = attributes.pop("id", "")
    if own and own in used:
        attributes["id"] = f"{ident}-{own}"
    if href := attributes.pop(_HREF, ""):
        attributes["href"] = f"#{ident}-{href[1:]}" if href.startswith("#") else href
    element.attrib.clear()
    for name, value in attributes.items():
        element.set(name, _REFERENCE.sub(rf"url(#{ident}-\1)", value))
