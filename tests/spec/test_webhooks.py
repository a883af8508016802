"""The webhook vectors are correct: each is computed and judged again, without the SDK."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from pathlib import Path

import pytest

from segops_parity.contract import Contract, Vector
from segops_parity.webhooks import load_webhooks

SPEC = Path(__file__).resolve().parents[2] / "spec"
VECTORS = load_webhooks(SPEC / "webhooks.yaml", SPEC / "schema" / "webhooks.schema.json").vectors


def _bytes(value: str | bytes) -> bytes:
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value


def _secrets(vector: Vector) -> list[bytes]:
    given = vector.secret if isinstance(vector.secret, list) else [vector.secret]
    return [_bytes(secret) for secret in given if secret]


def _digests(vector: Vector) -> list[str]:
    """The digests that this body should have, one for each secret."""
    return [hmac.new(secret, _bytes(vector.body), hashlib.sha256).hexdigest() for secret in _secrets(vector)]


def _signatures(vector: Vector) -> list[str]:
    """The well-formed signatures in the header, by a pattern instead of a parser."""
    header = _bytes(vector.signature or "").decode("latin-1")
    found = (re.fullmatch(r"[ \t]*(?:sha256=)?([0-9a-f]{64})[ \t]*", part.lower()) for part in header.split(","))
    return [match[1] for match in found if match]


@pytest.mark.parametrize("id", [vector.id for vector in VECTORS.values() if vector.valid])
def test_a_genuine_signature_is_the_hmac_of_its_body(id: str) -> None:
    vector = VECTORS[id]
    header = _bytes(vector.signature or "").decode("ascii").lower()
    assert any(digest in header for digest in _digests(vector))


@pytest.mark.parametrize("id", VECTORS)
def test_a_vector_is_judged_rightly(id: str) -> None:
    vector = VECTORS[id]
    assert bool(set(_digests(vector)) & set(_signatures(vector))) is vector.valid


@pytest.mark.parametrize("id", [vector.id for vector in VECTORS.values() if vector.valid])
def test_what_parses_is_an_event(contract: Contract, id: str) -> None:
    vector = VECTORS[id]
    try:
        event = json.loads(_bytes(vector.body).decode("utf-8"))
    except ValueError:
        event = None
    assert isinstance(event, dict) is vector.parses
    if vector.parses:
        assert contract.check(contract.webhooks.event, event) == []


def test_the_vectors_hold_what_attackers_and_frameworks_send() -> None:
    vectors = VECTORS.values()
    bodies = [type(vector.body) for vector in vectors]
    assert str in bodies
    assert bytes in bodies
    headers = [vector.signature for vector in vectors]
    assert None in headers
    assert "" in headers
    texts = [header for header in headers if isinstance(header, str)]
    assert any(not header.isascii() for header in texts)
    assert max(len(header) for header in texts) >= 1_000_000
    assert any("\ud800" in header for header in texts)
    assert any(isinstance(header, bytes) and not header.isascii() for header in headers)
    secrets = [vector.secret for vector in vectors]
    assert [] in secrets
    assert "" in secrets
    assert None in secrets
    assert ["", ""] in secrets
    assert any(isinstance(secret, str) and not secret.isascii() for secret in secrets)


def test_what_an_empty_secret_signed_is_there_to_be_refused() -> None:
    empty = hmac.new(b"", _bytes(VECTORS["secret-empty"].body), hashlib.sha256).hexdigest()
    refused = [vector.id for vector in VECTORS.values() if not vector.valid and empty in str(vector.signature)]
    assert refused == ["rotated-only-empty", "rotated-empty-signed", "secret-empty"]
