"""The rules for statements of the Experience API 1.0.3 (part two, chapters 2 and 4), as a schema and checks."""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from typing import Any

from jsonschema import Draft202012Validator

_IRI = {"type": "string", "pattern": r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+$"}
_LANGUAGE = r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"
_WORDS = {
    "type": "object",
    "minProperties": 1,
    "patternProperties": {_LANGUAGE: {"type": "string"}},
    "additionalProperties": False,
}
_UUID = {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}
_EXTENSIONS = {"type": "object", "propertyNames": _IRI}
_COMPONENTS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"id": {"type": "string", "minLength": 1}, "description": _WORDS},
        "required": ["id"],
        "additionalProperties": False,
    },
}
_INTERACTIONS = [
    *("true-false", "choice", "fill-in", "long-fill-in", "matching"),
    *("performance", "sequencing", "likert", "numeric", "other"),
]
_ACTIVITY = {
    "type": "object",
    "properties": {
        "objectType": {"const": "Activity"},
        "id": _IRI,
        "definition": {
            "type": "object",
            "properties": {
                "name": _WORDS,
                "description": _WORDS,
                "type": _IRI,
                "moreInfo": _IRI,
                "extensions": _EXTENSIONS,
                "interactionType": {"enum": _INTERACTIONS},
                "correctResponsesPattern": {"type": "array", "items": {"type": "string"}},
                **dict.fromkeys(("choices", "scale", "source", "target", "steps"), _COMPONENTS),
            },
            "additionalProperties": False,
            "dependentRequired": {
                name: ["interactionType"]
                for name in ("correctResponsesPattern", "choices", "scale", "source", "target", "steps")
            },
        },
    },
    "required": ["id"],
    "additionalProperties": False,
}
_AGENT = {
    "type": "object",
    "properties": {
        "objectType": {"const": "Agent"},
        "name": {"type": "string"},
        "mbox": {"type": "string", "pattern": "^mailto:[^@]+@[^@]+$"},
        "mbox_sha1sum": {"type": "string", "pattern": "^[0-9a-f]{40}$"},
        "openid": _IRI,
        "account": {
            "type": "object",
            "properties": {"homePage": _IRI, "name": {"type": "string", "minLength": 1}},
            "required": ["homePage", "name"],
            "additionalProperties": False,
        },
    },
    "oneOf": [{"required": [one]} for one in ("mbox", "mbox_sha1sum", "openid", "account")],
    "additionalProperties": False,
}
_ACTIVITIES = {"type": "array", "items": _ACTIVITY}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": _UUID,
        "actor": _AGENT,
        "verb": {
            "type": "object",
            "properties": {"id": _IRI, "display": _WORDS},
            "required": ["id"],
            "additionalProperties": False,
        },
        "object": _ACTIVITY,
        "result": {
            "type": "object",
            "properties": {
                "score": {"type": "object"},
                "success": {"type": "boolean"},
                "completion": {"type": "boolean"},
                "response": {"type": "string"},
                "duration": {
                    "type": "string",
                    "pattern": r"^P(?=.)(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$",
                },
                "extensions": _EXTENSIONS,
            },
            "additionalProperties": False,
        },
        "context": {
            "type": "object",
            "properties": {
                "registration": _UUID,
                "instructor": _AGENT,
                "revision": {"type": "string"},
                "platform": {"type": "string"},
                "language": {"type": "string", "pattern": _LANGUAGE},
                "contextActivities": {
                    "type": "object",
                    "properties": dict.fromkeys(("parent", "grouping", "category", "other"), _ACTIVITIES),
                    "additionalProperties": False,
                },
                "extensions": _EXTENSIONS,
            },
            "additionalProperties": False,
        },
        "timestamp": {"type": "string"},
        "version": {"type": "string", "pattern": r"^1\.0(\.\d+)?$"},
    },
    "required": ["actor", "verb", "object"],
    "additionalProperties": False,
}
_VALIDATOR = Draft202012Validator(SCHEMA)


def mistakes(statement: dict[str, Any]) -> list[str]:
    """What is wrong with a statement; nothing where it is right."""
    found = [f"{'/'.join(map(str, error.path))}: {error.message}" for error in _VALIDATOR.iter_errors(statement)]
    if found:
        return found
    if "id" in statement and uuid.UUID(statement["id"]).variant != uuid.RFC_4122:
        found.append("id: no UUID of RFC 4122")
    if "timestamp" in statement and datetime.fromisoformat(statement["timestamp"]).tzinfo is None:
        found.append("timestamp: it needs a zone")
    return found + _answer_mistakes(statement)


def _answer_mistakes(statement: dict[str, Any]) -> list[str]:
    """What is said is said as the kind of interaction has it, and so is what would be right."""
    definition = statement["object"].get("definition", {})
    given = [
        *definition.get("correctResponsesPattern", []),
        *filter(None, [statement.get("result", {}).get("response")]),
    ]
    match definition.get("interactionType"):
        case "choice":
            ids = {one["id"] for one in definition["choices"]}
            return [f"response: {one}" for one in given if not set(one.split("[,]")) <= ids]
        case "true-false":
            return [f"response: {one}" for one in given if one not in ("true", "false")]
        case "numeric":
            return [f"response: {one}" for one in given if not re.fullmatch(r"-?\d+(\.\d+)?", one)]
        case _:
            return []
