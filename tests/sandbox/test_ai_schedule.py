"""Scheduled queries, and assistants that are asked in parallel."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable
from concurrent import futures
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

HOUR, DAY, WEEK = 3600, 86_400, 604_800


def asked(api: Any, query: int = 1) -> int:
    """How often a query was asked (of one provider)."""
    return len(api.get(f"/ai-reach/queries/{query}/results/").json())


def waiting(api: Any) -> list[int]:
    """The queries that wait for their next time."""
    found = api.control("GET", "/jobs/")
    jobs = [*found["jobs"], *found["planned"]]
    return [j["args"]["query_id"] for j in jobs if j["kind"] == "queries.scheduled" and j["status"] == "queued"]


def query(api: Any, **fields: Any) -> None:
    """A query of one provider."""
    body = {"query_text": "best boots", "providers": ["claude"], **fields}
    assert api.post("/ai-reach/queries/", body).status_code == 201


@pytest.mark.parametrize(("schedule", "seconds"), [("hourly", HOUR), ("daily", DAY), ("weekly", WEEK)])
def test_an_active_query_is_asked_when_its_time_comes(api: Any, schedule: str, seconds: int) -> None:
    query(api, schedule=schedule)
    assert api.run_jobs() == []
    api.advance(seconds - 1)
    assert (api.run_jobs(), asked(api)) == ([], 0)
    api.advance(1)  # under --jobs=instant what is due runs within the request that moves the clock
    assert asked(api) == 1
    assert api.run_jobs() == []
    captured = api.get("/ai-reach/queries/1/results/").json()[0]["captured_at"]
    assert api.get("/ai-reach/queries/1/").json()["last_run_at"] == captured
    api.advance(seconds)
    api.run_jobs()
    assert asked(api) == 2
    assert waiting(api) == [1]


def test_nothing_is_asked_by_itself_while_time_stands_still(api: Any) -> None:
    query(api)
    api.post("/ai-reach/queries/", {"query_text": "another"})
    assert api.run_jobs() == []
    assert api.get("/analytics/usage/").json()["ai_credits_used"] == 0


def test_the_time_counts_from_the_last_run_also_by_hand(api: Any) -> None:
    query(api)
    api.advance(DAY - HOUR)
    api.post("/ai-reach/queries/1/run/")
    api.advance(HOUR)
    api.run_jobs()
    assert asked(api) == 1  # asked an hour ago
    api.advance(DAY - HOUR)
    api.run_jobs()
    assert asked(api) == 2


def test_times_that_were_missed_are_made_up_for_once(api: Any) -> None:
    query(api, schedule="hourly")
    api.advance(100 * HOUR + 60)
    api.run_jobs()
    assert asked(api) == 1
    api.advance(HOUR - 1)
    assert api.run_jobs() == []


def test_a_run_that_fails_uses_up_its_time_and_the_next_one_comes(breakable: Any) -> None:
    api, do = breakable
    api.control("POST", "/clock/", {"now": "2026-05-01T12:00:00Z"})
    query(api, schedule="hourly")
    do("ALTER TABLE sandbox_query_result RENAME TO hidden")
    api.advance(HOUR)
    assert [job["status"] for job in api.run_jobs()] == ["failed"]
    do("ALTER TABLE hidden RENAME TO sandbox_query_result")
    assert (waiting(api), api.run_jobs(), asked(api)) == ([1], [], 0)
    api.advance(HOUR)
    assert [job["status"] for job in api.run_jobs()] == ["done"]
    assert asked(api) == 1


def test_a_paused_query_is_not_asked_until_it_is_active_again(api: Any) -> None:
    query(api, is_active=False)
    assert waiting(api) == []
    api.patch("/ai-reach/queries/1/", {"is_active": True})
    assert waiting(api) == [1]
    api.patch("/ai-reach/queries/1/", {"is_active": False})
    assert waiting(api) == []
    api.advance(2 * DAY)
    assert (api.run_jobs(), asked(api)) == ([], 0)


def test_another_schedule_counts_at_once(api: Any) -> None:
    query(api, schedule="weekly")
    api.patch("/ai-reach/queries/1/", {"schedule": "hourly"})
    assert waiting(api) == [1]
    api.advance(HOUR)
    api.run_jobs()
    assert asked(api) == 1


def test_a_query_that_is_deleted_waits_for_nothing(api: Any) -> None:
    query(api)
    query(api, query_text="another")
    api.delete("/ai-reach/queries/1/")
    assert waiting(api) == [2]


def test_in_the_background_the_clock_is_enough(start: Any) -> None:
    api = start("--now=2026-05-01T12:00:00Z", "--seed=1")
    query(api, schedule="hourly")
    api.advance(HOUR)
    deadline = time.monotonic() + 20
    while not asked(api):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert api.get("/ai-reach/queries/1/").json()["last_run_at"] == "2026-05-01T13:00:00Z"


@pytest.fixture(scope="module")
def providers(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """The module that asks, in this process; nothing here needs a table."""
    if "DATABASE_URL" not in os.environ:
        os.environ["SEGOPS_SANDBOX_DB"] = str(Path(tmp_path_factory.mktemp("providers")) / "providers.sqlite3")
    os.environ["DJANGO_SETTINGS_MODULE"] = "segops_sandbox.settings"
    import django

    django.setup()
    from segops_sandbox.ai import providers

    return SimpleNamespace(ask_all=providers.ask_all, limit=providers.LIMIT_S, names=providers.PROVIDERS)


def test_assistants_are_asked_at_the_same_time(providers: SimpleNamespace) -> None:
    together = threading.Barrier(5)  # nobody passes before all five are there

    def ask(provider: str) -> str:
        together.wait(20)
        return provider.upper()

    answers = providers.ask_all(providers.names, ask)
    assert answers == {name: name.upper() for name in providers.names}
    assert list(answers) == list(providers.names)


def test_after_28_seconds_the_answers_that_are_there_are_taken(providers: SimpleNamespace) -> None:
    over = threading.Event()
    waited: list[float] = []

    def ask(provider: str) -> str:
        if provider == "slow":
            over.wait(20)
        return provider

    def wait(asked: Iterable[futures.Future[str]], timeout: float) -> Any:
        """The limit passes as soon as the two quick ones are done."""
        waited.append(timeout)
        slow, *quick = asked
        done, _ = futures.wait(quick, timeout=20)
        return done, {slow}

    try:
        assert providers.ask_all(["slow", "one", "two"], ask, wait=wait) == {"one": "one", "two": "two"}
        assert waited == [28.0]
    finally:
        over.set()


def test_a_latency_is_compared_with_the_limit_and_not_spent(providers: SimpleNamespace) -> None:
    latency = {"late": providers.limit + 0.1, "just": providers.limit}
    begun = time.monotonic()
    assert providers.ask_all(["late", "just", "quick"], str.upper, latency_s=latency) == {
        "just": "JUST",
        "quick": "QUICK",
    }
    assert providers.ask_all(["late"], str.upper, latency_s=latency) == {}
    assert time.monotonic() - begun < 20


def test_an_assistant_that_fails_is_an_error_and_not_a_missing_answer(providers: SimpleNamespace) -> None:
    def ask(provider: str) -> str:
        raise LookupError(provider)

    with pytest.raises(LookupError, match="claude"):
        providers.ask_all(["claude"], ask)
