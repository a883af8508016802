"""The errors of this package, and their messages.

SegOpsError                        every error of this package
├── SegOpsConfigError              the client cannot be used as it is set up; nothing was sent
├── SegOpsArgumentError            a call's argument is unusable; nothing was sent (also a ValueError)
├── SegOpsConnectionError          no whole reply came back
│   └── SegOpsTimeoutError         … because it took too long
├── SegOpsApiError                 the server answered, and not with success
│   ├── SegOpsBadRequestError      400, 422
│   ├── SegOpsAuthenticationError  401
│   ├── SegOpsPermissionError      403
│   ├── SegOpsNotFoundError        404
│   ├── SegOpsRateLimitError       429
│   └── SegOpsServerError          5xx
├── SegOpsDecodeError              the reply cannot be read
├── SegOpsJobError                 a job that was waited for has failed
├── SegOpsWaitTimeout              a job that was waited for did not finish in time (also a TimeoutError)
└── SegOpsWebhookError             a webhook is not genuine, or not readable (also a ValueError)
"""

from __future__ import annotations

from ._pickling import picklable, restored

TYPE_CHECKING = bool()
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = [
    "SegOpsApiError",
    "SegOpsArgumentError",
    "SegOpsAuthenticationError",
    "SegOpsBadRequestError",
    "SegOpsConfigError",
    "SegOpsConnectionError",
    "SegOpsDecodeError",
    "SegOpsDeprecationWarning",
    "SegOpsError",
    "SegOpsJobError",
    "SegOpsNotFoundError",
    "SegOpsPermissionError",
    "SegOpsRateLimitError",
    "SegOpsServerError",
    "SegOpsTimeoutError",
    "SegOpsWaitTimeout",
    "SegOpsWebhookError",
]


class SegOpsError(Exception):
    """The base of every error of this package: one ``except SegOpsError`` catches them all."""

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions are pickled by calling the class with `args`, which fails for constructors with more than that.
        # Workers (multiprocessing, Celery, Ray) send errors home this way, so state and cause travel separately.
        return restored, (type(self), self.args, dict(self.__dict__), picklable(self.__cause__))


class SegOpsConfigError(SegOpsError):
    """Raised when the client is set up wrongly (key, base URL, options) or is used after ``close()``."""


class SegOpsArgumentError(SegOpsError, ValueError):
    """Raised when an argument cannot be sent: an empty id, ``NaN``, an unknown format. Nothing was sent."""


class SegOpsConnectionError(SegOpsError):
    """Raised when no whole reply came back: no connection, a reset, a reply cut short.

    Attributes:
        sent: False if the server cannot have seen the request; True if it may have acted on it.
        transient: False if a retry cannot help (a certificate that does not verify).
        stale: True if a connection kept from an earlier call turned out to be closed.
        method, path: what was asked.
        attempts: number of attempts.
        idempotency_key: the key that the call carried; pass it as ``idempotency_key=`` to repeat the same call.
        may_have_executed: whether the call changes something and may have been executed.
    """

    def __init__(self, message: str, *, sent: bool = True, transient: bool = True, stale: bool = False) -> None:
        super().__init__(message)
        self.sent = sent
        self.transient = transient
        self.stale = stale
        self.method = ""
        self.path = ""
        self.attempts = 1
        self.idempotency_key: str | None = None
        self.may_have_executed = False

    def __str__(self) -> str:
        cause = super().__str__()
        if not self.method:
            return cause
        text = f"{self.method} {self.path} got no reply: {cause}"
        if self.attempts > 1:
            text += f" (tried {self.attempts} times)"
        if self.may_have_executed:
            text += f". {may_have_been_done(self.idempotency_key, earlier=not self.sent)}"
        return text


class SegOpsTimeoutError(SegOpsConnectionError):
    """Raised when nothing was heard for ``timeout`` seconds while connecting, sending or receiving."""


