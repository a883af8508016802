"""Conditions in one line, as in the platform's samples: `sum(order_placed.total) ≥ 500`."""

from __future__ import annotations

import json
from functools import singledispatch
from typing import Any

from segops_sandbox.segments import definition as d
from segops_sandbox.segments.operators import BARE, RANGES, SYMBOLS


@singledispatch
def label(condition: d.Condition) -> str:
    """The condition in one line."""
    raise TypeError(f"{condition!r} is not a condition.")


@label.register
def _event_count(condition: d.EventCount) -> str:
    window = "" if condition.window_days is None else f" within last {_days(condition.window_days)}"
    return f"count({condition.event_type}) {SYMBOLS[condition.operator]} {_number(condition.value)}{window}"


@label.register
def _recency(condition: d.Recency) -> str:
    days = _days(condition.window_days)
    if condition.operator == "eq":
        return f"{condition.event_type} last {days} ago"
    return f"{condition.event_type} {'not ' if condition.operator == 'gt' else ''}within last {days}"


@label.register
def _monetary(condition: d.Monetary) -> str:
    value = _number(condition.value)
    return f"{condition.metric}({condition.event_type}.{condition.property}) {SYMBOLS[condition.operator]} {value}"


@label.register
def _property(condition: d.Property) -> str:
    name = f"user.{condition.property}" if condition.of_user else f"{condition.event_type}.{condition.property}"
    words = SYMBOLS.get(condition.operator, condition.operator.replace("_", " "))
    if condition.operator in BARE:
        return f"{name} {words}"
    if condition.operator in RANGES:
        return f"{name} {words} {_value(condition.operand[0])} and {_value(condition.operand[1])}"
    return f"{name} {words} {_value(condition.operand)}"


@label.register
def _event_sequence(condition: d.EventSequence) -> str:
    window = "" if condition.window_days is None else f" within {_days(condition.window_days)}"
    return f"{' → '.join(condition.events)}{window}{' (strict)' if condition.strict else ''}"


@label.register
def _membership(condition: d.Membership) -> str:
    return f"{condition.operator.replace('_', ' ')} segment {condition.segment_id}"


def _days(days: float) -> str:
    return f"{_number(days)} day" + ("" if days == 1 else "s")


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else str(value)


def _value(value: Any) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _number(value)
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
