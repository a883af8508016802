"""A run tells faults in the order of what they say about their cause."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from segops_parity.faults import fault_lines
from segops_parity.lanes import NOT_RUN, LaneRun


def case(*covers: str) -> Any:
    """A case of one step for each of these, called by its number."""
    return SimpleNamespace(steps=[SimpleNamespace(name=str(n), covers=each.split()) for n, each in enumerate(covers)])


def test_the_behaviour_whose_cases_fail_most_and_pass_least_comes_first() -> None:
    cases = {
        "client/a": case("retry.server-errors"),
        "client/b": case("retry.server-errors response.no-body"),
        "client/c": case("response.no-body"),
        "client/d": case("retry.server-errors"),
        "client/e": case("retry.server-errors"),
    }
    run = LaneRun("a-lane", {}, faults=dict.fromkeys(["client/a", "client/b", "client/c"], "it ended"))
    assert fault_lines({"a-lane": run}, cases) == [
        "a-lane: client/b (response.no-body, retry.server-errors): it ended",
        "a-lane: client/c (response.no-body): it ended",
        "a-lane: client/a (retry.server-errors): it ended",
    ]


def test_cases_that_were_not_run_come_last_and_tell_nothing() -> None:
    cases = {"client/a": case("retry.server-errors"), "client/b": case("response.no-body")}
    faults = {"client/a": f"{NOT_RUN}: it had failed before", "client/b": "it ended"}
    assert fault_lines({"a-lane": LaneRun("a-lane", {}, faults=faults)}, cases) == [
        "a-lane: client/b (response.no-body): it ended",
        f"a-lane: client/a (retry.server-errors): {NOT_RUN}: it had failed before",
    ]


def test_three_behaviours_are_told_at_most() -> None:
    run = LaneRun("a-lane", {}, faults={"client/a": "it ended", "hello": "it did not begin"})
    assert fault_lines({"a-lane": run}, {"client/a": case("a.a b.b c.c d.d")}) == [
        "a-lane: client/a (a.a, b.b, c.c): it ended",
        "a-lane: hello: it did not begin",
    ]


def test_a_step_is_told_with_what_it_alone_was_to_show() -> None:
    faults = {"client/a": "it ended"}
    run = LaneRun("a-lane", {}, faults=faults, faulty_steps={"client/a": "1"})
    assert fault_lines({"a-lane": run}, {"client/a": case("a.a", "b.b a.a", "c.c"), "client/b": case("a.a")}) == [
        "a-lane: client/a (b.b, a.a): in step '1': it ended"
    ]
