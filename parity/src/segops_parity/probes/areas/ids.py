"""Ids, and the paths and methods of ``http.request``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from segops_parity._model import Operation
from segops_parity.probes.areas.calls import call, requesting
from segops_parity.probes.kinds import (
    EDGES,
    LARGEST_SAFE,
    ODD_FLOATS,
    ODD_TEXTS,
    encoded,
    has_half_characters,
    json_values,
    numbers,
    tagged,
    text,
)
from segops_parity.probes.model import Ground, Probe, client

__all__ = ["corners", "probes"]

REFUSED = {"kind": "SegOpsArgumentError", "targets": []}
_METHODS = (
    "GET",
    "get",
    "Post",
    "PATCH",
    "DELETE",
    "PUT",
    "HEAD",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "GET ",
    "",
    "G\nT",
    "FETCH",
)
_PARTS = st.one_of(
    text,
    st.sampled_from(["segments", "..", ".", "%2e", "%2E%2e", "?a=b", "//", "http://", "://", ":", "%zz", "%", "%41"]),
)


def probes(ground: Ground) -> st.SearchStrategy[Probe]:
    """Odd ids in every operation that takes one; odd paths and methods in the raw request."""
    operations = [each for each in requesting(ground) if each.request and each.request.placeholders]
    ids = st.one_of(text, text, numbers, json_values(size=3), tagged)
    return st.one_of(
        st.tuples(st.sampled_from(operations), ids).map(lambda drawn: _id(ground, *drawn)),
        st.tuples(st.sampled_from(operations), ids).map(lambda drawn: _id(ground, *drawn)),
        st.lists(_PARTS, min_size=1, max_size=4).map(lambda parts: _path("GET", "/" + "/".join(parts))),
        st.tuples(st.sampled_from(_METHODS), text).map(lambda drawn: _path(*drawn)),
    )


def _id(ground: Ground, operation: Operation, value: Any) -> Probe:
    assert operation.request is not None
    path = operation.request.path
    first, *others = operation.request.placeholders
    step = call(ground, operation, {first: value})
    shown = segment(value)
    if shown is None:
        return client("ids", step, wanted=REFUSED)
    for name, part in ((first, shown), *((each, segment(_usual(ground, operation, each))) for each in others)):
        path = path.replace("{" + name + "}", str(part))
    wanted = {"paths": [path], "kind": None}
    if isinstance(value, (int, float)) and abs(value) > LARGEST_SAFE:
        return client("ids", step, wanted={"python": wanted, "typescript": REFUSED}, limits=("limit.large-integers",))
    return client("ids", step, wanted=wanted)


def _usual(ground: Ground, operation: Operation, name: str) -> Any:
    return ground.scenarios.calls[operation.id].arguments[name]


def segment(value: Any) -> str | None:
    """An id as it stands in the path, or None for what is no id."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    if isinstance(value, float) and (not value.is_integer() or abs(value) > LARGEST_SAFE):
        return None
    shown = value if isinstance(value, str) else str(int(value))
    if shown in ("", ".", "..") or has_half_characters(shown):
        return None
    return encoded(shown)


def _path(method: str, path: str) -> Probe:
    step = {"op": "http.request", "args": [method, path], "replies": [{"json": 1}]}
    return client("ids", step, fresh=True)


def corners(ground: Ground) -> Iterator[Probe]:
    """Each odd text and number once, as an id and in a path."""
    get = ground.contract.operations["segments.get"]
    for value in (*ODD_TEXTS, *EDGES, *ODD_FLOATS, None, True, [], [1], {}, {"id": 1}):
        yield _id(ground, get, value)
    for part in ODD_TEXTS:
        yield _path("GET", f"/x{part}/")
    for method in _METHODS:
        yield _path(method, "/x/")
