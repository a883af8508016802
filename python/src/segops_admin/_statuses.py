"""What an HTTP status means to a caller: the class of its error, advice, and the answer in one line."""

from __future__ import annotations

from ._errors import (
    SegOpsApiError,
    SegOpsAuthenticationError,
    SegOpsBadRequestError,
    SegOpsNotFoundError,
    SegOpsPermissionError,
    SegOpsRateLimitError,
    SegOpsServerError,
)

TYPE_CHECKING = bool()
if TYPE_CHECKING:
    from typing import Any

__all__ = ["describe_body", "error_class", "status_advice"]

_BY_STATUS = {
    400: SegOpsBadRequestError,
    401: SegOpsAuthenticationError,
    403: SegOpsPermissionError,
    404: SegOpsNotFoundError,
    422: SegOpsBadRequestError,
    429: SegOpsRateLimitError,
}

_WHAT_TO_DO = {
    400: "Fix the fields named above and send it again.",
    401: "Check the API key: it may be mistyped or revoked.",
    403: "The key is valid, but its kind, role or plan does not allow this.",
    404: "Check the id, and that the key belongs to the same workspace.",
    405: "Check the method and the base URL.",
    409: "The same call may still be under way: wait, then look before you repeat it.",
    413: "Send less at once.",
    422: "Fix the fields named above and send it again.",
}


def error_class(status: int) -> type[SegOpsApiError]:
    """The class of error for an HTTP status."""
    if status >= 500:
        return SegOpsServerError
    return _BY_STATUS.get(status, SegOpsApiError)


def status_advice(status: int, retry_after: float | None) -> str:
    """One sentence of advice for an HTTP status."""
    if status == 429 or (status >= 500 and retry_after):
        if not retry_after:
            return "Try again later."
        return f"Try again in {int(-(-retry_after // 1))} s."  # not too early: rounded up
    if status >= 500:
        return "The server failed; try again later."
    if status < 400:
        return "Redirects are followed for GET within one origin only: check the base URL."
    return _WHAT_TO_DO.get(status, "")


def describe_body(body: Any, limit: int = 300) -> str:
    """An error answer in one short line: the platform's ``detail``, its field errors, or the start of the text."""
    if isinstance(body, dict) and isinstance(body.get("detail"), str):
        text = body["detail"]
    elif isinstance(body, dict):
        parts = []
        for field, value in body.items():
            parts.append(f"{field}: {' '.join(map(_short, value if isinstance(value, list) else [value]))}")
        text = "; ".join(parts)
    else:
        text = "" if body is None else _short(body)
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _short(value: Any) -> str:
    """A decoded value as text, in JSON's own spelling."""
    if isinstance(value, str):
        return value
    import json

    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace").decode()  # half a character is an escape in JSON
