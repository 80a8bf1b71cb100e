"""What is allowed at a key, read from a model's JSON schema and said in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from edge.i18n import LazyMessage, lazy_message

RULE = "x-rule"
"""The keyword that names a sentence of edge/i18n/config.py where a type alone says too little."""


@dataclass(frozen=True, slots=True)
class Schema:
    """A JSON schema (draft 2020-12, as pydantic writes it) or a node in one; an empty node allows anything."""

    root: dict[str, Any]
    node: dict[str, Any]

    @classmethod
    def of(cls, root: dict[str, Any]) -> Schema:
        """The schema at its root."""
        return cls(root, root)

    def keys(self) -> list[str]:
        """The keys that a table here may have; empty where this is no table or any key will do."""
        names = self._at(self.node.get("propertyNames", {})).choices()
        return names or list(self.node.get("properties", ()))

    def choices(self) -> list[str]:
        """The texts among which to choose here; empty where it is no such choice."""
        if "const" in self.node:
            return [str(self.node["const"])]
        return [str(one) for one in self.node.get("enum", ())]

    def child(self, part: str | int) -> Schema | None:
        """What is allowed one step down, or None where there is no such step."""
        for kind in self.kinds():
            node = kind.node
            if isinstance(part, int):
                below = node.get("items")
            else:
                below = node.get("properties", {}).get(part, node.get("additionalProperties"))
            if isinstance(below, dict):
                return self._at(below)
        return None

    def kinds(self) -> list[Schema]:
        """The alternatives here (``int | str``), without null; this node alone where there is no choice."""
        nodes = [self._at(node) for node in self.node.get("anyOf", (self.node,))]
        return [schema for schema in nodes if schema.node.get("type") != "null"]

    def along(self, path: Sequence[str | int]) -> tuple[Schema, Sequence[str | int]]:
        """As far down ``path`` as the schema goes, and the part of the path that led there."""
        schema = self
        for depth, part in enumerate(path):
            below = schema.child(part)
            if below is None:
                return schema, path[:depth]
            schema = below
        return schema, path

    def allowed(self, path: str) -> LazyMessage:
        """What may stand here, at ``path``, in words."""
        kinds = self.kinds()
        if len(kinds) > 1:
            return lazy_message("config.either", kinds=tuple(kind.allowed(path) for kind in kinds))
        node = kinds[0].node
        if rule := node.get(RULE):
            return lazy_message(f"config.{rule}")
        if choices := kinds[0].choices():
            return lazy_message("config.one-of", choices=tuple(choices))
        match node.get("type"):
            case "integer":
                return _number(node, "whole-number")
            case "number":
                return _number(node, "number")
            case "boolean":
                return lazy_message("config.yes-or-no")
            case "object":
                return lazy_message("config.table", path=path)
            case "array":
                return lazy_message("config.list")
            case _:
                return lazy_message("config.text")

    def _at(self, node: dict[str, Any]) -> Schema:
        while "$ref" in node:
            node = self.root["$defs"][node["$ref"].rpartition("/")[2]]
        return Schema(self.root, node)


def _number(node: dict[str, Any], word: str) -> LazyMessage:
    low = node.get("minimum", node.get("exclusiveMinimum"))
    high = node.get("maximum", node.get("exclusiveMaximum"))
    if low is None and high is None:
        return lazy_message(f"config.{word}")
    if high is None:
        return lazy_message(f"config.{word}-from", low=low)
    if low is None:
        return lazy_message(f"config.{word}-to", high=high)
    even = node.get("multipleOf") == 2
    return lazy_message("config.even-number-range" if even else f"config.{word}-range", low=low, high=high)
