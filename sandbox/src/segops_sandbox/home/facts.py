"""What the pages show, read from the database and from this process: newest first, a screenful of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from segops_sandbox import clock, explorer, jobs
from segops_sandbox.http import faults, journal
from segops_sandbox.identity import resolve
from segops_sandbox.models import (
    ApiKey,
    EventTally,
    Job,
    Product,
    Segment,
    SegmentTrend,
    Subject,
    Tenant,
    Webhook,
    WebhookDelivery,
)
from segops_sandbox.own_data import snapshots
from segops_sandbox.segments import compiler, members, queries
from segops_sandbox.segments.fields import DefinitionError
from segops_sandbox.segments.references import checked
from segops_sandbox.segments.sql import readable

SHOWN = 20
_SEGMENTS = _LISTED = 100
_TREND_DAYS = 30


@dataclass(frozen=True)
class SegmentRow:
    """A segment, and its size on each of the last 30 days on which it was computed: (days ago, members)."""

    segment: Segment
    trend: list[tuple[int, int]]


def shared(tenant: Tenant) -> dict[str, Any]:
    """What every page says in its head."""
    key = ApiKey.objects.filter(tenant=tenant, kind="sk", revoked_at=None).order_by("-is_primary", "pk").first()
    return {
        "tenant": tenant,
        "now": clock.now(),
        "frozen": clock.is_frozen(),
        "jobs_mode": jobs.mode(),
        "faults": faults.left(),
        "key": "" if key is None else key.key,
    }


def overview(tenant: Tenant) -> dict[str, Any]:
    """The workspace at a glance."""
    segments = Segment.objects.filter(tenant=tenant).order_by("pk")
    own_jobs = Job.objects.filter(tenant=tenant)
    due_jobs, _ = jobs.by_time(own_jobs)
    return {
        "counts": [
            ("Segments", segments.count()),
            ("Users", _users(tenant)),
            ("Events", EventTally.objects.stored(tenant)),
            ("Products", Product.objects.filter(tenant=tenant).count()),
            ("Jobs waiting", due_jobs.filter(status__in=[Job.QUEUED, Job.RUNNING]).count()),
            ("Jobs failed", own_jobs.filter(status=Job.FAILED).count()),
        ],
        "segments": _segments(segments[:_SEGMENTS]),
        "segments_left": max(0, segments.count() - _SEGMENTS),
        "jobs": list(own_jobs.order_by("-pk")[:SHOWN]),
        "requests": journal.newest(SHOWN),
        "deliveries": _deliveries(tenant, SHOWN),
    }


def users(tenant: Tenant, text: str) -> explorer.Found:
    """Users whose id contains a text, the latest seen first; without one, all are counted and the newest listed."""
    if text:
        return explorer.search(tenant.pk, text, _LISTED)
    return explorer.Found(_users(tenant), explorer.latest(tenant.pk, _LISTED))


def _users(tenant: Tenant) -> int:
    return Subject.objects.filter(tenant=tenant).values("canonical_id").distinct().count()


def user(tenant: Tenant, user_id: str) -> dict[str, Any] | None:
    """What is known of a user; None for an id that nobody has."""
    found = resolve(tenant.pk, user_id)
    if found is None:
        return None
    return {
        "profile": explorer.profile(found),
        "ids": sorted(Subject.objects.filter(canonical_id=found.pk).values_list("external_id", flat=True)[:_LISTED]),
        "memberships": [explorer.membership_json(row) for row in explorer.memberships(tenant.pk, user_id)],
        "events": [explorer.event_json(event) for event in explorer.events(found)[:_LISTED]],
    }


def segment(row: Segment, cursor: str | None) -> dict[str, Any] | None:
    """Members, trend and SQL of a segment; None for a cursor that no page has given out."""
    try:
        page = members.page(row, _LISTED, cursor)
    except members.BadCursor:
        return None
    found: dict[str, Any] = {
        "members": [name for name, _ in page.members],
        "next_cursor": page.next_cursor,
        "trend": _trends([row]).get(row.pk, []),
        "sql": "",
        "sql_problem": "",
    }
    try:
        definition = checked(row.tenant_id, row.definition, row.pk)
        found["sql"] = readable(compiler.members(definition, queries.scope_now(row.tenant_id)))
    except DefinitionError as exc:
        found["sql_problem"] = f"The definition is not valid any more: {' '.join(exc.messages)}"
    return found


def jobs_of(tenant: Tenant) -> dict[str, Any]:
    """The newest jobs of a tenant."""
    return {"modes": jobs.MODES, "jobs": list(Job.objects.filter(tenant=tenant).order_by("-pk")[:_LISTED])}


def webhooks_of(tenant: Tenant) -> dict[str, Any]:
    """Receivers and the newest deliveries."""
    webhooks = list(Webhook.objects.filter(tenant=tenant).order_by("pk"))
    return {"webhooks": webhooks, "deliveries": _deliveries(tenant, _LISTED)}


def snapshots_of() -> list[snapshots.Snapshot] | None:
    """The named snapshots; None where the workspace is none that can be saved."""
    return snapshots.listed() if connection.vendor == "sqlite" else None


def _deliveries(tenant: Tenant, number: int) -> list[WebhookDelivery]:
    found = WebhookDelivery.objects.filter(webhook__tenant=tenant).select_related("webhook")
    return list(found.order_by("-pk")[:number])


def _segments(segments: QuerySet[Segment]) -> list[SegmentRow]:
    rows = list(segments)
    points = _trends(rows)
    return [SegmentRow(row, points.get(row.pk, [])) for row in rows]


def _trends(rows: list[Segment]) -> dict[int, list[tuple[int, int]]]:
    """The sizes of segments on the last days, by their ids."""
    today = clock.now().date()
    points: dict[int, list[tuple[int, int]]] = {}
    days = SegmentTrend.objects.filter(
        segment__in=[row.pk for row in rows], day__gt=today - timedelta(days=_TREND_DAYS)
    )
    for point in days.order_by("day"):
        points.setdefault(point.segment_id, []).append(((today - point.day).days, point.count))
    return points
