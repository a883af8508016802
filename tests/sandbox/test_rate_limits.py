"""Plans and their limits: calls a minute, page queries a minute, events a month."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests

from segops_sandbox.plans import PAGE_QUERIES_PER_MINUTE, PLANS, UNLIMITED

NOW = "--now=2026-05-31T23:59:00Z"
LIMITED = ("--rate-limits", NOW, "--seed=1", "--jobs=instant")


@pytest.fixture(scope="module")
def server(segops_sandbox_factory: Any, new_database: Callable[[], dict[str, str]]) -> Iterator[Any]:
    """A sandbox that counts, on the Free plan."""
    with segops_sandbox_factory(*LIMITED, "--plan=free", env=new_database()) as sandbox:
        yield sandbox


@pytest.fixture
def limited(server: Any, api: Any) -> Any:
    """A clean workspace on it."""
    limited = type(api)(server.process)
    limited.control("POST", "/reset/")
    yield limited
    limited.session.close()


def use_up(api: Any, calls: int = 60) -> None:
    """Make calls that all are let in."""
    assert Counter(api.get("/segments/").status_code for _ in range(calls)) == {200: calls}


def plan(api: Any, name: str, tenant: str = "acme") -> None:
    """Change a tenant's plan."""
    assert api.control("PATCH", f"/tenants/{tenant}/", {"plan": name})["plan"] == name


def test_a_call_over_the_limit_is_a_429_that_says_when_to_come_again(limited: Any) -> None:
    use_up(limited)
    refused = limited.get("/segments/")
    assert refused.status_code == 429
    assert refused.json() == {"detail": "Request was throttled. Expected available in 60 seconds."}
    assert refused.headers["Retry-After"] == "60"
    assert refused.headers["Content-Type"] == "application/json"


def test_retry_after_is_exact_at_the_edge(limited: Any) -> None:
    """The limit looks back over 60 seconds: each call leaves it a minute after it came."""
    limited.get("/segments/")
    limited.advance(20.5)
    use_up(limited, 59)
    refused = limited.get("/segments/")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "40")  # 39.5, in whole seconds
    limited.advance(39)
    refused = limited.get("/segments/")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert refused.json()["detail"].endswith("available in 1 second.")
    limited.advance(0.499_999)
    assert limited.get("/segments/").status_code == 429
    limited.advance(0.000_001)
    assert limited.get("/segments/").status_code == 200
    refused = limited.get("/segments/")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "21")  # 20.5
    limited.advance(21)
    use_up(limited, 59)
    assert limited.get("/segments/").status_code == 429


def test_waiting_for_as_long_as_it_says_is_enough_however_often_one_asked_too_early(limited: Any) -> None:
    use_up(limited)
    for _ in range(10):
        refused = limited.get("/segments/")
    limited.advance(int(refused.headers["Retry-After"]))
    use_up(limited)


@pytest.mark.parametrize("name", ["free", "starter"])
def test_each_plan_lets_in_as_many_calls_as_its_usage_says(limited: Any, name: str) -> None:
    plan(limited, name)
    allowed = limited.get("/analytics/usage/").json()["api_calls_per_minute_limit"]
    assert allowed == PLANS[name].calls_per_minute
    answers = Counter(limited.get("/nothing/").status_code for _ in range(allowed))
    assert answers == {404: allowed - 1, 429: 1}


def test_a_larger_plan_applies_at_once(limited: Any) -> None:
    use_up(limited, 60)
    assert limited.get("/segments/").status_code == 429
    plan(limited, "enterprise")
    use_up(limited, 60)
    plan(limited, "business")
    use_up(limited, 1)


def test_the_plans_are_those_of_the_documentation() -> None:
    documented = {"free": (500_000, 60), "starter": (5_000_000, 300), "business": (50_000_000, 1_000)}
    assert {name: plan[:2] for name, plan in PLANS.items()} == {**documented, "enterprise": (UNLIMITED, UNLIMITED)}


@pytest.mark.parametrize("name", list(PLANS))
def test_the_usage_of_a_tenant_names_the_limits_of_its_plan(api: Any, name: str) -> None:
    plan(api, name)
    usage = api.get("/analytics/usage/").json()
    named = (usage["events_limit"], usage["api_calls_per_minute_limit"], usage["ai_credits_limit"])
    assert (usage["plan"], named) == (name, PLANS[name])


def test_a_smaller_plan_applies_at_once_and_says_the_right_time(limited: Any) -> None:
    plan(limited, "starter")
    use_up(limited, 30)
    limited.advance(10)
    use_up(limited, 70)
    plan(limited, "free")
    refused = limited.get("/segments/")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    limited.advance(60)
    assert limited.get("/segments/").status_code == 200


