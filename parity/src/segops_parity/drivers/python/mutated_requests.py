"""Mutants that change a request. Each takes what is about to be sent, changes it, and says whether it did."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from segops_admin import Request

__all__ = ["CHANGES", "Sent"]


class Sent:
    """A request on its way. `times` says how often it is sent."""

    def __init__(self, request: Request, body: Any) -> None:
        self.method = request.method
        self.address, _, self.query = request.url.partition("?")
        self.headers = {name: str(value) for name, value in request.headers}
        self.body: bytes | None = body
        self.timeout = request.timeout
        self.times = 1

    def request(self) -> Request:
        """The request as it is sent now."""
        url = self.address + (f"?{self.query}" if self.query else "")
        headers = dict(self.headers)
        if "Content-Length" in headers:
            headers["Content-Length"] = str(len(self.body or b""))
        return Request(self.method, url, list(headers.items()), self.body, self.timeout)

    @property
    def is_json(self) -> bool:
        """Whether there is a JSON body."""
        return self.body is not None and self.headers.get("Content-Type", "").startswith("application/json")


Change = Callable[[Sent, dict[str, Any]], object]


def _header(name: str, value: str | None) -> Change:
    """Sets a header that is there, or drops it."""

    def change(sent: Sent, _state: dict[str, Any]) -> object:
        found = sent.headers.pop(name, None)
        if found is not None and value is not None:
            sent.headers[name] = value
        return found is not None

    return change


def _text(pattern: bytes, replacement: bytes) -> Change:
    """Replaces what matches in a JSON body."""

    def change(sent: Sent, _state: dict[str, Any]) -> object:
        if not sent.is_json:
            return False
        before = sent.body or b""
        sent.body = re.sub(pattern, replacement, before)
        return sent.body != before

    return change


def _body(rewrite: Callable[[Any], Any]) -> Change:
    """Rewrites a decoded JSON body."""

    def change(sent: Sent, _state: dict[str, Any]) -> object:
        if not sent.is_json:
            return False
        before = sent.body or b""
        sent.body = json.dumps(rewrite(json.loads(before)), ensure_ascii=False, separators=(",", ":")).encode()
        return sent.body != before

    return change


def _query(rewrite: Callable[[list[tuple[str, str]]], list[tuple[str, str]]]) -> Change:
    """Rewrites the query's pairs."""

    def change(sent: Sent, _state: dict[str, Any]) -> object:
        before = parse_qsl(sent.query, keep_blank_values=True)
        pairs = rewrite(before)
        sent.query = urlencode(pairs)
        return pairs != before

    return change


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def _reversed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _reversed(value[key]) for key in reversed(value)}
    return [_reversed(item) for item in value] if isinstance(value, list) else value


def _wrong_method(sent: Sent, _state: dict[str, Any]) -> object:
    sent.method = {"GET": "POST", "POST": "PUT", "PUT": "PATCH", "PATCH": "PUT", "DELETE": "POST"}[sent.method]
    return True


def _no_trailing_slash(sent: Sent, _state: dict[str, Any]) -> object:
    had = sent.address.endswith("/")
    sent.address = sent.address.rstrip("/")
    return had


def _path_case(sent: Sent, _state: dict[str, Any]) -> object:
    head, api, tail = sent.address.partition("/api/")
    sent.address = head + api + tail.capitalize()
    return sent.address != head + api + tail


def _encoded_twice(sent: Sent, _state: dict[str, Any]) -> object:
    had = "%" in sent.address
    sent.address = sent.address.replace("%", "%25")
    return had


def _drop_body(sent: Sent, _state: dict[str, Any]) -> object:
    had = sent.is_json
    if had:
        sent.body = b""
    return had


def _body_on_actions(sent: Sent, _state: dict[str, Any]) -> object:
    if sent.method != "POST" or sent.body is not None:
        return False
    sent.body = b"{}"
    sent.headers["Content-Type"] = "application/json"
    return True


def _duplicate_key(sent: Sent, _state: dict[str, Any]) -> object:
    body = sent.body or b""
    if not sent.is_json or not body.startswith(b'{"'):
        return False
    first = json.dumps(next(iter(json.loads(body))), ensure_ascii=False).encode()
    sent.body = b"{" + first + b":null," + body[1:]
    return True


