"""Event schemas: what one says about a payload, and which one sample events suggest.

`check` is what ingestion does and what `POST /schemas/validate/` says it would do. `infer` proposes only what `check`
lets its samples pass: https://segops.ai/docs/event-tracking/schema
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from segops_sandbox.catalogue.fields import boolean_of, number_of
from segops_sandbox.ingestion.events import parse_moment

STRING, NUMBER, BOOLEAN, DATETIME, ARRAY = TYPES = ("string", "number", "boolean", "datetime", "array")
_EXPECTED: Final = {
    STRING: "Expected a string.",
    NUMBER: "Expected a number.",
    BOOLEAN: "Expected a boolean.",
    DATETIME: "Expected an ISO 8601 date or time.",
    ARRAY: "Expected an array.",
}
# A calendar date with dashes, alone or before a time: not the bare digits that an article number may be too.
_DATETIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt ].*)?")


@dataclass(frozen=True)
class Inferred:
    """Properties as a schema has them, and those that no type fits: `[{property, types}]`, types as they were seen."""

    properties: list[dict[str, Any]]
    conflicts: list[dict[str, Any]]


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


def infer(payloads: list[dict[str, Any]]) -> Inferred:
    """The properties that payloads have, in the order they appear; required = filled in every one.

    Where values are of several types, one that they can be coerced to is proposed. Where there is none, as for objects,
    nothing is: any type would have events dropped that come today, and a property that is not declared passes.
    """
    found = Inferred([], [])
    for name in dict.fromkeys(name for payload in payloads for name in payload):
        values = [payload[name] for payload in payloads if payload.get(name) is not None]
        kind = _type_of(values)
        if kind is None:
            found.conflicts.append({"property": name, "types": list(dict.fromkeys(map(_seen_as, values)))})
        else:
            found.properties.append({"name": name, "type": kind, "required": len(values) == len(payloads)})
    return found


def is_iso_datetime(value: Any) -> bool:
    """Whether a value is an ISO 8601 date or time."""
    return isinstance(value, str) and bool(_DATETIME.fullmatch(value)) and parse_moment(value) is not None


def _coerced(value: Any, kind: str) -> Any:
    """The value in the type, or None when it can't be."""
    if kind == NUMBER:
        if isinstance(value, str):
            return number_of(value)
        return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    if kind == BOOLEAN:
        if isinstance(value, bool):
            return value
        return boolean_of(str(value)) if isinstance(value, (str, int)) else None
    if kind == DATETIME:
        return value if is_iso_datetime(value) else None
    if kind == ARRAY:
        return value if isinstance(value, list) else None
    return value if isinstance(value, str) else None


def _type_of(values: list[Any]) -> str | None:
    """The type that fits all values; None when none does. Without a value, a string."""
    seen = {_seen_as(value) for value in values}
    if len(seen) <= 1 and not seen & {"object"}:
        return seen.pop() if seen else STRING
    # Numbers before booleans, or 1 and "1" would be true; strings for dates beside other texts.
    candidates = (NUMBER, BOOLEAN, STRING)
    return next((kind for kind in candidates if all(_coerced(value, kind) is not None for value in values)), None)


def _seen_as(value: Any) -> str:
    """The type of one value as JSON has it; an ISO 8601 text is a datetime."""
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, (int, float)):
        return NUMBER
    if isinstance(value, list):
        return ARRAY
    if isinstance(value, dict):
        return "object"
    return DATETIME if is_iso_datetime(value) else STRING
