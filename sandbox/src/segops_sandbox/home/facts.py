"""What does the page show? Read from the database and from this process, newest first, a screenful of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from segops_sandbox import clock, jobs
from segops_sandbox.http import faults, journal
from segops_sandbox.models import (
    Event,
    Job,
    Product,
    Segment,
    SegmentTrend,
    Subject,
    Tenant,
    WebhookDelivery,
)

SHOWN = 20
_SEGMENTS = 100
_TREND_DAYS = 30


@dataclass(frozen=True)
class SegmentRow:
    """A segment, and its size on each of the last 30 days on which it was computed: (days ago, members)."""

    segment: Segment
    trend: list[tuple[int, int]]


def of(tenant: Tenant) -> dict[str, Any]:
    """Everything that the template names, for one tenant."""
    segments = Segment.objects.filter(tenant=tenant).order_by("pk")
    own_jobs = Job.objects.filter(tenant=tenant)
    deliveries = WebhookDelivery.objects.filter(webhook__tenant=tenant).select_related("webhook")
    requests = journal.entries()
    return {
        "tenant": tenant,
        "tenants": list(Tenant.objects.order_by("pk")),
        "now": clock.now(),
        "frozen": clock.is_frozen(),
        "jobs_mode": jobs.mode(),
        "faults": faults.left(),
        "counts": [
            ("Segments", segments.count()),
            ("Users", Subject.objects.filter(tenant=tenant).values("canonical_id").distinct().count()),
            ("Events", Event.objects.filter(tenant=tenant).count()),
            ("Products", Product.objects.filter(tenant=tenant).count()),
            ("Jobs waiting", own_jobs.filter(status__in=[Job.QUEUED, Job.RUNNING]).count()),
            ("Jobs failed", own_jobs.filter(status=Job.FAILED).count()),
        ],
        "segments": _segments(segments[:_SEGMENTS]),
        "segments_left": max(0, segments.count() - _SEGMENTS),
        "jobs": list(own_jobs.order_by("-pk")[:SHOWN]),
        "requests": requests[: -SHOWN - 1 : -1],
        "deliveries": list(deliveries.order_by("-pk")[:SHOWN]),
    }


def _segments(segments: QuerySet[Segment]) -> list[SegmentRow]:
    rows = list(segments)
    today = clock.now().date()
    points: dict[int, list[tuple[int, int]]] = {}
    days = SegmentTrend.objects.filter(
        segment__in=[row.pk for row in rows], day__gt=today - timedelta(days=_TREND_DAYS)
    )
    for point in days.order_by("day"):
        points.setdefault(point.segment_id, []).append(((today - point.day).days, point.count))
    return [SegmentRow(row, points.get(row.pk, [])) for row in rows]
