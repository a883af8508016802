"""The meter of monthly tracked users, which the platform bills by: https://segops.ai/docs/billing/mtu

A user counts with one event of a person in the month, a visitor who is nobody's with three; whoever is known under
several ids counts once. The meter does not go back within a month, whatever is merged afterwards: who ties ids keeps
what was reached before. Reading it writes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import Max

from segops_sandbox import clock, jobs
from segops_sandbox.models import Event, Job, Subject, Tenant, UserMeter

KIND: Final = "analytics.count_users"
VISITOR_EVENTS: Final = 3
# So many events are counted while somebody waits; more by a job after events have come, at most once an hour.
AT_ONCE: Final = 100_000
_REST: Final = timedelta(hours=1)
_COUNT = """
SELECT COUNT(*) FROM (
  SELECT u.id FROM (
    SELECT subject_id, COUNT(*) AS n FROM sandbox_event{unindexed}
    WHERE tenant_id = %s AND bot_class = %s AND received_at >= %s AND received_at < %s{some} GROUP BY subject_id
  ) AS e
  JOIN sandbox_subject AS s ON s.id = e.subject_id
  JOIN sandbox_subject AS u ON u.id = s.canonical_id
  GROUP BY u.id, u.external_id HAVING substr(u.external_id, 1, %s) <> %s OR SUM(e.n) >= %s
) AS billed
"""
_SOME: Final = " AND subject_id IN (SELECT id FROM sandbox_subject WHERE canonical_id IN ({users}))"


def tracked_users(tenant: Tenant, month: datetime) -> int:
    """How many users of a tenant the month that begins then has billed; of a large workspace, as counted last."""
    kept = _kept(tenant, month)
    reached = 0 if kept is None else kept.users
    return reached if _is_large() else max(reached, _count(tenant, month))


def plan(tenant: Tenant) -> None:
    """Have the users of a large workspace counted, now that events have come."""
    if not _is_large() or jobs.is_queued(tenant, KIND):
        return
    kept = _kept(tenant, _this_month())
    job = jobs.enqueue(tenant, KIND)
    if kept is not None:
        Job.objects.filter(pk=job.pk).update(run_at=max(kept.counted_at + _REST, clock.now()))


@jobs.handler(KIND)
def count(tenant: Tenant) -> None:
    """The job: count the users of this month."""
    month = _this_month()
    _keep(tenant, month, _count(tenant, month))


@contextmanager
def kept_while_tying(tenant_id: int, subject_ids: Collection[int]) -> Iterator[None]:
    """Keep what the meter has reached while the users of some subjects become fewer. Use it inside a transaction.

    A large workspace keeps what its job has counted.
    """
    if _is_large():
        yield
        return
    tenant, month = Tenant.objects.get(pk=tenant_id), _this_month()
    users = set(Subject.objects.filter(pk__in=subject_ids).values_list("canonical_id", flat=True))
    before = _count(tenant, month, users)
    yield
    lost = before - _count(tenant, month, users)
    if lost > 0:  # which is rare: all are counted only then
        _keep(tenant, month, _count(tenant, month) + lost)


def _is_large() -> bool:
    return (Event.objects.aggregate(last=Max("pk"))["last"] or 0) > AT_ONCE


def _this_month() -> datetime:
    return clock.month_of(clock.now())[0]


def _kept(tenant: Tenant, month: datetime) -> UserMeter | None:
    return UserMeter.objects.filter(tenant=tenant, month=month.date()).first()


def _count(tenant: Tenant, month: datetime, users: Collection[int] | None = None) -> int:
    """Those who are billed of all users, or of some."""
    period = [clock.to_micros(edge) for edge in clock.month_of(month)]
    # Of all users, SQLite would go by the index, and look up each event of it on the other side of the file.
    unindexed = " NOT INDEXED" if users is None and connection.vendor == "sqlite" else ""
    some = "" if users is None else _SOME.format(users=", ".join(map(str, sorted(users))) or "NULL")
    with connection.cursor() as cursor:
        query = _COUNT.format(unindexed=unindexed, some=some)
        cursor.execute(query, [tenant.pk, Event.HUMAN, *period, len(Subject.VISITOR), Subject.VISITOR, VISITOR_EVENTS])
        return int(cursor.fetchone()[0])


def _keep(tenant: Tenant, month: datetime, users: int) -> None:
    with transaction.atomic():
        meter, _ = UserMeter.objects.get_or_create(
            tenant=tenant, month=month.date(), defaults={"users": users, "counted_at": clock.now()}
        )
        UserMeter.objects.filter(pk=meter.pk).update(users=max(meter.users, users), counted_at=clock.now())
