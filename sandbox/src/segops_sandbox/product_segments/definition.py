"""Definitions of product segments, read and checked: https://segops.ai/docs/pim/segments

A definition is read in full when it is saved: what is stored can be computed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from segops_sandbox.models import Segment
from segops_sandbox.segments import operators, scalars
from segops_sandbox.segments.definition import MAX_CONDITIONS
from segops_sandbox.segments.fields import DefinitionError, Fields, quoted, read_segment_id
from segops_sandbox.segments.operators import BadValue

_PRESENCE = ("is_set", "is_not_set")
_NUMERIC = ("eq", "neq", "gt", "gte", "lt", "lte", "between", "not_between", "in", "not_in", *_PRESENCE)
_TEXT = ("eq", "neq", "contains", "does_not_contain", "starts_with", "ends_with", "in", "not_in", *_PRESENCE)
OPERATORS: Final[dict[str, tuple[str, ...]]] = {
    "string": _TEXT,
    "number": _NUMERIC,
    "price": _NUMERIC,
    "boolean": ("is_true", "is_false"),
    "array": ("contains", "does_not_contain", *_PRESENCE),
    "url": ("eq", *_PRESENCE),
}
# What shows the signal, unless the condition names another event.
SIGNALS: Final = {"purchased_by_segment": "order_completed", "viewed_by_segment": "product_viewed"}
PRODUCT_ID: Final = "product_id"


@dataclass(frozen=True)
class ProductAttribute:
    """A field of the product, read as a value of a type and compared.

    The operand is None where the operator takes none, a pair for a range, a tuple for a list, else one value; it is a
    float for numbers and prices and a text otherwise.
    """

    property: str
    value_type: str
    operator: str
    operand: Any


@dataclass(frozen=True)
class BehaviorSignal:
    """The product's SKU is in an event of a stored member of a user segment."""

    segment_id: int
    event_type: str
    product_id_property: str


@dataclass(frozen=True)
class VisibilityMetric:
    """Documented by its name only: every product meets it."""


Condition = ProductAttribute | BehaviorSignal | VisibilityMetric


@dataclass(frozen=True)
class Definition:
    """All (AND) or any (OR) of some conditions; without any condition, every product."""

    logic: str
    conditions: tuple[Condition, ...]


def checked(tenant_id: int, raw: Any) -> Definition:
    """The meaning of a definition, with its user segments looked up. Raises DefinitionError with all that is wrong."""
    definition = parse(raw)
    wanted = {
        index: condition.segment_id
        for index, condition in enumerate(definition.conditions)
        if isinstance(condition, BehaviorSignal)
    }
    known = set(
        Segment.objects.filter(tenant_id=tenant_id, pk__in=set(wanted.values())).values_list("pk", flat=True)
        if wanted
        else ()
    )
    errors = [
        f"conditions[{index}].segment_id: There is no user segment {quoted(segment_id)}."
        for index, segment_id in wanted.items()
        if segment_id not in known
    ]
    if errors:
        raise DefinitionError(errors)
    return definition


def parse(raw: Any) -> Definition:
    """The meaning of a definition by itself. Raises DefinitionError with all that is wrong."""
    if not isinstance(raw, dict):
        raise DefinitionError(["Expected an object with logic and conditions."])
    errors = [f"{key}: Unknown field." for key in raw if key not in ("logic", "conditions")]
    logic, items = raw.get("logic", "AND"), raw.get("conditions", [])
    if logic not in ("AND", "OR"):
        errors.append(f"logic: {_no_choice(logic, ('AND', 'OR'))}")
    if not isinstance(items, list):
        raise DefinitionError([*errors, "conditions: Expected a list of items."])
    if len(items) > MAX_CONDITIONS:
        raise DefinitionError([*errors, f"conditions: Ensure this field has no more than {MAX_CONDITIONS} elements."])
    read = [_condition(item, f"conditions[{index}]", errors) for index, item in enumerate(items)]
    if errors:
        raise DefinitionError(errors)
    return Definition(logic, tuple(condition for condition in read if condition is not None))


def _condition(raw: Any, path: str, errors: list[str]) -> Condition | None:
    if not isinstance(raw, dict):
        errors.append(f"{path}: Expected an object.")
        return None
    fields = Fields(raw, path, errors)
    kind = _choice(fields, "type", tuple(_READERS), None)
    return None if kind is None else _READERS[kind](fields)


