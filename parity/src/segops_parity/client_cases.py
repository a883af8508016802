"""Cases of the client itself: those of client.yaml, and one for each webhook vector of the contract."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from segops_parity.canonical import load_json
from segops_parity.cases import Case, Event, Step
from segops_parity.contract import Contract
from segops_parity.filling import filled
from segops_parity.replies import Script, delays, raw_bytes
from segops_parity.scenarios import Scenarios
from segops_parity.webhooks import Vector, digest_of

__all__ = ["asked", "asked_in_turn", "client_cases"]


def client_cases(contract: Contract, scenarios: Scenarios) -> Iterator[Case]:
    """The cases of client.yaml, and one for each webhook vector."""
    anything = next(iter(contract.operations.values()))
    script = Script(anything, contract, None, None)
    for entry in scenarios.client:
        operation = "testing" if any("script" in step for step in entry["steps"]) else "client"
        yield Case(
            id=f"{operation}/{entry['case']}",
            operation=operation,
            family=entry["case"],
            origin="synthetic",
            steps=tuple(_step(step, script, entry, contract) for step in entry["steps"]),
            options=entry.get("options", {}),
            faults=entry.get("faults", False),
            languages=tuple(entry.get("languages", ())),
            transports=tuple(entry.get("transports", ())),
        )
    yield from _vectors(contract)


def _vectors(contract: Contract) -> Iterator[Case]:
    """One case for each signature vector of webhooks.yaml."""
    for vector in contract.webhooks.vectors.values():
        yield Case(
            id=f"webhook/{vector.id}",
            operation="webhook",
            family=vector.id,
            origin="synthetic",
            steps=tuple(vector_steps(vector, contract)),
        )


def vector_steps(vector: Vector, contract: Contract) -> Iterator[Step]:
    """Verify a delivery, and parse it."""
    arguments = tuple(_tagged(each) for each in (vector.body, vector.signature, vector.secret))
    shown = tuple(_shown(vector))
    yield _call("verify", "verify_webhook", arguments, {"ok": vector.valid}, ("webhook.verify", *shown))
    if not vector.parses:
        yield _call(
            "parse", "parse_webhook", arguments, {"error": {"kind": "SegOpsWebhookError"}}, ("webhook.parse", *shown)
        )
    else:
        event = load_json(vector.body)
        yield _call("parse", "parse_webhook", arguments, {"ok": event}, ("webhook.parse", *shown))
        if isinstance(vector.secret, str):
            scheme = contract.behaviours["webhook.signature-forms"].figures["scheme"]
            digest = digest_of(_as_bytes(vector.body), vector.secret.encode())
            signed = (arguments[0], arguments[2])
            yield _call("sign", "sign_webhook", signed, {"ok": f"{scheme}={digest}"}, ("webhook.sign",))


def _shown(vector: Vector) -> Iterator[str]:
    """What a vector is about beyond the digest."""
    if isinstance(vector.secret, list) or not vector.secret:
        yield "webhook.secret-rotation"
    elif not isinstance(vector.signature, str) or not _PLAIN.fullmatch(vector.signature):
        yield "webhook.signature-forms"
    if not vector.valid:
        yield "webhook.never-raises"


_PLAIN = re.compile("sha256=[0-9a-f]{64}")


def _call(name: str, function: str, arguments: tuple[Any, ...], outcome: Any, covers: tuple[str, ...]) -> Step:
    named = {"function": function}
    return Step(name, "webhook", arguments, named, (), (), (), outcome, covers)


def _as_bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()


def _tagged(value: Any) -> Any:
    if isinstance(value, list):
        return [_tagged(item) for item in value]
    return {"$bytes": base64.b64encode(value).decode("ascii")} if isinstance(value, bytes) else value


def _step(entry: Mapping[str, Any], script: Script, case: Mapping[str, Any], contract: Contract) -> Step:
    entry = {**entry, **_chain(entry["chain"], entry["result"])} if "chain" in entry else entry
    options = case.get("options", {})
    wanted = asked_in_turn(entry)
    replies = script.replies(entry.get("replies", []), None)
    replies = tuple(_with(reply, request) for reply, request in zip(replies, wanted, strict=True))
    op, named = entry.get("op", "open"), _holding(entry.get("named", {}))
    if "later" in entry or "finish" in entry:
        op = "later" if "later" in entry else "finish"
    if op.startswith("webhook."):
        op, named = "webhook", {"function": op.removeprefix("webhook.")}
    if "script" in entry:
        op, named = "testing", entry["script"]
    return Step(
        name=entry.get("name", case["case"]),
        op=op,
        args=tuple(_holding(entry.get("args", ()))),
        named=named,
        replies=replies,
        requests=tuple(wanted),
        delays=delays(contract, entry, options),
        outcome=_outcome(entry),
        covers=tuple(entry.get("covers", ())),
        iteration="take" in entry or entry.get("op", "").rpartition(".")[2].startswith("iterate"),
        take=entry.get("take"),
        leave=entry.get("leave", ""),
        rest=entry.get("rest", False),
        aborts_asleep=entry.get("aborts_asleep"),
        at_once=entry.get("at_once"),
        key=entry.get("key"),
        client=entry.get("client", "main"),
        derived=entry.get("derived", ""),
        open=entry.get("open"),
        connections=entry.get("connections"),
        waits_at_most=entry.get("waits_at_most"),
        warns=tuple(entry["warns"]) if "warns" in entry else None,
        compared=entry.get("compared"),
        holds_at_most=entry.get("holds_at_most"),
        targets=tuple(entry.get("targets", ())),
        heads=tuple(entry.get("heads", ())),
        background=entry.get("background", ""),
        finish=entry.get("finish", ""),
        later=entry.get("later"),
        meanwhile=tuple(Event(**each) for each in entry.get("meanwhile", ())),
        still_open=entry.get("still_open"),
    )


def _holding(value: Any, levels: int = 4) -> Any:
    """Arguments with the bytes of their files, and long texts, where these are told in the notation of raw replies."""
    if isinstance(value, Mapping):
        if "$text" in value:
            return raw_bytes(value["$text"]).decode("latin-1")
        if "name" in value and "text" in value:
            return {"name": value["name"], "bytes": base64.b64encode(raw_bytes(value["text"])).decode("ascii")}
    if not levels:
        return value
    if isinstance(value, Mapping):
        return {name: _holding(each, levels - 1) for name, each in value.items()}
    return [_holding(each, levels - 1) for each in value] if isinstance(value, (list, tuple)) else value


def _content(content: Any) -> Any:
    """The content of a part of a form, as it is seen: text, or bytes that are none."""
    if isinstance(content, Mapping) and "filled" in content:
        return filled(content["filled"])
    is_seen = isinstance(content, str) or (isinstance(content, Mapping) and "$bytes" in content)
    return content if is_seen else raw_bytes(content).decode("latin-1")


def _chain(length: int, result: Mapping[str, Any]) -> dict[str, Any]:
    """So many redirects one after the other, and then an object, if they are to be followed to their end."""
    follows = "value" in result
    paths = ["/x/", *(f"/{number}/" for number in range(1, length + follows))]
    replies: list[Any] = [
        {"status": 302, "headers": {"Location": f"{{base}}/{number}/"}} for number in range(1, length + 1)
    ]
    replies += [{"json": result["value"]}] if follows else []
    return {"requests": [f"GET {path}" for path in paths], "replies": replies}


def asked_in_turn(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The requests of a step: all with its body or form, or each with its own (`sent`)."""
    lines = entry.get("requests", ())
    sent = entry.get("sent") or [{key: entry.get(key) for key in ("body", "form")}] * len(lines)
    return [_asked(line, each, "sent" in entry) for line, each in zip(lines, sent, strict=True)]


