"""How are a segment's members walked? In the order of their ids, from a cursor that says where to go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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
    rows = ordered(segment)
    if cursor is not None:
        rows = rows.filter(user_id__gt=cursors.decode(segment.pk, cursor))
    found = list(rows.values_list("user_id", "computed_at")[: limit + 1])
    more = len(found) > limit
    members = found[:limit]
    return Page(
        SegmentMembership.objects.filter(segment=segment).count(),
        members,
        cursors.encode(segment.pk, members[-1][0]) if more else None,
    )


def ordered(segment: Segment) -> QuerySet[Any]:
    """The stored members in the order of their ids, with the id as `user_id`."""
    user_id = Collate(F("subject__external_id"), CODE_POINT_ORDER[connection.vendor])
    rows: QuerySet[Any] = SegmentMembership.objects.filter(segment=segment).annotate(user_id=user_id)
    return rows.order_by("user_id")
