"""Cassettes in VCR's own YAML, each with a block of metadata that VCR keeps and does not read.

A file that is not one gets an error that names the file, the place in it and what was expected there.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from segops_parity._files import ContractError, check_schema, read_yaml
from segops_parity.canonical import canonical_request

__all__ = ["BASE_URL", "Cassette", "Interaction", "cassette_file", "load_cassette", "save_cassette"]

BASE_URL = "https://api.segops.test/api"
_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


@dataclass(frozen=True)
class Interaction:
    """One request and its reply, as the cassette holds them."""

    method: str
    target: str
    request_headers: tuple[tuple[str, str], ...]
    request_body: bytes
    status: int
    reply_headers: tuple[tuple[str, str], ...]
    reply_body: bytes

    def request(self) -> dict[str, Any]:
        """The request in canonical form."""
        return canonical_request(self.method, self.target, self.request_headers, self.request_body)


@dataclass(frozen=True)
class Cassette:
    """A recorded case. `metadata` is {case, origin, spec_hash, …}."""

    file: Path
    metadata: Mapping[str, Any]
    interactions: tuple[Interaction, ...]


def cassette_file(folder: Path, case: str) -> Path:
    """Where the cassette of ``namespace.method/family`` is kept: a folder per operation."""
    operation, _, family = case.partition("/")
    namespace, _, method = operation.partition(".")
    return folder / namespace / method / f"{family}.yaml"


def load_cassette(file: Path, schema_file: Path) -> Cassette:
    """The cassette in a file; raises `ContractError` if it is missing, not VCR's YAML, or lacks its metadata."""
    content = read_yaml(file)
    check_schema(file, content, schema_file)
    interactions = []
    for index, entry in enumerate(content["interactions"]):
        request, response = entry["request"], entry["response"]
        if not request["uri"].startswith(BASE_URL):
            raise ContractError(file, f"interactions[{index}].request.uri", f"expected an address below {BASE_URL}")
        interactions.append(
            Interaction(
                method=request["method"],
                target=request["uri"].removeprefix(BASE_URL),
                request_headers=_pairs(request["headers"]),
                request_body=_bytes(request["body"]),
                status=response["status"]["code"],
                reply_headers=_pairs(response["headers"]),
                reply_body=_bytes(response["body"]["string"]),
            )
        )
    return Cassette(file, content["metadata"], tuple(interactions))


def _pairs(headers: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, value)
        for name, values in headers.items()
        for value in (values if isinstance(values, list) else [values])
    )


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    return body if isinstance(body, bytes) else str(body).encode("utf-8")


def _text(body: bytes) -> Any:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body


def content_of(metadata: Mapping[str, Any], interactions: tuple[Interaction, ...]) -> dict[str, Any]:
    """What a cassette file holds."""
    return {
        "version": 1,
        "metadata": dict(metadata),
        "interactions": [
            {
                "request": {
                    "method": each.method,
                    "uri": BASE_URL + each.target,
                    "headers": {name: [value] for name, value in sorted(each.request_headers)},
                    "body": _text(each.request_body) if each.request_body else None,
                },
                "response": {
                    "status": {"code": each.status, "message": ""},
                    "headers": {name: [value] for name, value in sorted(each.reply_headers)},
                    "body": {"string": _text(each.reply_body)},
                },
            }
            for each in interactions
        ],
    }


def dump(content: Mapping[str, Any]) -> bytes:
    """A cassette's bytes: the same for the same content, on every machine."""
    text: bytes = yaml.dump(content, Dumper=_DUMPER, allow_unicode=True, sort_keys=False, width=4096, encoding="utf-8")
    return text


def save_cassette(file: Path, data: bytes) -> None:
    """Replace a file at once: it holds the old cassette or the new one, never half of one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, partial = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with open(descriptor, "wb") as out:
            out.write(data)
        os.chmod(partial, 0o644)
        os.replace(partial, file)
    except BaseException:
        os.unlink(partial)
        raise