def _ascii_escapes(sent: Sent, _state: dict[str, Any]) -> object:
    if not sent.is_json or (sent.body or b"").isascii():
        return False
    sent.body = json.dumps(json.loads(sent.body or b""), separators=(",", ":")).encode()
    return True


def _fresh_key(sent: Sent, state: dict[str, Any]) -> object:
    key = sent.headers.get("Idempotency-Key")
    if key is None:
        return False
    again = key == state.get("key")
    state["key"] = key
    if again:
        state["n"] = state.get("n", 0) + 1
        sent.headers["Idempotency-Key"] = f"00000000-0000-4000-8000-{state['n']:012d}"
    return again


def _key_on_reads(sent: Sent, _state: dict[str, Any]) -> object:
    had = "Idempotency-Key" in sent.headers
    sent.headers.setdefault("Idempotency-Key", "00000000-0000-4000-8000-000000000001")
    return not had


def _wrong_part(sent: Sent, _state: dict[str, Any]) -> object:
    if not sent.headers.get("Content-Type", "").startswith("multipart/"):
        return False
    sent.body = (sent.body or b"").replace(b'name="file"', b'name="upload"', 1)
    return True


def _times(number: int, *methods: str) -> Change:
    def change(sent: Sent, _state: dict[str, Any]) -> object:
        if sent.method not in methods:
            return False
        sent.times = number
        return True

    return change


def _lower_case_headers(sent: Sent, _state: dict[str, Any]) -> object:
    sent.headers = {name if name == "Content-Length" else name.lower(): value for name, value in sent.headers.items()}
    return True


CHANGES: dict[str, Change] = {
    "drop-authorization": _header("Authorization", None),
    "bearer-scheme": _header("Authorization", "Bearer sk_test_parity"),
    "another-key": _header("Authorization", "ApiKey sk_test_another"),
    "drop-accept": _header("Accept", "text/html"),
    "accept-anything": _header("Accept", "*/*"),
    "anonymous-user-agent": _header("User-Agent", "client"),
    "wrong-method": _wrong_method,
    "no-trailing-slash": _no_trailing_slash,
    "path-in-capitals": _path_case,
    "path-encoded-twice": _encoded_twice,
    "extra-query-key": _query(lambda pairs: [*pairs, ("debug", "1")]),
    "missing-query-key": _query(lambda pairs: pairs[1:]),
    "query-key-in-camel-case": _query(lambda pairs: [(re.sub("_(.)", lambda m: m[1].upper(), k), v) for k, v in pairs]),
    "last-of-list-only": _query(lambda pairs: list(dict(pairs).items())),
    "capital-booleans": _query(lambda pairs: [(k, v.capitalize() if v in ("true", "false") else v) for k, v in pairs]),
    "integer-as-text": _text(rb":(\d+)(?=[,}])", rb':"\1"'),
    "integer-as-float": _text(rb":(\d+)(?=[,}])", rb":\1.0"),
    "null-dropped-from-body": _body(_without_nulls),
    "null-added-to-body": _body(lambda body: {**body, "extra": None} if isinstance(body, dict) else body),
    "drop-body": _drop_body,
    "body-on-actions": _body_on_actions,
    "repeated-json-key": _duplicate_key,
    "ascii-escapes": _ascii_escapes,
    "blanks-in-json": _text(rb'":', b'": '),
    "wrong-content-type": _header("Content-Type", "text/plain"),
    "no-idempotency-key": _header("Idempotency-Key", None),
    "constant-idempotency-key": _header("Idempotency-Key", "1"),
    "fresh-key-on-retry": _fresh_key,
    "key-on-reads": _key_on_reads,
    "wrong-part-name": _wrong_part,
    "every-read-twice": _times(2, "GET"),
    "delete-not-sent": _times(0, "DELETE"),
    "query-order": _query(lambda pairs: sorted(pairs, key=lambda pair: pair[0], reverse=True)),
    "json-key-order": _body(_reversed),
    "header-case": _lower_case_headers,
}
