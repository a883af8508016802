"""Waiting for jobs: when they are polled, and how a wait ends."""

from __future__ import annotations

from typing import Any, Callable

import pytest
from scripted_server import Hangup, Reply

from segops_admin import (
    SegOpsArgumentError,
    SegOpsDecodeError,
    SegOpsJobError,
    SegOpsNotFoundError,
    SegOpsServerError,
    SegOpsWaitTimeout,
)
from segops_admin.testing import FakeTime, Script, reply
from segops_admin.testing import Reply as Canned

WAITS: dict[str, tuple[Callable[..., Any], dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    # how to wait, a status that is running, one that is done, one that has failed
    "export": (
        lambda client, **options: client.segments.wait_for_export(7, 5, **options),
        {"status": "pending"},
        {"status": "complete", "download_url": "https://x/"},
        {"status": "failed", "error": "No space."},
    ),
    "import": (
        lambda client, **options: client.products.wait_for_import(5, **options),
        {"status": "processing", "processed_rows": 10},
        {"status": "done", "processed_rows": 20},
        {"status": "failed", "error_message": "No sku."},
    ),
    "recompute": (
        lambda client, **options: client.segments.wait_for_recompute(7, since=None, **options),
        {"status": "computing", "last_computed_at": None},
        {"status": "computed", "last_computed_at": "2026-04-25T12:00:00Z"},
        {"status": "draft", "last_computed_at": None},
    ),
}
PATHS = {"export": "/segments/7/export/", "import": "/pim/import/5/", "recompute": "/segments/7/"}


@pytest.fixture(params=WAITS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def script_of(*answers: Any) -> Script:
    return Script(*[answer if isinstance(answer, Canned) else reply(answer) for answer in answers])


def test_a_job_is_polled_at_once_and_then_less_and_less_often_until_it_has_finished(name: str) -> None:
    wait, going, done, _ = WAITS[name]
    script = script_of(*[going] * 7, done)
    assert wait(script.client()) == done
    assert script.time.sleeps == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0])
    assert [request.path for request in script.requests] == [PATHS[name]] * 8
    script.assert_done()


def test_a_job_that_has_finished_at_the_first_poll_costs_no_wait(name: str) -> None:
    wait, _, done, _ = WAITS[name]
    script = script_of(done)
    assert wait(script.client(), timeout=0) == done
    assert script.time.sleeps == []


def test_the_interval_is_the_callers(name: str) -> None:
    wait, going, done, _ = WAITS[name]
    script = script_of(going, going, going, going, done)
    wait(script.client(), interval=0.25)
    assert script.time.sleeps == pytest.approx([0.1, 0.2, 0.25, 0.25])


def test_a_job_that_fails_raises_with_the_reason_and_its_last_answer(name: str) -> None:
    wait, going, _, failed = WAITS[name]
    script = script_of(going, failed)
    with pytest.raises(SegOpsJobError) as caught:
        wait(script.client())
    assert caught.value.job == failed
    reason = failed.get("error") or failed.get("error_message") or "ended with status 'draft'"
    assert reason in str(caught.value)


def test_a_job_that_does_not_finish_in_time_raises_with_its_last_answer(name: str) -> None:
    wait, going, _, _ = WAITS[name]
    script = script_of(*[going] * 7)
    with pytest.raises(SegOpsWaitTimeout, match="did not finish within 5 s; it is still running") as caught:
        wait(script.client(), timeout=5)
    assert caught.value.job == going
    assert isinstance(caught.value, TimeoutError)
    assert script.time.sleeps == pytest.approx(
        [0.1, 0.2, 0.4, 0.8, 1.6, 1.9]
    )  # the last poll is made when the time is up
    script.assert_done()


def test_ten_minutes_by_default(name: str) -> None:
    wait, going, _, _ = WAITS[name]
    script = script_of(*[going] * 305)
    with pytest.raises(SegOpsWaitTimeout, match="600 s"):
        wait(script.client())
    assert sum(script.time.sleeps) == pytest.approx(600.0)
    script.assert_done()


def test_the_time_that_polls_take_counts(name: str) -> None:
    wait, going, _, _ = WAITS[name]
    script = script_of(going, reply(status=503, headers={"Retry-After": "9"}), going, going)
    with pytest.raises(SegOpsWaitTimeout):
        wait(script.client(), timeout=9.15, interval=8)
    assert script.time.sleeps == pytest.approx([0.1, 9.0, 0.05], abs=0.001)


def test_a_poll_that_does_not_fit_into_the_remaining_time_ends_the_wait_with_the_last_answer(name: str) -> None:
    wait, going, _, _ = WAITS[name]
    script = script_of(going, reply(status=503, headers={"Retry-After": "9"}))
    with pytest.raises(SegOpsWaitTimeout, match="did not finish within 5 s") as caught:
        wait(script.client(), timeout=5)
    assert caught.value.job == going
    assert isinstance(caught.value.__cause__, SegOpsServerError)
    assert script.time.sleeps == pytest.approx([0.1])


def test_progress_receives_each_answer_the_last_one_included(name: str) -> None:
    wait, going, done, failed = WAITS[name]
    told: list[Any] = []
    wait(script_of(going, done).client(), on_progress=told.append)
    with pytest.raises(SegOpsJobError):
        wait(script_of(going, failed).client(), on_progress=told.append)
    with pytest.raises(SegOpsWaitTimeout):
        wait(script_of(going).client(), on_progress=told.append, timeout=0)
    assert told == [going, done, going, failed, going]


