"""The user explorer, the event sandbox and identity over HTTP."""

from __future__ import annotations

import threading
from typing import Any
from urllib.parse import quote

import pytest

NOW = "2026-05-01T12:00:00Z"


def track(api: Any, user_id: str, event_type: str = "view", at: str | None = None, **payload: Any) -> None:
    body = {"user_id": user_id, "event_type": event_type, "occurred_at": at, "payload": payload}
    assert api.post("/ingestion/track/", body).status_code == 202


def create(api: Any, *conditions: dict[str, Any], name: str = "s", **fields: Any) -> dict[str, Any]:
    body = {"name": name, "definition": {"logic": "AND", "conditions": list(conditions)}, **fields}
    segment: dict[str, Any] = api.post("/segments/", body).json()
    return segment


def viewed(value: int, **fields: Any) -> dict[str, Any]:
    return {"type": "event_count", "event_type": "view", "operator": "gte", "value": value, **fields}


def test_search_puts_prefixes_first_and_then_the_latest_seen(api: Any) -> None:
    track(api, "malice", at="2026-04-03")
    track(api, "alice", at="2026-04-01")
    track(api, "ALICIA", at="2026-04-02")
    track(api, "bob", at="2026-04-04")
    everyone = api.get("/explorer/users/").json()
    assert [user["user_id"] for user in everyone["results"]] == ["bob", "malice", "ALICIA", "alice"]
    found = api.get("/explorer/users/", params={"q": "Ali", "limit": 2}).json()
    assert (found["count"], [user["user_id"] for user in found["results"]]) == (3, ["ALICIA", "alice"])
    assert found["results"][1] == {
        "user_id": "alice",
        "event_count": 1,
        "first_seen": "2026-04-01T00:00:00Z",
        "last_seen": "2026-04-01T00:00:00Z",
    }
    assert api.get("/explorer/users/", params={"q": "%"}).json() == {"count": 0, "results": []}
    assert len(api.get("/explorer/users/", params={"limit": "none"}).json()["results"]) == 4


def test_a_profile_holds_the_latest_identification_only(api: Any) -> None:
    track(api, "u1", "context_identified", at="2026-04-02", plan="pro")
    track(api, "u1", "context_identified", at="2026-04-01", plan="free", email="u1@example.com")
    track(api, "u1", at="2026-04-03")
    assert api.get("/explorer/users/u1/").json() == {
        "user_id": "u1",
        "event_count": 3,
        "event_type_count": 2,
        "first_seen": "2026-04-01T00:00:00Z",
        "last_seen": "2026-04-03T00:00:00Z",
        "properties": {"plan": "pro"},
    }
    nobody = api.get("/explorer/users/nobody/")
    assert (nobody.status_code, nobody.json()) == (404, {"detail": "Not found."})


@pytest.mark.parametrize("user_id", ["a/b", "x@y.z", "50%", "a%2Fb", "ü ü", "..", "q?x=1#f", "anon_", "explain"])
def test_any_user_id_fits_into_a_path(api: Any, user_id: str) -> None:
    track(api, user_id)
    segment = create(api, viewed(1))
    # A client library would resolve `..` before it sends.
    path = "/explorer/users/" + quote(user_id, safe="").replace(".", "%2E") + "/"
    if user_id != "..":
        assert api.get(path).json()["user_id"] == user_id
        assert api.get(path + "events/").json()["count"] == 1
        assert api.get(path + f"segments/{segment['id']}/explain/").json()[0]["matches"] is True


def test_events_are_newest_first_and_filtered(api: Any) -> None:
    for day in (1, 2, 3):
        track(api, "u1", at=f"2026-04-0{day}", day=day)
    track(api, "u1", "order", at="2026-04-02T06:00:00Z")
    path = "/explorer/users/u1/events/"
    all_of_them = api.get(path, params={"limit": 2}).json()
    assert all_of_them["count"] == 4
    assert [each["occurred_at"][:10] for each in all_of_them["results"]] == ["2026-04-03", "2026-04-02"]
    views = api.get(path, params={"event_type": "view", "since": "2026-04-02"}).json()
    assert (views["count"], [each["payload"] for each in views["results"]]) == (2, [{"day": 3}, {"day": 2}])
    late = api.get(path, params={"since": "2026-04-02T06:00:00Z"}).json()
    assert late["count"] == 2
    bad = api.get(path, params={"since": "last week"})
    assert (bad.status_code, list(bad.json())) == (400, ["since"])
    assert api.get("/explorer/users/nobody/events/").json() == {"count": 0, "results": []}


def test_stored_segments_of_a_user(api: Any) -> None:
    segment = create(api, viewed(1), name="Viewers")
    track(api, "u1")
    path = "/explorer/users/u1/segments/"
    assert api.get(path).json() == []
    api.post(f"/segments/{segment['id']}/compute/")
    assert api.get(path).json() == [
        {"segment_id": segment["id"], "segment_name": "Viewers", "member_count": 1, "computed_at": NOW}
    ]
    assert api.get("/explorer/users/nobody/segments/").json() == []


