"""Waiting for jobs: states, times and intervals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from segops_parity.probes import kinds
from segops_parity.probes.model import Ground, Probe, client

__all__ = ["corners", "probes"]

_ODD_SECONDS: tuple[Any, ...] = (
    *(0, 0.5, 1.5, 3.999, 2, 7, 600, 1e9, -1, -0.5, True, "5", "", [], {"$number": "NaN"}, {"$number": "Infinity"}),
)
_SECONDS = st.one_of(
    st.none(),
    st.integers(0, 12),
    st.sampled_from(_ODD_SECONDS),
)
_TIMES = ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z", "2026-05-01T12:00:00Z", "", None)


def probes(ground: Ground) -> st.SearchStrategy[Probe]:
    """Sequences of answers with odd states, for every operation that polls."""
    polling = [each for each in ground.contract.operations.values() if each.polls is not None]
    return st.sampled_from(polling).flatmap(lambda operation: _of(ground, operation))


def _of(ground: Ground, operation: Any) -> st.SearchStrategy[Probe]:
    listed = [state for states in (*operation.done.values(), *operation.failed.values()) for state in states]
    odd = [
        "processing",
        "pending",
        "queued",
        "",
        "DONE",
        " done ",
        "computing",
        "computed",
        "draft",
        "Failed",
        "cancelled",
        *listed,
    ]
    states: st.SearchStrategy[Any] = st.one_of(
        st.sampled_from(odd), st.sampled_from(listed or odd), st.sampled_from([None, 0, True, [], {}])
    )
    job = st.fixed_dictionaries(
        {"id": st.just(1), "status": states},
        optional={
            "last_computed_at": st.sampled_from(_TIMES),
            "error_message": kinds.scalars,
            "error": kinds.scalars,
            "detail": st.just("x"),
            "errors": st.sampled_from([[], ["bad row"], None, 3]),
        },
    )
    answers = st.lists(
        kinds.rarely(job, st.sampled_from([None, [], {}, 3, "x", [{"status": "complete"}]]), 10), min_size=1, max_size=5
    )
    since = st.sampled_from(_TIMES)
    return st.tuples(answers, _SECONDS, _SECONDS, since, st.booleans()).map(
        lambda drawn: _probe(ground, operation, *drawn)
    )


def _probe(
    ground: Ground, operation: Any, answers: list[Any], timeout: Any, interval: Any, since: Any, told: bool
) -> Probe:
    from segops_parity.probes.areas.calls import call

    changes: dict[str, Any] = {"timeout": timeout, "interval": interval}
    if any(each.name == "since" for each in operation.arguments):
        changes["since"] = since
    step = call(ground, operation, {}, [{"json": each} for each in answers])
    named = {
        name: value for name, value in {**step["named"], **changes}.items() if value is not None or name == "since"
    }
    if not told:
        named.pop("on_progress", None)
    return client("waits", {**step, "named": named})


def corners(ground: Ground) -> Iterator[Probe]:
    """Each odd number of seconds, and each state of the contract, for every operation that polls."""
    for operation in ground.contract.operations.values():
        if operation.polls is None:
            continue
        states = [each for group in (operation.done, operation.failed) for listed in group.values() for each in listed]
        for state in (*states, "processing", "", None, "DONE"):
            yield _probe(ground, operation, [{"id": 1, "status": state}] * 2, 3, 2, None, True)
        for seconds in _ODD_SECONDS:
            answers = [{"id": 1, "status": "processing"}] * 3
            yield _probe(ground, operation, answers, seconds, None, None, False)
            yield _probe(ground, operation, answers, 3, seconds, None, False)
