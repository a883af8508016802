"""What is known of a user, read from all events of all ids that lead to the user."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from segops_sandbox.models import Event, SegmentMembership, Subject
from segops_sandbox.segments.definition import IDENTIFIED
from segops_sandbox.segments.sql import Sql, sql
from segops_sandbox.timestamps import isoformat, isoformat_micros


@dataclass(frozen=True)
class Found:
    """A page of a search, and how many there are in all."""

    count: int
    users: list[dict[str, Any]]


def search(tenant_id: int, text: str, limit: int) -> Found:
    """Users whose id contains a text, in any case; those that begin with it first, then the latest seen."""
    activity = sql(
        "SELECT s.canonical_id AS user_id, SUM(e.n) AS n, MIN(e.first) AS first, MAX(e.last) AS last\n"
        "FROM (SELECT subject_id, COUNT(*) AS n, MIN(occurred_at) AS first, MAX(occurred_at) AS last\n"
        "  FROM sandbox_event WHERE {whose} GROUP BY subject_id) AS e\n"
        "JOIN sandbox_subject AS s ON s.id = e.subject_id GROUP BY s.canonical_id",
        whose=_whose(tenant_id, text),
    )
    query = sql(
        "SELECT c.external_id, a.n, a.first, a.last, COUNT(*) OVER ()\n"
        "FROM ({activity}) AS a JOIN sandbox_subject AS c ON c.id = a.user_id\n"
        "ORDER BY CASE WHEN substr(lower(c.external_id), 1, {length}) = lower({text}) THEN 0 ELSE 1 END, "
        "a.last DESC, c.external_id LIMIT {limit}",
        activity=activity,
        length=len(text),
        text=text,
        limit=limit,
    )
    with connection.cursor() as cursor:
        cursor.execute(query.text, query.params)
        rows = cursor.fetchall()
    users = [
        {
            "user_id": name,
            "event_count": int(count),
            "first_seen": isoformat_micros(first),
            "last_seen": isoformat_micros(last),
        }
        for name, count, first, last, _ in rows
    ]
    return Found(rows[0][4] if rows else 0, users)


def _whose(tenant_id: int, text: str) -> Sql:
    """Which events count: those of the tenant, or of the ids whose user's id contains the text."""
    position = "strpos" if connection.vendor == "postgresql" else "instr"
    ids = sql("SELECT id FROM sandbox_subject WHERE tenant_id = {tenant}", tenant=tenant_id)
    if text:
        ids = sql(
            "SELECT r.id FROM sandbox_subject AS r JOIN sandbox_subject AS u ON u.id = r.canonical_id\n"
            f"WHERE r.tenant_id = {{tenant}} AND {position}(lower(u.external_id), lower({{text}})) > 0",
            tenant=tenant_id,
            text=text,
        )
    return sql("tenant_id = {tenant} AND subject_id IN ({ids})", tenant=tenant_id, ids=ids)


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
    # Two ids that were merged after the compute may both be members: the latest one is told.
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
