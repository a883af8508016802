"""What does the contract look like to tools that read OpenAPI? Derives an OpenAPI 3.1 document from ``spec/``.

    python -m segops_parity.openapi -o openapi.json

The document is a build product: change ``spec/`` and derive it again. Operations that walk or poll have no request of
their own and stand as ``x-sdk-helpers`` beside the operation that they repeat.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from segops_parity.contract import Argument, Contract, ContractError, Operation, Record, Returns, load
from segops_parity.records import page_schema

__all__ = ["document", "main"]

Json = dict[str, Any]

_SCHEMAS = "#/components/schemas/"
_ARGUMENT_SCHEMAS: dict[str, Json] = {
    "id": {"type": ["integer", "string"], "minLength": 1},
    "text": {"type": "string"},
    "object": {"type": "object"},
    "array": {"type": "array", "items": {"type": "object"}},
}
_PAGE_PARAMETERS = {
    "page": {"type": "integer", "minimum": 1, "default": 1},
    "page_size": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50},
}
_RATE_LIMITED, _UNAVAILABLE = 429, 503


def document(contract: Contract) -> Json:
    """The OpenAPI document of a contract."""
    paths: dict[str, Json] = {}
    for operation in contract.operations.values():
        if operation.request is None:
            continue
        for method in operation.request.methods:
            paths.setdefault(operation.request.path, {})[method.lower()] = _operation(contract, operation, method)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "SegOps Admin API",
            "version": contract.name.rpartition("/")[2],
            "description": "The part of the SegOps API that the Admin SDKs cover. "
            "`x-source` says of each property whether the platform documents it (documented), it follows from what "
            "the platform publishes (inferred), or it is this contract's own choice (chosen).",
        },
        "servers": [{"url": contract.base_url}],
        "security": [{"ApiKey": []}],
        "tags": [{"name": space.name, "description": space.summary} for space in contract.namespaces.values()],
        "paths": paths,
        "webhooks": {contract.webhooks.event: _webhook(contract)},
        "components": {
            "securitySchemes": {
                "ApiKey": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "`ApiKey sk_…`: a secret key. Public (`pk_`) and MCP (`mk_`) keys are refused.",
                }
            },
            "parameters": {"IdempotencyKey": _idempotency_key()},
            "responses": _error_responses(contract),
            "schemas": _schemas(contract),
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
    helpers = [each.id for each in contract.operations.values() if operation.id in (each.walks, each.polls)]
    if helpers:
        result["x-sdk-helpers"] = helpers
    return result


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
    schema = {"enum": list(argument.values)} if argument.values else _ARGUMENT_SCHEMAS[argument.type]
    return {"name": name, "in": where, "required": required, "description": argument.about, "schema": schema}


def _query_parameters(operation: Operation, argument: Argument) -> list[Json]:
    """The keys that the contract knows of, from paging and from the command line, and any other."""
    known: dict[str, Json] = dict(_PAGE_PARAMETERS) if operation.paginates == "page" else {}
    for flag in operation.cli.flags:
        if flag.value is not None and flag.name.islower():
            known[flag.name] = {"type": "integer", "minimum": 1} if flag.value == "N" else {"type": "string"}
    parameters: list[Json] = [{"name": name, "in": "query", "schema": schema} for name, schema in known.items()]
    rest = {"type": "object", "additionalProperties": True}
    further: Json = {"name": argument.name, "in": "query", "style": "form", "explode": True, "schema": rest}
    parameters.append({**further, "description": "Any further query parameter, such as a filter on a field."})
    return parameters


def _request_body(contract: Contract, operation: Operation, *, partial: bool) -> Json | None:
    if operation.multipart:
        part_schema = {"type": "string", "contentMediaType": "text/csv"}
        schema: Json = {"type": "object", "required": list(operation.multipart),
                        "properties": dict.fromkeys(operation.multipart, part_schema)}  # fmt: skip
        return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
    if operation.body is None:
        return None
    if isinstance(operation.body, str):
        schema = _body_schema(contract, operation, operation.body, partial=partial)
    else:
        keys = operation.body.items()
        properties = {key: _body_schema(contract, operation, name, partial=False) for key, name in keys}
        schema = {"type": "object", "required": list(properties), "properties": properties}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _body_schema(contract: Contract, operation: Operation, name: str, *, partial: bool) -> Json:
    argument = operation.argument(name)
    if argument.values:
        return {"enum": list(argument.values), "default": argument.default}
    record = _request_record(contract, operation, name)
    if record is None:
        return _ARGUMENT_SCHEMAS[argument.type]
    reference = {"$ref": _SCHEMAS + _written(record, partial=partial)}
    return {"type": "array", "items": reference} if argument.type == "array" else reference


def _request_record(contract: Contract, operation: Operation, argument: str) -> Record | None:
    """The record that an argument is: the one that names it, or, for what all collections have, the collection's."""
    target = f"{operation.id}.{argument}"
    for record in contract.records.values():
        if target in record.requests:
            return record
    return contract.record(operation.returns.record) if operation.crud and operation.returns.record else None


