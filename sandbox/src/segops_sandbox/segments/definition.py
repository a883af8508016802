"""What is a valid definition, and what does it say?

Saving checks the structure only (`check_structure`); whatever evaluates a definition reads it in full (`parse`).
Messages look like `conditions[0].operator: "foo" is not a valid choice.`
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from segops_sandbox.segments import operators
from segops_sandbox.segments.operators import BadValue

MAX_CONDITIONS: Final = 50
MAX_STEPS: Final = 20
# A little over 270 years: in microseconds from any year it still is a 64-bit integer.
MAX_DAYS: Final = 100_000
# The event whose payload is the user's properties.
IDENTIFIED: Final = "context_identified"


class DefinitionError(ValueError):
    """What is wrong with a definition, all of it."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__("; ".join(messages))
        self.messages = messages


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
        READERS[item["type"]](_Fields(item, f"conditions[{index}]", errors)) for index, item in enumerate(items)
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
        errors.append(f"logic: {_quoted(logic)} is not a valid choice.")
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
            errors.append(f"conditions[{index}].type: {_quoted(condition['type'])} is not a valid choice.")


def _quoted(value: Any) -> str:
    return f'"{value}"'


class _Fields:
    """Reads the fields of one condition, notes what is wrong, and goes on with a stand-in that is never used."""

    def __init__(self, raw: dict[str, Any], path: str, errors: list[str]) -> None:
        self.raw, self.path, self.errors = raw, path, errors

    def allow(self, *names: str) -> None:
        for name in self.raw:
            if name != "type" and name not in names:
                self.wrong(name, "Unknown field.")

    def wrong(self, name: str, message: str) -> None:
        self.errors.append(f"{self.path}.{name}: {message}")

    def required(self, name: str) -> Any:
        value = self.raw.get(name)
        if value is None:
            self.wrong(name, "This field is required." if name not in self.raw else "This field may not be null.")
        return value

    def text(self, name: str) -> str:
        value = self.required(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.wrong(name, "Not a valid string.")
            return ""
        if not value:
            self.wrong(name, "This field may not be blank.")
        return value

    def choice(self, name: str, options: tuple[str, ...]) -> str:
        value = self.required(name)
        if value is not None and (not isinstance(value, str) or value not in options):
            self.wrong(name, f"{_quoted(value)} is not a valid choice.")
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int | float:
        value = self.required(name)
        if value is None:
            return 0
        try:
            return operators.number(value)
        except BadValue as exc:
            self.wrong(name, str(exc))
            return 0

    def days(self, name: str, *, optional: bool = False) -> Any:
        """A number of days; None when it is optional and not there. Only a recency may be of 0 days."""
        if optional and self.raw.get(name) is None:
            return None
        known = len(self.errors)
        value = self.number(name)
        if len(self.errors) == known:
            if value > MAX_DAYS:
                self.wrong(name, f"Ensure this value is less than or equal to {MAX_DAYS}.")
            elif value < 0 or (optional and value == 0):
                self.wrong(name, f"Ensure this value is greater than {'0' if optional else 'or equal to 0'}.")
        return value

    def boolean(self, name: str) -> bool:
        value = self.raw.get(name)
        if value is not None and not isinstance(value, bool):
            self.wrong(name, "Must be a valid boolean.")
        return value is True


def _event_count(fields: _Fields) -> EventCount:
    fields.allow("event_type", "operator", "value", "window_days")
    return EventCount(
        fields.text("event_type"),
        fields.choice("operator", operators.COMPARISONS),
        fields.number("value"),
        fields.days("window_days", optional=True),
    )


def _recency(fields: _Fields) -> Recency:
    fields.allow("event_type", "operator", "window_days")
    return Recency(fields.text("event_type"), fields.choice("operator", ("gt", "lt", "eq")), fields.days("window_days"))


def _monetary(fields: _Fields) -> Monetary:
    fields.allow("event_type", "property", "metric", "operator", "value")
    return Monetary(
        fields.text("event_type"),
        fields.text("property"),
        fields.choice("metric", ("sum", "avg", "max")),
        fields.choice("operator", operators.COMPARISONS),
        fields.number("value"),
    )


def _event_property(fields: _Fields) -> Property:
    fields.allow("event_type", "property", "operator", "value", "value2", "value_type")
    return _property(fields, fields.text("event_type"))


def _user_property(fields: _Fields) -> Property:
    fields.allow("property", "operator", "value", "value2", "value_type")
    return _property(fields, None)


def _property(fields: _Fields, event_type: str | None) -> Property:
    name = fields.text("property")
    operator = fields.choice("operator", operators.ALL)
    value_type = fields.raw.get("value_type")
    if value_type is not None and value_type not in operators.VALUE_TYPES:
        fields.wrong("value_type", f"{_quoted(value_type)} is not a valid choice.")
    operand = None
    if operator in operators.ALL and operator not in operators.BARE and fields.required("value") is not None:
        try:
            operand = operators.operand(operator, fields.raw["value"], fields.raw.get("value2"), value_type)
        except BadValue as exc:
            fields.wrong("value", str(exc))
    return Property(event_type or IDENTIFIED, name, operator, operand, of_user=event_type is None)


def _event_sequence(fields: _Fields) -> EventSequence:
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


def _segment_membership(fields: _Fields) -> Membership:
    fields.allow("segment_id", "operator")
    raw = fields.required("segment_id")
    segment_id = read_segment_id(raw)
    if raw is not None and segment_id is None:
        fields.wrong("segment_id", "A valid integer is required.")
    return Membership(segment_id or 0, fields.choice("operator", ("in", "not_in")))


def read_segment_id(raw: Any) -> int | None:
    """A segment's id, given as an integer or as a string of digits; None for anything else."""
    if isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) < 19:
        return int(raw)
    return raw if isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw < 2**63 else None


READERS: dict[str, Callable[[_Fields], Condition]] = {
    "event_count": _event_count,
    "recency": _recency,
    "monetary": _monetary,
    "event_property": _event_property,
    "user_property": _user_property,
    "event_sequence": _event_sequence,
    "segment_membership": _segment_membership,
}
