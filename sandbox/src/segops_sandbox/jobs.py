"""Background jobs: work that is done after the request that asked for it.

`enqueue` stores a job; once the request's transaction is committed it runs: in a background thread, in order
(`background`), inside the request (`instant`), or when a test asks for it (`manual`). Any server on the database may
take it; `leases.py` says how one of them comes to be the only one.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from django.db import DatabaseError, close_old_connections, connection, transaction
from django.db.models import Q, QuerySet

from segops_sandbox import clock, leases
from segops_sandbox.error_text import described, one_line
from segops_sandbox.models import Job, Tenant

log = logging.getLogger("segops_sandbox.jobs")

BACKGROUND, INSTANT, MANUAL = "background", "instant", "manual"
MODES: Final = (BACKGROUND, INSTANT, MANUAL)
# Another server on the same database may have stored a job; how often the thread looks, in seconds.
_POLL_S = 0.5
# How long it rests when the database does not answer, or has no space left.
_REST_S = 2.0

Handler = Callable[..., None]
_handlers: dict[str, Handler] = {}
_when_failed: dict[str, Handler] = {}
_mode = BACKGROUND
_wake = threading.Event()
_stopping = threading.Event()
# Held while a job runs: jobs of this process run one after the other, and a reset waits for the current one.
running_lock = threading.RLock()


def handler(kind: str, failed: Handler | None = None) -> Callable[[Handler], Handler]:
    """Register the function that does the jobs of a kind; it is called as `function(tenant, **args)`.

    It may be called again with the same arguments after a server died in the middle of it.

    Args:
        failed: called as `failed(tenant, error, **args)` when a job has failed, because it raised `error` or because it
            took every server with it that tried: what it works on must not look as if somebody were at work.
    """

    def register(function: Handler) -> Handler:
        _handlers[kind] = function
        if failed is not None:
            _when_failed[kind] = failed
        return function

    return register


def by_time(found: QuerySet[Job]) -> tuple[QuerySet[Job], QuerySet[Job]]:
    """Jobs in two parts: work that is done or to be done now, and what is planned for a later time."""
    later = Q(status=Job.QUEUED, run_at__gt=clock.now())
    return found.exclude(later), found.filter(later)


def enqueue(tenant: Tenant, kind: str, **args: Any) -> Job:
    """Store a job and have it run after the commit. Arguments are JSON values.

    Jobs of one area (the kind before its dot) whose arguments named `..._id` are the same are of one resource: they run
    in their order and never at the same time, on whatever server.
    """
    if kind not in _handlers:
        raise LookupError(f"No handler is registered for jobs of kind {kind!r}.")
    job = Job.objects.create(tenant=tenant, kind=kind, args=args, resource=_resource(kind, args))
    run_after_commit()
    return job


def is_queued(tenant: Tenant, kind: str, **args: Any) -> bool:
    """Whether a job of a kind waits, one with these arguments where they are given."""
    wanted = {f"args__{name}": value for name, value in args.items()}
    return Job.objects.filter(tenant=tenant, kind=kind, status=Job.QUEUED, **wanted).exists()


def run_after_commit() -> None:
    """Have what is due then run, in the way of the mode; for a new job, and when the clock was set."""
    transaction.on_commit(_run_due if _mode == INSTANT else _wake.set)


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
        job = leases.take(clock.now())
        if job is None and leases.reclaim(_tell):
            job = leases.take(clock.now())
        if job is not None:
            _run(job)
    return job


def _run_due() -> None:
    while run_next() is not None:
        pass


def _resource(kind: str, args: dict[str, Any]) -> str:
    ids = [f"{name}={args[name]}" for name in sorted(args) if name.endswith("_id")]
    return ":".join([kind.partition(".")[0], *ids])[:255]


def _run(job: Job) -> None:
    error: Exception | None = None
    with leases.renewed(job):
        try:
            _handlers[job.kind](job.tenant, **job.args)
        except Exception as exc:
            log.exception("job %s (%s) failed", job.pk, job.kind)
            error = exc
        with transaction.atomic():
            outcome = {"status": Job.DONE} if error is None else {"status": Job.FAILED, "error": described(error)}
            if not leases.held(job).update(finished_at=clock.now(), lease_until=None, **outcome):
                log.warning("job %s (%s) is another server's: this one was silent for too long", job.pk, job.kind)
            elif error is not None:
                _tell(job, error)


def _tell(job: Job, error: Exception) -> None:
    """Have what a failed job works on show that it failed. Call it in the transaction that says so of the job."""
    try:
        with transaction.atomic():
            tell = _when_failed.get(job.kind)
            if tell is not None:
                tell(job.tenant, error, **job.args)
    except Exception:
        log.exception("what job %s (%s) worked on does not show that it failed", job.pk, job.kind)


class Worker(threading.Thread):
    """The background thread of this process."""

    def __init__(self) -> None:
        super().__init__(name="segops-jobs", daemon=True)
        self._look_again = 0.0
        self._said = ""

    def run(self) -> None:
        """Run due jobs until `stop`."""
        _stopping.clear()
        while not _stopping.is_set():
            _wake.clear()
            try:
                self._run_jobs()
            except DatabaseError as exc:  # it went away for a moment; the thread has to outlive that
                if (said := one_line(exc)) != self._said:
                    log.warning("looking for jobs failed: %s", said)
                self._said = said
                _stopping.wait(_REST_S)
            except Exception:
                log.exception("looking for jobs failed")
            else:
                self._said = ""
            close_old_connections()  # a connection that broke is replaced
            _wake.wait(_POLL_S)
        connection.close()

    def _run_jobs(self) -> None:
        while _mode == BACKGROUND and not _stopping.is_set():
            if time.monotonic() >= self._look_again:  # also while there is other work
                self._look_again = time.monotonic() + leases.RENEW_S
                leases.reclaim(_tell)
            if run_next() is None:
                return

    def stop(self, timeout: float = 5.0) -> None:
        """Let the current job end, for at most `timeout` seconds; another server does it again if it does not."""
        _stopping.set()
        _wake.set()
        self.join(timeout)
