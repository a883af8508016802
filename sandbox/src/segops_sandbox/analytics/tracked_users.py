"""The meter of monthly tracked users, which the platform bills by: https://segops.ai/docs/billing/mtu

A user counts with one event of a person in the month, a visitor who is nobody's with three; whoever is known under
several ids counts once. The meter does not go back within a month, whatever is merged afterwards.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import Max

from segops_sandbox import clock, jobs
from segops_sandbox.identity import VISITOR
from segops_sandbox.ingestion.bots import HUMAN
from segops_sandbox.models import Event, Tenant, UserMeter

KIND: Final = "analytics.count_users"
VISITOR_EVENTS: Final = 3
# So many events are counted while somebody waits; more by a job, at most once an hour.
AT_ONCE: Final = 100_000
_REST: Final = timedelta(hours=1)
_COUNT = """
SELECT COUNT(*) FROM (
  SELECT u.id FROM (
    SELECT subject_id, COUNT(*) AS n FROM sandbox_event{unindexed}
    WHERE tenant_id = %s AND bot_class = %s AND received_at >= %s AND received_at < %s GROUP BY subject_id
  ) AS e
  JOIN sandbox_subject AS s ON s.id = e.subject_id
  JOIN sandbox_subject AS u ON u.id = s.canonical_id
  GROUP BY u.id, u.external_id HAVING substr(u.external_id, 1, %s) <> %s OR SUM(e.n) >= %s
) AS billed
"""


def tracked_users(tenant: Tenant, month: datetime) -> int:
    """How many users of a tenant the month that begins then has billed.

    Of a workspace with many events, as they were counted last: a job that counts them anew is queued then.
    """
    if (Event.objects.aggregate(last=Max("pk"))["last"] or 0) <= AT_ONCE:
        return _count(tenant, month)
    kept = UserMeter.objects.filter(tenant=tenant, month=month.date()).first()
    due = kept is None or kept.counted_at + _REST <= clock.now()
    if due and not jobs.is_queued(tenant, KIND):
        jobs.enqueue(tenant, KIND)
    return 0 if kept is None else kept.users


@jobs.handler(KIND)
def count(tenant: Tenant) -> None:
    """The job: count the users of this month."""
    _count(tenant, clock.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0))


def _count(tenant: Tenant, month: datetime) -> int:
    end = (month + timedelta(days=32)).replace(day=1)
    period = [clock.to_micros(month), clock.to_micros(end)]
    with connection.cursor() as cursor:
        # SQLite would go by the index, and look up each event of it on the other side of the file.
        query = _COUNT.format(unindexed=" NOT INDEXED" if connection.vendor == "sqlite" else "")
        cursor.execute(query, [tenant.pk, HUMAN, *period, len(VISITOR), VISITOR, VISITOR_EVENTS])
        found = int(cursor.fetchone()[0])
    with transaction.atomic():
        kept, _ = UserMeter.objects.get_or_create(
            tenant=tenant, month=month.date(), defaults={"users": found, "counted_at": clock.now()}
        )
        users = max(kept.users, found)
        UserMeter.objects.filter(pk=kept.pk).update(users=users, counted_at=clock.now())
    return users
