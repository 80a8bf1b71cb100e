"""Pages made from templates (Jinja2, everything escaped), in the reader's language."""

from __future__ import annotations

import importlib
from functools import cache, partial
from pathlib import Path
from typing import Any

import jinja2
from aiohttp import web

from edge.i18n import Language, translate, translate_code
from edge.web.menu import menu_for
from edge.web.request_keys import ACTOR, LANGUAGE, SESSION
from edge.web.static_files import StaticFiles

FOLDER = Path(__file__).parent / "templates"


class Pages:
    """Renders templates; what all of them may use is described in CONTRIBUTING.md, "A page"."""

    def __init__(self, static: StaticFiles, room_name: str) -> None:
        self.static = static
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals["static"] = static.address
        self._environment.globals["room_name"] = room_name

    def page(self, request: web.Request, template: str, status: int = 200, **values: object) -> web.Response:
        """The page of a template; it is kept by no cache, since it may show what only this reader may see."""
        language = request[LANGUAGE]
        text = self._environment.get_template(template).render(
            t=partial(_translate, language),
            t_code=partial(_translate_code, language),
            words=partial(words, language),
            language=language,
            actor=request[ACTOR],
            menu=menu_for(request[ACTOR].role),
            path=request.path,
            in_other_language=_in_other_language(request, language),
            csrf=request[SESSION].csrf if SESSION in request else "",
            **values,
        )
        return web.Response(text=text, status=status, content_type="text/html", headers={"Cache-Control": "no-store"})


@cache
def words(language: Language, catalogue: str) -> dict[str, str]:
    """Every message of a catalogue by its name, for the page's script."""
    messages: dict[str, Any] = importlib.import_module(f"edge.i18n.{catalogue}").MESSAGES
    return {name: message.text(language) for name, message in messages.items()}


def _in_other_language(request: web.Request, language: Language) -> str:
    """This page in the other language, with the rest of its query, as a relative address."""
    query = request.rel_url.update_query(lang="en" if language == "zh-CN" else "zh-CN").raw_query_string
    return f"?{query}"


def _translate(language: Language, key: str, **values: object) -> str:
    return translate(key, language, **values)


def _translate_code(language: Language, key: str, code: str) -> str:
    return translate_code(key, language, code)
