"""What each attempt reports: a log line, the caller's ``on_reply``, deprecation warnings."""

from __future__ import annotations

import sys
from typing import Any

from .._config import Secret
from .._errors import SegOpsDeprecationWarning
from .._wire.headers import Headers, mention
from .call import Call
from .failures import redact, request_id
from .options import Options

__all__ = ["Attempt", "observe"]

_warned: set[str] = set()
_loggers: list[Any] = []
"""The one logger, once logging has been imported: looking it up takes longer than asking whether anybody listens."""


class Attempt:
    """One attempt of a call, as ``on_reply`` receives it.

    Attributes:
        operation: what was called, such as ``segments.get``; ``request`` and ``paginate`` for those of ``client.http``.
        method, path: what was asked, without the query.
        status: the reply's status, or None if there was no reply.
        headers: the reply's headers.
        request_id: the server's id of the request, if it sent one.
        attempt: 1 for the first attempt of the call. Where a kept connection turned out to be closed, the request is
            sent once more at once (``delay`` is 0) and has the same number.
        seconds: how long it took.
        delay: seconds before the next attempt, or None if there is none.
        error: the name of the error that it ended in, or None: ``SegOpsTimeoutError``.
    """

    __slots__ = ("_headers", "_key", "_target", "attempt", "delay", "error", "method", "operation", "seconds", "status")

    def __init__(
        self,
        call: Call,
        response: Any,
        key: Secret,
        attempt: int,
        seconds: float,
        delay: float | None,
        error: BaseException | None,
    ) -> None:
        self.operation = call.operation
        self.method = call.method
        self._target = call.path
        self._key: Secret | None = key
        self._headers: Headers | None
        self.status: int | None
        if response is None:
            self.status = self._headers = None
        else:
            self.status, self._headers = response.status, response.headers
        self.attempt = attempt
        self.seconds = seconds
        self.delay = delay
        self.error = None if error is None else type(error).__name__

    # Computed on demand: a caller that counts calls should not pay for what it does not read.

    @property
    def headers(self) -> Headers:
        """The reply's headers, the key hidden where the server repeats it."""
        headers, key = self._headers or Headers(), self._key
        if key is not None:
            if mention(headers, key):
                headers = Headers([(name, redact(value, key)) for name, value in headers.items()])
            # In this order: another thread that finds no key finds the headers without it.
            self._headers = headers
            self._key = None
        return headers

    @property
    def path(self) -> str:
        """What was asked, without the query."""
        return self._target.partition("?")[0]

    @property
    def request_id(self) -> str | None:
        """The server's id of the request, if it sent one."""
        return request_id(self.headers)

    def __getstate__(self) -> tuple[None, dict[str, Any]]:
        """What a copy or a pickle is made of: no key."""
        headers = self.headers
        return None, {**{name: getattr(self, name) for name in self.__slots__}, "_headers": headers, "_key": None}

    def __repr__(self) -> str:
        outcome = self.error if self.status is None else self.status
        return f"<Attempt {self.attempt} of {self.operation}: {outcome} after {self.seconds:.3f} s>"


def observe(
    call: Call,
    options: Options,
    response: Any,
    attempt: int,
    seconds: float,
    *,
    error: BaseException | None = None,
    delay: float | None = None,
    asked: bool = False,
) -> None:
    """Reports one attempt.

    Args:
        response: its reply, or None.
        seconds: how long it took.
        error: what it ended in, if not in a reply that could be read.
        delay: seconds before the next attempt, or None if there is none.
        asked: whether the server asked for that delay.
    """
    # Only where somebody has imported logging: nobody else listens, and importing it would cost more than a call.
    logger = _loggers[0] if _loggers else _logger()
    if logger is not None:
        if logger.isEnabledFor(10):  # DEBUG
            outcome = response.status if error is None else type(error).__name__
            logger.debug("%s %s %s %.0f ms attempt %d", call.method, _path(call), outcome, seconds * 1000, attempt)
        if asked and delay and logger.isEnabledFor(20):  # INFO
            logger.info("%s %s waits %g s, as the server asks (Retry-After)", call.method, _path(call), delay)
    if response is not None and ("Deprecation" in response.headers or "Sunset" in response.headers):
        _warn(call, response.headers, options.key)
    if options.on_reply is not None:
        options.on_reply(Attempt(call, response, options.key, attempt, seconds, delay, error))


def _logger() -> Any:
    logging = sys.modules.get("logging")
    if logging is None:
        return None
    _loggers.append(logging.getLogger("segops_admin"))
    return _loggers[0]


def _path(call: Call) -> str:
    """A call's path as it is logged: without the query, which may hold personal data."""
    return call.path.partition("?")[0]


def _warn(call: Call, headers: Headers, key: Secret) -> None:
    """Warns, once per operation, that the server announces its removal."""
    if call.operation in _warned:
        return
    _warned.add(call.operation)
    import warnings

    said = [
        f"{name}: {redact(headers[name], key)[:100]}" for name in ("Deprecation", "Sunset", "Link") if name in headers
    ]
    text = f"The server says that {call.operation} ({call.method} {_path(call)}) is deprecated"
    warnings.warn(f"{text} ({'; '.join(said)}).", SegOpsDeprecationWarning, stacklevel=_frames_of_ours())


def _frames_of_ours() -> int:
    """How many frames lie between a warning and the caller's own line, which it is to point at."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("segops_admin"):
        level, frame = level + 1, frame.f_back
    return level
