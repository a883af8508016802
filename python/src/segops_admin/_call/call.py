"""One call as it is about to be made: everything but the key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .._errors import SegOpsArgumentError
from .._runtime import Runtime
from .._wire.encoding import encode_json, encode_path, encode_query

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._wire.multipart import Multipart

__all__ = ["METHODS", "Call", "idempotency_key", "json_call", "raw_call"]

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
WITHOUT_BODY = ("GET", "HEAD", "OPTIONS")


class Call:
    """One call as it is about to be made.

    Attributes:
        operation: what is called, such as ``segments.get``.
        safe: whether it changes nothing, so that it may be repeated.
        expects: what the contract says of the answer: ``record`` (or a list of them), ``nothing`` (which is not looked
            at), or None for anything, such as a page, which pagination checks itself.
        deadline: seconds for the whole call that come on top of the client's, or None.
        while_waiting: see ``Request``.
    """

    __slots__ = (
        "body", "deadline", "expects", "headers", "idempotency_key", "method", "operation", "path", "query", "safe",
        "while_waiting",
    )  # fmt: skip

    def __init__(
        self,
        method: str,
        path: str,
        query: str = "",
        headers: list[tuple[str, str]] | None = None,
        body: bytes | Multipart | None = None,
        idempotency_key: str | None = None,
        *,
        safe: bool,
        operation: str,
        expects: str | None = None,
        deadline: float | None = None,
        while_waiting: Callable[[], object] | None = None,
    ) -> None:
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers if headers is not None else []
        self.body = body
        self.safe = safe
        self.idempotency_key = idempotency_key
        self.operation = operation
        self.expects = expects
        self.deadline = deadline
        self.while_waiting = while_waiting

    @property
    def target(self) -> str:
        """Path and query, as error messages show them."""
        if not self.query:
            return self.path
        return f"{self.path}{'&' if '?' in self.path else '?'}{self.query}"


def idempotency_key(given: object, runtime: Runtime) -> str:
    """The caller's own key, or a fresh one.

    Raises:
        SegOpsArgumentError: it cannot be one.
    """
    if given is None:
        return runtime.new_key()
    if not isinstance(given, str) or not _is_key(given):
        raise SegOpsArgumentError("An idempotency key is 1 to 255 printable ASCII characters, no blank at either end.")
    return given


def _is_key(text: str) -> bool:
    """Whether it can be a key; the server would not see outer blanks."""
    return text.isascii() and text.isprintable() and 0 < len(text) < 256 and text == text.strip()


def json_call(
    operation: str,
    method: str,
    path: str,
    query: Mapping[str, Any] | None = None,
    body: Any = None,
    key: str | None = None,
    *,
    safe: bool,
    expects: str | None = "record",
    deadline: float | None = None,
) -> Call:
    """A call with a JSON body or none."""
    content = None
    headers: list[tuple[str, str]] = []
    if body is not None:
        content = encode_json(body)
        headers.append(("Content-Type", "application/json"))
    return Call(
        method,
        path,
        encode_query(query) if query is not None else "",
        headers,
        content,
        key,
        safe=safe,
        operation=operation,
        expects=expects,
        deadline=deadline,
    )


def raw_call(
    method: object,
    path: str,
    query: Mapping[str, Any] | None,
    body: Any,
    form: object,
    key: str | None,
) -> Call:
    """A call that no method wraps, checked; what a form uploads is added later.

    Raises:
        SegOpsArgumentError: it cannot be sent.
    """
    verb = str(method).upper()
    if verb not in METHODS:
        raise SegOpsArgumentError(f"{verb!r} is not one of {', '.join(METHODS)}.")
    if verb in WITHOUT_BODY and (body is not None or form is not None):
        raise SegOpsArgumentError(f"A {verb} request cannot carry a body; use query= for parameters.")
    if form is not None and body is not None:
        raise SegOpsArgumentError("Give either body= or form=, not both.")
    safe = verb in WITHOUT_BODY
    return json_call("request", verb, encode_path(path), query, body, key, safe=safe, expects=None)