def test_explain_shows_every_type_with_value_threshold_and_verdict(api: Any) -> None:
    other = create(api, viewed(1), name="other")
    order = {"event_type": "order_placed", "property": "total"}
    conditions: list[tuple[dict[str, Any], str, Any, Any, bool]] = [
        ({**order, "type": "monetary", "metric": "sum", "operator": "gte", "value": 500},
         "sum(order_placed.total) ≥ 500", 623.45, 500, True),
        ({**order, "type": "monetary", "metric": "avg", "operator": "gt", "value": 400},
         "avg(order_placed.total) > 400", 311.725, 400, False),
        ({"type": "recency", "event_type": "view", "operator": "lt", "window_days": 30},
         "view within last 30 days", 2, 30, True),
        ({"type": "recency", "event_type": "never", "operator": "gt", "window_days": 30},
         "never not within last 30 days", None, 30, True),
        (viewed(2, window_days=1), "count(view) ≥ 2 within last 1 day", 0, 2, False),
        ({**order, "type": "event_property", "operator": "between", "value": 1, "value2": 100.5},
         "order_placed.total between 1 and 100.5", 23.45, [1, 100.5], True),
        ({"type": "user_property", "property": "plan", "operator": "in", "value": ["pro", "max"]},
         'user.plan in ["pro", "max"]', "pro", ["pro", "max"], True),
        ({"type": "user_property", "property": "gone", "operator": "is_not_set"},
         "user.gone is not set", None, None, True),
        ({"type": "event_sequence", "events": ["view", "order_placed", "view"], "window_days": 90},
         "view → order_placed → view within 90 days", 1, 3, False),
        ({"type": "segment_membership", "segment_id": other["id"], "operator": "not_in"},
         f"not in segment {other['id']}", False, other["id"], True),
    ]  # fmt: skip
    segment = create(api, *[each[0] for each in conditions])
    track(api, "u1", "context_identified", at="2026-04-01", plan="pro")
    track(api, "u1", "order_placed", at="2026-04-01", total=600)
    track(api, "u1", "order_placed", at="2026-04-02", total=23.45)
    track(api, "u1", "view", at="2026-04-29T11:00:00Z")
    items = api.get(f"/explorer/users/u1/segments/{segment['id']}/explain/").json()
    assert items == [
        {
            "index": index,
            "type": condition["type"],
            "label": label,
            "actual_value": actual,
            "threshold": threshold,
            "matches": matches,
        }
        for index, (condition, label, actual, threshold, matches) in enumerate(conditions)
    ]


def test_explain_of_someone_unknown_is_of_an_empty_history(api: Any) -> None:
    segment = create(api, viewed(1), {"type": "recency", "event_type": "view", "operator": "gt", "window_days": 9})
    items = api.get(f"/explorer/users/nobody/segments/{segment['id']}/explain/").json()
    assert [(item["actual_value"], item["matches"]) for item in items] == [(0, False), (None, True)]
    assert api.get("/explorer/users/u1/segments/999/explain/").status_code == 404
    broken = create(api, {"type": "monetary", "operator": "gte", "value": 1})
    assert api.get(f"/explorer/users/u1/segments/{broken['id']}/explain/").status_code == 400


def test_a_simulated_event_tells_what_it_would_change_and_leaves_no_trace(api: Any) -> None:
    viewers = create(api, viewed(2), name="Viewers")
    lapsed = create(api, {"type": "recency", "event_type": "view", "operator": "gt", "window_days": 7}, name="Lapsed")
    create(api, viewed(3), name="Fans")
    create(api, viewed(1), name="Paused", is_active=False)
    api.post("/segments/", {"name": "No rules"})
    track(api, "u1", at="2026-04-01")
    before = (api.get("/explorer/users/").json(), api.get("/segments/").json())
    answer = api.post("/explorer/sandbox/publish/", {"user_id": "u1", "event_type": "view"})
    assert answer.status_code == 200
    assert answer.json() == {
        "published": True,
        "entered": [{"id": viewers["id"], "name": "Viewers"}],
        "exited": [{"id": lapsed["id"], "name": "Lapsed"}],
        "unchanged_count": 2,
    }
    new = api.post("/explorer/sandbox/publish/", {"user_id": "new", "event_type": "x", "occurred_at": "2026-01-01"})
    assert new.json()["entered"] == [{"id": lapsed["id"], "name": "Lapsed"}]
    assert (api.get("/explorer/users/").json(), api.get("/segments/").json()) == before
    assert api.get("/explorer/users/new/").status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"event_type": "x"}, "user_id"),
        ({"user_id": "u"}, "event_type"),
        ({"user_id": "u", "event_type": "x", "occurred_at": "?"}, "occurred_at"),
        ({"user_id": "u", "event_type": "x", "payload": 5}, "payload"),
    ],
)
def test_a_bad_simulated_event_is_refused(api: Any, body: Any, field: str) -> None:
    response = api.post("/explorer/sandbox/publish/", body)
    assert (response.status_code, list(response.json())) == (400, [field])


