"""Lookup of what is allowed at a config key in the JSON schema of the data model, as a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from edge.i18n import LazyMessage, lazy_message

RULE = "x-rule"
"""Schema keyword that names a sentence of edge/i18n/config.py, for keys whose type alone says too little."""


@dataclass(frozen=True, slots=True)
class Schema:
    """A node of a JSON schema (draft 2020-12, as written by pydantic); an empty node allows anything."""

    root: dict[str, Any]
    node: dict[str, Any]

    @classmethod
    def of(cls, root: dict[str, Any]) -> Schema:
        """Return the root node of a schema."""
        return cls(root, root)

    def keys(self) -> list[str]:
        """Return the keys that a table here may have; empty if this is no table or allows any key."""
        names = self._at(self.node.get("propertyNames", {})).choices()
        return names or list(self.node.get("properties", ()))

    def choices(self) -> list[str]:
        """Return the texts to choose from; empty if this is no enumeration."""
        if "const" in self.node:
            return [str(self.node["const"])]
        return [str(one) for one in self.node.get("enum", ())]

    def child(self, part: str | int) -> Schema | None:
        """Return the node one step down, or None if there is none."""
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
        """Return the alternatives (``int | str``) without null, or this node alone."""
        nodes = [self._at(node) for node in self.node.get("anyOf", (self.node,))]
        return [schema for schema in nodes if schema.node.get("type") != "null"]

    def along(self, path: Sequence[str | int]) -> tuple[Schema, Sequence[str | int]]:
        """Return the deepest node along ``path``, and the part of the path that leads to it."""
        schema = self
        for depth, part in enumerate(path):
            below = schema.child(part)
            if below is None:
                return schema, path[:depth]
            schema = below
        return schema, path

    def allowed(self, path: str) -> LazyMessage:
        """Describe the allowed values at ``path``."""
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


def property_names(root: dict[str, Any]) -> set[str]:
    """The keys of all tables of a JSON schema, whichever table they belong to."""
    return {name for node in (root, *root.get("$defs", {}).values()) for name in node.get("properties", ())}


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
