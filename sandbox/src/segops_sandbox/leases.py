"""Leases of jobs: a job is run by the server that took it, for as long as that renews its lease.

Taking is one conditional update, and the database allows one running job for each resource: whoever comes second looks
again. The server that runs a job renews its lease; when it has been silent for longer than a lease, the job is queued
again. Leases go by the database's clock, which all servers share and no test freezes.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, IntegrityError, close_old_connections, connection, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Now

from segops_sandbox import clock
from segops_sandbox.error_text import one_line
from segops_sandbox.models import Job

log = logging.getLogger("segops_sandbox.jobs")

LEASE_S, RENEW_S = 15.0, 3.0
# A job whose server died this often is what kills them.
MAX_ATTEMPTS = 3
# Whoever had to wait this long to write, waited for a transaction that may be the job's own.
_BUSY_S = 0.5

# Unlike any other, also on another machine or after the process number was used again.
WORKER = f"{socket.gethostname()[:30]}:{os.getpid()}:{os.urandom(4).hex()}"


def take(now: datetime) -> Job | None:
    """The oldest due job whose resource nobody works on, marked as this server's; None when there is none."""
    while True:
        job = _due(now).first()
        if job is None:
            return None
        try:
            with transaction.atomic():
                taken = Job.objects.filter(pk=job.pk, status=Job.QUEUED).update(
                    status=Job.RUNNING,
                    started_at=now,
                    worker=WORKER,
                    lease_until=_lease(),
                    attempts=F("attempts") + 1,
                )
        except IntegrityError:  # another server took an earlier job of the same resource in between
            continue
        if taken:
            job.attempts += 1
            return job


def held(job: Job) -> QuerySet[Job]:
    """The row of a job that this server took, as long as nobody else did after it."""
    return Job.objects.filter(pk=job.pk, status=Job.RUNNING, worker=WORKER, attempts=job.attempts)


class ServerDied(RuntimeError):
    """Why a job is given up that did not fail by itself."""


def reclaim(given_up: Callable[[Job, Exception], None]) -> int:
    """Queue again what servers that died had begun; how many. What killed its server too often has failed.

    Args:
        given_up: called with each job that has failed, in the transaction that says so.
    """
    if not _abandoned().exists():
        return 0
    asked = time.monotonic()
    with transaction.atomic():
        rows = list(_abandoned().select_related("tenant").select_for_update(of=("self",)).order_by("pk"))
        if connection.vendor == "sqlite" and time.monotonic() - asked > _BUSY_S:
            return 0  # one writer at a time: its owner may have waited just as long to say that it lives
        for job in rows:
            fields = {"worker": "", "lease_until": None}
            if job.attempts < MAX_ATTEMPTS:
                log.warning("job %s (%s) is queued again: its server %s is gone", job.pk, job.kind, job.worker)
                Job.objects.filter(pk=job.pk).update(status=Job.QUEUED, started_at=None, **fields)
            else:
                error = ServerDied(f"The server died while it ran, {job.attempts} times.")
                log.error("job %s (%s) is given up: %s", job.pk, job.kind, error)
                now = clock.now()
                Job.objects.filter(pk=job.pk).update(status=Job.FAILED, error=str(error), finished_at=now, **fields)
                given_up(job, error)
    return len(rows)


def others_at_work() -> bool:
    """Whether a living server other than this one runs a job."""
    return Job.objects.filter(status=Job.RUNNING, lease_until__gte=Now()).exclude(worker=WORKER).exists()


@contextmanager
def renewed(job: Job) -> Iterator[None]:
    """Renew the job's lease from a thread until the block ends."""
    over = threading.Event()
    thread = threading.Thread(target=_renew, args=(job, over), name="segops-lease", daemon=True)
    # Most jobs finish before their lease needs renewing: the thread then costs less than a query.
    thread.start()
    try:
        yield
    finally:
        over.set()


def _renew(job: Job, over: threading.Event) -> None:
    while not over.wait(RENEW_S):
        try:
            if not held(job).update(lease_until=_lease()):
                break
        except DatabaseError as exc:
            log.warning("the lease of job %s could not be renewed: %s", job.pk, one_line(exc))
        close_old_connections()
    connection.close()


def _lease() -> Any:
    return Now() + timedelta(seconds=LEASE_S)


def _due(now: datetime) -> QuerySet[Job]:
    busy = Job.objects.filter(status=Job.RUNNING, tenant=OuterRef("tenant"), resource=OuterRef("resource"))
    rows = Job.objects.select_related("tenant").filter(status=Job.QUEUED, run_at__lte=now)
    return rows.exclude(Exists(busy)).order_by("pk")


def _abandoned() -> QuerySet[Job]:
    return Job.objects.filter(status=Job.RUNNING, lease_until__lt=Now())
