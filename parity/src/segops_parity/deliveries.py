"""Deliveries to a command that listens for webhooks: posted as the platform posts them, and what each is answered."""

from __future__ import annotations

import hashlib
import hmac
import re
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

__all__ = ["LISTENS", "Hook", "registered"]

LISTENS = "http://127.0.0.1:0/"
"""Stands for the address that a command listens on, whose port the system picks."""
_PATIENCE = 30.0
"""Seconds: three times as long as a receiver may take for its answer."""
_SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}")
_DRAWN = re.compile(r"whsec_test_[0-9a-f]{32}")


@dataclass(frozen=True)
class Hook:
    """A webhook that a command has registered: where it listens, and what its deliveries are signed with."""

    url: str
    secret: str

    def plain(self, value: Any) -> Any:
        """A text, or all texts of a value, without what of this webhook differs from run to run."""
        if isinstance(value, list):
            return [self.plain(each) for each in value]
        if isinstance(value, dict):
            return {name: self.plain(each) for name, each in value.items()}
        if not isinstance(value, str):
            return value
        value = value.replace(self.url, LISTENS)
        if not _DRAWN.fullmatch(self.secret):
            return value
        return _SIGNATURE.sub("sha256=drawn", value.replace(self.secret, "whsec_test_drawn"))

    def deliver(
        self, entries: Iterable[Mapping[str, Any]], signature: str, is_over: Callable[[], bool]
    ) -> Iterator[int | None]:
        """Send deliveries, one after the other; the status that each is answered, None without an answer.

        Args:
            entries: as scenarios hold them: `text`, `headers`, `line`, `unsigned`, `length` (null: none is told).
            signature: the header that signatures come in.
            is_over: whether nobody listens any more, after which no more are sent.
        """
        for entry in entries:
            if not is_over():
                yield self._delivered(_written(entry, signature, self.secret))

    def _delivered(self, message: bytes) -> int | None:
        address = urlsplit(self.url)
        try:
            with socket.create_connection((str(address.hostname), address.port or 80), timeout=_PATIENCE) as connection:
                connection.sendall(message)
                with connection.makefile("rb") as answer:
                    _, _, rest = answer.readline().decode("latin-1").partition(" ")
            return int(rest[:3])
        except (OSError, ValueError):
            return None


def _written(entry: Mapping[str, Any], signature: str, secret: str) -> bytes:
    body = str(entry.get("text", "")).encode()
    lines = [entry.get("line", "POST / HTTP/1.1"), "Host: 127.0.0.1", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in entry.get("headers", ())]
    if not entry.get("unsigned"):
        lines.append(f"{signature}: sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}")
    length = entry.get("length", len(body))
    lines += [] if length is None else [f"Content-Length: {length}"]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def registered(requests: Sequence[Mapping[str, Any]]) -> Hook | None:
    """The webhook that the first of these requests registers, if it does."""
    body = (requests[0]["body"] or {}).get("json") if requests else None
    if not isinstance(body, dict) or not str(body.get("url")).startswith("http://127.0.0.1:"):
        return None
    return Hook(body["url"], str(body.get("secret")))
