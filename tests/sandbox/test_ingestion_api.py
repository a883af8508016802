"""Ingestion over HTTP: what is accepted, skipped, refused; whose events they are; who sent them."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from segops_sandbox.ingestion.bots import classify

NOW = "2026-05-01T12:00:00Z"


def stored(api: Any, user_id: str) -> list[dict[str, Any]]:
    return api.get(f"/explorer/users/{user_id}/events/").json()["results"]  # type: ignore[no-any-return]


def count(api: Any) -> int:
    return sum(user["event_count"] for user in api.get("/explorer/users/?limit=100").json()["results"])


def test_an_event_is_stored_as_it_was_sent(api: Any) -> None:
    payload = {"total": 12.5, "nested": {"list": [1, None, "ü"]}, 'odd "key"': True}
    body = {"user_id": "u1", "event_type": "order", "occurred_at": "2026-04-30T10:00:00+02:00", "payload": payload}
    answer = api.post("/ingestion/track/", body)
    assert (answer.status_code, answer.json()) == (202, {"queued": True})
    assert stored(api, "u1") == [{"event_type": "order", "occurred_at": "2026-04-30T08:00:00Z", "payload": payload}]


def test_an_event_without_a_time_occurred_when_it_came(api: Any) -> None:
    api.post("/ingestion/track/", {"user_id": "u1", "event_type": "x"})
    api.post("/ingestion/track/", {"user_id": "u1", "event_type": "y", "occurred_at": "2026-04-30"})
    assert [(each["event_type"], each["occurred_at"], each["payload"]) for each in stored(api, "u1")] == [
        ("x", NOW, {}),
        ("y", "2026-04-30T00:00:00Z", {}),
    ]


BAD = [
    ({"event_type": "x"}, "user_id"),
    ({"user_id": "", "event_type": "x"}, "user_id"),
    ({"user_id": "  ", "event_type": "x"}, "user_id"),
    ({"user_id": 5, "event_type": "x"}, "user_id"),
    ({"user_id": None, "event_type": "x"}, "user_id"),
    ({"user_id": "u" * 256, "event_type": "x"}, "user_id"),
    ({"anonymous_id": "a", "event_type": "x"}, "user_id"),
    ({"user_id": "u"}, "event_type"),
    ({"user_id": "u", "event_type": ["x"]}, "event_type"),
    ({"user_id": "u", "event_type": "x", "occurred_at": "yesterday"}, "occurred_at"),
    ({"user_id": "u", "event_type": "x", "occurred_at": "2026-02-30"}, "occurred_at"),
    ({"user_id": "u", "event_type": "x", "occurred_at": "0001-01-01T00:00:00+02:00"}, "occurred_at"),
    ({"user_id": "u", "event_type": "x", "occurred_at": "9999-12-31T23:59:59-02:00"}, "occurred_at"),
    ({"user_id": "u", "event_type": "x", "occurred_at": 1700000000}, "occurred_at"),
    ({"user_id": "u", "event_type": "x", "payload": []}, "payload"),
    ({"user_id": "u", "event_type": "x", "payload": {"n": 10**400}}, "payload"),
    ({"user_id": "u", "event_type": "x", "anonymous_id": 7}, "anonymous_id"),
    ("not an object", "non_field_errors"),
]


@pytest.mark.parametrize(("event", "field"), BAD)
def test_a_bad_event_is_refused_alone_and_skipped_in_a_batch(api: Any, event: Any, field: str) -> None:
    response = api.post("/ingestion/track/", event)
    assert (response.status_code, list(response.json())) == (400, [field])
    assert count(api) == 0
    good = {"user_id": "u1", "event_type": "x"}
    response = api.post("/ingestion/track/batch/", {"events": [event, good]})
    assert (response.status_code, response.json()) == (202, {"queued": 1, "skipped": 1})
    assert count(api) == 1


def test_a_number_that_json_cannot_say_back_is_refused(api: Any) -> None:
    body = b'{"user_id": "u", "event_type": "x", "payload": {"n": 1e999}}'
    response = api.request("POST", "/ingestion/track/", data=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 400
    assert count(api) == 0


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({}, "This field is required."),
        ([], "This field is required."),
        ({"events": {}}, 'Expected a list of items but got type "dict".'),
        ({"events": [{"user_id": "u", "event_type": "x"}] * 501}, "Ensure this field has no more than 500 elements."),
    ],
)
def test_an_invalid_or_too_large_batch_stores_nothing(api: Any, body: Any, answer: str) -> None:
    response = api.post("/ingestion/track/batch/", body)
    assert (response.status_code, response.json()) == (400, {"events": [answer]})
    assert count(api) == 0


def test_an_empty_batch_and_a_full_one_are_accepted(api: Any) -> None:
    assert api.post("/ingestion/track/batch/", {"events": []}).json() == {"queued": 0, "skipped": 0}
    events = [{"user_id": f"u{n % 7}", "event_type": "x"} for n in range(500)]
    assert api.post("/ingestion/track/batch/", {"events": events}).json() == {"queued": 500, "skipped": 0}
    assert count(api) == 500


def test_seen_together_a_visitor_becomes_the_user_and_the_first_user_keeps_it(api: Any) -> None:
    events = [
        {"user_id": "anon_phone", "event_type": "before"},
        {"user_id": "alice", "event_type": "login", "anonymous_id": "phone"},
        {"user_id": "bob", "event_type": "login", "anonymous_id": "phone"},
        {"user_id": "bob", "event_type": "login", "anonymous_id": "tablet"},
    ]
    api.post("/ingestion/track/batch/", {"events": events})
    api.post("/ingestion/track/", {"user_id": "carol", "event_type": "login", "anonymous_id": "anon_tablet"})
    counts = {user["user_id"]: user["event_count"] for user in api.get("/explorer/users/").json()["results"]}
    assert counts == {"alice": 2, "bob": 2, "carol": 1}
    assert api.get("/explorer/users/anon_tablet/").json()["user_id"] == "bob"


def test_batches_at_the_same_time_agree_on_ids_and_lose_no_event(api: Any) -> None:
    answers: list[dict[str, Any]] = []

    def send(sender: int) -> None:
        client = api.with_key(api.key)
        for _ in range(5):
            events = [
                {"user_id": f"u{(sender + n) % 40}", "event_type": "x", "anonymous_id": f"device-{n % 10}"}
                for n in range(100)
            ]
            answers.append(client.post("/ingestion/track/batch/", {"events": events}).json())
        client.session.close()

    threads = [threading.Thread(target=send, args=(sender,)) for sender in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [{"queued": 100, "skipped": 0}] * 20
    users = api.get("/explorer/users/?limit=100").json()
    assert (users["count"], count(api)) == (40, 2000)


def test_a_visitor_is_not_identified_by_another_visitor(api: Any) -> None:
    api.post("/ingestion/track/", {"user_id": "anon_a", "event_type": "x", "anonymous_id": "a"})
    api.post("/ingestion/track/", {"user_id": "anon_a", "event_type": "x", "anonymous_id": "b"})
    api.post("/ingestion/track/", {"user_id": "u1", "event_type": "x", "anonymous_id": "b"})
    assert api.get("/explorer/users/anon_a/").json()["event_count"] == 2
    assert api.get("/explorer/users/anon_b/").json()["user_id"] == "u1"


def test_events_of_a_session_belong_to_the_user_it_was_made_for(api: Any) -> None:
    owner = api.sign_in()
    key = owner.post("/auth/api-keys/", {"name": "web", "tenant_slug": "acme", "key_type": "pk"}).json()["key"]
    assert key.startswith("pk_")
    token = api.with_key(key).post("/auth/session/", {"user_id": "alice"}).json()["token"]
    browser = api.with_token(token)
    assert browser.post("/ingestion/track/", {"user_id": "mallory", "event_type": "x"}).status_code == 202
    assert browser.post("/ingestion/track/batch/", {"events": [{"event_type": "y"}]}).json()["queued"] == 1
    assert [user["user_id"] for user in api.get("/explorer/users/").json()["results"]] == ["alice"]
    assert browser.get("/explorer/users/").status_code == 403
    assert api.with_key(key).post("/ingestion/track/", {"user_id": "u", "event_type": "x"}).status_code == 403


def test_a_schema_coerces_what_fits_and_drops_what_does_not(api: Any) -> None:
    properties = [
        {"name": "total", "type": "number", "required": True},
        {"name": "gift", "type": "boolean", "required": False},
    ]
    assert api.post("/schemas/", {"event_type": "order", "properties": properties}).status_code == 201
    events = [
        {"user_id": "u1", "event_type": "order", "payload": {"total": "12.5", "gift": "true", "other": "kept"}},
        {"user_id": "u1", "event_type": "order", "payload": {"gift": True}},
        {"user_id": "u1", "event_type": "view", "payload": {}},
    ]
    assert api.post("/ingestion/track/batch/", {"events": events}).json() == {"queued": 2, "skipped": 1}
    assert api.post("/ingestion/track/", events[1]).json() == {"queued": True}  # dropped later, as on the platform
    payloads = [each["payload"] for each in stored(api, "u1") if each["event_type"] == "order"]
    assert payloads == [{"total": 12.5, "gift": True, "other": "kept"}]


def test_tenants_do_not_see_each_others_users(api: Any, other_tenant: Any) -> None:
    api.post("/ingestion/track/", {"user_id": "u1", "event_type": "x"})
    assert other_tenant.get("/explorer/users/").json() == {"count": 0, "results": []}
    assert other_tenant.get("/explorer/users/u1/").status_code == 404
    other_tenant.post("/ingestion/track/", {"user_id": "u1", "event_type": "y"})
    assert [each["event_type"] for each in stored(api, "u1")] == ["x"]


@pytest.mark.parametrize(
    ("user_agent", "bot_class"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0 Safari/537.36", "human"),
        ("segops-admin-python/1.0", "human"),
        ("", "human"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "known_bot"),
        ("Mozilla/5.0 (compatible; bingbot/2.0)", "known_bot"),
        ("Mozilla/5.0 AppleWebKit/537.36; compatible; GPTBot/1.2", "known_bot"),
        ("Mozilla/5.0 (compatible; ClaudeBot/1.0)", "known_bot"),
        ("Mozilla/5.0 (compatible; PerplexityBot/1.0)", "known_bot"),
        ("Mozilla/5.0 (compatible; ChatGPT-User/1.0)", "ai_agent"),
        ("Mozilla/5.0 HeadlessChrome/126.0", "suspicious"),
    ],
)
def test_the_user_agent_decides_the_bot_class(user_agent: str, bot_class: str) -> None:
    assert classify(user_agent) == bot_class
