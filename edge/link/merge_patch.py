"""JSON Merge Patch (RFC 7396): make the patch between two JSON objects, and apply one.

Null in a patch removes a key, so an object that is patched must not hold null itself; those that are diffed here have
no such value at any depth of their objects. Arrays are replaced whole.
"""

from __future__ import annotations

from typing import Any

JsonObject = dict[str, Any]


def merge_diff(before: JsonObject, after: JsonObject) -> JsonObject:
    """The smallest patch that makes ``after`` out of ``before``; empty where they are equal."""
    patch: JsonObject = dict.fromkeys(before.keys() - after.keys())
    for key, value in after.items():
        old = before.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            if inner := merge_diff(old, value):
                patch[key] = inner
        elif key not in before or old != value:
            patch[key] = value
    return patch


def merge_patch(target: Any, patch: Any) -> Any:
    """``target`` after ``patch``, by the algorithm of RFC 7396, section 2; neither is changed."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged
