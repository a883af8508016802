"""Checks an answer of the sandbox against the contract: method and path give the operation, and so its records.

Stricter than `contract.check`: the records allow unknown keys because the platform may add some, but a key that the
sandbox sends and no record knows is one that it made up.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, Protocol
from urllib.parse import urlsplit

from segops_parity import contract as contract_module
from segops_parity.contract import Contract, Operation, Returns
from segops_parity.records import Record, Records, page_schema

_JSON = "application/json"
# Keys of a record whose value is what the caller sent, as it was sent: what is in it is the caller's affair.
_ECHOED = {("Segment", "definition"), ("SegmentVersion", "definition")}
# Keys that the sandbox sends and the records still lack, as (record, its property or "", key). An entry has to go as
# soon as its record names the key; a test sees to that.
UNRECORDED: set[tuple[str, str, str]] = set()


class Response(Protocol):
    """What is looked at of a response; that of `requests` has it."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes


@cache
def contract() -> Contract:
    """The repository's contract."""
    return contract_module.load()


def operation_for(method: str, path: str) -> Operation | None:
    """The operation that a request is; None for one that the contract does not have.

    Args:
        method: the HTTP method.
        path: the path as sent, percent-encoded, with or without a query; begins behind ``/api``.
    """
    for pattern, operation in _routes():
        if method.upper() in operation.request.methods and pattern.fullmatch(urlsplit(path).path):
            return operation
    return None


def check_response(method: str, path: str, response: Response) -> None:
    """Raise AssertionError, with all faults, when an answer is not what the contract says.

    Paths that the contract does not know (ingestion, webhooks, keys) are not judged, nor are HEAD and OPTIONS. A test
    that has the sandbox play a fault must not call this for the faulted answer: garbage on request is no fault.
    """
    faults = faults_of(method, path, response)
    if faults:
        start = response.content[:500].decode("utf-8", "replace")
        answer = f"{response.status_code} {response.headers.get('Content-Type')}: {start}"
        raise AssertionError("\n".join([f"{method} {path} answered against the contract", *faults, answer]))


def faults_of(method: str, path: str, response: Response) -> list[str]:
    """What is wrong with an answer, one line a fault; nothing is on a path that the contract lacks."""
    if method.upper() in ("HEAD", "OPTIONS"):
        return []
    operation = operation_for(method, path)
    if response.status_code >= 400:
        known = operation is not None or any(route.fullmatch(urlsplit(path).path) for route, _ in _routes())
        if not known:
            return []
        return list(_faults_of_error(response.status_code, response.headers.get("Content-Type"), response.content))
    if operation is None:
        return []
    if response.status_code not in operation.success:
        return [f"{operation.id} succeeds with {operation.success}, not with {response.status_code}"]
    return _faults_of_success(operation, response)


def invented(returns: Returns, value: Any) -> list[str]:
    """The keys of an answer that no record knows, and what else is wrong with it, one line a fault."""
    if returns.kind == "page":
        envelope = sorted(set(value) - set(page_schema({})["properties"])) if isinstance(value, dict) else []
        return [f"$: no page has {key!r}" for key in envelope] + _closed_records().check(returns, value)
    return _closed_records().check(returns, value)


def _faults_of_success(operation: Operation, response: Response) -> list[str]:
    kind = operation.returns.kind
    if response.status_code == 204 or kind == "null":
        return [] if not response.content else ["204 has no body"]
    media_type = response.headers.get("Content-Type", "").partition(";")[0]
    if kind == "bytes":
        wrong = media_type in ("", _JSON, "text/html")
        return [f"a file is of its own type, not of {media_type!r}"] if wrong else []
    body, faults = _decoded(response.headers.get("Content-Type"), response.content)
    return faults or invented(operation.returns, body)


# Thousands of answers to bad input say the same.
@lru_cache(1000)
def _faults_of_error(status: int, media_type: str | None, content: bytes) -> tuple[str, ...]:
    body, faults = _decoded(media_type, content)
    if faults:
        return tuple(faults)
    names = [name for name, record in contract().records.items() if status in record.statuses]
    if not names:
        return (f"no record is the body of a {status}",)
    per_record = {name: _closed_records().check(Returns("record", name, name), body) for name in names}
    if not all(per_record.values()):
        return ()
    return tuple(f"not {name}: {fault}" for name, found in per_record.items() for fault in found)


def _decoded(media_type: str | None, content: bytes) -> tuple[Any, list[str]]:
    if media_type != _JSON:
        return None, [f"the content type is {_JSON}, not {media_type!r}"]
    try:
        return json.loads(content, parse_constant=_refuse_constant), []
    except ValueError as exc:
        return None, [f"the body is no JSON: {exc}"]


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


@cache
def _routes() -> list[tuple[re.Pattern[str], Operation]]:
    """Paths with fewer placeholders first: `/segments/preview/` is no segment."""
    operations = [each for each in contract().operations.values() if each.request is not None]
    operations.sort(key=lambda each: len(each.request.placeholders))
    return [(re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(op.request.path))), op) for op in operations]


@cache
def _closed_records() -> Records:
    """The records with every object closed whose properties are listed."""
    spec = contract()
    closed = {name: Record(name, _closed(record.schema, (name,))) for name, record in spec.records.items()}
    return Records(spec.path / "records", closed)


def _closed(schema: Any, where: tuple[str, ...]) -> Any:
    if isinstance(schema, list):
        return [_closed(item, where) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    result = {}
    for key, value in schema.items():
        if key == "properties":
            result[key] = {
                name: each if (*where, name) in _ECHOED else _closed(each, (*where, name))
                for name, each in value.items()
            }
        else:
            result[key] = _closed(value, where)
    if result.get("properties") and "additionalProperties" not in result and isinstance(schema.get("type"), str):
        record, *inner = where
        late = {key: True for name, part, key in UNRECORDED if (name, part) == (record, inner[0] if inner else "")}
        result["properties"] = {**late, **result["properties"]}
        result["additionalProperties"] = False
    return result
