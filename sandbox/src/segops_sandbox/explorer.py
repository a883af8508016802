"""What is known of a user, read from all events of all ids that lead to the user."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from segops_sandbox.models import Event, SegmentMembership, Subject
from segops_sandbox.segments.definition import IDENTIFIED
from segops_sandbox.segments.sql import Sql, sql, values
from segops_sandbox.timestamps import isoformat, isoformat_micros


@dataclass(frozen=True)
class Found:
    """A page of a search, and how many there are in all."""

    count: int
    users: list[dict[str, Any]]


# What is in an index only: the last event of each id, not all events.
_SEEN = """
WITH seen AS MATERIALIZED (
  SELECT user_id, MAX(last) AS last FROM (
    SELECT u.id AS user_id, (
      SELECT e.occurred_at FROM sandbox_event AS e WHERE e.tenant_id = {tenant} AND e.subject_id = s.id
      ORDER BY e.occurred_at DESC LIMIT 1
    ) AS last
    FROM sandbox_subject AS s JOIN sandbox_subject AS u ON u.id = s.canonical_id
    WHERE s.tenant_id = {tenant}{contains}
  ) AS each_id WHERE last IS NOT NULL GROUP BY user_id
)
SELECT c.id, (SELECT COUNT(*) FROM seen) FROM seen JOIN sandbox_subject AS c ON c.id = seen.user_id
ORDER BY CASE WHEN substr(lower(c.external_id), 1, {length}) = lower({text}) THEN 0 ELSE 1 END,
  seen.last DESC, c.external_id LIMIT {limit}
"""
# SQLite, left to itself, would go through all events of the tenant; CROSS JOIN keeps it to this order.
_ACTIVITY = """
SELECT s.canonical_id, COUNT(*), MIN(e.occurred_at), MAX(e.occurred_at)
FROM sandbox_subject AS s CROSS JOIN sandbox_event AS e
WHERE s.canonical_id IN ({users}) AND e.tenant_id = {tenant} AND e.subject_id = s.id GROUP BY s.canonical_id
"""
# The newest events by the primary key, whatever the tenant has in all.
_LATEST = """
SELECT s.canonical_id FROM (SELECT id, subject_id FROM sandbox_event ORDER BY id DESC LIMIT {events}) AS e
JOIN sandbox_subject AS s ON s.id = e.subject_id WHERE s.tenant_id = {tenant}
GROUP BY s.canonical_id ORDER BY MAX(e.id) DESC LIMIT {limit}
"""
_LATEST_EVENTS = 5000


def search(tenant_id: int, text: str, limit: int) -> Found:
    """Users whose id contains a text, in any case; those that begin with it first, then the latest seen."""
    position = "strpos" if connection.vendor == "postgresql" else "instr"
    contains = sql(f" AND {position}(lower(u.external_id), lower({{text}})) > 0", text=text) if text else sql("")
    query = sql(_SEEN, tenant=tenant_id, contains=contains, length=len(text), text=text, limit=limit)
    rows = _rows(query)
    return Found(rows[0][1] if rows else 0, _described(tenant_id, [row[0] for row in rows]))


def latest(tenant_id: int, limit: int) -> list[dict[str, Any]]:
    """Users of the newest events, as they arrived: as quick with millions of events as with none."""
    query = sql(_LATEST, tenant=tenant_id, events=_LATEST_EVENTS, limit=limit)
    return _described(tenant_id, [row[0] for row in _rows(query)])


def _described(tenant_id: int, users: list[int]) -> list[dict[str, Any]]:
    """Users with their number of events, the first and the last, in the order that is given."""
    if not users:
        return []
    names = dict(Subject.objects.filter(pk__in=users).values_list("pk", "external_id"))
    found = {row[0]: row[1:] for row in _rows(sql(_ACTIVITY, users=values(users), tenant=tenant_id))}
    return [
        {
            "user_id": names[user],
            "event_count": int(found[user][0]),
            "first_seen": isoformat_micros(found[user][1]),
            "last_seen": isoformat_micros(found[user][2]),
        }
        for user in users
    ]


def _rows(query: Sql) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query.text, query.params)
        return list(cursor.fetchall())


def profile(user: Subject) -> dict[str, Any] | None:
    """Counts, first and last event, and current properties; None for a user without any event."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*), COUNT(DISTINCT event_type), MIN(occurred_at), MAX(occurred_at) FROM sandbox_event "
            "WHERE tenant_id = %s AND subject_id IN (SELECT id FROM sandbox_subject WHERE canonical_id = %s)",
            [user.tenant_id, user.pk],
        )
        count, types, first, last = cursor.fetchone()
    if not count:
        return None
    traits = events(user).filter(event_type=IDENTIFIED).values_list("payload", flat=True).first()
    return {
        "user_id": user.external_id,
        "event_count": count,
        "event_type_count": types,
        "first_seen": isoformat_micros(first),
        "last_seen": isoformat_micros(last),
        "properties": {} if traits is None else json.loads(traits),
    }


def events(user: Subject) -> QuerySet[Event]:
    """All events of a user, newest first."""
    return Event.objects.of_user(user.tenant_id, user.pk).order_by("-occurred_at", "-pk")


# SQLite, left to itself, would go through all members of all segments; CROSS JOIN keeps it to this order.
_MEMBERSHIPS = """
SELECT m.id, m.subject_id, m.segment_id, m.computed_at, g.name AS segment_name, g.member_count AS segment_member_count
FROM sandbox_subject AS asked
CROSS JOIN sandbox_subject AS s
CROSS JOIN sandbox_segment_membership AS m
CROSS JOIN sandbox_segment AS g
WHERE asked.tenant_id = %s AND asked.external_id = %s AND s.canonical_id = asked.canonical_id
  AND m.subject_id = s.id AND g.id = m.segment_id
ORDER BY m.segment_id, m.computed_at
"""


def memberships(tenant_id: int, user_id: str) -> list[Any]:
    """The stored memberships of whoever an id belongs to, one per segment, by the segment's id.

    Each is a SegmentMembership with the segment's `segment_name` and `segment_member_count`; none for an unknown id.
    """
    # Two ids that were merged after the compute may both be members: the latest one is shown.
    return list(
        {row.segment_id: row for row in SegmentMembership.objects.raw(_MEMBERSHIPS, [tenant_id, user_id])}.values()
    )


def event_json(event: Event) -> dict[str, Any]:
    """An event as the explorer shows it."""
    return {
        "event_type": event.event_type,
        "occurred_at": isoformat_micros(event.occurred_at),
        "payload": json.loads(event.payload),
    }


def membership_json(row: Any) -> dict[str, Any]:
    """A membership as the explorer shows it."""
    return {
        "segment_id": row.segment_id,
        "segment_name": row.segment_name,
        "member_count": row.segment_member_count,
        "computed_at": isoformat(row.computed_at),
    }
