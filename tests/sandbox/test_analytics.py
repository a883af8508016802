"""Analytics: every figure follows from what is stored."""

from __future__ import annotations

from typing import Any

import pytest


def at_least_once(event_type: str) -> dict[str, Any]:
    """Everyone who fired an event."""
    return {"conditions": [{"type": "event_count", "event_type": event_type, "operator": "gte", "value": 1}]}


def track(api: Any, event_type: str, users: str) -> None:
    """One event for each of some users, each named by one letter."""
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
        "ai_credits_used": 0,
        "ai_credits_limit": 10_000,
        "api_calls_per_minute_limit": 1000,
    }
    api.control("POST", "/clock/", {"now": "2026-12-31T23:59:59Z"})
    track(api, "seen", "a")
    usage = api.get("/analytics/usage/").json()
    assert (usage["period_end"], usage["events_used"]) == ("2027-01-01T00:00:00Z", 1)


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
