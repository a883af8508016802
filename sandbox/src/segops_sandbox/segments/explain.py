"""Explanations of a membership: each condition with the user's value, the threshold and the verdict."""

from __future__ import annotations

import json
import math
from functools import singledispatch
from typing import Any

from segops_sandbox.segments import conditions as c
from segops_sandbox.segments import definition as d
from segops_sandbox.segments import live, queries, sequences
from segops_sandbox.segments.conditions import DAY, Scope
from segops_sandbox.segments.labels import label
from segops_sandbox.segments.sql import Sql, sql


def explain(tenant_id: int, canonical_id: int | None, definition: d.Definition) -> list[dict[str, Any]]:
    """One item per condition, in the order of the definition; evaluated now, not from stored membership."""
    scope = live.scope_of(tenant_id, canonical_id)
    return [
        {
            "index": index,
            "type": raw_type(condition),
            "label": label(condition),
            "actual_value": actual_value(condition, scope),
            "threshold": threshold(condition),
            "matches": met,
        }
        for index, (condition, met) in enumerate(
            zip(definition.conditions, live.verdicts(definition, scope), strict=True)
        )
    ]


def raw_type(condition: d.Condition) -> str:
    """The `type` that a condition has in a definition."""
    if isinstance(condition, d.Property):
        return "user_property" if condition.of_user else "event_property"
    return {
        d.EventCount: "event_count",
        d.Recency: "recency",
        d.Monetary: "monetary",
        d.EventSequence: "event_sequence",
        d.Membership: "segment_membership",
    }[type(condition)]


def threshold(condition: d.Condition) -> Any:
    """What the user's value is compared with."""
    if isinstance(condition, d.Recency):
        return condition.window_days
    if isinstance(condition, d.EventSequence):
        return len(condition.events)
    if isinstance(condition, d.Membership):
        return condition.segment_id
    return condition.operand if isinstance(condition, d.Property) else condition.value


@singledispatch
def actual_value(condition: d.Condition, scope: Scope) -> Any:
    """The user's own value; the scope is of one user."""
    raise TypeError(f"{condition!r} is not a condition.")


@actual_value.register
def _event_count(condition: d.EventCount, scope: Scope) -> int:
    since = None if condition.window_days is None else scope.days_ago(condition.window_days)
    return int(_ask(scope, sql("SELECT COUNT(*)\n{fired}", fired=c.fired(scope, condition.event_type, since))))


@actual_value.register
def _recency(condition: d.Recency, scope: Scope) -> int | None:
    query = sql("SELECT MAX(occurred_at)\n{fired}", fired=c.fired(scope, condition.event_type, past=True))
    latest = _ask(scope, query)
    return None if latest is None else (scope.now - latest) // DAY


@actual_value.register
def _monetary(condition: d.Monetary, scope: Scope) -> float | None:
    query = sql(
        "SELECT {total} FROM (\n  {amounts}\n) AS e",
        total=scope.dialect.rounded(c.aggregate(condition.metric)),
        amounts=c.amounts(condition, scope),
    )
    value = _ask(scope, query)
    # A sum may have left the numbers that JSON can say.
    return None if value is None or not math.isfinite(value) else float(value)


@actual_value.register
def _property(condition: d.Property, scope: Scope) -> Any:
    with queries.run(scope, _with(scope, c.latest_payload(condition.event_type, scope))) as cursor:
        row = cursor.fetchone()
    return None if row is None else json.loads(row[1]).get(condition.property)


@actual_value.register
def _event_sequence(condition: d.EventSequence, scope: Scope) -> int:
    within = None if condition.window_days is None else c.span(condition.window_days)
    query = sequences.steps_made(scope.relations, scope.tenant_id, condition.events, within, condition.strict)
    return int(_ask(scope, query) or 0)


@actual_value.register
def _membership(condition: d.Membership, scope: Scope) -> bool:
    return bool(_ask(scope, sql("SELECT EXISTS (\n  {users}\n)", users=c.matching(condition, scope).users)))


def _ask(scope: Scope, query: Sql) -> Any:
    return queries.one_row(scope, _with(scope, query))[0]


def _with(scope: Scope, query: Sql) -> Sql:
    return sql("{prelude}{query}", prelude=scope.relations.prelude, query=query)
