"""The schedule of queries: an active one runs hourly, daily or weekly after its last run, or its creation.

The next time waits as a job in the queue, so nothing runs before the clock gets there, and several servers on one
database ask once. A server that was away asks once, not once for each time it missed. A run that fails used up its
time.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from segops_sandbox import clock, jobs
from segops_sandbox.ai.answers import run
from segops_sandbox.models import AIQuery, Job, Tenant

INTERVALS = {"hourly": timedelta(hours=1), "daily": timedelta(days=1), "weekly": timedelta(weeks=1)}
_KIND = "queries.scheduled"


def plan(query: AIQuery, since: datetime | None = None) -> None:
    """Queue the next run of a query in place of the one that is queued; a paused query has none.

    Args:
        since: when its time began to run, if that is not when it was last asked, or made.
    """
    with transaction.atomic():
        cancel(query)
        if query.is_active:
            job = jobs.enqueue(query.tenant, _KIND, query_id=query.pk)
            Job.objects.filter(pk=job.pk).update(run_at=max(_due(query, since), clock.now()))


def cancel(query: AIQuery) -> None:
    """Delete the queued next run of a query."""
    Job.objects.filter(tenant_id=query.tenant_id, kind=_KIND, status=Job.QUEUED, args__query_id=query.pk).delete()


def _failed(tenant: Tenant, error: Exception, query_id: int) -> None:
    query = AIQuery.objects.filter(tenant=tenant, pk=query_id).first()
    if query is not None:
        plan(query, since=clock.now())


@jobs.handler(_KIND, _failed)
def _ask(tenant: Tenant, query_id: int) -> None:
    query = AIQuery.objects.filter(tenant=tenant, pk=query_id).first()
    if query is None or not query.is_active:
        return
    if _due(query) <= clock.now():  # no manual run in the meantime
        run(tenant, query_id)
        query.refresh_from_db()
    plan(query)


def _due(query: AIQuery, since: datetime | None = None) -> datetime:
    return (since or query.last_run_at or query.created_at) + INTERVALS[query.schedule]
