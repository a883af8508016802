"""Waiting for a job: when it is polled, and when the wait ends. No I/O, as in the course of a call."""

from __future__ import annotations

import math
from collections.abc import Generator
from contextlib import suppress
from typing import Any, Callable

from .._errors import SegOpsArgumentError, SegOpsError, SegOpsJobError, SegOpsWaitTimeout
from .._runtime import Runtime
from .._statuses import describe_body
from .._wire.words import described, number_text
from . import steps
from .steps import Sleep

__all__ = ["EXPORT", "IMPORT", "Job", "Look", "Progress", "Recompute", "checked_limits", "waiting"]

Progress = Callable[[Any], object]
Look = Callable[[float], Any]

_FIRST_PAUSE = 0.1
_LEAST_LOOK = 1.0


def waiting(
    what: str,
    look: Look,
    state: Job | Recompute,
    *,
    first: tuple[tuple[str, Look], ...] = (),
    timeout: float,
    interval: float,
    on_progress: Progress | None,
    runtime: Runtime,
) -> Generator[Any, Any, Any]:
    """Polls a job until it is done, and returns its last answer.

    Args:
        what: the job, for messages.
        look: polls it, within so many seconds.
        first: calls that begin the job, each with what is to be said if the time is up by then. ``state`` is told
            of their answers.
        state: tells from an answer whether the job is done or has failed.
        timeout: seconds to wait in all. The first poll is made at once, the last one when they have passed.
        interval: longest delay between polls; the first is 0.1 s, each next one twice as long.
        on_progress: called with each answer.

    Raises:
        SegOpsJobError: the job has failed.
        SegOpsWaitTimeout: it did not finish in time; it is still running.
    """
    timeout, interval = checked_limits(timeout, interval)
    end = runtime.monotonic() + timeout
    pause, seconds = _FIRST_PAUSE, number_text(timeout)
    job: Any = None
    for too_late, begin in first:
        state.begun((yield from _call_within(begin, end, runtime, f"{what} {too_late} after {seconds} s.", job)))
    too_late = f"{what} did not finish within {seconds} s; it is still running."
    while True:
        job = yield from _call_within(look, end, runtime, too_late, job)
        if on_progress is not None:
            on_progress(job)
        why = state.failure(job)
        if why is not None:
            raise SegOpsJobError(f"{what} has failed: {why}", job)
        if state.is_done(job):
            return job
        left = end - runtime.monotonic()
        if left <= 0:
            raise SegOpsWaitTimeout(too_late, job)
        yield Sleep(min(pause, interval, left))
        pause = min(pause * 2, interval)


def _call_within(call: Look, end: float, runtime: Runtime, too_late: str, job: Any) -> Generator[Any, Any, Any]:
    """Makes a call about the job within what is left. Once the time is up, it still gets a moment to be answered."""
    try:
        return (yield steps.Look(call, max(end - runtime.monotonic(), _LEAST_LOOK)))
    except SegOpsError as error:
        if not getattr(error, "out_of_time", False):
            raise
        raise SegOpsWaitTimeout(too_late, job) from error


def checked_limits(timeout: Any, interval: Any) -> tuple[float, float]:
    """The limits of a wait, in seconds.

    Raises:
        SegOpsArgumentError: one of them is no number of seconds.
    """
    return _seconds("timeout", timeout, 0), _seconds("interval", interval, 0.001)


def _seconds(name: str, value: Any, least: float) -> float:
    seconds = math.nan
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        with suppress(OverflowError):  # a whole number beyond every float
            seconds = float(value)
    if not seconds >= least:
        raise SegOpsArgumentError(f"{name} must be a number of seconds from {least:g} up, not {described(value)}.")
    return seconds


class Job:
    """Tells from the status of an import or export whether it has finished.

    Args:
        done: the states that it is done in.
    """

    def __init__(self, *done: str) -> None:
        self._done = done

    def begun(self, answer: Any) -> None:
        """Is told of an answer to what began it."""

    def is_done(self, job: Any) -> bool:
        """Whether it is done."""
        return job.get("status") in self._done

    def failure(self, job: Any) -> str | None:
        """Why it has failed, or None if it has not."""
        if not isinstance(job, dict):
            return "its status is not an object"
        if job.get("status") not in ("failed", "error"):
            return None
        reason = job.get("error_message") or job.get("error") or "the server gave no reason"
        if isinstance(reason, (dict, list)):
            return describe_body(reason)
        return reason if isinstance(reason, str) else described(reason)


EXPORT = Job("complete", "completed", "ready")
IMPORT = Job("done")


class Recompute:
    """Tells from a segment whether its recompute has finished.

    The platform has no failed state: a recompute that fails leaves the segment as it was. So the end is a segment
    that is not computing and has a ``last_computed_at`` other than ``since``; and a segment that was computing, and
    is not any more, without that, is a failure.
    """

    def __init__(self, since: str | None = None) -> None:
        self._since = since
        self._begun = False
        self._was_computing = False

    def begun(self, answer: Any) -> None:
        """Is told of the segment as it was before the recompute, and then of the answer to that."""
        if not self._begun and isinstance(answer, dict):
            self._since = answer.get("last_computed_at")
        self._begun = True

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
            return f"it ended with status {described(segment.get('status'))} and left the members as they were"
        return None
