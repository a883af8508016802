"""Examples for the OpenAPI document: what the recorded cases of an operation sent, and what they were answered."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from segops_parity.cassettes import Interaction, cassette_file, load_cassette
from segops_parity.contract import Contract, Operation

__all__ = ["add_examples"]

Json = dict[str, Any]


def add_examples(contract: Contract, paths: Mapping[str, Json], cassettes: Path) -> None:
    """Puts an example into every parameter, body and answer of the document's operations that a cassette holds."""
    for operation in contract.operations.values():
        if operation.request is None:
            continue
        interaction = _recorded(contract, operation, cassettes)
        if interaction is None:
            continue
        for method in operation.request.methods:
            described = paths[operation.request.path][method.lower()]
            _parameters(described, operation.request.path, interaction)
            _answer(described, interaction)
            if method == interaction.method:
                _body(described, interaction)
            elif (other := _like(contract, operation, cassettes)) is not None:
                _body(described, other)  # a full update sends what creating sends


def _recorded(contract: Contract, operation: Operation, cassettes: Path) -> Interaction | None:
    """The operation's own request in its recorded case; None where nothing is recorded."""
    assert operation.request is not None
    file = cassette_file(cassettes, f"{operation.id}/happy")
    if not file.is_file():
        return None
    recorded = load_cassette(file, contract.path / "schema" / "cassette-metadata.schema.json").interactions
    wanted = _pattern(operation.request.path)
    found = (each for each in recorded if each.method in operation.request.methods and wanted.fullmatch(_path(each)))
    return next(found, None)


def _like(contract: Contract, operation: Operation, cassettes: Path) -> Interaction | None:
    create = contract.operations.get(f"{operation.namespace}.create")
    return _recorded(contract, create, cassettes) if create else None


def _pattern(template: str) -> re.Pattern[str]:
    literal = re.split(r"(\{\w+\})", template)
    return re.compile(
        "".join(f"(?P<{part[1:-1]}>[^/]+)" if part.startswith("{") else re.escape(part) for part in literal)
    )


def _path(interaction: Interaction) -> str:
    return urlsplit(interaction.target).path


def _parameters(described: Json, template: str, interaction: Interaction) -> None:
    matched = _pattern(template).fullmatch(_path(interaction))
    in_path = {name: unquote(value) for name, value in matched.groupdict().items()} if matched else {}
    in_query = dict(parse_qsl(urlsplit(interaction.target).query))
    for parameter in described["parameters"]:
        given = {"path": in_path, "query": in_query}.get(parameter.get("in", ""), {}).get(parameter.get("name", ""))
        if given is not None:
            parameter["example"] = int(given) if parameter["schema"].get("type") == "integer" else given


def _body(described: Json, interaction: Interaction) -> None:
    if "requestBody" not in described:
        return
    for kind, content in described["requestBody"]["content"].items():
        if kind == "application/json" and interaction.request_body:
            content["example"] = json.loads(interaction.request_body)
        elif kind == "multipart/form-data":
            content["example"] = {name: _part(interaction.request_body) for name in content["schema"]["properties"]}


def _part(body: bytes) -> str:
    """The content of the one part of a multipart body."""
    return body.partition(b"\r\n\r\n")[2].rpartition(b"\r\n--")[0].decode()


def _answer(described: Json, interaction: Interaction) -> None:
    answer = described["responses"].get(str(interaction.status))
    if answer is None or "content" not in answer or not interaction.reply_body:
        return
    kind = dict(interaction.reply_headers).get("Content-Type", "").partition(";")[0]
    content = answer["content"].get(kind)
    if content is None:
        return
    if kind == "application/json":
        content["example"] = json.loads(interaction.reply_body)
    elif kind.startswith("text/"):
        content["example"] = interaction.reply_body.decode()
