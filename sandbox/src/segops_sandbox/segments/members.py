"""Pages of a segment's members, in the order of their ids, from a cursor that says where to go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.functions import Collate

from segops_sandbox.database import CODE_POINT_ORDER
from segops_sandbox.http import cursors
from segops_sandbox.http.cursors import BadCursor as BadCursor
from segops_sandbox.models import Segment, SegmentMembership


@dataclass(frozen=True)
class Page:
    """Some members with the time of their compute, and where the next page begins."""

    count: int
    members: list[tuple[str, datetime]]
    next_cursor: str | None


def page(segment: Segment, limit: int, cursor: str | None) -> Page:
    """Members from a cursor on, or from the first. Raises BadCursor."""
    after = "" if cursor is None else cursors.decode(segment.pk, cursor)
    count = SegmentMembership.objects.filter(segment=segment).count()
    if connection.vendor == "sqlite" and count * count > limit * _subjects():
        found = _along_the_subjects(segment, after, limit + 1)
    else:
        rows = ordered(segment)
        if after:
            rows = rows.filter(user_id__gt=after)
        found = list(rows.values_list("user_id", "computed_at")[: limit + 1])
    more = len(found) > limit
    members = found[:limit]
    return Page(count, members, cursors.encode(segment.pk, members[-1][0]) if more else None)


def _along_the_subjects(segment: Segment, after: str, number: int) -> list[tuple[str, datetime]]:
    """The next members, by going through all subjects in order and looking up whether each is one.

    Sorting the members for each page takes ever longer the more there are; of a large segment most subjects that one
    goes by are members, so that a page costs the same wherever it begins.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.external_id, CAST(m.computed_at AS TEXT) "
            "FROM sandbox_subject AS s CROSS JOIN sandbox_segment_membership AS m "
            "WHERE s.tenant_id = %s AND s.external_id > %s AND m.segment_id = %s AND m.subject_id = s.id "
            "ORDER BY s.external_id LIMIT %s",
            [segment.tenant_id, after, segment.pk, number],
        )
        rows = cursor.fetchall()
    # All members of a segment were computed together: few texts, many rows.
    times = {text: _time(text) for text in {text for _, text in rows}}
    return [(external_id, times[text]) for external_id, text in rows]


def _subjects() -> int:
    """At most so many subjects are there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(MAX(id), 0) FROM sandbox_subject")
        return int(cursor.fetchone()[0])


def _time(text: str) -> datetime:
    """A time as SQLite keeps it."""
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def ordered(segment: Segment) -> QuerySet[Any]:
    """The stored members in the order of their ids, with the id as `user_id`."""
    user_id = Collate(F("subject__external_id"), CODE_POINT_ORDER[connection.vendor])
    rows: QuerySet[Any] = SegmentMembership.objects.filter(segment=segment).annotate(user_id=user_id)
    return rows.order_by("user_id")
