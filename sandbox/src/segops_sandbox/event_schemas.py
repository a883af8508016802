"""What does an event schema say about a payload, and what schema would sample events have?

https://segops.ai/docs/event-tracking/schema
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from segops_sandbox.catalogue.fields import boolean_of, number_of

TYPES = ("string", "number", "boolean", "datetime", "array")
_EXPECTED = {
    "string": "Expected a string.",
    "number": "Expected a number.",
    "boolean": "Expected a boolean.",
    "datetime": "Expected an ISO 8601 date or time.",
    "array": "Expected an array.",
}


def check(properties: list[dict[str, Any]], payload: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """A payload with numbers and booleans coerced, and what is wrong with it: `[{property, message}]`.

    Unknown properties pass through; missing ones only matter when they are required. Null counts as missing.
    """
    coerced = dict(payload)
    errors: list[dict[str, str]] = []
    for declared in properties:
        name, kind = declared["name"], declared["type"]
        if payload.get(name) is None:
            if declared.get("required"):
                errors.append({"property": name, "message": "This property is required."})
            continue
        value = _coerced(payload[name], kind)
        if value is None:
            errors.append({"property": name, "message": _EXPECTED[kind]})
        else:
            coerced[name] = value
    return coerced, errors


def infer(payloads: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The properties that payloads have, in the order they appear; required = filled in every one."""
    names = list(dict.fromkeys(name for payload in payloads for name in payload))
    return [
        {
            "name": name,
            "type": _type_of([p[name] for p in payloads if p.get(name) is not None]),
            "required": all(p.get(name) is not None for p in payloads),
        }
        for name in names
    ]


def is_iso_datetime(value: Any) -> bool:
    """Whether a value is an ISO 8601 date or time."""
    if not isinstance(value, str) or len(value) < 10 or value[4:5] != "-":
        return False
    try:
        datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return False
    return True


def _coerced(value: Any, kind: str) -> Any:
    """The value in the type, or None when it can't be."""
    if kind == "number":
        if isinstance(value, str):
            return number_of(value)
        return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    if kind == "boolean":
        if isinstance(value, bool):
            return value
        return boolean_of(str(value)) if isinstance(value, (str, int)) else None
    if kind == "datetime":
        return value if is_iso_datetime(value) else None
    if kind == "array":
        return value if isinstance(value, list) else None
    return value if isinstance(value, str) else None


def _type_of(values: list[Any]) -> str:
    if not values:
        return "string"
    if all(isinstance(value, bool) for value in values):
        return "boolean"
    if all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values):
        return "number"
    if all(isinstance(value, list) for value in values):
        return "array"
    return "datetime" if all(is_iso_datetime(value) for value in values) else "string"
