"""Conditions: each type as a set of users, or as all users except a set.

Every set is selected as one column `user_id`, the canonical subject. Events are grouped by raw subject first, on the
index (tenant, event_type, subject, occurred_at), and only the groups are joined to their canonical subject.
"""

from __future__ import annotations

import operator as python_operator
from dataclasses import dataclass
from functools import singledispatch

from segops_sandbox.segments import definition as d
from segops_sandbox.segments import properties, sequences
from segops_sandbox.segments.dialects import Dialect
from segops_sandbox.segments.relations import STORED, Relations
from segops_sandbox.segments.sql import Sql, sql

DAY = 86_400_000_000
_SIGNS = {"eq": "=", "neq": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_PYTHON = {"eq": "eq", "neq": "ne", "gt": "gt", "gte": "ge", "lt": "lt", "lte": "le"}
# Only what a metric needs: SQLite reads the payload again for each of them.
_AMOUNTS = {
    "sum": "SUM(amount * 1.0) AS total",
    "avg": "SUM(amount * 1.0) AS total, COUNT(amount) AS n",
    "max": "MAX(amount) AS top",
}


@dataclass(frozen=True)
class Scope:
    """For whom and when a definition is evaluated; `now` is in microseconds since 1970."""

    tenant_id: int
    now: int
    dialect: Dialect
    relations: Relations = STORED

    def days_ago(self, days: float) -> int:
        """The moment so many days before now."""
        return self.now - span(days)


@dataclass(frozen=True)
class Matching:
    """Who meets a condition: the users of a set, or, when `negated`, everyone except them."""

    users: Sql
    negated: bool = False


def span(days: float) -> int:
    """Days in microseconds."""
    return round(days * DAY)


def compare(operator: str, left: float, right: float) -> bool:
    """What a comparison operator says of two numbers."""
    return bool(getattr(python_operator, _PYTHON[operator])(left, right))


@singledispatch
def matching(condition: d.Condition, scope: Scope) -> Matching:
    """Who meets the condition."""
    raise TypeError(f"{condition!r} is not a condition.")


def resolved(scope: Scope, per_subject: Sql, having: Sql | None = None) -> Sql:
    """Groups by raw subject (`e`, with `subject_id`) as users: joined to `canonical`, optionally filtered by user."""
    found = sql(
        "SELECT s.canonical_id AS user_id\nFROM (\n  {per_subject}\n) AS e\n"
        "JOIN {subjects} AS s ON s.id = e.subject_id\nGROUP BY s.canonical_id",
        per_subject=per_subject,
        subjects=scope.relations.subjects,
    )
    return found if having is None else sql("{found}\nHAVING {having}", found=found, having=having)


def fired(scope: Scope, event_type: str, since: int | None = None, *, past: bool = False) -> Sql:
    """`FROM` and `WHERE` for the events of one type; up to now when `past`, and from a moment on until now."""
    found = sql(
        "FROM {events}\nWHERE tenant_id = {tenant} AND event_type = {event_type}",
        events=scope.relations.events,
        tenant=scope.tenant_id,
        event_type=event_type,
    )
    if since is not None:
        found = sql("{found} AND occurred_at >= {since}", found=found, since=since)
    # An event may have been announced for later; it is not one of the last days.
    return sql("{found} AND occurred_at <= {now}", found=found, now=scope.now) if past or since is not None else found


@matching.register
def _event_count(condition: d.EventCount, scope: Scope) -> Matching:
    since = None if condition.window_days is None else scope.days_ago(condition.window_days)
    counts = sql(
        "SELECT subject_id, COUNT(*) AS n\n{fired}\nGROUP BY subject_id",
        fired=fired(scope, condition.event_type, since),
    )
    # Who never fired the event counts 0 but is in no group: ask for the others then.
    none_matches = compare(condition.operator, 0, condition.value)
    having = _having(sql("SUM(e.n)"), condition.operator, scope.dialect.numeric(condition.value), none_matches)
    return Matching(resolved(scope, counts, having), negated=none_matches)


@matching.register
def _recency(condition: d.Recency, scope: Scope) -> Matching:
    threshold = scope.days_ago(condition.window_days)
    if condition.operator == "gt":  # also who never fired it: everyone but those who fired it since
        return Matching(resolved(scope, _subjects(scope, condition.event_type, threshold)), negated=True)
    if condition.operator == "lt":
        return Matching(resolved(scope, _subjects(scope, condition.event_type, threshold + 1)))
    latest = sql(
        "SELECT subject_id, MAX(occurred_at) AS latest\n{fired}\nGROUP BY subject_id",
        fired=fired(scope, condition.event_type, past=True),
    )
    whole = condition.window_days == int(condition.window_days)
    having = sql("MAX(e.latest) > {after} AND MAX(e.latest) <= {until}", after=threshold - DAY, until=threshold)
    return Matching(resolved(scope, latest, having if whole else sql("1 = 0")))


@matching.register
def _monetary(condition: d.Monetary, scope: Scope) -> Matching:
    total = aggregate(condition.metric)
    none_matches = condition.metric == "sum" and compare(condition.operator, 0, round(condition.value, 6))
    having = _having(
        scope.dialect.rounded(total),
        condition.operator,
        scope.dialect.numeric(round(condition.value, 6)),
        none_matches,
    )
    return Matching(resolved(scope, amounts(condition, scope), having), negated=none_matches)


def amounts(condition: d.Monetary, scope: Scope) -> Sql:
    """What the metric needs of a property's numeric values, by raw subject: `total`, `total` and `n`, or `top`."""
    return sql(
        f"SELECT subject_id, {_AMOUNTS[condition.metric]}\n"
        "FROM (\n"
        "  SELECT subject_id, {number} AS amount\n"
        "  FROM (\n"
        "    SELECT subject_id, {property}\n    {fired}\n"
        "  ) AS v\n"
        ") AS a\n"
        "GROUP BY subject_id",
        number=scope.dialect.number,
        property=scope.dialect.property(sql("payload"), condition.property),
        fired=fired(scope, condition.event_type),
    )


def aggregate(metric: str) -> Sql:
    """A metric of a user from `amounts` (`e`): null for an average or a maximum of nothing."""
    if metric == "sum":
        return sql("COALESCE(SUM(e.total), 0)")
    return sql("MAX(e.top)") if metric == "max" else sql("SUM(e.total) * 1.0 / NULLIF(SUM(e.n), 0)")


@matching.register
def _property(condition: d.Property, scope: Scope) -> Matching:
    unset = condition.operator == "is_not_set"
    met = properties.condition(scope.dialect, "is_set" if unset else condition.operator, condition.operand)
    users = sql(
        "SELECT user_id\nFROM (\n  SELECT user_id, {property}\n  FROM (\n    {latest}\n  ) AS l\n) AS p\nWHERE {met}",
        property=scope.dialect.property(sql("payload"), condition.property),
        latest=latest_payload(condition.event_type, scope),
        met=met,
    )
    return Matching(users, negated=unset)


def latest_payload(event_type: str, scope: Scope) -> Sql:
    """`user_id` and `payload` of each user's latest event of a type; of two at one moment, the one stored later."""
    if scope.relations.one_user:
        return sql(
            "SELECT * FROM (\n"
            "  SELECT s.canonical_id AS user_id, e.payload\n"
            "  FROM {events} AS e JOIN {subjects} AS s ON s.id = e.subject_id\n"
            "  WHERE e.tenant_id = {tenant} AND e.event_type = {event_type}\n"
            "  ORDER BY e.occurred_at DESC, e.id DESC LIMIT 1\n"
            ") AS latest",
            events=scope.relations.events,
            subjects=scope.relations.subjects,
            tenant=scope.tenant_id,
            event_type=event_type,
        )
    return sql(
        "SELECT r.user_id, e.payload\n"
        "FROM (\n"
        "  SELECT s.canonical_id AS user_id, e.id AS event_id, ROW_NUMBER() OVER (\n"
        "    PARTITION BY s.canonical_id ORDER BY e.occurred_at DESC, e.id DESC\n"
        "  ) AS age\n"
        "  FROM {subjects} AS s\n"
        "  JOIN {events} AS e ON e.id = (\n"
        "    SELECT l.id FROM {events} AS l\n"
        "    WHERE l.tenant_id = {tenant} AND l.event_type = {event_type} AND l.subject_id = s.id\n"
        "    ORDER BY l.occurred_at DESC, l.id DESC LIMIT 1\n"
        "  )\n"
        "  WHERE s.tenant_id = {tenant}\n"
        ") AS r\n"
        "JOIN {events} AS e ON e.id = r.event_id\n"
        "WHERE r.age = 1",
        subjects=scope.relations.subjects,
        events=scope.relations.events,
        tenant=scope.tenant_id,
        event_type=event_type,
    )


@matching.register
def _event_sequence(condition: d.EventSequence, scope: Scope) -> Matching:
    within = None if condition.window_days is None else span(condition.window_days)
    return Matching(sequences.users(scope.relations, scope.tenant_id, condition.events, within, condition.strict))


@matching.register
def _membership(condition: d.Membership, scope: Scope) -> Matching:
    users = sql(
        "SELECT DISTINCT s.canonical_id AS user_id\nFROM sandbox_segment_membership AS m\n"
        "JOIN {subjects} AS s ON s.id = m.subject_id\nWHERE m.segment_id = {segment}",
        subjects=scope.relations.subjects,
        segment=condition.segment_id,
    )
    return Matching(users, negated=condition.operator == "not_in")


def _subjects(scope: Scope, event_type: str, since: int) -> Sql:
    return sql("SELECT DISTINCT subject_id\n{fired}", fired=fired(scope, event_type, since))


def _having(expression: Sql, operator: str, value: object, opposite: bool) -> Sql:
    met = sql(f"{{expression}} {_SIGNS[operator]} {{value}}", expression=expression, value=value)
    return sql("NOT ({met})", met=met) if opposite else met