def test_all_keys_and_people_of_a_tenant_share_its_limit_and_another_tenant_has_its_own(limited: Any) -> None:
    other = limited.control("POST", "/tenants/", {"slug": "globex", "name": "Globex", "plan": "starter"})
    person = limited.sign_in()
    wanted = {"name": "k", "tenant_slug": "acme", "key_type": "sk"}
    second = person.post("/auth/api-keys/", wanted)
    assert second.status_code == 201
    use_up(limited, 28)
    use_up(limited.with_key(second.json()["key"]), 29)
    assert person.get("/segments/").status_code == 200
    assert person.get("/segments/").status_code == 429
    assert limited.get("/segments/").status_code == 429
    use_up(limited.with_key(other["api_key"]), 300)
    assert limited.with_key(other["api_key"]).get("/segments/").status_code == 429


def test_a_call_that_fails_or_is_replayed_counts_and_the_failed_write_leaves_nothing_else(limited: Any) -> None:
    headers = {"Idempotency-Key": "k-1"}
    first = limited.post("/pim/products/", {"sku": "A1", "name": "x"}, headers=headers)
    assert first.status_code == 201
    statuses = [
        limited.post("/pim/products/", {"sku": "A1", "name": "x"}, headers=headers).status_code,  # replayed
        limited.post("/pim/products/", {"name": "x"}).status_code,
        limited.post("/pim/products/", data=b"{", headers={"Content-Type": "application/json"}).status_code,
        limited.get("/pim/products/99/").status_code,
        limited.delete("/segments/").status_code,
    ]
    assert statuses == [201, 400, 400, 404, 405]
    use_up(limited, 54)
    refused = limited.post("/pim/products/", {"sku": "A2", "name": "x"}, headers={"Idempotency-Key": "k-2"})
    assert refused.status_code == 429
    limited.advance(60)
    again = limited.post("/pim/products/", {"sku": "A2", "name": "x"}, headers={"Idempotency-Key": "k-2"})
    assert (again.status_code, again.json()["id"]) == (201, 2)
    assert "Idempotency-Replayed" not in again.headers


def test_a_failed_authentication_counts_to_nobody(limited: Any) -> None:
    use_up(limited, 59)
    wrong = limited.with_key("sk_test_wrong")
    assert {wrong.get("/segments/").status_code for _ in range(70)} == {401}
    anonymous = {"Authorization": None}
    assert {limited.get("/segments/", headers=anonymous).status_code for _ in range(70)} == {401}
    use_up(limited, 1)
    assert limited.get("/segments/").status_code == 429


def test_the_controls_are_never_limited(limited: Any) -> None:
    use_up(limited)
    for _ in range(70):
        answer = limited.ask_control("GET", "/clock/", Authorization=f"ApiKey {limited.key}")
        assert answer.status_code == 200
    assert limited.get("/segments/").status_code == 429
    limited.control("POST", "/reset/")
    use_up(limited)


def test_page_queries_have_a_limit_of_their_own_and_a_refused_one_does_not_count_to_the_other(limited: Any) -> None:
    plan(limited, "starter")
    paths = ("/ai-pages/query", "/ai-pages/query/")  # without a question, which costs as much and takes less time
    answers = Counter(limited.get(paths[n % 2]).status_code for n in range(PAGE_QUERIES_PER_MINUTE + 20))
    assert answers == {400: PAGE_QUERIES_PER_MINUTE, 429: 20}
    use_up(limited, 300 - PAGE_QUERIES_PER_MINUTE)
    assert limited.get("/segments/").status_code == 429
    plan(limited, "enterprise")
    assert limited.get(paths[0]).status_code == 429
    assert limited.get("/segments/").status_code == 200
    limited.advance(60)
    assert limited.get(paths[0] + "?q=boot").status_code == 200


def test_a_clock_that_is_set_back_forgets_the_calls_of_the_future(limited: Any) -> None:
    limited.advance(3600)
    use_up(limited)
    limited.control("POST", "/clock/", {"now": "2026-05-01"})
    use_up(limited)
    assert limited.get("/segments/").headers["Retry-After"] == "60"


def test_of_many_calls_at_once_exactly_the_limit_is_let_in(limited: Any) -> None:
    """16 clients, 10 calls each, all at the same moment of a clock that stands still."""
    answers: list[int] = []
    together = threading.Barrier(16)

    def ask() -> None:
        with requests.Session() as session:
            together.wait()
            url, headers = f"{limited.url}/segments/", limited.headers
            answers.extend(session.get(url, headers=headers, timeout=60).status_code for _ in range(10))

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(answers) == {200: 60, 429: 100}


