"""How large are the segments, how did they grow, and whom do they share?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, F

from segops_sandbox import clock
from segops_sandbox.models import Segment, SegmentMembership, SegmentTrend, Tenant
from segops_sandbox.platform.timestamps import isoformat

_DAYS, _PAIRS = 30, 20


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
    """The 20 pairs of segments that share most members; counted in the database, by one self-join."""
    segments = {segment.pk: segment for segment in Segment.objects.filter(tenant=tenant)}
    sizes = dict(
        SegmentMembership.objects.filter(segment__in=segments)
        .values("segment")
        .annotate(size=Count("pk"))
        .values_list("segment", "size")
    )
    shared = (
        SegmentMembership.objects.filter(
            segment__in=segments,
            subject__segmentmembership__segment__in=segments,
            subject__segmentmembership__segment__gt=F("segment"),
        )
        .values_list("segment", "subject__segmentmembership__segment")
        .annotate(count=Count("pk"))
        .order_by("-count", "segment", "subject__segmentmembership__segment")[:_PAIRS]
    )
    return [
        {
            "seg_a_id": first,
            "seg_a_name": segments[first].name,
            "seg_b_id": second,
            "seg_b_name": segments[second].name,
            "overlap": count,
            "overlap_pct": round(100 * count / min(sizes[first], sizes[second]), 1),
        }
        for first, second, count in shared
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
