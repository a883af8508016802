"""The progress of a call, and the outcome of one attempt."""

from __future__ import annotations

from typing import Any

from .._errors import SegOpsConnectionError, SegOpsDecodeError, SegOpsTimeoutError
from .._runtime import Runtime
from .call import Call
from .options import Options

__all__ = ["Outcome", "Progress"]


class Progress:
    """The progress of a call.

    Attributes:
        attempt: 1 for the first one.
        may_have_executed: whether an earlier attempt may have been executed.
        end: when the deadline has passed, by the client's clock, or None.
        out_of_time: whether the deadline is why there is no further attempt.
    """

    __slots__ = ("attempt", "end", "may_have_executed", "out_of_time", "reopened", "runtime")

    def __init__(self, call: Call, options: Options, runtime: Runtime) -> None:
        self.attempt = 1
        self.may_have_executed = False
        self.reopened = False
        self.out_of_time = False
        self.runtime = runtime
        limits = [seconds for seconds in (options.deadline, call.deadline) if seconds is not None]
        self.end = runtime.monotonic() + min(limits) if limits else None

    def left(self) -> float:
        """Seconds that are left of the deadline, where there is one.

        Raises:
            SegOpsTimeoutError: nothing is left.
        """
        assert self.end is not None
        left = self.end - self.runtime.monotonic()
        if left <= 0:
            raise SegOpsTimeoutError("the deadline has passed", sent=False, transient=False)
        return left


class Outcome:
    """The outcome of one attempt: a value, a reply without success, or a failure."""

    __slots__ = ("failure", "raw", "response", "succeeded", "value")

    def __init__(self) -> None:
        self.response: Any = None
        self.succeeded = False
        self.value: Any = None
        self.raw = b""
        self.failure: SegOpsConnectionError | SegOpsDecodeError | None = None

    @property
    def unclear(self) -> bool:
        """Whether the attempt may have been executed, though it brought no success."""
        if self.failure is None:
            status: int = self.response.status
            return status >= 500
        return isinstance(self.failure, SegOpsDecodeError) or self.failure.sent
