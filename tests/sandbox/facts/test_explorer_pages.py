"""docs/api/explorer, docs/users, docs/sandbox."""

from __future__ import annotations

from typing import Any

import pytest
from documented import NOW, computed, segment, track

SPENT = {
    "type": "monetary", "event_type": "order_placed", "property": "total", "metric": "sum", "operator": "gte",
    "value": 500,
}  # fmt: skip
ACTIVE = {"type": "recency", "event_type": "page_viewed", "operator": "lt", "window_days": 30}


@pytest.fixture
def alice(api: Any) -> Any:
    """A user with two events."""
    track(api, "alice", "order_placed", days_ago=2, total=623.45)
    track(api, "alice", "context_identified", days_ago=1, plan="pro")
    return api


def explained(api: Any, user: str = "alice") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(
        f"/explorer/users/{user}/segments/{segment(api, SPENT, ACTIVE)}/explain/"
    ).json()
    return found


def published(api: Any, **event: Any) -> dict[str, Any]:
    answer = api.post("/explorer/sandbox/publish/", {"user_id": "alice", "event_type": "order_placed", **event})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("name", ["user_id", "event_count", "first_seen", "last_seen"])
def test_a_user_that_was_found_has_the_named_key(alice: Any, name: str) -> None:
    assert name in alice.get("/explorer/users/?q=ali").json()["results"][0]


@pytest.mark.parametrize("text", ["ali", "ice"])
def test_users_are_found_by_the_beginning_or_a_part_of_their_id(alice: Any, text: str) -> None:
    assert alice.get(f"/explorer/users/?q={text}").json()["count"] == 1


def test_a_search_takes_a_limit(alice: Any) -> None:
    track(alice, "alina", "seen")
    assert len(alice.get("/explorer/users/?q=ali&limit=1").json()["results"]) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("user_id", "alice"),
        ("event_count", 2),
        ("event_type_count", 2),
        ("first_seen", "2026-04-29T12:00:00Z"),
        ("last_seen", "2026-04-30T12:00:00Z"),
        ("properties", {"plan": "pro"}),
    ],
)
def test_a_profile_has_what_is_known(alice: Any, name: str, value: Any) -> None:
    assert alice.get("/explorer/users/alice/").json()[name] == value


def test_properties_are_those_of_the_latest_identification(alice: Any) -> None:
    track(alice, "alice", "context_identified", company="Acme")
    assert alice.get("/explorer/users/alice/").json()["properties"] == {"company": "Acme"}


def test_events_are_listed_with_type_time_and_payload(alice: Any) -> None:
    (event,) = alice.get("/explorer/users/alice/events/?event_type=order_placed&limit=50").json()["results"]
    assert event == {"event_type": "order_placed", "occurred_at": "2026-04-29T12:00:00Z", "payload": {"total": 623.45}}


def test_events_are_counted(alice: Any) -> None:
    assert alice.get("/explorer/users/alice/events/?limit=1").json()["count"] == 2


def test_a_users_segments_are_a_bare_array(alice: Any) -> None:
    track(alice, "alice", "seen")
    number = computed(alice, name="Seen")
    assert alice.get("/explorer/users/alice/segments/").json() == [
        {"segment_id": number, "segment_name": "Seen", "member_count": 1, "computed_at": NOW}
    ]


def test_an_explanation_has_one_item_a_condition_in_their_order(alice: Any) -> None:
    assert [(item["index"], item["type"]) for item in explained(alice)] == [(0, "monetary"), (1, "recency")]


@pytest.mark.parametrize(
    ("name", "value"),
    [("label", "sum(order_placed.total) ≥ 500"), ("actual_value", 623.45), ("threshold", 500), ("matches", True)],
)
def test_an_item_has_the_users_value_beside_the_threshold(alice: Any, name: str, value: Any) -> None:
    assert explained(alice)[0][name] == value


def test_an_explanation_is_for_whoever_is_no_member_as_well(alice: Any) -> None:
    assert explained(alice)[1]["matches"] is False


def test_an_explanation_has_no_verdict_of_its_own(alice: Any) -> None:
    assert isinstance(explained(alice), list)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_explorer_is_read_only(alice: Any, method: str) -> None:
    assert alice.request(method, "/explorer/users/alice/").status_code == 405


def test_a_simulated_event_says_whom_it_moves(alice: Any) -> None:
    number = segment(alice, {**SPENT, "value": 700}, name="Big")
    assert published(alice, payload={"total": 100}) == {
        "published": True,
        "entered": [{"id": number, "name": "Big"}],
        "exited": [],
        "unchanged_count": 0,
    }


def test_a_simulated_event_can_move_somebody_out(alice: Any) -> None:
    number = segment(alice, {"type": "event_count", "event_type": "order_placed", "operator": "eq", "value": 1})
    assert [each["id"] for each in published(alice)["exited"]] == [number]


def test_a_segment_that_stays_is_counted(alice: Any) -> None:
    segment(alice, SPENT)
    assert published(alice)["unchanged_count"] == 1


def test_only_active_segments_are_looked_at(alice: Any) -> None:
    alice.patch(f"/segments/{segment(alice, SPENT)}/", {"is_active": False})
    assert published(alice)["unchanged_count"] == 0


def test_a_simulated_event_is_not_stored(alice: Any) -> None:
    published(alice)
    assert alice.get("/explorer/users/alice/").json()["event_count"] == 2


def test_a_user_who_was_never_seen_begins_with_nothing(alice: Any) -> None:
    segment(alice, {**SPENT, "value": 100})
    assert len(published(alice, user_id="new", payload={"total": 100})["entered"]) == 1


def test_a_simulated_event_happens_now_unless_it_says_when(alice: Any) -> None:
    segment(alice, {**ACTIVE, "event_type": "order_placed", "window_days": 1})
    assert len(published(alice)["entered"]) == 1


def test_a_simulated_event_may_have_happened_before(alice: Any) -> None:
    segment(alice, {**ACTIVE, "event_type": "order_placed", "window_days": 1})
    assert published(alice, occurred_at="2026-01-01T00:00:00Z")["entered"] == []


@pytest.mark.parametrize("name", ["user_id", "event_type"])
def test_a_simulated_event_needs_who_and_what(alice: Any, name: str) -> None:
    body = {"user_id": "alice", "event_type": "seen"}
    del body[name]
    assert name in alice.post("/explorer/sandbox/publish/", body).json()
