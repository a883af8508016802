"""docs/api/analytics."""

from __future__ import annotations

from typing import Any

import pytest
from documented import computed, segment, track


def got(api: Any, name: str) -> Any:
    return api.get(f"/analytics/{name}/").json()


def overlapping(api: Any) -> list[dict[str, Any]]:
    """Two segments with a shared member."""
    for user, event in (("a", "seen"), ("b", "seen"), ("c", "seen"), ("a", "bought"), ("d", "bought"), ("e", "bought")):
        track(api, user, event)
    computed(api)
    computed(api, {"type": "event_count", "event_type": "bought", "operator": "gte", "value": 1}, name="Bought")
    found: list[dict[str, Any]] = got(api, "overlap")
    return found


def activation(api: Any) -> int:
    body = {"segment": segment(api), "connector_type": "klaviyo", "config": {"list_id": "L", "api_key": "test"}}
    created: int = api.post("/activations/", body).json()["id"]
    return created


@pytest.mark.parametrize("name", ["overview", "segments", "overlap", "activations", "usage", "copilot"])
def test_each_of_six_is_read_only(api: Any, name: str) -> None:
    assert (api.get(f"/analytics/{name}/").status_code, api.post(f"/analytics/{name}/").status_code) == (200, 405)


def test_people_may_read_them_too(api: Any) -> None:
    assert api.sign_in().get("/analytics/overview/").status_code == 200


@pytest.mark.parametrize(
    "name", ["segment_count", "total_members", "events_30d", "ai_credits_used", "ai_credits_limit"]
)
def test_the_overview_has_the_named_key(api: Any, name: str) -> None:
    assert name in got(api, "overview")


def test_no_limit_is_minus_one(api: Any) -> None:
    api.control("PATCH", "/tenants/acme/", {"plan": "enterprise"})
    assert got(api, "overview")["ai_credits_limit"] == -1


@pytest.mark.parametrize("name", ["id", "name", "member_count", "last_computed_at", "trend"])
def test_a_segments_figures_have_the_named_key(api: Any, name: str) -> None:
    segment(api)
    assert name in got(api, "segments")[0]


def test_only_active_segments_have_figures(api: Any) -> None:
    api.patch(f"/segments/{segment(api)}/", {"is_active": False})
    assert got(api, "segments") == []


def test_a_trend_is_of_30_days(api: Any) -> None:
    number = computed(api)
    api.advance(40 * 86400)
    api.post(f"/segments/{number}/compute/")
    assert len(got(api, "segments")[0]["trend"]) == 30


def test_a_trends_day_has_a_date_and_a_count(api: Any) -> None:
    computed(api)
    api.advance(3 * 86400)
    assert got(api, "segments")[0]["trend"][0] == {"day": "2026-05-01", "count": 0}


@pytest.mark.parametrize("days", [None, 1])
def test_a_trend_is_empty_before_two_days(api: Any, days: int | None) -> None:
    (computed if days else segment)(api)
    api.advance(86400 * (days or 0))
    assert got(api, "segments")[0]["trend"] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seg_a_id", 1),
        ("seg_a_name", "Segment"),
        ("seg_b_id", 2),
        ("seg_b_name", "Bought"),
        ("overlap", 1),
        ("overlap_pct", 33.3),
    ],
)
def test_an_overlap_is_the_shared_part_of_the_smaller_segment(api: Any, name: str, value: Any) -> None:
    assert overlapping(api)[0][name] == value


def test_one_segment_has_no_overlap(api: Any) -> None:
    track(api, "a", "seen")
    computed(api)
    assert got(api, "overlap") == []


def test_nor_have_two_that_share_nobody(api: Any) -> None:
    track(api, "a", "seen")
    track(api, "b", "bought")
    computed(api)
    computed(api, {"type": "event_count", "event_type": "bought", "operator": "gte", "value": 1})
    assert got(api, "overlap") == []


def test_the_20_largest_pairs_are_shown(api: Any) -> None:
    track(api, "a", "seen")
    for _ in range(8):
        computed(api)
    assert len(got(api, "overlap")) == 20


@pytest.mark.parametrize(
    "name",
    [
        "id",
        "segment_id",
        "segment_name",
        "connector_type",
        "status",
        "last_synced_at",
        "last_error",
        "member_count",
        "success_rate",
        "sync_logs",
    ],
)
def test_an_activations_figures_have_the_named_key(api: Any, name: str) -> None:
    activation(api)
    assert name in got(api, "activations")[0]


def test_without_syncs_there_is_no_rate(api: Any) -> None:
    activation(api)
    assert got(api, "activations")[0]["success_rate"] is None


def test_without_an_error_it_is_an_empty_text(api: Any) -> None:
    activation(api)
    assert got(api, "activations")[0]["last_error"] == ""


@pytest.mark.parametrize("name", ["status", "user_count", "error_message", "synced_at"])
def test_a_log_has_the_named_key(api: Any, name: str) -> None:
    api.post(f"/activations/{activation(api)}/sync/")
    assert name in got(api, "activations")[0]["sync_logs"][0]


def test_the_newest_five_logs_are_shown(api: Any) -> None:
    number = activation(api)
    for _ in range(6):
        api.post(f"/activations/{number}/sync/")
    assert len(got(api, "activations")[0]["sync_logs"]) == 5


def test_the_rate_is_of_the_last_30_logs(api: Any, receiver: Any) -> None:
    body = {"segment": segment(api), "connector_type": "klaviyo",
            "config": {"list_id": "L", "api_key": "test", "endpoint_url": receiver.url}}  # fmt: skip
    number = api.post("/activations/", body).json()["id"]
    receiver.status = 500
    api.post(f"/activations/{number}/sync/")
    receiver.status = 200
    for _ in range(30):
        api.post(f"/activations/{number}/sync/")
    assert got(api, "activations")[0]["success_rate"] == 100
