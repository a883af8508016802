"""JSON bodies, and the names and bytes of uploads."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from segops_parity._model import Operation
from segops_parity.probes import kinds
from segops_parity.probes.areas.calls import call, requesting
from segops_parity.probes.areas.ids import REFUSED
from segops_parity.probes.areas.queries import moment
from segops_parity.probes.model import Ground, Probe, client

__all__ = ["corners", "probes"]

_leaves = st.one_of(kinds.scalars, kinds.scalars, kinds.scalars, kinds._dates, kinds._times, kinds.tagged)
_DEEPEST = 500


def probes(ground: Ground) -> st.SearchStrategy[Probe]:
    """Odd values in bodies, whole and within; odd file names."""
    given = [each for each in requesting(ground) if each.body is not None and _argument(each)]
    uploads = [each for each in requesting(ground) if each.multipart]
    values = kinds.json_values(_leaves, 8)
    objects = st.dictionaries(kinds._keys, kinds.json_values(_leaves, 4), max_size=4)
    return st.one_of(
        kinds.rarely(values.map(_raw), st.sampled_from([499, 500, 501, 600, 1200]).map(_deep), 20),
        st.tuples(st.sampled_from(given), objects).map(lambda drawn: _body(ground, *drawn)),
        st.tuples(st.sampled_from(given), values).map(lambda drawn: _body(ground, *drawn)),
        st.tuples(st.sampled_from(uploads), kinds.text, st.binary(max_size=8)).map(
            lambda drawn: _upload(ground, *drawn)
        ),
    )


def _argument(operation: Operation) -> str | None:
    sent = [operation.body] if isinstance(operation.body, str) else [*(operation.body or {}).values()]
    return next(
        (each.name for each in operation.arguments if each.name in sent and each.type in ("object", "array")), None
    )


def _raw(body: Any) -> Probe:
    step = {"op": "http.request", "args": ["POST", "/anything/"], "replies": [{"json": 1}]}
    return client("bodies", {**step, "named": {"body": body}}, wanted=None if body is None else _wanted(body))


def _deep(levels: int) -> Probe:
    step = {"op": "http.request", "args": ["POST", "/anything/"], "named": {"body": kinds.nested(levels)}}
    wanted = REFUSED if levels > _DEEPEST else {"kind": None}
    return client("bodies", {**step, "replies": [{"json": 1}]}, wanted=wanted)


def _wanted(body: Any) -> dict[str, Any]:
    try:
        return {"body": kinds.as_javascript(sent(body)), "kind": None}
    except ValueError:
        return REFUSED


def _body(ground: Ground, operation: Operation, body: Any) -> Probe:
    name = _argument(operation)
    assert name is not None
    takes = next(each.type for each in operation.arguments if each.name == name)
    is_object = isinstance(body, dict) and not _is_tagged(body)
    rows = body if isinstance(body, list) else []
    fits = isinstance(body, list) if takes == "array" else is_object
    if takes == "array" and any(not isinstance(row, dict) or _is_tagged(row) for row in rows):
        return client("bodies", call(ground, operation, {name: body}), wanted=REFUSED)
    if not fits:
        # A date is text in TypeScript, which has no type for it; either refuses it, naming what it was given.
        plain = "a date" if _is_tagged(body) and "$date" in body else body
        return client("bodies", call(ground, operation, {name: plain}), wanted=REFUSED)
    wanted = _wanted(body)
    if "body" in wanted and not isinstance(operation.body, str):
        wanted.pop("body")
    return client("bodies", call(ground, operation, {name: body}), wanted=wanted)


def _is_tagged(value: Any) -> bool:
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)).startswith("$")


def sent(value: Any) -> Any:
    """A value as it stands in a body; raises ValueError for what has no JSON form."""
    if isinstance(value, str) and kinds.has_half_characters(value):
        raise ValueError("half of a character")
    if _is_tagged(value):
        if "$date" in value:
            return value["$date"]
        if "$time" in value:
            return moment(value["$time"])
        raise ValueError("no JSON form")
    if isinstance(value, dict):
        return {sent(key): sent(item) for key, item in value.items()}
    return [sent(item) for item in value] if isinstance(value, list) else value


def _upload(ground: Ground, operation: Operation, name: str, data: bytes) -> Probe:
    part = next(iter(operation.multipart.values()))
    content = {"$bytes": base64.b64encode(data).decode("ascii")}
    step = call(ground, operation, {part[0]: content, part[1]: name})
    controls = any(ord(each) < 32 or ord(each) == 127 for each in name.replace("\r", "").replace("\n", ""))
    if controls or kinds.has_half_characters(name):
        return client("bodies", step, wanted=REFUSED)
    return client("bodies", step)


def corners(ground: Ground) -> Iterator[Probe]:
    """Each odd value once in a body, and each control character in a file name."""
    odd: list[Any] = [True, [], {}]
    for value in (*kinds.ODD_TEXTS, *kinds.EDGES, *kinds.ODD_FLOATS, *odd):
        yield _raw({"a": value})
    upload = ground.contract.operations["products.import_csv"]
    for name in (*kinds.ODD_TEXTS, *map(chr, range(32)), 'a"b.csv', "a;b.csv", "../a.csv", "C:\\a.csv"):
        yield _upload(ground, upload, name, b"sku\n")