def test_an_error_of_the_callback_ends_the_wait(name: str) -> None:
    wait, going, _, _ = WAITS[name]

    def stop(job: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        wait(script_of(going).client(), on_progress=stop)


def test_a_failed_poll_is_retried_and_a_final_failure_is_raised(name: str) -> None:
    wait, going, done, _ = WAITS[name]
    script = script_of(going, reply(status=500), done)
    assert wait(script.client()) == done
    with pytest.raises(SegOpsNotFoundError):
        wait(script_of(going, reply(status=404)).client())


def test_a_status_that_is_not_an_object_is_a_failure_and_not_waited_for(name: str) -> None:
    wait = WAITS[name][0]
    for answer, error in ((reply([1]), SegOpsJobError), (reply(), SegOpsDecodeError), (reply(7), SegOpsDecodeError)):
        with pytest.raises(error):
            wait(script_of(answer).client())


@pytest.mark.parametrize(
    "options",
    [
        {"timeout": -1},
        {"timeout": "5"},
        {"timeout": float("nan")},
        {"timeout": True},
        {"timeout": None},
        {"interval": 0},
        {"interval": -2},
        {"interval": float("nan")},
        {"interval": "2"},
    ],
    ids=str,
)
def test_invalid_times_are_refused_and_nothing_is_sent(name: str, options: dict[str, Any]) -> None:
    script = Script()
    with pytest.raises(SegOpsArgumentError, match="must be a number of seconds"):
        WAITS[name][0](script.client(), **options)
    assert script.requests == []


@pytest.mark.parametrize("status", ["complete", "completed", "ready"])
def test_an_export_is_done_under_each_of_its_names(status: str) -> None:
    assert Script(reply({"status": status})).client().segments.wait_for_export(7, 5) == {"status": status}


@pytest.mark.parametrize("status", ["failed", "error"])
def test_a_job_that_gives_no_reason_says_so(status: str) -> None:
    with pytest.raises(SegOpsJobError, match="Export 5 has failed: the server gave no reason"):
        Script(reply({"status": status})).client().segments.wait_for_export(7, 5)


def test_a_recompute_has_finished_only_when_the_time_of_the_last_one_has_changed() -> None:
    before, after = "2026-04-25T12:00:00Z", "2026-04-25T13:00:00Z"
    old = {"status": "computed", "last_computed_at": before}
    new = {"status": "computed", "last_computed_at": after}
    script = script_of(old, {"status": "computing", "last_computed_at": before}, new)
    assert script.client().segments.wait_for_recompute(7, since=before) == new
    assert len(script.requests) == 3


def test_a_recompute_that_ends_and_leaves_the_members_as_they_were_has_failed() -> None:
    before = "2026-04-25T12:00:00Z"
    computing = {"status": "computing", "last_computed_at": before}
    as_before = {"status": "computed", "last_computed_at": before}
    with pytest.raises(SegOpsJobError, match="left the members as they were"):
        script_of(computing, as_before).client().segments.wait_for_recompute(7, since=before)


def test_waiting_works_over_real_sockets_too(serve: Any, connect: Any, time: FakeTime) -> None:
    server = serve(Reply(json={"status": "pending"}), Hangup(), Reply(json={"status": "ready"}))
    assert connect(server).segments.wait_for_export("a/b", 5) == {"status": "ready"}
    assert time.sleeps == [0.1]
    assert {seen.target for seen in server.requests} == {"/api/segments/a%2Fb/export/?export_id=5"}


BUSY = reply({}, status=503, headers={"Retry-After": "30"})
SEGMENT = {"id": 7, "status": "computed", "last_computed_at": "2026-04-24T12:00:00Z"}


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([BUSY], "The recompute of segment 7 was not asked for after 5 s."),
        ([SEGMENT, BUSY], "The recompute of segment 7 may have been asked for, but that was not confirmed after 5 s."),
        (
            [SEGMENT, {"queued": True}, BUSY],
            "The recompute of segment 7 did not finish within 5 s; it is still running.",
        ),
    ],
    ids=["reading", "queuing", "looking"],
)
def test_all_that_recompute_and_wait_does_is_within_its_timeout(answers: list[Any], said: str) -> None:
    script = script_of(*answers)
    with pytest.raises(SegOpsWaitTimeout) as caught:
        script.client().segments.recompute_and_wait(7, timeout=5)
    assert str(caught.value) == said
    assert script.time.sleeps == []  # a Retry-After that exceeds the timeout is not waited for
    assert isinstance(caught.value.__cause__, SegOpsServerError)
    script.assert_done()


def test_recompute_and_wait_checks_its_limits_before_anything_is_sent() -> None:
    script = script_of()
    with pytest.raises(SegOpsArgumentError, match="timeout"):
        script.client().segments.recompute_and_wait(7, timeout=-1)
    assert script.requests == []


def test_a_long_wait_is_written_in_digits_as_typescript_writes_it(name: str) -> None:
    wait, going, _, _ = WAITS[name]
    with pytest.raises(SegOpsWaitTimeout, match=r"did not finish within 1234567\.5 s;"):
        wait(script_of(*[going] * 40).client(), timeout=1234567.5, interval=1234567.5)
