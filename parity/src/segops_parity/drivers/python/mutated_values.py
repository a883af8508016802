"""Mutants that change a reply before the SDK sees it, or a result after the SDK gave it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["NAMES", "OUTCOMES", "REPLIES", "Reply"]


@dataclass
class Reply:
    """A reply on its way to the SDK; header names are lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


def _json(rewrite: Callable[[Any], Any]) -> Callable[[Reply], object]:
    def change(reply: Reply) -> object:
        try:
            value = json.loads(reply.body)
        except ValueError:
            return False
        changed = json.dumps(rewrite(value))
        if changed == json.dumps(value):
            return False
        reply.body = changed.encode()
        return True

    return change


def _each(value: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    if isinstance(value, dict):
        return change({key: _each(item, change) for key, item in value.items()})
    return [_each(item, change) for item in value] if isinstance(value, list) else value


def _without_unknown(found: dict[str, Any]) -> dict[str, Any]:
    return {key: item for key, item in found.items() if not key.startswith("x_unknown")}


def _last_page(found: Any) -> Any:
    return {**found, **({"next": None} if found.get("next") else {})} if isinstance(found, dict) else found


def _no_cursor(found: Any) -> Any:
    return {**found, "next_cursor": None} if isinstance(found, dict) and found.get("next_cursor") else found


def _without_header(name: str) -> Callable[[Reply], object]:
    return lambda reply: reply.headers.pop(name, None)


def _status(wanted: Callable[[int], bool], instead: int) -> Callable[[Reply], object]:
    def change(reply: Reply) -> object:
        if not wanted(reply.status):
            return False
        reply.status = instead
        return True

    return change


REPLIES: dict[str, Callable[[Reply], object]] = {
    "ignore-retry-after": _without_header("retry-after"),
    "stop-after-page-1": _json(_last_page),
    "stop-after-first-cursor": _json(_no_cursor),
    "retry-client-errors": _status(lambda status: status == 400, 503),
    "server-errors-are-final": _status(lambda status: status >= 500, 418),
    "too-many-requests-is-final": _status(lambda status: status == 429, 418),
}


def _ok(change: Callable[[Any], Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda outcome: {**outcome, "ok": change(outcome["ok"])} if "ok" in outcome else outcome


def _error(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda outcome: {**outcome, "error": change(outcome["error"])} if "error" in outcome else outcome


def _swallow(outcome: dict[str, Any]) -> dict[str, Any]:
    if "error" not in outcome:
        return outcome
    return {**{key: value for key, value in outcome.items() if key != "error"}, "ok": None}


def _items(change: Callable[[list[Any]], list[Any]]) -> Callable[[Any], Any]:
    def altered(value: Any) -> Any:
        is_page = isinstance(value, dict) and isinstance(value.get("items"), list) and "done" in value
        return {**value, "items": change(value["items"])} if is_page else value

    return altered


OUTCOMES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "repeat-last-item": _ok(_items(lambda items: [*items, *items[-1:]])),
    "lose-unknown-keys": _ok(lambda value: _each(value, _without_unknown)),
    "lose-nulls": _ok(lambda value: _each(value, lambda d: {k: v for k, v in d.items() if v is not None})),
    "dates-respelled": _ok(lambda value: json.loads(re.sub(r"(\d{4}-\d\d-\d\d)T(\d\d:)", r"\1 \2", json.dumps(value)))),
    "numbers-as-text": _ok(
        lambda value: _each(value, lambda d: {k: str(v) if type(v) is int else v for k, v in d.items()})
    ),
    "swallow-errors": _swallow,
    "wrong-error-kind": _error(lambda error: {**error, "kind": "SegOpsError"}),
    "error-without-body": _error(lambda error: {**error, "body": None} if "body" in error else error),
    "attempts-off-by-one": _error(
        lambda error: {**error, "attempts": error["attempts"] + 1} if "attempts" in error else error
    ),
    "error-without-retry-after": _error(
        lambda error: {**error, "retry_after": None} if error.get("retry_after") else error
    ),
    "error-prints-key": _error(lambda error: {**error, "message": error["message"] + " sk_test_parity"}),
}

NAMES = {
    *REPLIES,
    *OUTCOMES,
    "one-retry-fewer",
    "one-retry-more",
    "no-jitter",
    "delay-off-by-a-percent",
    "exit-code-always-0",
    "chatter-on-stdout",
}