def _attribute(fields: Fields) -> ProductAttribute | None:
    fields.allow("property", "operator", "value", "value2", "value_type")
    name = fields.text("property")
    value_type = _choice(fields, "value_type", tuple(OPERATORS), "string")
    if value_type is None:
        return None
    operator = fields.required("operator")
    if operator is None:
        return None
    if operator not in OPERATORS[value_type]:
        allowed = ", ".join(OPERATORS[value_type])
        fields.wrong("operator", f"{quoted(operator)} is not an operator of {value_type}; expected one of {allowed}.")
        return None
    return ProductAttribute(name, value_type, operator, _operand(fields, operator, value_type))


def _operand(fields: Fields, operator: str, value_type: str) -> Any:
    if operator in operators.BARE:
        return None
    read = _OPERANDS.get(value_type, _text)
    if operator in operators.RANGES:
        return _one(fields, "value", read), _one(fields, "value2", read)
    if operator not in operators.LISTS:
        return _one(fields, "value", read)
    items = fields.required("value")
    if items is None:
        return ()
    if not isinstance(items, list):
        fields.wrong("value", f"Expected a list of items for {quoted(operator)}.")
        return ()
    if len(items) > operators.MAX_LIST:
        fields.wrong("value", f"Ensure this field has no more than {operators.MAX_LIST} elements.")
        return ()
    return tuple(_read(fields, f"value[{index}]", item, read) for index, item in enumerate(items))


def _one(fields: Fields, name: str, read: Callable[[Any], Any]) -> Any:
    value = fields.required(name)
    return None if value is None else _read(fields, name, value, read)


def _read(fields: Fields, name: str, value: Any, read: Callable[[Any], Any]) -> Any:
    try:
        return read(value)
    except BadValue as exc:
        fields.wrong(name, str(exc))
        return None


def _text(value: Any) -> str:
    text = scalars.text_of(value)
    if text is None:
        raise BadValue(
            f"Expected a string, a boolean or a number up to {scalars.MOST_AS_TEXT}, but got {_kind(value)}."
        )
    return text


def _entry(value: Any) -> str:
    text = _text(value).strip(scalars.BLANKS)
    if not text:
        raise BadValue("This field may not be blank: entries of a list never are.")
    return text


def _number(value: Any) -> float:
    found = scalars.number_of(value) if isinstance(value, str) else float(operators.number(value))
    if found is None or abs(found) > scalars.MOST:
        raise BadValue("A valid number is required.")
    return found


def _signal(fields: Fields) -> BehaviorSignal | None:
    fields.allow("signal", "segment_id", "event_type", "product_id_property")
    signal = _choice(fields, "signal", tuple(SIGNALS), None)
    raw = fields.required("segment_id")
    segment_id = read_segment_id(raw)
    if raw is not None and segment_id is None:
        fields.wrong("segment_id", f'Expected the id of a user segment, such as "7", but got {quoted(raw)}.')
    event_type, product_id = (
        fields.text(name) if fields.raw.get(name) is not None else None
        for name in ("event_type", "product_id_property")
    )
    if signal is None or segment_id is None:
        return None
    return BehaviorSignal(segment_id, event_type or SIGNALS[signal], product_id or PRODUCT_ID)


def _choice(fields: Fields, name: str, options: tuple[str, ...], default: str | None) -> str | None:
    """One of the options; the default (if there is one) when it is not given; None when it is wrong."""
    if default is not None and fields.raw.get(name) is None:
        return default
    value = fields.required(name)
    if isinstance(value, str) and value in options:
        return value
    if value is not None:
        fields.wrong(name, _no_choice(value, options))
    return None


def _no_choice(value: Any, options: tuple[str, ...]) -> str:
    return f"{quoted(value)} is not a valid choice; expected one of {', '.join(options)}."


def _kind(value: Any) -> str:
    return {list: "a list", dict: "an object", type(None): "null"}.get(type(value), quoted(value))


_READERS: dict[str, Callable[[Fields], Condition | None]] = {
    "product_attribute": _attribute,
    "user_behavior_signal": _signal,
    # Its further fields are not documented, so that any are taken.
    "ai_visibility_metric": lambda fields: VisibilityMetric(),
}
_OPERANDS: dict[str, Callable[[Any], Any]] = {"number": _number, "price": _number, "array": _entry}