def test_servers_on_one_database_count_together(
    start: Callable[..., Any], new_database: Callable[[], dict[str, str]], tmp_path: Path
) -> None:
    options = (*LIMITED, "--plan=free")
    shared = new_database() or {"DATABASE_URL": f"sqlite:///{tmp_path / 'shared.sqlite3'}"}
    one, other = start(*options, env=shared), start(*options, env=shared)
    assert one.key == other.key
    answers: list[int] = []

    def ask(api: Any) -> None:
        answers.extend(api.get("/segments/").status_code for _ in range(40))

    threads = [threading.Thread(target=ask, args=(api,)) for api in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(answers) == {200: 60, 429: 20}


def test_events_beyond_the_months_quota_are_refused_until_the_next_month(
    start: Callable[..., Any], tmp_path: Path
) -> None:
    """As documented: 429, and `Retry-After` says when the quota starts over."""
    path = tmp_path / "kept.sqlite3"
    api = start(*LIMITED, "--plan=free", f"--db={path}", env={"DATABASE_URL": ""})
    event = {"user_id": "u1", "event_type": "seen", "payload": {}}
    assert api.post("/ingestion/track/", event).status_code == 202
    quota = PLANS["free"].events_per_month
    columns = "tenant_id, subject_id, event_type, occurred_at, payload, bot_class, received_at"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            f"INSERT INTO sandbox_event ({columns}) SELECT {columns} FROM (SELECT * FROM sandbox_event LIMIT 1), n",
            [quota - 2],
        )
    api.advance(30.5)
    assert api.get("/analytics/usage/").json()["events_used"] == quota - 1
    assert api.post("/ingestion/track/batch/", {"events": [event, event]}).status_code == 202
    for path_, body in (("/ingestion/track/", event), ("/ingestion/track/batch/", {"events": [event]})):
        refused = api.post(path_, body)
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "30")  # 29.5
    assert api.get("/analytics/usage/").json()["events_used"] == quota + 1
    plan(api, "starter")
    assert api.post("/ingestion/track/", event).status_code == 202
    plan(api, "free")
    api.advance(29)
    assert api.post("/ingestion/track/", event).status_code == 429
    api.advance(1)
    assert api.post("/ingestion/track/", event).status_code == 202


# --- off, and how it is told --------------------------------------------------------------------------------------


def test_without_the_flag_nothing_is_counted(api: Any) -> None:
    plan(api, "free")
    assert Counter(api.get("/segments/").status_code for _ in range(70)) == {200: 70}


def test_a_plan_is_kept_with_the_database_and_a_reset_returns_to_that_of_the_start(
    start: Callable[..., Any], tmp_path: Path
) -> None:
    options = (f"--db={tmp_path / 'kept.sqlite3'}",)

    def said(api: Any) -> str:
        return str(api.get("/analytics/usage/").json()["plan"])

    first = start(*options, "--plan=starter")
    assert said(first) == "starter"
    plan(first, "enterprise")
    first.process.stop()
    second = start(*options)
    assert said(second) == "enterprise"
    second.process.stop()
    third = start(*options, "--plan=free")
    assert said(third) == "free"
    plan(third, "starter")
    third.control("POST", "/reset/")
    assert said(third) == "free"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PATCH", "/tenants/acme/", {"plan": "gold"}, 400),
        ("PATCH", "/tenants/acme/", {}, 400),
        ("PATCH", "/tenants/acme/", {"plan": "free", "name": "x"}, 400),
        ("PATCH", "/tenants/nobody/", {"plan": "free"}, 404),
        ("POST", "/tenants/", {"slug": "globex", "name": "x", "plan": "gold"}, 400),
        ("POST", "/reset/", {"plan": "gold"}, 400),
        ("POST", "/reset/", {"plam": "free"}, 400),
        ("POST", "/reset/", {"now": "soon"}, 400),
        ("POST", "/reset/", {"jobs": "never"}, 400),
        ("POST", "/reset/", ["demo"], 400),
    ],
)
def test_an_unknown_plan_is_refused_and_changes_nothing(
    api: Any, method: str, path: str, body: Any, status: int
) -> None:
    api.post("/pim/products/", {"sku": "A1", "name": "x"})
    answer = api.ask_control(method, path, body)
    assert answer.status_code == status, answer.text
    assert api.get("/analytics/usage/").json()["plan"] == "business"
    assert api.get("/pim/products/").json()["count"] == 1
