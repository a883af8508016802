"""The course of a call, without I/O: attempts, retries, redirects, the deadline, and how it ends.

It is a generator that yields steps (``steps``) and receives their results; a driver of a few lines takes them,
blocking or for asyncio.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Callable

from .._errors import SegOpsApiError, SegOpsConnectionError, SegOpsDecodeError, SegOpsTimeoutError
from .._runtime import Runtime
from .._statuses import describe_body
from .._transport.protocol import Request
from .._wire.words import described
from . import retry
from .call import Call
from .failures import api_error, tell
from .observe import observe
from .options import Options
from .progress import Outcome, Progress
from .redirects import MOST_REDIRECTS, is_redirect, next_hop
from .reply import decode, read_failure, read_reply
from .steps import Sleep

__all__ = ["Course", "Receive", "course"]

Course = Generator[Any, Any, Any]
Receive = Callable[[Call, Any], Course]


def _value(call: Call, response: Any, body: bytes) -> Any:
    """A reply's body as the value that the contract says, or as the error that says why it is none."""
    value = decode(response.status, response.headers, body)
    if call.expects == "record" and (value is None or isinstance(value, (str, int, float))):
        if isinstance(value, str):
            reason = f"it is text where JSON was expected: {describe_body(value, 60)!r}. Check the base URL."
        else:
            what = "empty" if value is None else described(value)
            reason = f"it is {what} where a record or a list of them was expected"
        return SegOpsDecodeError(reason, status=response.status)
    return value


def course(
    call: Call, options: Options, runtime: Runtime, receive: Receive | None, *, allow_cross_origin: bool
) -> Course:
    """Makes a call: sends it until it is answered for good, and returns the value of its reply.

    Args:
        receive: reads a successful reply, unless that becomes a value; an error that it returns is raised here.
        allow_cross_origin: whether redirects may lead to another origin, without the key.

    Raises:
        SegOpsError: it failed.
    """
    progress = Progress(call, options, runtime)
    while True:
        started = runtime.monotonic()
        outcome = Outcome()
        try:
            yield from _attempt(call, options, progress, receive, outcome, allow_cross_origin)
        except (SegOpsConnectionError, SegOpsDecodeError) as error:
            outcome.failure = error
        response, failure = outcome.response, outcome.failure
        seconds = runtime.monotonic() - started
        if outcome.succeeded:
            observe(call, options, response, progress.attempt, seconds)
            return outcome.value
        if failure is None and response.status == 404 and call.method == "DELETE" and progress.may_have_executed:
            observe(call, options, response, progress.attempt, seconds)
            return None
        asked = retry.retry_after(response.headers, runtime.now()) if failure is None else None
        reopen = _reopens(call, progress, failure)
        delay = 0.0 if reopen else _delay(call, options, progress, outcome, asked)
        observe(
            call,
            options,
            response,
            progress.attempt,
            seconds,
            error=failure,
            delay=delay,
            asked=asked is not None,
        )
        if delay is None:
            raise _last(call, options, progress, outcome, asked)
        progress.may_have_executed = progress.may_have_executed or outcome.unclear
        if not reopen:
            yield Sleep(delay)
            progress.attempt += 1


def _attempt(
    call: Call,
    options: Options,
    progress: Progress,
    receive: Receive | None,
    outcome: Outcome,
    allow_cross_origin: bool,
) -> Course:
    """Sends one attempt, follows its redirects where that is safe, and reads the reply."""
    headers = options.headers + call.headers
    if call.idempotency_key is not None:
        headers.append(("Idempotency-Key", call.idempotency_key))
    url = f"{options.base_url}{call.target}"
    hops = 0
    while True:
        request = Request(
            call.method,
            url,
            headers,
            call.body,
            options.timeout,
            operation=call.operation,
            attempt=progress.attempt,
            deadline=None if progress.end is None else progress.left(),
            while_waiting=call.while_waiting,
        )
        try:
            response = yield request
        except OSError as error:
            raise _untranslated(error) from error.with_traceback(None)
        status = response.status
        if not is_redirect(call.method, status, response.headers):
            break
        hops += 1
        if hops > MOST_REDIRECTS:  # the driver closes what is not read of a reply when the call has failed
            raise SegOpsDecodeError(f"it redirects more than {MOST_REDIRECTS} times", status=status)
        hop = next_hop(url, options.base_url, status, response.headers["Location"], headers, allow_cross_origin)
        if hop is None:
            break
        url, headers = hop
        yield from read_failure(response)  # so that the connection can be used again
    outcome.response = response
    if status == 206:
        raise SegOpsDecodeError("it is a part that nobody asked for", status=status)
    if status // 100 != 2:
        outcome.raw = yield from read_failure(response)
        return
    if receive is None:
        value = _value(call, response, (yield from read_reply(response, call.method)))
    else:
        value = yield from receive(call, response)
    if isinstance(value, SegOpsDecodeError):
        outcome.failure = value
    else:
        outcome.value, outcome.succeeded = value, True


def _untranslated(error: OSError) -> SegOpsConnectionError:
    """A transport that does not translate its errors still ends in one of ours; what was sent is unknown."""
    return SegOpsConnectionError(f"{type(error).__name__}: {error}")


def _reopens(call: Call, progress: Progress, failure: Any) -> bool:
    """Whether a kept connection turned out to be closed, which may be made good once at no cost."""
    if not isinstance(failure, SegOpsConnectionError) or not failure.stale or progress.reopened:
        return False
    progress.reopened = retry.may_repeat(call.method, call.safe, failure.sent)
    return progress.reopened


def _delay(call: Call, options: Options, progress: Progress, outcome: Outcome, asked: float | None) -> float | None:
    """Seconds before the next attempt, or None if this was the last one."""
    failure = outcome.failure
    if isinstance(failure, SegOpsConnectionError):
        again = failure.transient and retry.may_repeat(call.method, call.safe, failure.sent)
    else:
        again = failure is None and retry.retryable_status(outcome.response.status)
    if not again or progress.attempt > options.max_retries or (asked is not None and asked > retry.LONGEST_WAIT):
        # What another attempt cannot help is a deadline, not silence.
        progress.out_of_time = isinstance(failure, SegOpsTimeoutError) and not failure.transient
        return None
    delay = retry.delay(progress.attempt - 1, progress.runtime.random()) if asked is None else asked
    if progress.end is not None and progress.runtime.monotonic() + delay >= progress.end:
        progress.out_of_time = True
        return None
    return delay


def _last(
    call: Call, options: Options, progress: Progress, outcome: Outcome, asked: float | None
) -> SegOpsConnectionError | SegOpsDecodeError | SegOpsApiError:
    """The error that ends the call."""
    failure, raw, outcome.raw = outcome.failure, outcome.raw, b""
    may_have_executed = not call.safe and (progress.may_have_executed or outcome.unclear)
    if failure is None:
        error: Any = api_error(
            call,
            outcome.response,
            raw,
            options.key,
            retry_after=asked,
            attempts=progress.attempt,
            may_have_executed=may_have_executed,
        )
    else:
        error = failure
        tell(error, call, options.key, progress.attempt, may_have_executed)
    error.out_of_time = progress.out_of_time
    error.__traceback__ = None  # the frames that it passed may hold the reply, and that the key
    return error  # type: ignore[no-any-return]
