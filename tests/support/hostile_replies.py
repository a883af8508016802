"""The table of hostile replies, ``parity/scenarios/hostile.yaml``, as values: bytes to send, and their outcomes."""

from __future__ import annotations

import base64
import gzip
from dataclasses import dataclass
from typing import Any

import yaml
from repository import ROOT

__all__ = ["HostileReply", "hostile_replies"]


@dataclass(frozen=True)
class HostileReply:
    """One row.

    Attributes:
        name: what the row is called.
        call: which call is made; the table's head lists them.
        reply: the bytes that the server sends.
        end: what the server does next: open, close, reset, notify or cut.
        tls: whether the row is about TLS.
        behind: bytes that come right behind the server's part of the TLS handshake, in one packet with it.
        outcomes: the permitted outcomes, as ``("value", …)`` or ``("error", kind, status)``; the first is Python's own.
        kept: False if the connection must carry no further request.
    """

    name: str
    call: str
    reply: bytes
    end: str
    tls: bool
    behind: bytes
    outcomes: tuple[tuple[Any, ...], ...]
    kept: bool


def hostile_replies() -> list[HostileReply]:
    """Every row of the table."""
    table = yaml.safe_load((ROOT / "parity/scenarios/hostile.yaml").read_text("utf-8"))
    return [_row(row) for row in table["replies"]]


def _row(row: dict[str, Any]) -> HostileReply:
    own = (_outcome(row), *([_outcome(row["or"])] if "or" in row else []))
    return HostileReply(
        name=row["name"],
        call=row.get("call", "request"),
        reply=_bytes(row["reply"]) if "reply" in row else _assembled(row),
        end=row.get("end", "open"),
        tls=row.get("over") == "tls",
        behind=_bytes(row.get("behind", "")),
        outcomes=own,
        kept=row.get("kept", True),
    )


def _assembled(row: dict[str, Any]) -> bytes:
    body = _bytes(row.get("body", ""))
    lines = [row.get("line", "HTTP/1.1 200 OK"), *row.get("headers", [])]
    if row.get("length"):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def _bytes(given: Any) -> bytes:
    if isinstance(given, list):
        return b"".join(map(_bytes, given))
    if isinstance(given, str):
        return given.encode("latin-1")
    if "gzip" in given:
        return gzip.compress(given["gzip"].encode())
    if "base64" in given:
        return base64.b64decode(given["base64"])
    return given["text"].encode("latin-1") * int(given["times"])


def _outcome(told: dict[str, Any]) -> tuple[Any, ...]:
    if "error" in told:
        return "error", told["error"], told.get("status")
    return "value", told["value"]
