"""The members of a segment: the definition language evaluated in plain Python, user by user, without SQL.

Independent of the sandbox on purpose: it is what the sandbox's compiler is compared with. Input is the list of events
in the order in which they were stored, and the list of identity operations in the order in which they were made.
"""

from __future__ import annotations

import math
import operator
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

DAY = 86_400_000_000
COMPARE = {
    "eq": operator.eq,
    "neq": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
MISSING = object()


@dataclass(frozen=True)
class Event:
    """An event of a raw id; `at` in microseconds."""

    raw_id: str
    type: str
    at: int
    payload: dict[str, Any] = field(default_factory=dict, hash=False)


class Identities:
    """Alias and merge by the rules of the platform: a map of parents, followed to its end."""

    def __init__(self) -> None:
        self.parent: dict[str, str] = {}

    def canonical(self, raw_id: str) -> str:
        while raw_id in self.parent:
            raw_id = self.parent[raw_id]
        return raw_id

    def alias(self, visitor: str, user: str) -> None:
        if visitor not in self.parent and self.canonical(user) != visitor:
            self.parent[visitor] = user

    def merge(self, source: str, into: str) -> bool:
        """False when it would close a loop."""
        step: str | None = into
        while step is not None:
            if step == source:
                return False
            step = self.parent.get(step)
        self.parent[source] = into
        return True


def members(
    definition: dict[str, Any],
    events: list[Event],
    identities: Identities,
    now: int,
    stored: dict[int, set[str]] | None = None,
) -> set[str]:
    """The canonical ids that match; `stored` holds the raw ids of other segments' stored members."""
    histories: dict[str, list[Event]] = {}
    for event in events:
        histories.setdefault(identities.canonical(event.raw_id), []).append(event)
    in_segments = {
        number: {identities.canonical(raw_id) for raw_id in raw_ids} for number, raw_ids in (stored or {}).items()
    }
    combine = all if definition.get("logic", "AND") == "AND" else any
    return {
        user
        for user, history in histories.items()
        if combine(meets(condition, history, now, user, in_segments) for condition in definition["conditions"])
    }


def meets(condition: dict[str, Any], history: list[Event], now: int, user: str, segments: dict[int, set[str]]) -> bool:
    """Whether one user meets one condition."""
    # Stable: events of one moment stay in the order in which they were stored.
    ordered = sorted(history, key=lambda event: event.at)
    kind = condition["type"]
    if kind == "segment_membership":
        return (user in segments[int(condition["segment_id"])]) == (condition["operator"] == "in")
    if kind == "event_sequence":
        return _sequence(condition, ordered)
    if kind == "user_property":
        return _property(condition, _latest(ordered, "context_identified"))
    own = [event for event in ordered if event.type == condition["event_type"]]
    if kind == "event_count":
        days = condition.get("window_days")
        return COMPARE[condition["operator"]](
            sum(1 for event in own if days is None or now - days * DAY <= event.at <= now), condition["value"]
        )
    if kind == "recency":
        return _recency(condition, own, now)
    if kind == "monetary":
        return _monetary(condition, own)
    assert kind == "event_property", kind
    return _property(condition, _latest(ordered, condition["event_type"]))


def _recency(condition: dict[str, Any], own: list[Event], now: int) -> bool:
    days = condition["window_days"]
    own = [event for event in own if event.at <= now]
    if not own:
        return condition["operator"] == "gt"
    elapsed = now - own[-1].at
    if condition["operator"] == "eq":
        return math.floor(Decimal(elapsed) / DAY) == days
    return COMPARE[condition["operator"]](elapsed, days * DAY)


def _monetary(condition: dict[str, Any], own: list[Event]) -> bool:
    found = [event.payload.get(condition["property"]) for event in own]
    amounts = [Decimal(repr(each)) for each in found if type(each) in (int, float)]
    if condition["metric"] == "sum":
        actual = sum(amounts, Decimal(0))
    elif not amounts:
        return False
    else:
        actual = max(amounts) if condition["metric"] == "max" else sum(amounts, Decimal(0)) / len(amounts)
    return COMPARE[condition["operator"]](round(actual, 6), round(Decimal(repr(condition["value"])), 6))


def _latest(ordered: list[Event], event_type: str) -> dict[str, Any]:
    own = [event for event in ordered if event.type == event_type]
    return own[-1].payload if own else {}


def _sequence(condition: dict[str, Any], ordered: list[Event]) -> bool:
    steps = condition["events"]
    days = condition.get("window_days")
    within = math.inf if days is None else days * DAY
    if condition.get("strict"):
        runs = (ordered[start : start + len(steps)] for start in range(len(ordered) - len(steps) + 1))
        return any([e.type for e in run] == steps and run[-1].at - run[0].at <= within for run in runs)
    for start, first in enumerate(ordered):
        if first.type != steps[0]:
            continue
        wanted = list(steps[1:])
        for event in ordered[start + 1 :]:
            if event.type == wanted[0]:
                wanted.pop(0)
                if not wanted:
                    if event.at - first.at <= within:
                        return True
                    break
    return False


def _property(condition: dict[str, Any], payload: dict[str, Any]) -> bool:
    actual = payload.get(condition["property"], MISSING)
    if actual is None:
        actual = MISSING
    name = condition["operator"]
    if name in ("is_set", "is_not_set"):
        return (actual is not MISSING and actual != []) == (name == "is_set")
    if actual is MISSING:
        return False
    opposite = {
        "neq": "eq",
        "not_between": "between",
        "not_in": "in",
        "does_not_contain": "contains",
    }.get(name)
    if opposite is not None:
        return not _positive(opposite, actual, condition)
    return _positive(name, actual, condition)


def _positive(name: str, actual: Any, condition: dict[str, Any]) -> bool:
    value = condition.get("value")
    if name in ("is_true", "is_false"):
        return actual is (name == "is_true")
    if name == "in":
        return any(_same(actual, each) for each in value)
    if name == "between":
        low, high = value if isinstance(value, list) else (value, condition["value2"])
        return _comparable(actual, low) and low <= actual <= high
    if name == "contains":
        if isinstance(actual, list):
            return any(_same(each, value) for each in actual)
        return isinstance(actual, str) and isinstance(value, str) and value in actual
    if name in ("eq", "gt", "gte", "lt", "lte"):
        return _same(actual, value) if name == "eq" else _comparable(actual, value) and COMPARE[name](actual, value)
    if not isinstance(actual, str):
        return False
    if name == "starts_with":
        return actual.startswith(value)
    if name == "ends_with":
        return actual.endswith(value)
    assert name == "matches_regex", name
    return re.search(value.replace("$", r"\Z"), actual, re.DOTALL | re.ASCII) is not None


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)


def _comparable(left: Any, right: Any) -> bool:
    return (_is_number(left) and _is_number(right)) or (isinstance(left, str) and isinstance(right, str))


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return _comparable(left, right) and left == right
