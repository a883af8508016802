"""Analytics: every figure follows from what is stored."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conformance import contract

CONTRACT = contract()
COLUMNS = "tenant_id, subject_id, event_type, occurred_at, payload, bot_class, received_at"


def at_least_once(event_type: str) -> dict[str, Any]:
    """Everyone who fired an event."""
    return {"conditions": [{"type": "event_count", "event_type": event_type, "operator": "gte", "value": 1}]}


def track(api: Any, event_type: str, users: str | list[str]) -> None:
    """One event for each of some users; in a text, each letter names one."""
    events = [{"user_id": user, "event_type": event_type} for user in users]
    assert api.post("/ingestion/track/batch/", {"events": events}).json()["queued"] == len(users)


def segment(api: Any, event_type: str, *, compute: bool = True) -> int:
    """A segment of everyone who fired an event."""
    number: int = api.post("/segments/", {"name": event_type, "definition": at_least_once(event_type)}).json()["id"]
    if compute:
        assert api.post(f"/segments/{number}/compute/").status_code == 202
    return number


@pytest.mark.parametrize("name", ["overview", "segments", "overlap", "activations", "usage", "copilot"])
def test_each_is_read_only_and_needs_a_key(api: Any, name: str) -> None:
    assert api.get(f"/analytics/{name}/").status_code == 200
    assert api.post(f"/analytics/{name}/", {}).status_code == 405
    assert api.get(f"/analytics/{name}/", headers={"Authorization": None}).status_code == 401


def test_an_empty_workspace_has_empty_figures(api: Any) -> None:
    assert api.get("/analytics/overview/").json() == {
        "segment_count": 0,
        "total_members": 0,
        "events_30d": 0,
        "ai_credits_used": 0,
        "ai_credits_limit": 10_000,
    }
    for name in ("segments", "overlap", "activations"):
        assert api.get(f"/analytics/{name}/").json() == []
    assert api.get("/analytics/copilot/").json() == {"total_messages": 0, "ai_credits_used": 0, "trend": []}


def test_the_overview_counts_segments_members_and_recent_events(api: Any) -> None:
    track(api, "seen", "abc")
    track(api, "bought", "bcd")
    old = {"user_id": "z", "event_type": "seen", "occurred_at": "2026-03-31T00:00:00Z"}
    api.post("/ingestion/track/", old)
    segment(api, "seen")
    segment(api, "bought")
    segment(api, "nothing", compute=False)
    overview = api.get("/analytics/overview/").json()
    assert (overview["segment_count"], overview["events_30d"]) == (3, 6)
    assert overview["total_members"] == 5  # a b c d z, each once


def test_ai_credits_are_one_an_answer_and_one_a_page_and_start_anew_each_month(api: Any) -> None:
    api.post("/ai-reach/queries/", {"query_text": "q", "providers": ["claude", "grok"]})
    api.post("/ai-reach/queries/1/run/")
    api.post("/ai-reach/simulate/", {"query_text": "q"})
    api.post("/ai-pages/pages/", {"slug": "p"})
    api.post("/ai-pages/pages/1/build/", {})
    assert api.get("/analytics/overview/").json()["ai_credits_used"] == 2 + 5 + 1
    assert api.get("/analytics/usage/").json()["ai_credits_used"] == 8
    api.patch("/ai-reach/queries/1/", {"is_active": False})  # or it would be asked again as its time comes
    api.control("POST", "/clock/", {"now": "2026-06-01T00:00:00Z"})
    assert api.get("/analytics/usage/").json()["ai_credits_used"] == 0


def test_usage_counts_the_months_events_against_the_plan(api: Any) -> None:
    track(api, "seen", "abc")
    assert api.get("/analytics/usage/").json() == {
        "plan": "business",
        "period_start": "2026-05-01T00:00:00Z",
        "period_end": "2026-06-01T00:00:00Z",
        "events_used": 3,
        "events_limit": 50_000_000,
        "mtu_computed": 3,
        "ai_credits_used": 0,
        "ai_credits_limit": 10_000,
        "api_calls_per_minute_limit": 1000,
    }
    api.control("POST", "/clock/", {"now": "2026-12-31T23:59:59Z"})
    track(api, "seen", "a")
    usage = api.get("/analytics/usage/").json()
    assert (usage["period_end"], usage["events_used"]) == ("2027-01-01T00:00:00Z", 1)


@pytest.mark.parametrize("read_before", [True, False])
def test_the_meter_keeps_what_it_had_reached_before_ids_were_tied_whoever_read_it(api: Any, read_before: bool) -> None:
    for _ in range(3):
        track(api, "seen", ["a", "b", "anon_v"])
    if read_before:
        assert api.get("/analytics/usage/").json()["mtu_computed"] == 3
    api.post("/identity/alias/", {"anonymous_id": "v", "user_id": "a"})
    api.post("/identity/merge/", {"from_user_id": "b", "into_user_id": "a"})
    assert api.get("/analytics/usage/").json()["mtu_computed"] == 3
    api.control("POST", "/clock/", {"now": "2026-06-01T00:00:00Z"})
    track(api, "seen", ["a", "b", "anon_v"])
    assert api.get("/analytics/usage/").json()["mtu_computed"] == 1


def test_the_users_of_many_events_are_counted_by_a_job_once_an_hour(start: Any, tmp_path: Path) -> None:
    if os.environ.get("SEGOPS_TEST_DATABASE_URL"):
        pytest.skip("fills a SQLite file")
    file = tmp_path / "many.sqlite3"
    api = start("--jobs=manual", "--now=2026-05-01T12:00:00Z", "--db", str(file))
    track(api, "seen", "abc")
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(
            f"INSERT INTO sandbox_event ({COLUMNS}) SELECT {COLUMNS} FROM sandbox_event, "
            "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 34000) SELECT i FROM n)"
        )
    track(api, "seen", "d")  # what came past the API is counted with the next that comes by it

    def mtu() -> int:
        return int(api.get("/analytics/usage/").json()["mtu_computed"])

    assert (mtu(), mtu(), len(api.run_jobs()), mtu(), len(api.run_jobs())) == (0, 0, 1, 4, 0)
    track(api, "seen", "e")
    api.advance(3600)
    assert (mtu(), len(api.run_jobs()), mtu()) == (4, 1, 5)


def test_overlap_is_the_shared_part_of_the_smaller_segment(api: Any) -> None:
    track(api, "seen", "abcdef")
    track(api, "bought", "efg")
    track(api, "left", "xyz")
    for kind in ("seen", "bought", "left"):
        segment(api, kind)
    assert api.get("/analytics/overlap/").json() == [
        {
            "seg_a_id": 1,
            "seg_a_name": "seen",
            "seg_b_id": 2,
            "seg_b_name": "bought",
            "overlap": 2,
            "overlap_pct": 66.7,
        }
    ]


def test_overlap_follows_the_stored_members_and_stays_in_its_tenant(api: Any, other_tenant: Any) -> None:
    def pairs(client: Any) -> list[tuple[int, int, int, float]]:
        found = client.get("/analytics/overlap/").json()
        return [(each["seg_a_id"], each["seg_b_id"], each["overlap"], each["overlap_pct"]) for each in found]

    for client in (api, other_tenant):
        track(client, "seen", "abc")
        track(client, "bought", "ab")
        segment(client, "seen")
    assert pairs(api) == []  # one segment has no pair
    for client in (api, other_tenant):
        segment(client, "bought")
    assert pairs(api) == [(1, 3, 2, 100.0)]
    assert pairs(other_tenant) == [(2, 4, 2, 100.0)]
    track(api, "bought", "xyz")
    assert pairs(api) == [(1, 3, 2, 100.0)]  # what counts is the last compute
    api.post("/segments/3/compute/")
    assert pairs(api) == [(1, 3, 2, 66.7)]
    api.post("/ingestion/track/", {"user_id": "c", "event_type": "bought"})
    api.post("/segments/3/compute/")
    assert pairs(api) == [(1, 3, 3, 100.0)]
    segment(api, "seen")  # the same once more: equal pairs go by their ids
    assert pairs(api) == [(1, 3, 3, 100.0), (1, 5, 3, 100.0), (3, 5, 3, 100.0)]
    api.delete("/segments/3/")
    assert pairs(api) == [(1, 5, 3, 100.0)]
    assert pairs(other_tenant) == [(2, 4, 2, 100.0)]


def test_overlap_lists_the_20_largest_pairs(api: Any) -> None:
    letters = "abcdefgh"
    for size in range(1, 8):
        track(api, f"e{size}", letters[:size])
        segment(api, f"e{size}")
    pairs = api.get("/analytics/overlap/").json()
    assert len(pairs) == 20  # of 21
    assert [pair["overlap"] for pair in pairs] == sorted((pair["overlap"] for pair in pairs), reverse=True)
    assert pairs[0]["overlap"] == 6
    assert all(pair["overlap_pct"] == 100.0 for pair in pairs)


def test_the_trend_has_30_days_and_starts_when_the_first_compute_is_two_days_old(api: Any) -> None:
    def trend() -> list[tuple[str, int]]:
        return [(point["day"][-5:], point["count"]) for point in api.get("/analytics/segments/").json()[0]["trend"]]

    track(api, "seen", "ab")
    number = segment(api, "seen")
    assert trend() == []
    api.advance(86_400)
    assert trend() == []
    api.advance(86_400)
    track(api, "seen", "c")
    api.post(f"/segments/{number}/compute/")
    assert trend() == [("05-01", 2), ("05-02", 2), ("05-03", 3)]
    track(api, "seen", "d")
    api.post(f"/segments/{number}/compute/")  # the day's last compute wins
    assert trend()[-1] == ("05-03", 4)
    api.advance(40 * 86_400)
    assert (len(trend()), trend()[0], trend()[-1]) == (30, ("05-14", 4), ("06-12", 4))


def test_only_active_segments_are_listed(api: Any) -> None:
    track(api, "seen", "a")
    segment(api, "seen")
    segment(api, "never", compute=False)
    api.patch("/segments/1/", {"is_active": False})
    assert api.get("/analytics/segments/").json() == [
        {"id": 2, "name": "never", "member_count": 0, "last_computed_at": None, "trend": []}
    ]


def test_activations_show_their_newest_syncs_and_success_rate(api: Any) -> None:
    track(api, "seen", "ab")
    number = segment(api, "seen")
    config = {"list_id": "l", "api_key": "k"}
    api.post("/activations/", {"segment": number, "connector_type": "klaviyo", "config": config})
    [before] = api.get("/analytics/activations/").json()
    assert (before["success_rate"], before["sync_logs"], before["last_error"]) == (None, [], "")
    for _ in range(7):
        api.advance(60)
        api.post("/activations/1/sync/")
    [after] = api.get("/analytics/activations/").json()
    assert (after["segment_name"], after["member_count"], after["success_rate"]) == ("seen", 2, 100)
    assert [log["synced_at"] for log in after["sync_logs"]] == [
        f"2026-05-01T12:0{minute}:00Z" for minute in (7, 6, 5, 4, 3)
    ]
    assert after["sync_logs"][0] == {
        "status": "success",
        "user_count": 2,
        "added_count": 0,
        "removed_count": 0,
        "unchanged_count": 2,
        "error_message": "",
        "synced_at": "2026-05-01T12:07:00Z",
    }


def test_the_success_rate_is_that_of_the_last_30_syncs(api: Any, receiver: Any) -> None:
    track(api, "seen", "ab")
    number = segment(api, "seen")
    config = {"list_id": "l", "api_key": "k", "endpoint_url": receiver.url}
    api.post("/activations/", {"segment": number, "connector_type": "klaviyo", "config": config})

    def sync(times: int, status: int) -> dict[str, Any]:
        receiver.status = status
        for _ in range(times):
            api.post("/activations/1/sync/")
        [figures] = api.get("/analytics/activations/").json()
        assert CONTRACT.check("AnalyticsActivation", figures) == []
        assert len(figures["sync_logs"]) == min(5, len(receiver.requests))
        rest: dict[str, Any] = figures
        return rest

    assert sync(1, 500)["success_rate"] == 0
    failed = sync(1, 500)
    assert (failed["status"], failed["last_error"]) == ("error", "The receiver answered 500.")
    assert [log["error_message"] for log in failed["sync_logs"]] == ["The receiver answered 500."] * 2
    after = sync(1, 200)
    assert (after["success_rate"], after["last_error"], after["status"]) == (33, "", "inactive")
    assert sync(27, 200)["success_rate"] == 93  # 28 of 30
    assert sync(1, 200)["success_rate"] == 97  # the first failure is the 31st back
    assert sync(1, 200)["success_rate"] == 100


def test_every_answer_is_as_the_contract_has_it(api: Any) -> None:
    track(api, "seen", "abc")
    track(api, "bought", "bcd")
    for kind in ("seen", "bought"):
        segment(api, kind)
    api.advance(3 * 86_400)
    for name, shape in (
        ("overview", "AnalyticsOverview"),
        ("segments", "AnalyticsSegment[]"),
        ("overlap", "AnalyticsOverlap[]"),
        ("usage", "AnalyticsUsage"),
    ):
        answer = api.get(f"/analytics/{name}/").json()
        assert answer
        assert CONTRACT.check(shape, answer) == []


@pytest.fixture
def with_rows(start: Callable[..., Any], tmp_path: Path) -> tuple[Any, Callable[..., None]]:
    """A sandbox, and a way to change what it has stored behind its back."""
    path = tmp_path / "workspace.sqlite3"
    api = start("--now=2026-05-01T12:00:00Z", "--jobs=instant", env={"DATABASE_URL": f"sqlite:///{path}"})

    def execute(statement: str, *params: Any) -> None:
        with closing(sqlite3.connect(path, timeout=30)) as database, database:
            database.execute(statement, params)

    return api, execute


def test_the_limits_are_those_of_the_plan(with_rows: Any) -> None:
    api, execute = with_rows
    names = ("events_limit", "api_calls_per_minute_limit", "ai_credits_limit")
    for plan, limits in (
        ("free", (500_000, 60, 100)),
        ("starter", (5_000_000, 300, 1_000)),
        ("business", (50_000_000, 1_000, 10_000)),
        ("enterprise", (-1, -1, -1)),
    ):
        execute("UPDATE sandbox_tenant SET plan = ?", plan)
        usage = api.get("/analytics/usage/").json()
        assert (usage["plan"], tuple(usage[name] for name in names)) == (plan, limits)
        assert api.get("/analytics/overview/").json()["ai_credits_limit"] == limits[2]


def test_every_figure_follows_the_stored_rows(with_rows: Any) -> None:
    api, execute = with_rows
    track(api, "seen", "abc")
    segment(api, "seen")
    execute("DELETE FROM sandbox_event WHERE id = 1")
    execute("DELETE FROM sandbox_segment_membership WHERE id = 1")
    overview = api.get("/analytics/overview/").json()
    assert (overview["events_30d"], overview["total_members"]) == (2, 2)
    columns = "tenant_id, subject_id, event_type, occurred_at, payload, bot_class, received_at"
    for earlier in (0, 86_400_000_000):  # the second one in April
        values = columns.replace("received_at", f"received_at - {earlier}")
        execute(f"INSERT INTO sandbox_event ({columns}) SELECT {values} FROM sandbox_event WHERE id = 2")
    assert api.get("/analytics/usage/").json()["events_used"] == 4  # rows that another program stored count too
    track(api, "seen", "d")
    assert api.get("/analytics/usage/").json()["events_used"] == 5
    for day, count in (("2026-04-20", 7), ("2026-04-28", 9)):
        execute("INSERT INTO sandbox_segment_trend (segment_id, day, count) VALUES (1, ?, ?)", day, count)
    trend = {point["day"]: point["count"] for point in api.get("/analytics/segments/").json()[0]["trend"]}
    assert (len(trend), trend["2026-04-27"], trend["2026-04-30"], trend["2026-05-01"]) == (12, 7, 9, 3)


def test_the_copilot_has_a_count_of_its_messages_by_day(with_rows: Any) -> None:
    api, execute = with_rows
    insert = "INSERT INTO sandbox_ai_credit_use (tenant_id, kind, credits, used_at) VALUES (1, ?, ?, ?)"
    for kind, credits, used_at in (
        ("copilot", 2, "2026-03-01 09:00:00"),
        ("copilot", 1, "2026-04-01 23:00:00"),
        ("copilot", 1, "2026-04-02 00:00:00"),
        ("copilot", 3, "2026-05-01 09:00:00"),
        ("copilot", 1, "2026-05-01 11:59:00"),
        ("page", 50, "2026-05-01 11:00:00"),
    ):
        execute(insert, kind, credits, used_at)
    assert api.get("/analytics/copilot/").json() == {
        "total_messages": 5,
        "ai_credits_used": 8,
        "trend": [{"day": "2026-04-02", "count": 1}, {"day": "2026-05-01", "count": 2}],
    }
    assert api.get("/analytics/overview/").json()["ai_credits_used"] == 54  # this month's
