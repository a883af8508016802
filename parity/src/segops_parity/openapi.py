"""An OpenAPI 3.1 document, derived from ``spec/`` for tools that read it.

    python -m segops_parity.openapi -o openapi.json

The document is a build product: change ``spec/`` and derive it again. Operations that iterate or poll have no request
of their own and stand as ``x-sdk-helpers`` beside the operation that they repeat.
"""

from __future__ import annotations

import argparse
import json
import sys
from http import HTTPStatus
from pathlib import Path
from typing import Any

from segops_parity._openapi_components import (
    HEADERS,
    SCHEMAS,
    error_responses,
    header,
    idempotency_key,
    response_name,
    schemas,
    webhook,
    written,
)
from segops_parity._openapi_examples import add_examples
from segops_parity.contract import Argument, Contract, ContractError, Operation, Record, Returns, load

__all__ = ["document", "main"]

Json = dict[str, Any]

_ARGUMENT_SCHEMAS: dict[str, Json] = {
    # The SDKs take ids as text as well; every record's id is a whole number.
    "id": {"type": "integer", "format": "int64", "minimum": 1},
    "text": {"type": "string"},
    "object": {"type": "object"},
    "array": {"type": "array", "items": {"type": "object"}},
}
_MEDIA_TYPES = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
_RATE_LIMITED, _UNAVAILABLE = 429, 503


def document(contract: Contract) -> Json:
    """The OpenAPI document of a contract."""
    paths: dict[str, Json] = {}
    for operation in contract.operations.values():
        if operation.request is None:
            continue
        for method in operation.request.methods:
            paths.setdefault(operation.request.path, {})[method.lower()] = _operation(contract, operation, method)
    add_examples(contract, paths, contract.path.parent / "parity" / "cassettes")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "SegOps Admin API",
            "version": contract.name.rpartition("/")[2],
            "description": "The part of the SegOps API that the Admin SDKs cover. "
            "`x-source` says of each property whether the platform documents it (documented), it follows from what "
            "the platform publishes (inferred), or it is this contract's own choice (chosen).",
            "license": {"name": "MIT", "identifier": "MIT"},
            "contact": {"name": "Documentation of the platform", "url": "https://segops.ai/docs"},
        },
        "servers": [{"url": contract.base_url}],
        "security": [{"ApiKey": []}],
        "tags": [{"name": space.name, "description": space.summary} for space in contract.namespaces.values()],
        "paths": paths,
        "webhooks": {contract.webhooks.event: webhook(contract)},
        "components": {
            "securitySchemes": {
                "ApiKey": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "`ApiKey sk_…`: a secret key. Public (`pk_`) and MCP (`mk_`) keys are refused.",
                }
            },
            "parameters": {"IdempotencyKey": idempotency_key()},
            "headers": HEADERS,
            "responses": error_responses(contract),
            "schemas": schemas(contract),
        },
    }


def _operation(contract: Contract, operation: Operation, method: str) -> Json:
    assert operation.request is not None
    first = method == operation.request.methods[0]
    result: Json = {
        # Ids are unique in OpenAPI: where a method chooses its verb, the default verb has the plain one.
        "operationId": operation.id if first else f"{operation.id}.{method.lower()}",
        "tags": [operation.namespace],
        "summary": operation.summary,
        "description": _description(operation),
        "externalDocs": {"url": operation.source_url},
        "parameters": _parameters(contract, operation),
        "responses": _responses(contract, operation),
        "x-sdk": {
            "python": operation.id,
            "typescript": operation.typescript_id,
            "cli": f"segops-admin {operation.cli}",
            "since": operation.since,
        },
    }
    body = _request_body(contract, operation, partial=method == "PATCH")
    if body is not None:
        result["requestBody"] = body
    helpers = [each.id for each in contract.operations.values() if operation.id == each.repeats]
    if helpers:
        result["x-sdk-helpers"] = helpers
    return result


def _description(operation: Operation) -> str:
    """What it does, whether it may be repeated, how it pages, and what waits for what it starts."""
    sentences = [operation.summary, *operation.details]
    if operation.mutates:
        sentences.append(
            "It changes data: send an `Idempotency-Key`, the same with each retry, and a retry changes nothing twice."
        )
    else:
        sentences.append("It changes nothing, so it may be repeated freely.")
    if operation.paginates == "page":
        sentences.append("Ask for `page` 1, 2, … until `next` is null.")
    elif operation.paginates == "cursor":
        sentences.append("Send `next_cursor` back as `cursor` until it is null.")
    if operation.job:
        waits = f"`{operation.namespace}.{operation.job['wait']}`"
        sentences.append(f"It starts a job; the SDKs' {waits} polls until it has finished.")
    return " ".join(sentences)


def _parameters(contract: Contract, operation: Operation) -> list[Json]:
    assert operation.request is not None
    parameters = [
        _parameter("path", name, operation.argument(name), required=True) for name in operation.request.placeholders
    ]
    for key, name in operation.query.items():
        argument = operation.argument(name)
        if key == "*":
            parameters += _query_parameters(operation, argument)
        else:
            parameters.append(_parameter("query", key, argument, required=argument.required))
    if operation.mutates:
        parameters.append({"$ref": "#/components/parameters/IdempotencyKey"})
    return parameters


def _parameter(where: str, name: str, argument: Argument, *, required: bool) -> Json:
    schema = {"enum": list(argument.values)} if argument.values else _argument_schema(argument, required=required)
    return {"name": name, "in": where, "required": required, "description": argument.about, "schema": schema}


