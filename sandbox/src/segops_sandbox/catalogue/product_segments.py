"""Which products does a definition match? https://segops.ai/docs/pim/segments"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.db import transaction
from rest_framework.exceptions import ValidationError

from segops_sandbox import clock
from segops_sandbox.catalogue.fields import as_list, as_text, boolean_of, is_filled, number_of
from segops_sandbox.models import (
    Event,
    Product,
    ProductSegment,
    ProductSegmentMembership,
    Segment,
    SegmentMembership,
    Tenant,
)
from segops_sandbox.platform import jobs

_PRESENCE = ("is_set", "is_not_set")
_NUMERIC = ("eq", "neq", "gt", "gte", "lt", "lte", "between", "not_between", "in", "not_in", *_PRESENCE)
OPERATORS: dict[str, tuple[str, ...]] = {
    "string": (
        *("eq", "neq", "contains", "does_not_contain", "starts_with", "ends_with", "in", "not_in"),
        *_PRESENCE,
    ),
    "number": _NUMERIC,
    "price": _NUMERIC,
    "boolean": ("is_true", "is_false"),
    "array": ("contains", "does_not_contain", *_PRESENCE),
    "url": ("eq", *_PRESENCE),
}
SIGNALS = {"purchased_by_segment": "order_completed", "viewed_by_segment": "product_viewed"}
_WITHOUT_VALUE = (*_PRESENCE, "is_true", "is_false")

Test = Callable[[Product], bool]


def checked_definition(tenant: Tenant, definition: Any) -> dict[str, Any]:
    """A sound definition. Raises ValidationError with one line for each thing that is wrong."""
    if not isinstance(definition, dict):
        raise ValidationError(["Expected an object with logic and conditions."])
    problems: list[str] = []
    logic, conditions = definition.get("logic", "AND"), definition.get("conditions", [])
    if logic not in ("AND", "OR"):
        problems.append(f'logic: "{logic}" is not a valid choice.')
    if not isinstance(conditions, list):
        raise ValidationError(["conditions: Expected a list."])
    for index, condition in enumerate(conditions):
        problems += [f"conditions[{index}]{problem}" for problem in _problems(tenant, condition)]
    if problems:
        raise ValidationError(problems)
    return {"logic": logic, "conditions": conditions, **definition}


def matching(tenant: Tenant, definition: dict[str, Any]) -> list[Product]:
    """The products that match, in the order of their ids; no condition at all matches every product."""
    tests = [_test(tenant, condition) for condition in definition.get("conditions", [])]
    combine = any if definition.get("logic") == "OR" and tests else all
    products = Product.objects.filter(tenant=tenant).order_by("pk")
    return [product for product in products if combine(test(product) for test in tests)]


@jobs.handler("product_segments.compute")
def _compute(tenant: Tenant, segment_id: int) -> None:
    segment = ProductSegment.objects.filter(tenant=tenant, pk=segment_id).first()
    if segment is None:
        return
    skus = [product.sku for product in matching(tenant, segment.definition)]
    with transaction.atomic():
        now = clock.now()
        segment.memberships.all().delete()
        ProductSegmentMembership.objects.bulk_create(
            (ProductSegmentMembership(segment=segment, sku=sku, computed_at=now) for sku in skus), batch_size=1000
        )
        ProductSegment.objects.filter(pk=segment.pk).update(computed_count=len(skus), last_computed_at=now)


def _problems(tenant: Tenant, condition: Any) -> list[str]:
    if not isinstance(condition, dict):
        return [": Expected an object."]
    kind = condition.get("type")
    if kind == "product_attribute":
        return _attribute_problems(condition)
    if kind == "user_behavior_signal":
        return _signal_problems(tenant, condition)
    return [] if kind == "ai_visibility_metric" else [f'.type: "{kind}" is not a valid choice.']


def _attribute_problems(condition: dict[str, Any]) -> list[str]:
    problems = []
    if not isinstance(condition.get("property"), str) or not condition["property"]:
        problems.append(".property: This field is required.")
    value_type, operator = condition.get("value_type", "string"), condition.get("operator")
    if not isinstance(value_type, str) or value_type not in OPERATORS:
        return [*problems, f'.value_type: "{value_type}" is not a valid choice.']
    if operator not in OPERATORS[value_type]:
        return [*problems, f'.operator: "{operator}" is not an operator for {value_type}.']
    if operator in _WITHOUT_VALUE:
        return problems
    names = ("value", "value2") if operator in ("between", "not_between") else ("value",)
    for name in names:
        value = condition.get(name)
        if operator in ("in", "not_in"):
            if not isinstance(value, list):
                problems.append(f".{name}: Expected a list.")
        elif value is None:
            problems.append(f".{name}: This field is required.")
        elif value_type in ("number", "price") and _number(value) is None:
            problems.append(f".{name}: A valid number is required.")
        elif isinstance(value, (list, dict)):
            problems.append(f".{name}: Expected a single value.")
    return problems


def _signal_problems(tenant: Tenant, condition: dict[str, Any]) -> list[str]:
    problems = []
    if condition.get("signal") not in SIGNALS:
        problems.append(f'.signal: "{condition.get("signal")}" is not a valid choice.')
    if _segment_of(tenant, condition) is None:
        problems.append(f'.segment_id: There is no segment "{condition.get("segment_id")}".')
    return problems + [
        f".{name}: Not a valid string."
        for name in ("event_type", "product_id_property")
        if condition.get(name) is not None and not isinstance(condition[name], str)
    ]


def _segment_of(tenant: Tenant, condition: dict[str, Any]) -> Segment | None:
    text = str(condition.get("segment_id"))
    return Segment.objects.filter(tenant=tenant, pk=int(text)).first() if text.isdecimal() and len(text) < 19 else None


def _test(tenant: Tenant, condition: dict[str, Any]) -> Test:
    if condition["type"] == "product_attribute":
        return lambda product: _attribute_matches(_value_of(product, condition["property"]), condition)
    if condition["type"] == "user_behavior_signal":
        skus = _skus_in_events(tenant, condition)
        return lambda product: product.sku in skus or str(product.pk) in skus
    return lambda product: True  # ai_visibility_metric: documented by name only


def _skus_in_events(tenant: Tenant, condition: dict[str, Any]) -> set[str]:
    """The product ids in the events of a user segment's members."""
    segment = _segment_of(tenant, condition)
    if segment is None:  # deleted since
        return set()
    members = SegmentMembership.objects.filter(segment=segment).values("subject")
    payloads = Event.objects.filter(
        tenant=tenant,
        event_type=condition.get("event_type") or SIGNALS[condition["signal"]],
        subject__canonical__in=members,
    ).values_list("payload", flat=True)
    name = condition.get("product_id_property") or "product_id"
    return {as_text(value) for text in payloads if is_filled(value := json.loads(text).get(name))}


