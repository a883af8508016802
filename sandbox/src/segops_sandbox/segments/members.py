"""Pages of a segment's members, in the order in which they were first seen; a cursor says where a page starts.

By the index (segment, subject), so that a page costs the same wherever it begins and however many members there are.
"""

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

# Not by the ORM, which takes as long to make 1,000 rows as the database to find them. SQLite's times come as texts.
_PAGE = (
    "SELECT m.subject_id, s.external_id, {computed_at} FROM sandbox_segment_membership AS m "
    "JOIN sandbox_subject AS s ON s.id = m.subject_id "
    "WHERE m.segment_id = %s AND m.subject_id > %s ORDER BY m.subject_id LIMIT %s"
)


@dataclass(frozen=True)
class Page:
    """Some members with the time of their compute, and where the next page begins."""

    count: int
    members: list[tuple[str, datetime]]
    next_cursor: str | None


def page(segment: Segment, limit: int, cursor: str | None) -> Page:
    """Members from a cursor on, or from the first. Raises BadCursor."""
    after = 0 if cursor is None else _position(cursors.decode(segment.pk, cursor))
    is_sqlite = connection.vendor == "sqlite"
    query = _PAGE.format(computed_at="CAST(m.computed_at AS TEXT)" if is_sqlite else "m.computed_at")
    with connection.cursor() as database:
        database.execute(query, [segment.pk, after, limit + 1])
        found = database.fetchall()
    # All members of a segment were computed together: few times, many rows.
    times = {time: _from_sqlite(time) if is_sqlite else time for time in {row[2] for row in found}}
    members = [(user_id, times[time]) for _, user_id, time in found[:limit]]
    next_cursor = cursors.encode(segment.pk, str(found[limit - 1][0])) if len(found) > limit else None
    return Page(segment.member_count, members, next_cursor)


def _position(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise BadCursor("not a cursor of members")
    return int(text)


def _from_sqlite(text: str) -> datetime:
    """A time as SQLite keeps it."""
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def ordered(segment: Segment) -> QuerySet[Any]:
    """The stored members in the order of their ids, with the id as `user_id`."""
    user_id = Collate(F("subject__external_id"), CODE_POINT_ORDER[connection.vendor])
    rows: QuerySet[Any] = SegmentMembership.objects.filter(segment=segment).annotate(user_id=user_id)
    return rows.order_by("user_id")
