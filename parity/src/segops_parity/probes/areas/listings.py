"""Listings, by page and by cursor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from segops_parity.probes import kinds
from segops_parity.probes.areas.ids import REFUSED
from segops_parity.probes.model import Ground, Probe, client

__all__ = ["corners", "probes"]

_END = st.sampled_from([None, "", False, 0])
_ODD_NEXT: tuple[Any, ...] = (
    *("https://api.segops.test/?page=2", "?page=9", "x", 2, True, {}, [], {"page": 2}, " ", -1, 0.5, "0", "null"),
)
_ODD_PAGES: tuple[Any, ...] = (*(1.0, 2.5, "3", "x", "", " 2 ", "1_0", "٣", "+2", True, [], {}, 2**53, 10**16, "1e1"),)
_ODD_CURSORS: tuple[Any, ...] = (0, 1, 1.5, True, False, [], {}, ["a"], "c1", "c2")
_MORE = st.sampled_from(_ODD_NEXT)
_COUNTS: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.integers(-1, 12), st.sampled_from([1.0, 2.5, "3", True, 10**20, [], None])
)
_PAGES = st.one_of(
    st.none(),
    st.integers(-1, 4),
    st.sampled_from(_ODD_PAGES),
)
_AHEAD = st.one_of(st.none(), st.integers(-1, 4), st.sampled_from([1.0, 2.5, "2", "x", True, [], 1000]))
_CURSORS = st.one_of(st.none(), kinds.text, st.sampled_from(_ODD_CURSORS))


def probes(ground: Ground) -> st.SearchStrategy[Probe]:
    """Envelopes of all kinds, with odd parameters."""
    items = kinds.rarely(st.lists(st.integers(0, 9), min_size=1, max_size=3), st.lists(kinds.scalars, max_size=3), 4)
    results = kinds.rarely(items, st.sampled_from([None, {}, "ab", 3, [], {"0": 1}]), 8)
    page = st.fixed_dictionaries(
        {"results": results, "next": st.one_of(_END, _MORE, _MORE)}, optional={"count": _COUNTS, "previous": st.none()}
    )
    page = kinds.rarely(
        page,
        st.one_of(
            st.lists(kinds.scalars, max_size=2), st.sampled_from([None, {}, 1, "x", {"results": [1]}, {"next": "x"}])
        ),
        8,
    )
    others = st.dictionaries(st.sampled_from(["page_size", "q", "cursor", "Page"]), kinds.held_scalars, max_size=1)
    pages = st.tuples(
        st.lists(page, min_size=1, max_size=4), _PAGES, _AHEAD, others, st.sampled_from([None, None, 1, 3])
    )
    cursor = st.fixed_dictionaries({"results": results}, optional={"next_cursor": _CURSORS, "count": _COUNTS})
    cursor = kinds.rarely(
        cursor, st.one_of(st.lists(kinds.scalars, max_size=2), st.sampled_from([None, {}, 1, "x"])), 8
    )
    cursors = st.tuples(st.lists(cursor, min_size=1, max_size=4), _CURSORS, st.sampled_from([None, None, 1, 3]))
    return st.one_of(pages.map(lambda drawn: _pages(*drawn)), cursors.map(lambda drawn: _cursors(*drawn)))


def _pages(answers: list[Any], page: Any, ahead: Any, others: dict[str, Any], take: int | None) -> Probe:
    params = {**others, **({} if page is None else {"page": page})}
    step: dict[str, Any] = {"op": "segments.iterate", "args": [params], "replies": [{"json": each} for each in answers]}
    if ahead is not None:
        step["named"] = {"prefetch": ahead}
    if take is not None:
        step["take"] = take
    first, prefetch = _count(page, 1, 1), _count(ahead, 0, 0)
    if first is None or prefetch is None:
        return client("listings", step, wanted=REFUSED)
    if prefetch:
        # Pages that are asked for at once may arrive in any order: one is asked for ahead at most.
        step["named"] = {"prefetch": 1}
        step.pop("take", None)  # whether the next page has been asked for by then is a matter of moments
    wanted = _iterated(answers, first) if take is None and not prefetch else None
    return client("listings", step, wanted=wanted)


def _count(value: Any, default: int, least: int) -> int | None:
    """A count as it is taken: a whole number, also as text of ASCII digits; None for what is none."""
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        return None
    if isinstance(value, float) and not value.is_integer():
        return None
    number = int(value)
    return number if least <= number <= kinds.LARGEST_SAFE else None


def _iterated(answers: list[Any], first: int) -> dict[str, Any]:
    """The outcome of iterating over these answers."""
    items: list[Any] = []
    for index, answer in enumerate(answers):
        if index == 0 and isinstance(answer, list):
            return {"items": answer, "kind": None}
        results = answer.get("results") if isinstance(answer, dict) else None
        if not isinstance(results, list):
            return {"items": items, "kind": "SegOpsDecodeError"}
        more = "next" in answer and answer["next"] not in (None, "", False, 0)
        if more and not results:
            return {"items": items, "kind": "SegOpsDecodeError"}
        items = items + results
        if not more:
            return {"items": items, "kind": None}
    return {"items": items, "kind": "SegOpsApiError"}  # the server has no further page to answer with


def _cursors(answers: list[Any], cursor: Any, take: int | None) -> Probe:
    params = {} if cursor is None else {"cursor": cursor}
    step: dict[str, Any] = {
        "op": "segments.iterate_members",
        "args": [1, params],
        "replies": [{"json": each} for each in answers],
    }
    if take is not None:
        step["take"] = take
    return client("listings", step)


def corners(ground: Ground) -> Iterator[Probe]:
    """Each odd page, prefetch, next and cursor once."""
    last = {"results": [3], "next": None}
    for page in (None, 0, 1, 2, -1, *_ODD_PAGES):
        yield _pages([last], page, None, {}, None)
        yield _pages([last], None, page, {}, None)
    for following in (None, "", False, 0, *_ODD_NEXT):
        yield _pages([{"results": [1, 2], "next": following}, last], None, None, {"q": "x"}, None)
        yield _pages([{"results": [], "next": following}, last], None, None, {}, None)
    for cursor in (*_ODD_CURSORS, *kinds.ODD_TEXTS):
        yield _cursors([{"results": [1], "next_cursor": cursor}, {"results": [2], "next_cursor": None}], None, None)