def _argument_schema(argument: Argument, *, required: bool) -> Json:
    """What an argument may be; an empty text is as good as none, so a required one has a character at least."""
    schema = _ARGUMENT_SCHEMAS[argument.type]
    return {**schema, "minLength": 1} if required and argument.type == "text" else schema


def _query_parameters(operation: Operation, argument: Argument) -> list[Json]:
    """The keys that the contract knows of, and any other."""
    # A bare array is the whole list: it has no pages, whatever the SDKs may send.
    pages = () if operation.returns.kind == "page" else ("page", "page_size")
    parameters: list[Json] = []
    for name, told in operation.params.items():
        if name != "*" and name not in pages and not told.get("deprecated"):
            schema = {key: value for key, value in told.items() if key not in ("description", "x-source")}
            parameters.append({"name": name, "in": "query", "description": told["description"], "schema": schema})
    rest = {"type": "object", "additionalProperties": True}
    further: Json = {"name": argument.name, "in": "query", "style": "form", "explode": True, "schema": rest}
    parameters.append({**further, "description": "Any further query parameter, such as a filter on a field."})
    return parameters


def _request_body(contract: Contract, operation: Operation, *, partial: bool) -> Json | None:
    if operation.multipart:
        # OpenAPI 3.1 has contentMediaType in place of this format, but by the format tools know a file.
        part = {"type": "string", "format": "binary"}
        schema: Json = {"type": "object", "required": list(operation.multipart),
                        "properties": dict.fromkeys(operation.multipart, part)}  # fmt: skip
        encoding = {key: {"contentType": "text/csv"} for key in operation.multipart}
        return {"required": True, "content": {"multipart/form-data": {"schema": schema, "encoding": encoding}}}
    if operation.body is None:
        return None
    if isinstance(operation.body, str):
        schema = _body_schema(contract, operation, operation.body, partial=partial)
        record = _request_record(contract, operation, operation.body)
        required = bool(record and not partial and (record.required_to_create or record.schema.get("required")))
    else:
        keys = operation.body.items()
        properties = {key: _body_schema(contract, operation, name, partial=False) for key, name in keys}
        wanted = [key for key, name in keys if operation.argument(name).required]
        schema = {"type": "object", **({"required": wanted} if wanted else {}), "properties": properties}
        required = bool(wanted)
    return {"required": required, "content": {"application/json": {"schema": schema}}}


def _body_schema(contract: Contract, operation: Operation, name: str, *, partial: bool) -> Json:
    argument = operation.argument(name)
    if argument.values:
        return {"enum": list(argument.values), "default": argument.default}
    record = _request_record(contract, operation, name)
    if record is None:
        return _argument_schema(argument, required=argument.required)
    reference = {"$ref": SCHEMAS + written(record, partial=partial)}
    return {"type": "array", "items": reference} if argument.type == "array" else reference


def _request_record(contract: Contract, operation: Operation, argument: str) -> Record | None:
    """The record that an argument is: the one that names it, or, for what all collections have, the collection's."""
    target = f"{operation.id}.{argument}"
    for record in contract.records.values():
        if target in record.requests:
            return record
    return contract.record(operation.returns.record) if operation.crud and operation.returns.record else None


def _responses(contract: Contract, operation: Operation) -> Json:
    responses: Json = {}
    for status in operation.success:
        if status == HTTPStatus.NO_CONTENT or operation.returns.kind == "null":
            responses[str(status)] = {"description": "Done."}
        elif operation.returns.kind == "bytes":
            responses[str(status)] = {"description": "The file.", "content": _file_types(contract, operation)}
        else:
            content = {"application/json": {"schema": _answer(operation.returns)}}
            responses[str(status)] = {"description": operation.summary, "content": content}
        headers = ["X-Request-Id", *(["Idempotency-Replayed"] if operation.mutates else [])]
        responses[str(status)]["headers"] = {name: header(name.replace("-", "")) for name in headers}
    statuses = {400, 401, 403, 404, 405, _RATE_LIMITED, 500, _UNAVAILABLE}
    if operation.mutates:
        statuses |= {409, 422}
    if operation.multipart or operation.body is not None:
        statuses |= {413, 415}
    if "downloads" in operation.flags:
        statuses.add(410)
    for status in sorted(statuses & {status for record in contract.records.values() for status in record.statuses}):
        responses[str(status)] = {"$ref": f"#/components/responses/{response_name(status)}"}
    return responses


def _file_types(contract: Contract, operation: Operation) -> Json:
    """What a download may be: the formats that its namespace exports."""
    export = contract.operations[f"{operation.namespace}.export"]
    return {_MEDIA_TYPES[kind]: {} for kind in export.argument("format").values}


def _answer(returns: Returns) -> Json:
    if returns.kind == "page":
        return {"$ref": f"{SCHEMAS}{returns.record}Page"}
    reference = {"$ref": f"{SCHEMAS}{returns.record}"}
    return {"type": "array", "items": reference} if returns.kind == "array" else reference


def main(argv: list[str] | None = None) -> int:
    """Write the document; returns the exit code: 0, or 1 if the contract is broken or the file cannot be written."""
    parser = argparse.ArgumentParser(prog="python -m segops_parity.openapi", description="Derive an OpenAPI document.")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="standard output unless given")
    parser.add_argument("--spec", type=Path, metavar="FOLDER", help="the repository's spec unless given")
    options = parser.parse_args(argv)
    try:
        text = json.dumps(document(load(options.spec)), indent=2, ensure_ascii=False) + "\n"
        if options.output is None:
            sys.stdout.write(text)
        else:
            options.output.parent.mkdir(parents=True, exist_ok=True)
            options.output.write_text(text, encoding="utf-8")
    except (ContractError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
