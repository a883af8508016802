"""How is work done after the request that asked for it?

`enqueue` stores a job; once the request's transaction is committed it runs: in a background thread, in order
(`background`), inside the request (`instant`), or when a test asks for it (`manual`).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, Final

from django.db import close_old_connections, connection, transaction

from segops_sandbox import clock
from segops_sandbox.models import Job, Tenant

log = logging.getLogger("segops_sandbox.jobs")

BACKGROUND, INSTANT, MANUAL = "background", "instant", "manual"
MODES: Final = (BACKGROUND, INSTANT, MANUAL)
# Another server on the same database may have stored a job; how often the thread looks, in seconds.
_POLL_S = 0.5

Handler = Callable[..., None]
_handlers: dict[str, Handler] = {}
_mode = BACKGROUND
_wake = threading.Event()
_stopping = threading.Event()
# Held while a job runs: jobs of this process run one after the other, and a reset waits for the current one.
running_lock = threading.RLock()


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does the jobs of a kind; it is called as `function(tenant, **args)`."""

    def register(function: Handler) -> Handler:
        _handlers[kind] = function
        return function

    return register


def enqueue(tenant: Tenant, kind: str, **args: Any) -> Job:
    """Store a job and have it run after the commit. Arguments are JSON values."""
    if kind not in _handlers:
        raise LookupError(f"No handler is registered for jobs of kind {kind!r}.")
    job = Job.objects.create(tenant=tenant, kind=kind, args=args)
    transaction.on_commit(_run_due if _mode == INSTANT else _wake.set)
    return job


def set_mode(mode: str) -> None:
    """How jobs run from now on: background, instant or manual."""
    global _mode
    if mode not in MODES:
        raise ValueError(f"{mode!r} is not a way to run jobs: {', '.join(MODES)}.")
    _mode = mode
    _wake.set()


def mode() -> str:
    """How jobs run now."""
    return _mode


def run_next() -> Job | None:
    """Take the oldest due job and run it; None when there is none. Never raises for a job that fails."""
    with running_lock:
        job = _take()
        if job is not None:
            _run(job)
    return job


def _run_due() -> None:
    while run_next() is not None:
        pass


def _take() -> Job | None:
    """The oldest due job, marked as running. The conditional update makes one server win it."""
    while True:
        job = (
            Job.objects.select_related("tenant")
            .filter(status=Job.QUEUED, run_at__lte=clock.now())
            .order_by("pk")
            .first()
        )
        if job is None:
            return None
        taken = Job.objects.filter(pk=job.pk, status=Job.QUEUED).update(status=Job.RUNNING, started_at=clock.now())
        if taken:
            return job


def _run(job: Job) -> None:
    status, error = Job.DONE, ""
    try:
        _handlers[job.kind](job.tenant, **job.args)
    except Exception as exc:
        log.exception("job %s (%s) failed", job.pk, job.kind)
        status, error = Job.FAILED, f"{type(exc).__name__}: {exc}"
    Job.objects.filter(pk=job.pk).update(status=status, error=error, finished_at=clock.now())


class Worker(threading.Thread):
    """The background thread of this process."""

    def __init__(self) -> None:
        super().__init__(name="segops-jobs", daemon=True)

    def run(self) -> None:
        """Run due jobs until `stop`."""
        _stopping.clear()
        while not _stopping.is_set():
            _wake.clear()
            try:
                while _mode == BACKGROUND and not _stopping.is_set() and run_next() is not None:
                    pass
            except Exception:  # the database went away for a moment; the thread has to outlive that
                log.exception("looking for jobs failed")
                close_old_connections()
            _wake.wait(_POLL_S)
        connection.close()

    def stop(self, timeout: float = 5.0) -> None:
        """Let the current job end, for at most `timeout` seconds."""
        _stopping.set()
        _wake.set()
        self.join(timeout)


def requeue_interrupted() -> int:
    """Queue again what a server that was killed had begun; only right when no other server is on the database."""
    return Job.objects.filter(status=Job.RUNNING).update(status=Job.QUEUED, started_at=None)
