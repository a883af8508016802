"""Recomputes, which bring stored membership up to date.

The members are found first, outside of any transaction, so that ingestion continues meanwhile; then one transaction
applies the difference by SQL: who left, who stayed, who entered. Draft → computing → computed; a failure falls back to
the state before.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from segops_sandbox import clock, jobs
from segops_sandbox.models import Segment, SegmentTrend, Tenant
from segops_sandbox.recompute_effects import after_recompute
from segops_sandbox.segments import compiler, queries
from segops_sandbox.segments.definition import Definition
from segops_sandbox.segments.references import checked

log = logging.getLogger("segops_sandbox.segments")

KIND = "segments.compute"


@dataclass(frozen=True)
class Outcome:
    """What a recompute changed."""

    entered: int
    left: int
    member_count: int
    computed_at: datetime


def request(segment: Segment) -> None:
    """Queue a recompute; one that waits already serves this request too. Raises DefinitionError.

    Call it inside a transaction.
    """
    checked(segment.tenant_id, segment.definition, segment.pk)
    Segment.objects.select_for_update().filter(pk=segment.pk).update(status=Segment.COMPUTING)
    if not jobs.is_queued(segment.tenant, KIND, segment_id=segment.pk):
        jobs.enqueue(segment.tenant, KIND, segment_id=segment.pk)


def _failed(tenant: Tenant, error: Exception, segment_id: int) -> None:
    segment = Segment.objects.filter(tenant=tenant, pk=segment_id).first()
    if segment is not None and not jobs.is_queued(segment.tenant, KIND, segment_id=segment.pk):
        before = Segment.DRAFT if segment.last_computed_at is None else Segment.COMPUTED
        Segment.objects.filter(pk=segment_id).update(status=before)


@jobs.handler(KIND, _failed)
def compute(tenant: Tenant, segment_id: int) -> None:
    """The job: recompute one segment. A segment that was deleted meanwhile is no error."""
    segment = Segment.objects.filter(tenant=tenant, pk=segment_id).first()
    if segment is None:
        return
    outcome = replace_members(segment, checked(tenant.pk, segment.definition, segment.pk))
    if outcome is not None:
        log.info("segment %s: %d entered, %d left", segment.pk, outcome.entered, outcome.left)
        segment.refresh_from_db()
        after_recompute(segment)


def replace_members(segment: Segment, definition: Definition) -> Outcome | None:
    """Find the members and store them; None when the segment was deleted meanwhile."""
    scope = queries.scope_now(segment.tenant_id)
    members = compiler.members(definition, scope)
    with queries.kept(scope, members, "sandbox_found", "user_id", "BIGINT"), transaction.atomic():
        locked = Segment.objects.select_for_update().filter(pk=segment.pk).first()
        if locked is None:
            return None
        now = later_than(locked.last_computed_at)
        left, entered, count = _apply(segment.pk, now)
        status = Segment.COMPUTING if jobs.is_queued(segment.tenant, KIND, segment_id=segment.pk) else Segment.COMPUTED
        Segment.objects.filter(pk=segment.pk).update(status=status, member_count=count, last_computed_at=now)
        SegmentTrend.objects.update_or_create(segment=segment, day=now.date(), defaults={"count": count})
    return Outcome(entered, left, count, now)


def later_than(last: datetime | None) -> datetime:
    """When this computation counts as made: now, but a second after the last one at least.

    `last_computed_at` is how clients tell that a recompute has finished. On a frozen clock, and within one second of a
    running one, two computations would look like one.
    """
    now = clock.now().replace(microsecond=0)
    return now if last is None else max(now, last + timedelta(seconds=1))


def _apply(segment_id: int, now: datetime) -> tuple[int, int, int]:
    """Make the stored members those of `sandbox_found`; how many left, entered, and are members now."""
    computed_at = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM sandbox_segment_membership WHERE segment_id = %s AND NOT EXISTS "
            "(SELECT 1 FROM sandbox_found AS f WHERE f.user_id = subject_id)",
            [segment_id],
        )
        left = cursor.rowcount
        cursor.execute(
            "UPDATE sandbox_segment_membership SET computed_at = %s WHERE segment_id = %s",
            [computed_at, segment_id],
        )
        stayed = cursor.rowcount
        cursor.execute(
            "INSERT INTO sandbox_segment_membership (segment_id, subject_id, computed_at) "
            "SELECT %s, f.user_id, %s FROM sandbox_found AS f WHERE NOT EXISTS (SELECT 1 FROM "
            "sandbox_segment_membership AS m WHERE m.segment_id = %s AND m.subject_id = f.user_id)",
            [segment_id, computed_at, segment_id],
        )
        entered = cursor.rowcount
    return left, entered, stayed + entered
