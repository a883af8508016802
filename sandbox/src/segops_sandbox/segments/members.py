"""How are a segment's members walked? In the order of their ids, from a cursor that says where to go on."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.functions import Collate

from segops_sandbox.models import Segment, SegmentMembership

# Compare by code point, whatever the database's own collation.
_COLLATION = {"sqlite": "BINARY", "postgresql": "C"}


class BadCursor(ValueError):
    """A cursor that is damaged, or of another segment."""


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
        rows = rows.filter(user_id__gt=_decode(segment, cursor))
    found = list(rows.values_list("user_id", "computed_at")[: limit + 1])
    more = len(found) > limit
    members = found[:limit]
    return Page(
        SegmentMembership.objects.filter(segment=segment).count(),
        members,
        _encode(segment, members[-1][0]) if more else None,
    )


def ordered(segment: Segment) -> QuerySet[Any]:
    """The stored members in the order of their ids, with the id as `user_id`."""
    user_id = Collate(F("subject__external_id"), _COLLATION[connection.vendor])
    rows: QuerySet[Any] = SegmentMembership.objects.filter(segment=segment).annotate(user_id=user_id)
    return rows.order_by("user_id")


def _encode(segment: Segment, last: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([segment.pk, last]).encode()).decode()


def _decode(segment: Segment, cursor: str) -> str:
    try:
        parts = json.loads(base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        raise BadCursor("not a cursor") from None
    if (
        not isinstance(parts, list)
        or len(parts) != 2
        or parts[0] != segment.pk
        or not isinstance(parts[1], str)
        or _encode(segment, parts[1]) != cursor  # a text that no page has given out
    ):
        raise BadCursor("a cursor of another segment")
    return parts[1]
