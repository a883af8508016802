"""Redaction of recordings: keys become one fixed fake that keeps scheme and shape; what remains is scanned.

The fake is the key that cassettes are replayed with, so nothing has to be put back. Values that name a server, a
boundary or one call become fixed as well: two recordings of the same thing are the same bytes.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

from segops_parity.cassettes import BASE_URL, Interaction

__all__ = ["FAKE_KEY", "Redactor", "encodings", "leaks", "looks_secret", "scan_files"]

FAKE_KEY = "sk_test_parity"
_BOUNDARY = "parity-boundary"
_REQUEST_HEADERS = ("accept", "authorization", "content-type", "idempotency-key", "user-agent")
_REPLY_HEADERS = ("content-type", "location", "retry-after", "x-request-id")
_KEY = re.compile(r"\b[spm]k_[A-Za-z0-9_-]{16,}")
_MADE_UP = re.compile(r"test|demo|example|sandbox|secret|x{6}", re.IGNORECASE)
_EMAIL = re.compile(rb"[\w.+-]+@(?!example\.test)[\w-]+\.[\w.-]*\w")


@dataclass
class Redactor:
    """Redacts one cassette. Ids of people get stable stand-ins, so that request n+1 still fits reply n.

    Args:
        key: the key that was used.
        server: the base URL that answered.
        version: of the SDK that asked.
    """

    key: str
    server: str
    version: str
    _keys: dict[str, str] = field(default_factory=dict)
    _emails: dict[bytes, bytes] = field(default_factory=dict)

    def interaction(self, found: Interaction) -> Interaction:
        """An interaction that may be kept."""
        kept = {name.lower(): value for name, value in found.request_headers if name.lower() in _REQUEST_HEADERS}
        body = found.request_body
        if kept.get("content-type", "").startswith("multipart/"):
            boundary = kept["content-type"].partition("boundary=")[2]
            body = body.replace(boundary.encode(), _BOUNDARY.encode())
            kept["content-type"] = f"multipart/form-data; boundary={_BOUNDARY}"
        if "idempotency-key" in kept:
            kept["idempotency-key"] = self._stand_in(kept["idempotency-key"])
        reply = [
            (name.title(), self.text(value)) for name, value in found.reply_headers if name.lower() in _REPLY_HEADERS
        ]
        return replace(
            found,
            target=self.text(found.target),
            request_headers=tuple((name.title(), self.text(value)) for name, value in kept.items()),
            request_body=self.data(body),
            reply_headers=tuple(reply),
            reply_body=self.data(found.reply_body),
        )

    def _stand_in(self, key: str) -> str:
        return self._keys.setdefault(key, f"00000000-0000-4000-8000-{len(self._keys) + 1:012d}")

    def text(self, value: str) -> str:
        """Text that may be kept."""
        return self.data(value.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")

    def data(self, value: bytes) -> bytes:
        """Bytes that may be kept."""
        value = value.replace(self.key.encode(), FAKE_KEY.encode())
        value = value.replace(self.server.encode(), BASE_URL.encode())
        value = value.replace(f"/{self.version}".encode(), b"/0.0.0") if self.version else value
        return _EMAIL.sub(self._email, value)

    def _email(self, match: re.Match[bytes]) -> bytes:
        return self._emails.setdefault(match[0], b"person%d@example.test" % (len(self._emails) + 1))


def encodings(secret: str) -> dict[str, bytes]:
    """The forms in which a secret may hide, by name. Base64 is searched for at each of its three alignments."""
    raw = secret.encode()
    found = {
        "raw": raw,
        "URL": quote(secret, safe="").encode(),
        "JSON escapes": "".join(f"\\u{ord(character):04x}" for character in secret).encode(),
        "hexadecimal": binascii.hexlify(raw),
        "reversed": raw[::-1],
    }
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw)
        found[f"base64 at {shift}"] = encoded[4 if shift else 0 : len(encoded) - 4]
    return found


def leaks(data: bytes, secrets: Iterable[str]) -> list[str]:
    """In which encodings one of the secrets is in the data; gzipped data is looked into, text in base64 as well."""
    layers = [data]
    if data[:2] == b"\x1f\x8b":
        layers.append(gzip.decompress(data))
    for match in re.findall(rb"[A-Za-z0-9+/]{24,}={0,2}", data):
        try:
            inner = base64.b64decode(match + b"=" * (-len(match) % 4), validate=True)
        except binascii.Error:
            continue
        layers.append(gzip.decompress(inner) if inner[:2] == b"\x1f\x8b" else inner)
    return sorted(
        {
            name
            for secret in secrets
            for name, form in encodings(secret).items()
            if len(form) > 6 and any(form in layer for layer in layers)
        }
    )


def looks_secret(text: str) -> list[str]:
    """What in a text looks like a key that nobody made up."""
    return [found for found in _KEY.findall(text) if not _MADE_UP.search(found)]


def scan_files(files: Sequence[Path], secrets: Iterable[str] = ()) -> list[str]:
    """One line for each file that holds a secret; empty if none does."""
    lines = []
    wanted = list(secrets)
    for file in files:
        data = file.read_bytes()
        lines += [f"{file}: holds the key ({form})" for form in leaks(data, wanted)]
        text = data.decode("utf-8", "replace")
        lines += [
            f"{file}:{number}: looks like a key: {found[:6]}…"
            for number, line in enumerate(text.splitlines(), 1)
            for found in looks_secret(line)
        ]
    return lines


def as_json(value: object) -> bytes:
    """JSON bytes; kept here because reports are scanned in the form they are written."""
    return json.dumps(value, ensure_ascii=False).encode()
