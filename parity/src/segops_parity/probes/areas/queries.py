"""Query parameters: of listings, and of ``http.request``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from segops_parity._model import Operation
from segops_parity.probes import kinds
from segops_parity.probes.areas.calls import call, requesting
from segops_parity.probes.areas.ids import REFUSED
from segops_parity.probes.model import Ground, Probe, client

__all__ = ["corners", "probes"]

_values = st.one_of(kinds.scalars, kinds.tagged, kinds._dates, kinds._times)
_query = st.dictionaries(
    kinds._keys, st.one_of(_values, _values, st.lists(_values, max_size=3), kinds.json_values(size=3)), max_size=4
)


def probes(ground: Ground) -> st.SearchStrategy[Probe]:
    """Odd names and values, alone and in lists; texts that methods put into the query."""
    listings = [each for each in requesting(ground) if any(argument.type == "query" for argument in each.arguments)]
    texts = [
        each
        for each in requesting(ground)
        if set(each.query.values()) & {a.name for a in each.arguments if a.type == "text"}
    ]
    return st.one_of(
        _query.map(_raw),
        _query.map(_raw),
        st.tuples(st.sampled_from(listings), _query).map(lambda drawn: _listing(ground, *drawn)),
        st.tuples(st.sampled_from(texts), _values.filter(kinds.is_held)).map(lambda drawn: _text(ground, *drawn)),
        st.one_of(kinds.scalars, st.lists(kinds.scalars, max_size=2)).map(_raw),
    )


def _raw(query: Any) -> Probe:
    step = {"op": "http.request", "args": ["GET", "/anything/"], "replies": [{"json": 1}]}
    return _probe({**step, "named": {"query": query}}, query if isinstance(query, dict) else None)


def _listing(ground: Ground, operation: Operation, query: dict[str, Any]) -> Probe:
    name = next(each.name for each in operation.arguments if each.type == "query")
    step = call(ground, operation, {name: query})
    return _probe(step, query if set(operation.query) == {"*"} else None)


def _probe(step: dict[str, Any], query: dict[str, Any] | None) -> Probe:
    if query is None:
        return client("queries", step)
    wanted = _wanted(query)
    if kinds.is_held(query):
        return client("queries", step, wanted=wanted)
    if wanted is REFUSED:  # which of several is named first depends on what a language refuses
        return client("queries", step, wanted=wanted, limits=("limit.large-integers",))
    return client("queries", step, wanted={"python": wanted, "typescript": REFUSED}, limits=("limit.large-integers",))


def _text(ground: Ground, operation: Operation, value: Any) -> Probe:
    name = next(each.name for each in operation.arguments if each.type == "text")
    value = value["$date"] if isinstance(value, dict) and "$date" in value else value  # TypeScript has no other date
    return client("queries", call(ground, operation, {name: value}))


def _wanted(query: dict[str, Any]) -> dict[str, Any]:
    pairs: list[str] = []
    for key, value in query.items():
        for item in value if isinstance(value, list) else [value]:
            if item is None:
                continue
            shown = parameter(item)
            if shown is None or kinds.has_half_characters(key):
                return REFUSED
            pairs.append(f"{form(key)}={form(shown)}")
    return {"query": sorted(pairs, key=lambda pair: pair.partition("=")[0]), "kind": None}


def form(value: str) -> str:
    """Text as a form has it: a blank is a plus sign."""
    return kinds.encoded(value, " ").replace(" ", "+")


def parameter(value: Any) -> str | None:
    """One value as it stands in a query, before it is encoded, or None for what has no place there."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return None if kinds.has_half_characters(value) else value
    if isinstance(value, float) and value.is_integer() and abs(value) > kinds.LARGEST_SAFE:
        return None  # it has lost digits
    if isinstance(value, (int, float)):
        return kinds.number_text(value)
    if isinstance(value, dict) and "$date" in value:
        return str(value["$date"])
    return moment(value["$time"]) if isinstance(value, dict) and "$time" in value else None


def moment(given: str) -> str:
    """A time in UTC; a fraction of a second has six digits, as the platform writes it."""
    from datetime import datetime, timezone

    try:
        found = datetime.fromisoformat(given).astimezone(timezone.utc)
    except OverflowError:
        return given
    return found.isoformat().replace("+00:00", "Z")


def corners(ground: Ground) -> Iterator[Probe]:
    """Each odd text and number once, as a value, in a list and as a name."""
    odd: list[Any] = [None, True, False, [], {}, {"a": 1}]
    for value in (*kinds.ODD_TEXTS, *kinds.EDGES, *kinds.ODD_FLOATS, *odd):
        yield _raw({"a": value})
    for text in kinds.ODD_TEXTS:
        if not text.startswith(("$", "\\")):
            yield _raw({text: ["x", None, "y"]})