def test_simulations_and_real_events_at_the_same_time_do_not_meet(api: Any) -> None:
    create(api, viewed(100), name="Fans")
    failures: list[str] = []

    def simulate() -> None:
        client = api.with_key(api.key)
        for _ in range(15):
            answer = client.post(
                "/explorer/sandbox/publish/", {"user_id": "u1", "event_type": "view", "payload": {"simulated": True}}
            )
            if answer.status_code != 200 or answer.json()["entered"]:
                failures.append(answer.text)
        client.session.close()

    threads = [threading.Thread(target=simulate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(30):
        track(api, "u1", number=number)
    for thread in threads:
        thread.join()
    assert failures == []
    events = api.get("/explorer/users/u1/events/").json()
    assert events["count"] == 30
    assert not any("simulated" in each["payload"] for each in events["results"])


def alias(api: Any, anonymous_id: str, user_id: str) -> tuple[int, dict[str, Any]]:
    response = api.post("/identity/alias/", {"anonymous_id": anonymous_id, "user_id": user_id})
    return response.status_code, response.json()


def merge(api: Any, source: str, into: str) -> tuple[int, dict[str, Any]]:
    response = api.post("/identity/merge/", {"from_user_id": source, "into_user_id": into})
    return response.status_code, response.json()


def test_the_first_alias_wins_and_says_whose_it_is(api: Any) -> None:
    first = {"anonymous_id": "abc", "alias_id": "anon_abc", "user_id": "u1", "canonical_id": "u1", "created": True}
    assert alias(api, "abc", "u1") == (201, first)
    assert alias(api, "abc", "u1") == (200, {**first, "created": False})
    assert alias(api, "anon_abc", "u2") == (
        200,
        {**first, "anonymous_id": "anon_abc", "user_id": "u2", "created": False},
    )
    status, body = alias(api, "abc", "anon_abc")
    assert (status, list(body)) == (400, ["user_id"])


def test_what_happened_before_the_alias_counts_at_once_without_rewriting_events(api: Any) -> None:
    segment = create(api, viewed(2))
    track(api, "anon_abc")
    track(api, "u1")
    assert api.post(f"/segments/{segment['id']}/estimate/").json()["matched_users"] == 0
    alias(api, "abc", "u1")
    assert api.post(f"/segments/{segment['id']}/estimate/").json()["matched_users"] == 1
    assert api.get("/explorer/users/anon_abc/").json()["user_id"] == "u1"
    assert [user["user_id"] for user in api.get("/explorer/users/").json()["results"]] == ["u1"]


def test_merges_form_chains_and_refuse_loops(api: Any) -> None:
    for user_id in ("a", "b", "c"):
        track(api, user_id)
    assert merge(api, "a", "b") == (
        200,
        {"from_user_id": "a", "into_user_id": "b", "canonical_id": "b", "merged": True},
    )
    assert merge(api, "b", "c")[1]["canonical_id"] == "c"
    assert api.get("/explorer/users/a/").json()["event_count"] == 3
    for source, into in (("c", "a"), ("c", "c"), ("b", "a")):
        status, body = merge(api, source, into)
        assert (status, list(body)) == (400, ["into_user_id"])
    assert api.get("/explorer/users/a/").json()["user_id"] == "c"
    assert merge(api, "a", "b")[0] == 200  # once more is no harm


def test_a_merge_overrides_an_alias(api: Any) -> None:
    track(api, "anon_abc")
    alias(api, "abc", "u1")
    assert merge(api, "anon_abc", "u2")[1]["canonical_id"] == "u2"
    assert api.get("/explorer/users/anon_abc/").json()["user_id"] == "u2"
    assert api.get("/explorer/users/u1/").status_code == 404


def test_stored_membership_follows_a_merge_at_the_next_compute(api: Any) -> None:
    segment = create(api, viewed(1))
    track(api, "a")
    track(api, "b")
    api.post(f"/segments/{segment['id']}/compute/")
    merge(api, "a", "b")
    path = f"/segments/{segment['id']}/members/"
    assert api.get(path).json()["members"] == ["a", "b"]
    assert len(api.get("/explorer/users/a/segments/").json()) == 1
    api.post(f"/segments/{segment['id']}/compute/")
    assert api.get(path).json()["members"] == ["b"]


@pytest.mark.parametrize("path", ["/identity/alias/", "/identity/merge/"])
@pytest.mark.parametrize(
    "body", [{}, [], {"user_id": 5, "anonymous_id": ["x"]}, {"from_user_id": "", "into_user_id": "b"}]
)
def test_identity_needs_two_ids(api: Any, path: str, body: Any) -> None:
    response = api.post(path, body)
    assert response.status_code == 400
    assert isinstance(response.json(), dict)
    assert api.get("/explorer/users/").json()["count"] == 0
