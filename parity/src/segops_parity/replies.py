"""Replies and the results that must come of them, out of the notation of behaviours.yaml."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from segops_parity._model import Operation
from segops_parity.canonical import load_json
from segops_parity.cassettes import BASE_URL, Cassette, Interaction
from segops_parity.contract import Contract

__all__ = ["Reply", "Script", "delays", "error_kind", "raw_bytes", "whole_body", "written_reply", "zipped"]

JSON = ("Content-Type", "application/json")


@dataclass(frozen=True)
class Reply:
    """A reply to play, with the request (method, path, query, body) that it answers.

    `fault` is what happens to the connection: reset, stall, truncate, close-after, announce-65MiB, deaf or
    unannounced (no length). `raw` are the bytes to send in place of status, headers and body; `end` is what happens
    to the connection after them: open (it stays), close, reset, or, over TLS, notify (close_notify, and closed) and
    cut (closed without it). `tunnel` is the kind of certificate with which TLS is spoken from then on.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fault: str | None = None
    gzip: bool = False
    request: Mapping[str, Any] | None = None
    without_key: bool = False
    raw: bytes | None = None
    apart: bool = False
    """Each byte of `raw` is sent by itself: over TLS in a record of its own."""
    end: str = "close"
    tunnel: str = ""
    padded: int = 0
    """The body is filled with blanks up to that many bytes when it is played: so it is not sent about before."""
    counted: bool = False
    """The body of its request is not kept, only counted."""
    together: int = 0
    """It is sent when that many requests of its step have arrived: those are asked for side by side."""
    early: bool = False
    """It is sent before the body of its request is read, which then is not."""
    forwarded: bool = False
    """Its request is a delivery that a command passes on."""
    held: str = ""
    """The call in the background that it answers: it is sent when the step begins that finishes this one."""
    takes: tuple[tuple[str, int], ...] = ()
    """How many bytes of the body are read where `fault` is deaf, each part when its name is released."""
    then: tuple[tuple[str, bytes], ...] = ()
    """What follows `raw`, each part when its name is released."""
    stray: bytes | None = None
    """What comes after `raw` once the step is over, which nobody asked for."""

    @property
    def closes(self) -> bool:
        """Whether its connection ends once it has been sent."""
        return self.fault == "close-after" or (self.raw is not None and self.end != "open")

    def header(self, name: str) -> str | None:
        """A header's value."""
        return next((value for found, value in self.headers if found.lower() == name.lower()), None)


