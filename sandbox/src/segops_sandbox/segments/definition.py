"""Definitions of segments, read and checked.

Saving checks the structure only (`check_structure`); whatever evaluates a definition reads it in full (`parse`).
Messages look like `conditions[0].operator: "foo" is not a valid choice.`
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from segops_sandbox.segments import operators
from segops_sandbox.segments.fields import DefinitionError as DefinitionError
from segops_sandbox.segments.fields import Fields, quoted
from segops_sandbox.segments.fields import read_segment_id as read_segment_id
from segops_sandbox.segments.operators import BadValue

MAX_CONDITIONS: Final = 50
MAX_STEPS: Final = 20
# The event whose payload is the user's properties.
IDENTIFIED: Final = "context_identified"


@dataclass(frozen=True)
class EventCount:
    """How often the user fired an event, in the last days or ever."""

    event_type: str
    operator: str
    value: int | float
    window_days: int | float | None


@dataclass(frozen=True)
class Recency:
    """How many days ago the user last fired an event."""

    event_type: str
    operator: str
    window_days: int | float


@dataclass(frozen=True)
class Monetary:
    """An aggregate of a number in the payloads of one event type."""

    event_type: str
    property: str
    metric: str
    operator: str
    value: int | float


@dataclass(frozen=True)
class Property:
    """A property of the latest event of a type: an event's, or (of `context_identified`) the user's."""

    event_type: str
    property: str
    operator: str
    operand: Any
    of_user: bool


@dataclass(frozen=True)
class EventSequence:
    """The user fired events in an order."""

    events: tuple[str, ...]
    window_days: int | float | None
    strict: bool


@dataclass(frozen=True)
class Membership:
    """The user is, or is not, in the stored membership of another segment."""

    segment_id: int
    operator: str


Condition = EventCount | Recency | Monetary | Property | EventSequence | Membership


@dataclass(frozen=True)
class Definition:
    """All (AND) or any (OR) of some conditions."""

    logic: str
    conditions: tuple[Condition, ...]


def check_structure(raw: Any) -> None:
    """Raise DefinitionError unless it is an object with AND/OR logic and a list of conditions of known types."""
    errors: list[str] = []
    _check_root(raw, errors)
    if errors:
        raise DefinitionError(errors)


def parse(raw: Any) -> Definition:
    """The meaning of a definition. Raises DefinitionError with all that is wrong."""
    check_structure(raw)
    errors = [f"{key}: Unknown field." for key in raw if key not in ("logic", "conditions")]
    items = raw.get("conditions", [])
    if not items:
        errors.append("conditions: This list may not be empty.")
    if len(items) > MAX_CONDITIONS:
        raise DefinitionError([f"conditions: Ensure this field has no more than {MAX_CONDITIONS} elements."])
    conditions = tuple(
        READERS[item["type"]](Fields(item, f"conditions[{index}]", errors)) for index, item in enumerate(items)
    )
    if errors:
        raise DefinitionError(errors)
    return Definition(raw.get("logic", "AND"), conditions)


def _check_root(raw: Any, errors: list[str]) -> None:
    if not isinstance(raw, dict):
        errors.append("Expected an object with logic and conditions.")
        return
    logic = raw.get("logic", "AND")
    if logic not in ("AND", "OR"):
        errors.append(f"logic: {quoted(logic)} is not a valid choice.")
    conditions = raw.get("conditions", [])
    if not isinstance(conditions, list):
        errors.append("conditions: Expected a list of items.")
        return
    for index, condition in enumerate(conditions):
        if not isinstance(condition, dict):
            errors.append(f"conditions[{index}]: Expected an object.")
        elif "type" not in condition:
            errors.append(f"conditions[{index}].type: This field is required.")
        elif not isinstance(condition["type"], str) or condition["type"] not in READERS:
            errors.append(f"conditions[{index}].type: {quoted(condition['type'])} is not a valid choice.")


def _event_count(fields: Fields) -> EventCount:
    fields.allow("event_type", "operator", "value", "window_days")
    return EventCount(
        fields.text("event_type"),
        fields.choice("operator", operators.COMPARISONS),
        fields.number("value"),
        fields.days("window_days", optional=True),
    )


def _recency(fields: Fields) -> Recency:
    fields.allow("event_type", "operator", "window_days")
    return Recency(fields.text("event_type"), fields.choice("operator", ("gt", "lt", "eq")), fields.days("window_days"))


def _monetary(fields: Fields) -> Monetary:
    fields.allow("event_type", "property", "metric", "operator", "value")
    return Monetary(
        fields.text("event_type"),
        fields.text("property"),
        fields.choice("metric", ("sum", "avg", "max")),
        fields.choice("operator", operators.COMPARISONS),
        fields.number("value"),
    )


def _event_property(fields: Fields) -> Property:
    fields.allow("event_type", "property", "operator", "value", "value2", "value_type")
    return _property(fields, fields.text("event_type"))


def _user_property(fields: Fields) -> Property:
    fields.allow("property", "operator", "value", "value2", "value_type")
    return _property(fields, None)


def _property(fields: Fields, event_type: str | None) -> Property:
    name = fields.text("property")
    operator = fields.choice("operator", operators.ALL)
    value_type = fields.raw.get("value_type")
    if value_type is not None and value_type not in operators.VALUE_TYPES:
        fields.wrong("value_type", f"{quoted(value_type)} is not a valid choice.")
    operand = None
    if operator in operators.ALL and operator not in operators.BARE and fields.required("value") is not None:
        try:
            operand = operators.operand(operator, fields.raw["value"], fields.raw.get("value2"), value_type)
        except BadValue as exc:
            fields.wrong("value", str(exc))
    return Property(event_type or IDENTIFIED, name, operator, operand, of_user=event_type is None)


def _event_sequence(fields: Fields) -> EventSequence:
    fields.allow("events", "window_days", "strict")
    events = fields.required("events")
    steps: list[str] = []
    if events is not None and not isinstance(events, list):
        fields.wrong("events", "Expected a list of items.")
    elif events is not None:
        steps = [step for step in events if isinstance(step, str) and step]
        for index, step in enumerate(events):
            if not isinstance(step, str) or not step:
                fields.wrong(f"events[{index}]", "Expected the name of an event type.")
        if not 2 <= len(events) <= MAX_STEPS:
            fields.wrong("events", f"Ensure this field has between 2 and {MAX_STEPS} elements.")
    return EventSequence(tuple(steps), fields.days("window_days", optional=True), fields.boolean("strict"))


def _segment_membership(fields: Fields) -> Membership:
    fields.allow("segment_id", "operator")
    raw = fields.required("segment_id")
    segment_id = read_segment_id(raw)
    if raw is not None and segment_id is None:
        fields.wrong("segment_id", "A valid integer is required.")
    return Membership(segment_id or 0, fields.choice("operator", ("in", "not_in")))


READERS: dict[str, Callable[[Fields], Condition]] = {
    "event_count": _event_count,
    "recency": _recency,
    "monetary": _monetary,
    "event_property": _event_property,
    "user_property": _user_property,
    "event_sequence": _event_sequence,
    "segment_membership": _segment_membership,
}
