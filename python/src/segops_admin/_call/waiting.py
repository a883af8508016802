"""How is a job waited for?"""

from __future__ import annotations

import math
from typing import Any, Callable, TypeVar

from .._errors import SegOpsArgumentError, SegOpsJobError, SegOpsWaitTimeout
from .._runtime import Runtime

__all__ = ["Progress", "Recompute", "job_failure", "wait_until"]

Progress = Callable[[Any], object]
Job = TypeVar("Job")


def wait_until(
    what: str,
    look: Callable[[], Job],
    is_done: Callable[[Job], bool],
    failure: Callable[[Job], str | None],
    *,
    timeout: float,
    interval: float,
    on_progress: Progress | None,
    runtime: Runtime,
) -> Job:
    """Looks at a job until it is done, and returns its last answer.

    Args:
        what: the job, for messages.
        look: asks the server.
        is_done: whether that answer is the last one.
        failure: why the job has failed, or None if it has not.
        timeout: seconds to wait in all. The first look is made at once, the last one when they are over.
        interval: seconds between two looks.
        on_progress: called with each answer.

    Raises:
        SegOpsJobError: the job has failed.
        SegOpsWaitTimeout: it was not over in time; it goes on at the server.
    """
    _check("timeout", timeout, 0)
    _check("interval", interval, 0.001)
    deadline = runtime.monotonic() + timeout
    while True:
        job = look()
        if on_progress is not None:
            on_progress(job)
        why = failure(job)
        if why is not None:
            raise SegOpsJobError(f"{what} has failed: {why}", job)
        if is_done(job):
            return job
        left = deadline - runtime.monotonic()
        if left <= 0:
            raise SegOpsWaitTimeout(f"{what} was not over after {timeout:g} s; it goes on at the server.", job)
        runtime.sleep(min(interval, left))


def _check(name: str, value: Any, least: float) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or math.isnan(value) or value < least:
        raise SegOpsArgumentError(f"{name} must be a number of seconds from {least:g} up, not {value!r}.")


def job_failure(job: Any) -> str | None:
    """Why an import or export has failed, or None if it has not."""
    if not isinstance(job, dict):
        return "its status is not an object"
    if job.get("status") not in ("failed", "error"):
        return None
    return str(job.get("error_message") or job.get("error") or "the server gave no reason")


class Recompute:
    """Tells from a segment whether its recompute is over.

    The platform has no failed state: a recompute that fails leaves the segment as it was. So the end is a segment
    that is not computing and has a ``last_computed_at`` other than ``since``; and a segment that was computing, and
    is not any more, without that, is a failure.
    """

    def __init__(self, since: str | None) -> None:
        self._since = since
        self._was_computing = False

    def is_done(self, segment: Any) -> bool:
        """Whether the members are current."""
        computed_at = segment.get("last_computed_at")
        return segment.get("status") != "computing" and bool(computed_at) and computed_at != self._since

    def failure(self, segment: Any) -> str | None:
        """Why the recompute has failed, or None if it has not."""
        if not isinstance(segment, dict):
            return "the server did not answer with a segment"
        if segment.get("status") == "computing":
            self._was_computing = True
            return None
        if self._was_computing and not self.is_done(segment):
            return f"it ended with status {segment.get('status')!r} and left the members as they were"
        return None
