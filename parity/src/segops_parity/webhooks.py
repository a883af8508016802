"""The vectors of ``spec/webhooks.yaml``, as values to call an SDK with."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segops_parity._files import ContractError, check_schema, read_yaml

__all__ = ["Vector", "Webhooks", "digest_of", "load_webhooks"]


@dataclass(frozen=True)
class Vector:
    """One delivery. `parses` tells of a genuine one whether its body is an event, and is None otherwise."""

    id: str
    about: str
    body: str | bytes
    signature: str | bytes | None
    secret: str | bytes | list[str | bytes] | None
    valid: bool
    parses: bool | None


@dataclass(frozen=True)
class Webhooks:
    """The header that signatures come in, the record that a delivery holds, and the vectors by id."""

    header: str
    event: str
    source: str
    vectors: dict[str, Vector]


def digest_of(body: bytes, secret: bytes) -> str:
    """The digest of a delivery that its signature holds, as it comes: HMAC-SHA256 in hex."""
    return hmac.new(secret, body, "sha256").hexdigest()


def load_webhooks(file: Path, schema_file: Path) -> Webhooks:
    """The vectors of a file; raises `ContractError` on a broken one."""
    content = read_yaml(file)
    check_schema(file, content, schema_file)
    vectors: dict[str, Vector] = {}
    for index, entry in enumerate(content["vectors"]):
        if entry["id"] in vectors:
            problem = f"expected each id once; {entry['id']} appears twice"
            raise ContractError(file, f"vectors[{index}].id", problem)
        try:
            given = {key: _value(entry[key]) for key in ("body", "signature", "secret")}
        except ValueError as error:
            raise ContractError(file, f"vectors[{index}]", f"expected a JSON string in `json`: {error}") from error
        vectors[entry["id"]] = Vector(
            id=entry["id"], about=entry["about"], valid=entry["valid"], parses=entry.get("parses"), **given
        )
    return Webhooks(content["header"], content["event"], content["source"], vectors)


def _value(notation: Any) -> Any:
    if isinstance(notation, list):
        return [_value(item) for item in notation]
    if not isinstance(notation, dict):
        return notation
    if "hex" in notation:
        return bytes.fromhex(notation["hex"])
    if "json" in notation:
        return json.loads(notation["json"])
    return notation["repeat"] * notation["times"]