def _asked(line: str, each: Mapping[str, Any], of_its_own: bool) -> dict[str, Any]:
    request = asked(line, each.get("body"), each.get("form"))
    if of_its_own and "body" in each and each["body"] is None:
        request["body"] = {"json": None}
    elif "text" in each or "mebibytes" in each or "unread" in each:
        request["body"] = dict(each)
    return request


def asked(line: str, body: Any, form: Mapping[str, Any] | None = None) -> dict[str, Any]:
    method, _, target = line.partition(" ")
    path, _, text = target.partition("?")
    query: dict[str, list[str]] = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        query.setdefault(key, []).append(value)
    sent: dict[str, Any] | None = None if body is None or method in ("GET", "HEAD") else {"json": body}
    for name, (filename, content, *kind) in (form or {}).items():
        type_ = (kind or ["text/csv"])[0]
        part = {"name": name, "filename": filename, "content-type": type_, "content": _content(content)}
        sent = {"parts": [part]}
    return {"method": method, "path": path, "query": query, "body": sent}


def _with(reply: Any, request: Mapping[str, Any]) -> Any:
    from dataclasses import replace

    return replace(reply, request=request)


def _outcome(entry: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(entry.get("result", {}))
    found: dict[str, Any] = {}
    if "sink" in result:
        sink = result.pop("sink")
        found["sink"] = b'{"id":1}'.ljust(sink["padded"]) if isinstance(sink, Mapping) else sink.encode()
    found |= {name: result.pop(name) for name in ("beside", "mode", "linked", "progress") if name in result}
    if "left" in entry:
        found["left"] = entry["left"]
    if "items" in result or "values" in result:
        found["items"] = result.pop("values", None) or [{"id": each} for each in result.pop("items", ())]
        if "error" not in result:
            return {**found, **_done(result)}
    if "error" in result:
        rest = {name: value for name, value in result.items() if name != "error"}
        return {**found, "error": {"kind": result["error"], **rest}}
    return {**found, "ok": result["value"]} if "value" in result else found


def _done(result: Mapping[str, Any]) -> dict[str, Any]:
    return {"done": result["done"]} if "done" in result else {}
