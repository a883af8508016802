"""A complete response before it is sent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any


@dataclass
class Answer:
    """Status line, headers and body."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes

    @classmethod
    def json(cls, status: int, data: Any, **headers: str) -> Answer:
        """A JSON answer; header names are given with underscores."""
        named = [(name.replace("_", "-"), value) for name, value in headers.items()]
        body = json.dumps(data, separators=(",", ":")).encode()
        return cls(status_line(status), [("Content-Type", "application/json"), *named], body)

    @property
    def may_have_a_body(self) -> bool:
        """Whether its status allows one."""
        return self.status[:3] not in ("204", "304") and self.status[0] != "1"


def status_line(status: int) -> str:
    """`404 Not Found` for 404."""
    return f"{status} {HTTPStatus(status).phrase}"
