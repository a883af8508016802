"""Figures of segments: size, growth and overlap."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection

from segops_sandbox import clock
from segops_sandbox.models import Segment, SegmentTrend, Tenant
from segops_sandbox.timestamps import isoformat

_DAYS, _PAIRS = 30, 20
# Subjects belong to one tenant, so segments that share one do as well. Pairs are cut down to the first before names and
# sizes are fetched; ties go by id. The size is that of the stored members, whatever a segment says of itself.
_OVERLAPS = """
WITH pairs AS (
  SELECT a.segment_id AS a_id, b.segment_id AS b_id, COUNT(*) AS shared
  FROM sandbox_segment_membership AS a
  JOIN sandbox_segment_membership AS b ON b.subject_id = a.subject_id AND b.segment_id > a.segment_id
  WHERE a.segment_id IN (SELECT id FROM sandbox_segment WHERE tenant_id = %s)
  GROUP BY a.segment_id, b.segment_id
  ORDER BY shared DESC, a_id, b_id
  LIMIT %s
), sizes AS (
  SELECT segment_id, COUNT(*) AS size FROM sandbox_segment_membership
  WHERE segment_id IN (SELECT a_id FROM pairs UNION SELECT b_id FROM pairs)
  GROUP BY segment_id
)
SELECT p.a_id, a.name, p.b_id, b.name, p.shared,
       CASE WHEN a_size.size < b_size.size THEN a_size.size ELSE b_size.size END
FROM pairs AS p
JOIN sandbox_segment AS a ON a.id = p.a_id
JOIN sandbox_segment AS b ON b.id = p.b_id
JOIN sizes AS a_size ON a_size.segment_id = p.a_id
JOIN sizes AS b_size ON b_size.segment_id = p.b_id
ORDER BY p.shared DESC, p.a_id, p.b_id
"""


def segments_with_trend(tenant: Tenant) -> list[dict[str, Any]]:
    """Active segments with one point a day over 30 days; a day without a compute keeps the size of the day before.

    The trend is empty until the first compute is two days old.
    """
    segments = Segment.objects.filter(tenant=tenant, is_active=True).order_by("pk")
    points: dict[int, list[SegmentTrend]] = {}
    for point in SegmentTrend.objects.filter(segment__in=segments).order_by("day"):
        points.setdefault(point.segment_id, []).append(point)
    return [
        {
            "id": segment.pk,
            "name": segment.name,
            "member_count": segment.member_count,
            "last_computed_at": isoformat(segment.last_computed_at),
            "trend": _trend(points.get(segment.pk, [])),
        }
        for segment in segments
    ]


def overlaps(tenant: Tenant) -> list[dict[str, Any]]:
    """The 20 pairs of segments that share most members, found by the database in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_OVERLAPS, [tenant.pk, _PAIRS])
        return [
            {
                "seg_a_id": first,
                "seg_a_name": first_name,
                "seg_b_id": second,
                "seg_b_name": second_name,
                "overlap": shared,
                "overlap_pct": round(100 * shared / smaller, 1),
            }
            for first, first_name, second, second_name, shared, smaller in cursor.fetchall()
        ]


def _trend(points: list[SegmentTrend]) -> list[dict[str, Any]]:
    today = clock.now().date()
    if not points or today - points[0].day < timedelta(days=2):
        return []
    by_day = {point.day: point.count for point in points}
    start = max(points[0].day, today - timedelta(days=_DAYS - 1))
    count = next(point.count for point in reversed(points) if point.day <= start)
    trend = []
    for offset in range((today - start).days + 1):
        day = start + timedelta(days=offset)
        count = by_day.get(day, count)
        trend.append({"day": day.isoformat(), "count": count})
    return trend