def _value_of(product: Product, name: str) -> Any:
    return {"sku": product.sku, "name": product.name}[name] if name in ("sku", "name") else product.data.get(name)


def _attribute_matches(actual: Any, condition: dict[str, Any]) -> bool:
    """Whether a value satisfies a condition; a missing one satisfies only is_not_set."""
    operator: str = condition["operator"]
    kind = condition.get("value_type", "string")
    filled = bool(as_list(actual)) if kind == "array" else is_filled(actual)
    if operator in _PRESENCE:
        return filled is (operator == "is_set")
    if not filled:
        return False
    if kind == "boolean":
        truth = actual if isinstance(actual, bool) else boolean_of(as_text(actual))
        return truth is (operator == "is_true")
    if kind == "array":
        return (as_text(condition["value"]) in as_list(actual)) == (operator == "contains")
    if kind in ("number", "price"):
        return _number_matches(_number(actual), operator, condition)
    return _text_matches(as_text(actual), operator, condition["value"])


def _number_matches(actual: float | None, operator: str, condition: dict[str, Any]) -> bool:
    if actual is None:
        return False
    if operator in ("in", "not_in"):
        return (actual in [_number(value) for value in condition["value"]]) is (operator == "in")
    value = float(_number(condition["value"]) or 0)
    if operator in ("between", "not_between"):
        return (value <= actual <= float(_number(condition["value2"]) or 0)) == (operator == "between")
    return {
        "eq": actual == value,
        "neq": actual != value,
        "gt": actual > value,
        "gte": actual >= value,
        "lt": actual < value,
        "lte": actual <= value,
    }[operator]


def _text_matches(actual: str, operator: str, value: Any) -> bool:
    if operator in ("in", "not_in"):
        return (actual in [as_text(item) for item in value]) == (operator == "in")
    wanted = as_text(value)
    return {
        "eq": actual == wanted,
        "neq": actual != wanted,
        "contains": wanted in actual,
        "does_not_contain": wanted not in actual,
        "starts_with": actual.startswith(wanted),
        "ends_with": actual.endswith(wanted),
    }[operator]


def _number(value: Any) -> float | None:
    """A number, the number in a text, or the amount of a price."""
    if isinstance(value, dict):
        value = value.get("amount")
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return float(value)
    return number_of(value) if isinstance(value, str) else None