class SegOpsApiError(SegOpsError):
    """Raised when the server answered with anything but success.

    Attributes:
        status: the HTTP status.
        body: the answer, decoded if it was JSON, else its text.
        headers: the answer's headers; look-ups ignore case.
        method, path: what was asked.
        request_id: the server's id of the request, if it sent one.
        retry_after: seconds that the server asks to wait, if it said so.
        attempts: number of attempts.
        idempotency_key: the key that the call carried, if any.
        may_have_executed: whether the call changes something and an attempt may have been executed: one was answered
            with 5xx, or lost its reply.
    """

    def __init__(
        self,
        message: str,
        status: int,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        method: str = "",
        path: str = "",
        request_id: str | None = None,
        retry_after: float | None = None,
        attempts: int = 1,
        idempotency_key: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = body
        self.headers: Mapping[str, str] = headers if headers is not None else {}
        self.method = method
        self.path = path
        self.request_id = request_id
        self.retry_after = retry_after
        self.attempts = attempts
        self.idempotency_key = idempotency_key
        self.may_have_executed = False


class SegOpsBadRequestError(SegOpsApiError):
    """Raised on 400 and 422: the server does not accept what was sent; ``body`` says which field."""


class SegOpsAuthenticationError(SegOpsApiError):
    """Raised on 401: the key is missing, wrong or revoked."""


class SegOpsPermissionError(SegOpsApiError):
    """Raised on 403: the key is valid, but its kind, role or plan does not allow this."""


class SegOpsNotFoundError(SegOpsApiError):
    """Raised on 404: there is no such thing in this key's workspace."""


class SegOpsRateLimitError(SegOpsApiError):
    """Raised on 429, after the retries; ``retry_after`` holds the seconds that the server asks for."""


class SegOpsServerError(SegOpsApiError):
    """Raised on any 5xx, after the retries."""


class SegOpsDecodeError(SegOpsError):
    """Raised when a reply came back whole but cannot be read: not JSON, not UTF-8, bad gzip, too large, not a page.

    Attributes:
        status: the HTTP status of that reply, if it had one.
        method, path: what was asked.
        attempts: number of attempts.
        idempotency_key: the key that the call carried, if any.
        may_have_executed: whether the call changes something and may have been executed.
    """

    def __init__(self, message: str, *, status: int | None = None, method: str = "", path: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.method = method
        self.path = path
        self.attempts = 1
        self.idempotency_key: str | None = None
        self.may_have_executed = False

    def __str__(self) -> str:
        reason = super().__str__()
        if not self.method:
            return reason
        answered = f"answered {self.status}" if self.status else "was answered"
        text = f"{self.method} {self.path} {answered}, and the reply cannot be read: {reason}"
        if self.may_have_executed:
            dot = "" if text.endswith(".") else "."
            text += f"{dot} {may_have_been_done(self.idempotency_key, earlier=False)}"
        return text


class SegOpsJobError(SegOpsError):
    """Raised when a job that was waited for has failed; ``job`` is its last answer."""

    def __init__(self, message: str, job: Any = None) -> None:
        super().__init__(message)
        self.job = job


class SegOpsWaitTimeout(SegOpsError, TimeoutError):
    """Raised when a job did not finish in time; it is still running. ``job`` is its last answer."""

    def __init__(self, message: str, job: Any = None) -> None:
        super().__init__(message)
        self.job = job


class SegOpsWebhookError(SegOpsError, ValueError):
    """Raised by ``parse_webhook`` when a delivery is not genuine or not readable."""


class SegOpsDeprecationWarning(DeprecationWarning):
    """Warned once per operation that the server announces to remove (``Deprecation`` and ``Sunset`` headers)."""


def may_have_been_done(key: str | None, *, earlier: bool) -> str:
    """The advice to a caller whose write may have been executed."""
    what = "An earlier attempt may have been executed" if earlier else "The server may have executed it"
    again = f", and repeat it with idempotency_key={key!r}" if key is not None else ""
    return f"{what}: look before you repeat it{again}."
