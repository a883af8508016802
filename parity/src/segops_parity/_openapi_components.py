"""What the operations of the OpenAPI document share: schemas, headers, failures, and the webhook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segops_parity.contract import Contract, Record
from segops_parity.records import page_schema

__all__ = [
    "HEADERS",
    "SCHEMAS",
    "error_responses",
    "header",
    "idempotency_key",
    "response_name",
    "schemas",
    "webhook",
    "written",
]

Json = dict[str, Any]

_RATE_LIMITED, _UNAVAILABLE = 429, 503
SCHEMAS = "#/components/schemas/"
HEADERS: dict[str, Json] = {
    "RequestId": {"description": "Names the request in the server's log.", "schema": {"type": "string"}},
    "RetryAfter": {"description": "Seconds to wait, or an HTTP date.", "schema": {"type": "string"}},
    "Authenticate": {"description": "How to authenticate.", "schema": {"type": "string"}},
    "Allow": {"description": "The methods that the path has.", "schema": {"type": "string"}},
    "IdempotencyReplayed": {
        "description": "Set when this is the kept answer to an earlier request with the same Idempotency-Key.",
        "schema": {"const": "true"},
    },
}
_ERROR_HEADERS = {
    401: ("WWW-Authenticate", "Authenticate"),
    405: ("Allow", "Allow"),
    _RATE_LIMITED: ("Retry-After", "RetryAfter"),
    _UNAVAILABLE: ("Retry-After", "RetryAfter"),
}
# Written out: Python's own phrases change with its version, and the document must not.
_PHRASES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    410: "Gone",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


def response_name(status: int) -> str:
    """The component's name of the answer with a status."""
    return _PHRASES[status].replace(" ", "")


def error_responses(contract: Contract) -> Json:
    """Every failure that a record describes, by the name of its component."""
    by_status: dict[int, list[str]] = {}
    for record in contract.records.values():
        for status in record.statuses:
            by_status.setdefault(status, []).append(record.name)
    responses: Json = {}
    for status, names in sorted(by_status.items()):
        references = [{"$ref": SCHEMAS + name} for name in names]
        schema = references[0] if len(references) == 1 else {"anyOf": references}
        response: Json = {"description": _PHRASES[status], "content": {"application/json": {"schema": schema}}}
        response["headers"] = {"X-Request-Id": header("RequestId")}
        if status in _ERROR_HEADERS:
            name, component = _ERROR_HEADERS[status]
            response["headers"][name] = header(component)
        responses[response_name(status)] = response
    return responses


def header(component: str) -> Json:
    """A reference to one of HEADERS; the `X` of an extension's name is left out there."""
    return {"$ref": f"#/components/headers/{component.removeprefix('X')}"}


def idempotency_key() -> Json:
    """The parameter that operations that change something take."""
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "Names the call: the same key on each retry of it. The SDKs send a UUIDv4; empty is none.",
        "schema": {"type": "string", "maxLength": 255},
    }


def webhook(contract: Contract) -> Json:
    """What a receiver of webhooks is sent."""
    event = contract.webhooks.event
    signature = {"name": contract.webhooks.header, "in": "header", "schema": {"type": "string"},
                 "description": "`sha256=<hex>`: HMAC-SHA256 of the raw body, if there is a secret."}  # fmt: skip
    body = {"required": True, "content": {"application/json": {"schema": {"$ref": SCHEMAS + event}}}}
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


def schemas(contract: Contract) -> Json:
    """The records as they are answered, as they are sent, and in pages."""
    found: Json = {}
    collections = {namespace.record for namespace in contract.namespaces.values()}
    sent = {name: written(record, partial=False) for name, record in contract.records.items()}
    # What only a method that makes several calls returns is no part of the API.
    made = {each.returns.record for each in contract.operations.values() if each.splits}
    for record in contract.records.values():
        if record.name in made:
            continue
        # A record that is sent and never comes back refers to others as they are sent.
        found[record.name] = _rewritten(
            record.schema, sent if record.requests and record.name == sent[record.name] else {}
        )
        if record.required_to_create:
            found[written(record, partial=False)] = _writable(record, sent, partial=False)
        if record.name in collections:
            found[written(record, partial=True)] = _writable(record, sent, partial=True)
    for operation in contract.operations.values():
        if operation.returns.kind == "page":
            item = {"$ref": f"{SCHEMAS}{operation.returns.record}"}
            found[f"{operation.returns.record}Page"] = page_schema(item)
    return dict(sorted(found.items()))


def _writable(record: Record, sent: Mapping[str, str], *, partial: bool) -> Json:
    schema = _rewritten(record.schema, sent)
    own = {name: value for name, value in schema["properties"].items() if not value.get("readOnly")}
    what = "what may be changed of it" if partial else "what is sent of it"
    description = f"{record.schema['description'].rstrip('.')}: {what}."
    written: Json = {"type": "object", "description": description, "properties": own}
    if not partial:
        written["required"] = list(record.required_to_create)
    return written


# What of a record concerns the contract, the SDKs' types and the tests only. Apart from these, x-source stays.
_KEPT = "x-source"


def _rewritten(schema: Any, sent: Mapping[str, str]) -> Any:
    """A record's schema with references into this document, and without what concerns the contract only.

    Args:
        schema: the schema, or a part of it.
        sent: for what is sent, each record's name as it is sent; empty for what comes back.
    """
    if isinstance(schema, Mapping):
        if sent and "x-input" in schema:
            kept = {key: schema[key] for key in ("description", "x-source") if key in schema}
            schema = {**schema["x-input"], **kept}
        rewritten = {
            k: _rewritten(v, sent) for k, v in schema.items() if k == _KEPT or not k.startswith(("x-", "$schema"))
        }
        if schema.get("x-open-input"):  # readers that close what is left open would refuse its examples
            rewritten["additionalProperties"] = True
        if isinstance(rewritten.get("$ref"), str):
            name = rewritten["$ref"].removesuffix(".yaml")
            rewritten["$ref"] = SCHEMAS + sent.get(name, name)
        return rewritten
    return [_rewritten(item, sent) for item in schema] if isinstance(schema, list) else schema


def written(record: Record, *, partial: bool) -> str:
    """The name of the schema of a record as it is sent: without what the server sets."""
    if not record.required_to_create:
        return record.name
    return f"{record.name}Changes" if partial else f"{record.name}Fields"
