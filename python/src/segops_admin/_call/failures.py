"""The error of a failed call: its class, its message without the key, and whether the call may have been executed."""

from __future__ import annotations

from typing import Any

from .._config import Secret
from .._errors import SegOpsApiError, SegOpsConnectionError, SegOpsDecodeError, may_have_been_done
from .._statuses import describe_body, error_class, status_advice
from .._transport.protocol import Headers
from .call import Call
from .reply import decode_error_body

__all__ = ["api_error", "redact", "redact_value", "request_id", "tell"]

_REQUEST_ID_HEADERS = ("X-Request-Id", "Request-Id", "X-Correlation-Id")

HIDDEN = "sk_***"


def redact(text: str, key: Secret) -> str:
    """A text with the key redacted: a server may have sent it back."""
    return text.replace(key, HIDDEN)


def redact_value(value: Any, key: Secret) -> Any:
    """A decoded value with the key redacted."""
    if isinstance(value, str):
        return value.replace(key, HIDDEN)
    if isinstance(value, list):
        return [redact_value(item, key) for item in value]
    if isinstance(value, dict):
        return {redact_value(name, key): redact_value(item, key) for name, item in value.items()}
    return value


def request_id(headers: Headers) -> str | None:
    """The server's id of a request, if it sent one."""
    return next((headers[name] for name in _REQUEST_ID_HEADERS if name in headers), None)


def tell(
    error: SegOpsConnectionError | SegOpsDecodeError,
    call: Call,
    key: Secret,
    attempts: int,
    may_have_executed: bool,
) -> None:
    """Adds to an error which call it ended, and whether that call may have been executed."""
    error.method, error.path, error.attempts = call.method, redact(call.target, key), attempts
    error.idempotency_key = call.idempotency_key
    error.may_have_executed = may_have_executed
    if error.args:
        error.args = (redact(str(error.args[0]), key),)
    cause = error.__cause__
    if cause is not None:
        cause.args = tuple(redact(text, key) if isinstance(text, str) else text for text in cause.args)


def api_error(
    call: Call,
    response: Any,
    raw: bytes,
    key: Secret,
    *,
    retry_after: float | None,
    attempts: int,
    may_have_executed: bool,
) -> SegOpsApiError:
    """The error for a reply that is no success."""
    status = response.status
    body = redact_value(decode_error_body(raw), key)
    headers = Headers([(name, redact(value, key)) for name, value in response.headers.items()])
    named = request_id(headers)
    said = describe_body(body).removesuffix(".")
    path = redact(call.target, key)
    parts = [f"{call.method} {path} answered {status}{_phrase(status)}" + (f": {said}." if said else ".")]
    advice = status_advice(status, retry_after)
    if advice:
        parts.append(advice)
    if may_have_executed:
        parts.append(may_have_been_done(call.idempotency_key, earlier=status < 500))
    notes = [f"tried {attempts} times"] if attempts > 1 else []
    notes += [f"request id {named}"] if named else []
    if notes:
        parts.append(f"({', '.join(notes)})")
    error = error_class(status)(
        " ".join(parts),
        status,
        body,
        headers=headers,
        method=call.method,
        path=path,
        request_id=named,
        retry_after=retry_after,
        attempts=attempts,
        idempotency_key=call.idempotency_key,
    )
    error.may_have_executed = may_have_executed
    return error


def _phrase(status: int) -> str:
    from http import HTTPStatus

    try:
        return f" {HTTPStatus(status).phrase}"
    except ValueError:
        return ""