def _written(record: Record, *, partial: bool) -> str:
    """The name of the schema of a record as it is sent: without what the server sets."""
    if not record.required_to_create:
        return record.name
    return f"{record.name}Changes" if partial else f"{record.name}Fields"


def _responses(contract: Contract, operation: Operation) -> Json:
    responses: Json = {}
    for status in operation.success:
        if status == HTTPStatus.NO_CONTENT or operation.returns.kind == "null":
            responses[str(status)] = {"description": "Done."}
        elif operation.returns.kind == "bytes":
            responses[str(status)] = {"description": "The file.", "content": {"application/octet-stream": {}}}
        else:
            content = {"application/json": {"schema": _answer(operation.returns)}}
            responses[str(status)] = {"description": operation.summary, "content": content}
    statuses = {400, 401, 403, 404, _RATE_LIMITED, 500, _UNAVAILABLE}
    if operation.mutates:
        statuses |= {409, 422}
    if "downloads" in operation.flags:
        statuses.add(410)
    for status in sorted(statuses):
        responses[str(status)] = {"$ref": f"#/components/responses/{_response_name(status)}"}
    return responses


def _answer(returns: Returns) -> Json:
    if returns.kind == "page":
        return {"$ref": f"{_SCHEMAS}{returns.record}Page"}
    reference = {"$ref": f"{_SCHEMAS}{returns.record}"}
    return {"type": "array", "items": reference} if returns.kind == "array" else reference


def _response_name(status: int) -> str:
    return HTTPStatus(status).phrase.title().replace(" ", "")


def _error_responses(contract: Contract) -> Json:
    by_status: dict[int, list[str]] = {}
    for record in contract.records.values():
        for status in record.statuses:
            by_status.setdefault(status, []).append(record.name)
    responses: Json = {}
    for status, names in sorted(by_status.items()):
        references = [{"$ref": _SCHEMAS + name} for name in names]
        schema = references[0] if len(references) == 1 else {"anyOf": references}
        response: Json = {"description": HTTPStatus(status).phrase, "content": {"application/json": {"schema": schema}}}
        if status in (_RATE_LIMITED, _UNAVAILABLE):
            seconds = {"description": "Seconds to wait, or an HTTP date.", "schema": {"type": "string"}}
            response["headers"] = {"Retry-After": seconds}
        responses[_response_name(status)] = response
    return responses


def _idempotency_key() -> Json:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "Names the call: the same key on each retry of it. The SDKs send a UUIDv4.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    }


def _webhook(contract: Contract) -> Json:
    event = contract.webhooks.event
    signature = {"name": contract.webhooks.header, "in": "header", "schema": {"type": "string"},
                 "description": "`sha256=<hex>`: HMAC-SHA256 of the raw body, if there is a secret."}  # fmt: skip
    body = {"required": True, "content": {"application/json": {"schema": {"$ref": _SCHEMAS + event}}}}
    return {
        "post": {
            "operationId": f"webhook.{event}",
            "summary": contract.record(event).schema["description"],
            "security": [],
            "parameters": [signature],
            "requestBody": body,
            "responses": {"2XX": {"description": "Received. It is not sent again, whatever the answer."}},
        }
    }


def _schemas(contract: Contract) -> Json:
    schemas: Json = {}
    collections = {namespace.record for namespace in contract.namespaces.values()}
    for record in contract.records.values():
        schemas[record.name] = _rewritten(record.schema)
        if record.required_to_create:
            schemas[_written(record, partial=False)] = _writable(record, partial=False)
        if record.name in collections:
            schemas[_written(record, partial=True)] = _writable(record, partial=True)
    for operation in contract.operations.values():
        if operation.returns.kind == "page":
            item = {"$ref": f"{_SCHEMAS}{operation.returns.record}"}
            schemas[f"{operation.returns.record}Page"] = page_schema(item)
    return dict(sorted(schemas.items()))


def _writable(record: Record, *, partial: bool) -> Json:
    schema = _rewritten(record.schema)
    own = {name: value for name, value in schema["properties"].items() if not value.get("readOnly")}
    what = "what may be changed of it" if partial else "what is sent of it"
    description = f"{record.schema['description'].rstrip('.')}: {what}."
    written: Json = {"type": "object", "description": description, "properties": own}
    if not partial:
        written["required"] = list(record.required_to_create)
    return written


def _rewritten(schema: Any) -> Any:
    """A record's schema with references into this document, and without what concerns the contract only."""
    if isinstance(schema, Mapping):
        dropped = ("$schema", "x-request", "x-required-to-create", "x-statuses")
        kept = {key: _rewritten(value) for key, value in schema.items() if key not in dropped}
        if isinstance(kept.get("$ref"), str):
            kept["$ref"] = _SCHEMAS + kept["$ref"].removesuffix(".yaml")
        return kept
    return [_rewritten(item) for item in schema] if isinstance(schema, list) else schema


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
