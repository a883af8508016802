"""One case for each row of scenarios/hostile.yaml: what a server may answer, and what has to come of it.

After each row the same client makes another call, which must get its own reply: whatever a server sends, nobody
receives the reply to somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from segops_parity.cases import Case, Step
from segops_parity.client_cases import asked
from segops_parity.contract import Contract
from segops_parity.replies import Reply, error_kind, raw_bytes
from segops_parity.scenarios import Scenarios

__all__ = ["hostile_cases"]

_CALLS: dict[str, tuple[str, list[Any], str, Any]] = {
    "request": ("http.request", ["GET", "/x/"], "GET /x/", None),
    "head": ("http.request", ["HEAD", "/x/"], "HEAD /x/", None),
    "get": ("segments.get", [7], "GET /segments/7/", None),
    "list": ("segments.list", [], "GET /segments/", None),
    "create": ("segments.create", [{}], "POST /segments/", {}),
    "delete": ("segments.delete", [7], "DELETE /segments/7/", None),
    "download": ("segments.download_export", [7, {"$sink": True}], "GET /segments/7/export/7/download/", None),
}
"""By the word of a row: operation, arguments, request and body."""

_KINDS = {"connection": "SegOpsConnectionError", "decode": "SegOpsDecodeError"}
_COVERS = {"connection": "response.truncated", "decode": "response.not-http", "value": "response.framing"}


def hostile_cases(contract: Contract, scenarios: Scenarios) -> Iterator[Case]:
    """The cases; over plain connections, or TLS where a row is about that.

    A row about the handshake itself has none: no request ever comes of it. The tests of both SDKs play it.
    """
    for row in scenarios.replies:
        if "behind" in row:
            continue
        tls = {"tls": "trusted"} if row.get("over") == "tls" else {}
        first = _first(row, contract)
        yield Case(
            id=f"hostile/{_slug(row['name'])}",
            operation="client",
            family="hostile",
            origin="synthetic",
            steps=(first, _next(row, first)),
            options={"max_retries": 0, **tls},
            faults=True,
            transports=("default",),
        )


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _first(row: Mapping[str, Any], contract: Contract) -> Step:
    operation, args, line, body = _CALLS[row.get("call", "request")]
    if operation == "segments.download_export":
        line = "GET " + str(contract.operations[operation].request.path).replace("{export_id}", "7")  # type: ignore[union-attr]
    request = asked(line, body)
    raw = raw_bytes(row["reply"]) if "reply" in row else _assembled(row)
    otherwise = {"requests": _outcome(row["requests"], row, contract)} if "requests" in row else {}
    return Step(
        name="call",
        op=operation,
        args=tuple(args),
        named={},
        replies=(
            Reply(0, (), b"", raw=raw, end=row.get("end", "open"), apart=row.get("apart", False), request=request),
        ),
        requests=(request,),
        delays=(),
        outcome=_outcome(row, row, contract),
        covers=tuple(dict.fromkeys(_covers(row, raw))),
        key="uuid" if body is not None or operation == "segments.delete" else None,
        alternatives=(_outcome(row["or"], row, contract),) if "or" in row else (),
        otherwise=otherwise,
    )


def _covers(row: Mapping[str, Any], raw: bytes) -> Iterator[str]:
    """What most rows are about, by how they end: what comes over the wire. A row about anything else says so itself."""
    head = raw.partition(b"\r\n\r\n")[0].lower()
    if "covers" in row:
        yield from row["covers"]
    elif row.get("error") == "decode" and b"\ncontent-encoding: gzip" in head:
        yield "response.broken-gzip"
    else:
        yield _COVERS.get(row.get("error", "value"), "error.by-status")
        if row.get("or", {}).get("error") == "decode" and row.get("error") != "decode":
            yield _COVERS["decode"]  # either is right, and nothing else
    if row.get("value", ...) is None:
        yield "response.empty"  # whatever else is odd about it, there is nothing in it
    if isinstance(row.get("value"), (dict, list)) and b"content-type:" not in head and not row.get("apart"):
        yield "response.untyped"  # it is read as JSON, whatever else is odd about it


def _next(row: Mapping[str, Any], first: Step) -> Step:
    request = asked("GET /next/", None)
    kept = row.get("kept", True)
    # A connection that such a reply came over is not used again: it belongs to that rule.
    ends = () if kept else tuple(name for name in first.covers if name == "response.not-http")
    reply = Reply(200, (("Content-Type", "application/json"),), b"[2]", request=request)
    return Step(
        name="the next call",
        op="http.request",
        args=("GET", "/next/"),
        named={},
        replies=(reply,),
        requests=(request,),
        delays=(),
        outcome={"ok": [2]},
        covers=(*ends, "response.own-reply"),
        connections=None if kept else 2,
    )


def _assembled(row: Mapping[str, Any]) -> bytes:
    body = raw_bytes(row.get("body", ""))
    lines = [row.get("line", "HTTP/1.1 200 OK"), *row.get("headers", [])]
    if row.get("length"):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def _outcome(told: Mapping[str, Any], row: Mapping[str, Any], contract: Contract) -> dict[str, Any]:
    if "error" in told:
        if told["error"] == "api" and "status" not in told:
            return {"error": {}}  # the status that was understood, whichever that is
        if told["error"] == "api":
            return {"error": {"kind": error_kind(contract, told["status"]), "status": told["status"]}}
        return {"error": {"kind": _KINDS[told["error"]]}}
    if row.get("call") == "download":
        data = told["value"].encode("latin-1")
        return {"ok": len(data), "sink": data}
    return {"ok": told["value"]}
