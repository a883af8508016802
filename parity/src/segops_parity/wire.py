"""The request that the contract asks for, given a call's arguments: worked out here from the contract alone."""

from __future__ import annotations

import base64
import datetime
import json
import math
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from segops_parity._model import Operation

__all__ = [
    "arranged",
    "call_arguments",
    "expected_body",
    "expected_query",
    "expected_request",
    "number_text",
    "raw_request",
]


def arranged(operation: Operation, given: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """The arguments as a call passes them: positional ones in the contract's order, then those by name."""
    names = [argument.name for argument in operation.arguments if not argument.keyword_only]
    named = {name: value for name, value in given.items() if name not in names}
    while names and names[-1] not in given and not named:  # in TypeScript the named ones follow all others
        names.pop()
    return [given.get(name) for name in names], named


def plain(value: Any) -> Any:
    """What a tagged value is on the wire: dates and times as text."""
    if isinstance(value, dict):
        if "$date" in value:
            return value["$date"]
        if "$time" in value:
            moment = datetime.datetime.fromisoformat(value["$time"]).astimezone(datetime.timezone.utc)
            return moment.isoformat().replace("+00:00", "Z")
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def query_text(value: Any) -> str:
    """One value of a query."""
    value = plain(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(value) if isinstance(value, float) else str(value)


def number_text(value: float) -> str:
    """A number as JavaScript writes it, which is how both languages write it into a query."""
    if isinstance(value, int):
        return str(value)
    if value == 0:
        return "0"
    mantissa, _, exponent = f"{abs(value)!r}".partition("e")
    before, _, after = mantissa.partition(".")
    digits = (before + after).lstrip("0") if before.strip("0") == "" else before + after
    point = len(before) + int(exponent or 0) if before.strip("0") else len(digits) - len(after) + int(exponent or 0)
    digits = digits.rstrip("0")
    sign = "-" if math.copysign(1, value) < 0 else ""
    if 0 < point <= 21:
        whole_part = digits[:point].ljust(point, "0")
        return sign + whole_part + (f".{digits[point:]}" if len(digits) > point else "")
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    rest = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{rest}e{point - 1:+d}"


def call_arguments(operation: Operation, given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments with the contract's defaults filled in."""
    defaults = {each.name: each.default for each in operation.arguments if each.default is not None}
    return {**defaults, **given}


def expected_query(operation: Operation, given: Mapping[str, Any]) -> dict[str, list[str]]:
    """The query as a multimap."""
    pairs: dict[str, Any] = {}
    for key, argument in operation.query.items():
        value = given.get(argument)
        pairs |= {key: value} if key != "*" else (value or {})
    found = {}
    for key, value in pairs.items():
        values = [query_text(each) for each in (value if isinstance(value, list) else [value]) if each is not None]
        if values:
            found[key] = values
    return dict(sorted(found.items()))


def expected_body(operation: Operation, given: Mapping[str, Any]) -> dict[str, Any] | None:
    """The body in canonical form."""
    if operation.multipart:
        return {"parts": [_part(name, *source, given) for name, source in operation.multipart.items()]}
    if operation.body is None:
        return None
    if isinstance(operation.body, str):
        return {"json": plain(given[operation.body])}
    return {"json": {key: plain(given[argument]) for key, argument in operation.body.items()}}


def _part(name: str, content: str, filename: str, given: Mapping[str, Any]) -> dict[str, Any]:
    data = base64.b64decode(given[content]["$bytes"])
    called = str(given.get(filename) or "products.csv")
    escaped = called.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    try:
        text: Any = data.decode("utf-8")
    except UnicodeDecodeError:
        text = {"$bytes": base64.b64encode(data).decode("ascii")}
    return {"name": name, "filename": escaped, "content-type": "text/csv", "content": text}


def expected_request(operation: Operation, given: Mapping[str, Any]) -> dict[str, Any]:
    """Method, path, query and body that the contract asks for; headers are the checks' business."""
    assert operation.request is not None
    values = call_arguments(operation, given)
    method = values["method"] if len(operation.request.methods) > 1 else operation.request.methods[0]
    path = operation.request.path
    for name in operation.request.placeholders:
        path = path.replace("{" + name + "}", quote(str(values[name]), safe="~"))
    return {
        "method": method,
        "path": path,
        "query": expected_query(operation, values),
        "body": expected_body(operation, values),
    }


def raw_request(request: Mapping[str, Any]) -> tuple[str, str, bytes, dict[str, str]]:
    """A canonical request as one to send: method, target, body and its headers."""
    target = request["path"] + (f"?{urlencode(request['query'], doseq=True)}" if request["query"] else "")
    if request["body"] is None:
        return request["method"], target, b"", {}
    body = json.dumps(request["body"]["json"], ensure_ascii=False).encode()
    return request["method"], target, body, {"Content-Type": "application/json"}