class Script:
    """Reads replies for one operation, given its happy cassette and, where there is one, the case's own."""

    def __init__(self, operation: Operation, contract: Contract, happy: Cassette | None, own: Cassette | None) -> None:
        self._operation = operation
        self._contract = contract
        self._happy = happy
        self._own = own

    def replies(self, entries: list[Any], request: Mapping[str, Any] | None) -> tuple[Reply, ...]:
        """The replies of a step; each answers `request`, as far as its entry does not say otherwise."""
        found = []
        for entry in entries:
            if entry == "recorded":
                assert self._own is not None
                found += [replace(_recorded(each), request=request) for each in self._own.interactions]
                continue
            content = {"happy": True} if entry == "happy" else entry
            found.append(replace(self._reply(content), request=self._asked(content, request)))
        return tuple(found)

    def _asked(self, entry: Mapping[str, Any], request: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        if request is None:
            return None
        if "at" in entry:
            return {"method": request["method"], "path": entry["at"], "query": {}, "body": None}
        ask = dict(entry.get("ask", {}))
        if self._operation.iterates and self._operation.paginates == "page":
            ask = {"page": 1, **ask}
        query = {**request["query"], **{key: [str(value)] for key, value in ask.items()}}
        return {**request, "query": dict(sorted(query.items()))}

    def _reply(self, entry: Mapping[str, Any]) -> Reply:
        if "happy" in entry or "add" in entry:
            assert self._happy is not None
            reply = _recorded(self._happy.interactions[-1])
            if "add" in entry:
                reply = replace(reply, body=json.dumps(self._added(reply, entry["add"])).encode(), status=200)
                reply = reply if reply.header("Content-Type") else replace(reply, headers=(*reply.headers, JSON))
        elif "page" in entry or "cursor_page" in entry or "job" in entry or "segment" in entry:
            reply = Reply(200, (JSON,), json.dumps(self._body(entry)).encode())
        else:
            reply = written_reply(entry)
        fault = entry.get("fault")
        return replace(
            reply,
            fault=fault,
            gzip=entry.get("gzip", False),
            without_key=entry.get("without_key", False),
            together=entry.get("together", 0),
            counted=entry.get("counted", False),
            held=entry.get("held", ""),
            forwarded=entry.get("forwarded", False),
            early=entry.get("early", fault == "deaf"),
            takes=tuple((part["held"], part["mebibytes"] << 20) for part in entry.get("takes", ())),
        )

    def _added(self, reply: Reply, extra: Mapping[str, Any]) -> Any:
        value = load_json(reply.body) if reply.body else {"id": 1}
        if isinstance(value, list):
            return [{**each, **extra} if isinstance(each, dict) else each for each in value or [{"id": 1}]]
        return {**value, **extra}

    def _body(self, entry: Mapping[str, Any]) -> Any:
        if "page" in entry:
            following = f"{BASE_URL}/?page={entry['next']}" if "next" in entry else None
            results = [{"id": number} for number in entry["page"]]
            count = entry.get("count", len(results))
            return {"count": count, "next": following, "previous": None, "results": results}
        if "cursor_page" in entry:
            results = [{"user_id": f"u-{number}"} for number in entry["cursor_page"]]
            return {"count": 9, "results": results, "next_cursor": entry.get("next")}
        if "segment" in entry:
            status, computed_at = entry["segment"]
            return {"id": 1, "name": "Customers", "status": status, "last_computed_at": computed_at}
        return self.job(entry["job"])

    def job(self, state: str) -> dict[str, Any]:
        """A job's answer in a state: `done` and `failed` stand for the first such state of the contract."""
        listed = {"done": self._operation.done, "failed": self._operation.failed}.get(state)
        status = next(iter(listed.values()))[0] if listed else {"running": "processing"}.get(state, state)
        return {"id": 1, "status": status, "error_message": "disk full" if state == "failed" else ""}

    def outcome(
        self, entry: Mapping[str, Any], replies: tuple[Reply, ...], given: Mapping[str, Any], *, iteration: bool
    ) -> dict[str, Any]:
        """What must come of the step."""
        outcome = self._result(entry.get("result", "happy"), replies)
        if "ok" in outcome and any("$sink" in value for value in given.values() if isinstance(value, Mapping)):
            outcome["sink"] = replies[-1].body
            outcome["ok"] = len(replies[-1].body)
        if "progress" in entry:
            outcome["progress"] = [load_json(reply.body) for reply in replies[-entry["progress"] :]]
        if iteration and replies and "items" not in outcome and "error" in outcome:
            outcome["items"] = []
        return outcome

    def _result(self, wanted: Any, replies: tuple[Reply, ...]) -> dict[str, Any]:
        if wanted == "happy":
            return {"ok": _value(replies[-1])}
        if wanted == "by-status":
            return {"error": self._by_status(replies)}
        if "value" in wanted:
            return {"ok": wanted["value"]}
        if "nested" in wanted:
            return {"ok": load_json(replies[-1].body)}
        if ("job" in wanted and "error" not in wanted) or "segment" in wanted:
            return {"ok": load_json(replies[-1].body)}
        found: dict[str, Any] = {}
        if "items" in wanted:
            key = "user_id" if self._operation.paginates == "cursor" else "id"
            found["items"] = [{key: f"u-{each}" if key == "user_id" else each} for each in wanted["items"]]
            found["done"] = wanted.get("done", True)
        if "error" in wanted:
            found.pop("done", None)
            error = {name: value for name, value in wanted.items() if name not in ("error", "items")}
            if "job" in error:
                error["job"] = load_json(replies[-1].body)
            found["error"] = {"kind": wanted["error"], **error}
        return found

    def _by_status(self, replies: tuple[Reply, ...]) -> dict[str, Any]:
        last = replies[-1]
        return {
            "kind": error_kind(self._contract, last.status),
            "status": last.status,
            "body": _error_body(last.body),
            "attempts": len(replies),
            "request_id": last.header("X-Request-Id"),
            "retry_after": float(last.header("Retry-After") or 0) or None,
            "method": (last.request or {}).get("method"),
            "path": (last.request or {}).get("path"),
        }


def delays(contract: Contract, entry: Mapping[str, Any], options: Mapping[str, Any]) -> tuple[float, ...]:
    """What a step waits for: as written, as usual before each retry, or as usual before each look but the first."""
    written = entry.get("delays", ())
    if written == "looks":
        look = contract.behaviours["wait.until-done"].figures
        pauses = (look["first"] * look["factor"] ** n for n in range(len(entry["replies"]) - 1))
        return tuple(min(each, look["interval"]) for each in pauses)
    if written != "usual":
        return tuple(float(each) for each in written)
    figures = contract.behaviours["retry.delay"].figures
    share = 1 - float(options.get("random", 0)) * figures["jitter"]
    return tuple(min(figures["longest"], figures["base"] ** n) * share for n in range(len(entry["replies"]) - 1))


def error_kind(contract: Contract, status: int) -> str:
    """The class that the contract names for a status."""
    figures = contract.behaviours["error.by-status"].figures
    return str(figures.get(str(status)) or (figures["5xx"] if status >= 500 else "SegOpsApiError"))


def _recorded(interaction: Interaction) -> Reply:
    return Reply(interaction.status, interaction.reply_headers, interaction.reply_body)


def written_reply(entry: Mapping[str, Any]) -> Reply:
    """A reply that is written out: raw, or by status, headers and body."""
    if "raw" in entry:
        end = "open" if entry.get("keep") or "tunnel" in entry else entry.get("end", "close")
        then = tuple((part["held"], raw_bytes(part["raw"])) for part in entry.get("then", ()))
        stray = raw_bytes(entry["stray"]) if "stray" in entry else None
        raw = raw_bytes(entry["raw"])
        return Reply(0, (), b"", raw=raw, end=end, tunnel=entry.get("tunnel", ""), then=then, stray=stray)
    given = entry.get("headers", {})
    headers, repeated = ({}, given) if isinstance(given, list) else (dict(given), [])
    body = b""
    if "json" in entry:
        body = _json(entry["json"])
        headers.setdefault(*JSON)
    elif "text" in entry:
        body = entry["text"].encode()
        headers.setdefault("Content-Type", "text/plain; charset=utf-8")
    elif "bytes" in entry:
        body = bytes.fromhex(entry["bytes"])
    elif "padded" in entry:
        body = b'{"id":1}'
        headers.setdefault(*JSON)
    elif "nested" in entry:
        body = b"[" * entry["nested"] + b"]" * entry["nested"]
        headers.setdefault(*JSON)
    said = [(name, str(value)) for name, value in (*headers.items(), *repeated)]
    return Reply(entry.get("status", 200), tuple(said), body, padded=entry.get("padded", 0))


def raw_bytes(given: Any) -> bytes:
    """Text whose characters are bytes, so many times of it, a gzip member, base64, or a list of these, joined."""
    if isinstance(given, list):
        return b"".join(map(raw_bytes, given))
    if isinstance(given, str):
        return given.encode("latin-1")
    if "gzip" in given:
        return gzip.compress(raw_bytes(given["gzip"]), mtime=0)
    if "base64" in given:
        return base64.b64decode(given["base64"])
    return raw_bytes(given["text"]) * int(given["times"])


def _json(value: Any) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # half of a character, which JSON has an escape for
        return json.dumps(value, separators=(",", ":")).encode()


def _value(reply: Reply) -> Any:
    if reply.status == 204 or not reply.body:
        return None
    try:
        return load_json(reply.body)
    except ValueError:  # a download
        return None


def _error_body(body: bytes) -> Any:
    if not body:
        return None
    try:
        return load_json(body)
    except ValueError:
        return body.decode("utf-8", "replace")


def whole_body(reply: Reply) -> bytes:
    """The body as it is played."""
    return reply.body.ljust(reply.padded)


def zipped(reply: Reply) -> Reply:
    """A reply with its body gzipped, always to the same bytes."""
    headers = (*reply.headers, ("Content-Encoding", "gzip"))
    return replace(reply, body=_packed(whole_body(reply)), padded=0, headers=headers, gzip=False)


@lru_cache(256)
def _packed(body: bytes) -> bytes:
    """The same answers are played again and again."""
    return gzip.compress(body, mtime=0)
