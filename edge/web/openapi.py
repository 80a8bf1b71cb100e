"""What the pages' addresses take and answer, as an OpenAPI 3.1 document made from the table of routes."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from edge.web.access.sessions import COOKIE
from edge.web.route import Route

_PARAMETER = re.compile(r"\{(\w+)(?::[^}]*)?\}")
# What the gate answers before a handler is asked, and handlers for what cannot be done now.
_ALWAYS = {
    200: "It is done, or here it is.",
    204: "There is none now.",
    303: "Go on there.",
    304: "It is as you have it.",
}
_REFUSED = {
    400: "It is not understood.",
    401: "Log in.",
    403: "It is not for you, or not from a page of ours.",
    404: "There is none.",
    409: "Not now; the reason is a sentence.",
    416: "There is no such range of it.",
    429: "Too often.",
    503: "The controller is away, or there is no password yet.",
}
_REFUSED_BODIES = {
    408: "It took too long.",
    411: "Its length is not said.",
    413: "It is too large.",
    415: "It is compressed, or of another type.",
    422: "It is no form.",
}
_SCHEMAS = "#/components/schemas/"


def openapi_document(routes: Iterable[Route]) -> dict[str, Any]:
    """The document of these routes."""
    paths: dict[str, dict[str, Any]] = {}
    schemas: dict[str, Any] = {}
    for route in routes:
        if route.body is not None:
            schema = route.body.model_json_schema(ref_template=f"{_SCHEMAS}{{model}}")
            schemas |= schema.pop("$defs", {})
            schemas[route.body.__name__] = schema
        paths.setdefault(_PARAMETER.sub(r"{\1}", route.path), {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Classroom edge controller", "version": "1"},
        "paths": paths,
        "components": {
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": COOKIE}},
            "schemas": schemas,
        },
    }


def _operation(route: Route) -> dict[str, Any]:
    names = _PARAMETER.findall(route.path)
    answers = {**_ALWAYS, **_REFUSED, **({} if route.method == "GET" else _REFUSED_BODIES)}
    operation: dict[str, Any] = {
        "summary": (inspect.getdoc(route.handler) or "").partition("\n")[0],
        "description": f"For: {', '.join(sorted(route.roles))}.",
        "parameters": [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names],
        "responses": {str(status): {"description": why} for status, why in answers.items()},
        "security": [] if route.is_public else [{"session": []}],
    }
    if route.method != "GET":
        operation["requestBody"] = {"content": _content(route.body)}
    return operation


def _content(body: type[BaseModel] | None) -> dict[str, Any]:
    if body is None:
        return {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}
    return {"application/json": {"schema": {"$ref": f"{_SCHEMAS}{body.__name__}"}}}
