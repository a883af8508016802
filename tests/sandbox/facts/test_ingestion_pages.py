"""docs/api/ingestion, docs/event-tracking, docs/event-tracking/schema, docs/event-tracking/shopify."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from documented import NOW, track

SECRET = "shpss_test"


def batch(api: Any, *events: Any) -> Any:
    return api.post("/ingestion/track/batch/", {"events": list(events)})


def events(api: Any, user: str = "alice") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(f"/explorer/users/{user}/events/").json()["results"]
    return found


def registered(api: Any, *properties: dict[str, Any]) -> Any:
    """A schema for `bought`."""
    assert api.post("/schemas/", {"event_type": "bought", "properties": list(properties)}).status_code == 201
    return api


TOTAL = {"name": "total", "type": "number", "required": True}


def test_an_event_is_queued(api: Any) -> None:
    answer = api.post("/ingestion/track/", {"user_id": "alice", "event_type": "seen"})
    assert (answer.status_code, answer.json()) == (202, {"queued": True})


def test_a_batch_says_how_many_are_queued_and_skipped(api: Any) -> None:
    assert batch(api, {"user_id": "a", "event_type": "e"}, {"user_id": "b", "event_type": "e"}).json() == {
        "queued": 2,
        "skipped": 0,
    }


def test_an_event_without_a_user_is_skipped_and_the_others_are_queued(api: Any) -> None:
    assert batch(api, {"event_type": "e"}, {"user_id": "b", "event_type": "e"}).json() == {"queued": 1, "skipped": 1}


def test_an_event_against_its_schema_is_skipped(api: Any) -> None:
    assert batch(registered(api, TOTAL), {"user_id": "a", "event_type": "bought"}).json()["skipped"] == 1


@pytest.mark.parametrize(("number", "status"), [(500, 202), (501, 400)])
def test_a_batch_has_at_most_500_events(api: Any, number: int, status: int) -> None:
    assert batch(api, *[{"user_id": "a", "event_type": "e"}] * number).status_code == status


@pytest.mark.parametrize("name", ["user_id", "event_type"])
def test_an_event_needs_who_and_what(api: Any, name: str) -> None:
    body = {"user_id": "alice", "event_type": "seen"}
    del body[name]
    assert name in api.post("/ingestion/track/", body).json()


def test_an_event_happens_when_it_arrives_unless_it_says_when(api: Any) -> None:
    api.post("/ingestion/track/", {"user_id": "alice", "event_type": "seen"})
    assert events(api)[0]["occurred_at"] == NOW


def test_an_event_may_say_when(api: Any) -> None:
    track(api, "alice", "seen", days_ago=1)
    assert events(api)[0]["occurred_at"] == "2026-04-30T12:00:00Z"


def test_a_payload_is_free(api: Any) -> None:
    payload = {"nested": {"list": [1, "two", None]}, "flag": True}
    api.post("/ingestion/track/", {"user_id": "alice", "event_type": "seen", "payload": payload})
    assert events(api)[0]["payload"] == payload


def test_the_same_event_twice_is_two_events(api: Any) -> None:
    batch(api, *[{"user_id": "alice", "event_type": "seen", "occurred_at": NOW}] * 2)
    assert len(events(api)) == 2


def test_an_event_may_carry_a_visitors_id(api: Any) -> None:
    body = {"user_id": "alice", "event_type": "seen", "anonymous_id": "v1"}
    assert api.post("/ingestion/track/", body).status_code == 202


# Schemas


def test_a_schema_is_of_one_event_type(api: Any) -> None:
    registered(api, TOTAL)
    assert api.post("/schemas/", {"event_type": "bought", "properties": []}).status_code == 400


def test_a_schema_is_optional(api: Any) -> None:
    assert batch(registered(api, TOTAL), {"user_id": "a", "event_type": "seen"}).json()["queued"] == 1


@pytest.mark.parametrize("kind", ["string", "number", "boolean", "datetime", "array"])
def test_a_property_has_one_of_five_types(api: Any, kind: str) -> None:
    made = api.post("/schemas/", {"event_type": "e", "properties": [{"name": "p", "type": kind, "required": False}]})
    assert made.status_code == 201


def test_no_other_type_is_taken(api: Any) -> None:
    assert api.post("/schemas/", {"event_type": "e", "properties": [{"name": "p", "type": "price"}]}).status_code == 400


@pytest.mark.parametrize("name", ["name", "type", "required"])
def test_a_property_has_the_named_key(api: Any, name: str) -> None:
    registered(api, TOTAL)
    assert name in api.get("/schemas/").json()["results"][0]["properties"][0]


@pytest.mark.parametrize("name", ["event_type", "occurred_at", "failure"])
def test_a_dropped_event_is_among_the_recent_errors(api: Any, name: str) -> None:
    track(registered(api, TOTAL), "alice", "bought")
    assert api.control("GET", "/ingestion-errors/")[0][name]


def test_a_dropped_event_is_not_stored(api: Any) -> None:
    track(registered(api, TOTAL), "alice", "bought")
    assert events(api) == []


@pytest.mark.parametrize(("kind", "sent", "kept"), [("number", "12.5", 12.5), ("boolean", "true", True)])
def test_numbers_and_booleans_are_read_from_texts(api: Any, kind: str, sent: str, kept: Any) -> None:
    track(registered(api, {"name": "p", "type": kind, "required": True}), "alice", "bought", p=sent)
    assert events(api)[0]["payload"] == {"p": kept}


def test_unknown_properties_pass(api: Any) -> None:
    track(registered(api, TOTAL), "alice", "bought", total=1, extra="x")
    assert events(api)[0]["payload"] == {"total": 1, "extra": "x"}


def test_optional_ones_may_be_missing(api: Any) -> None:
    track(registered(api, {**TOTAL, "required": False}), "alice", "bought")
    assert len(events(api)) == 1


# Shopify


@pytest.fixture
def shop(api: Any) -> Any:
    """A tenant whose shop has a secret."""
    api.control("PUT", "/tenants/acme/shopify/", {"secret": SECRET})
    return api


def deliver(api: Any, topic: str = "orders/create", secret: str = SECRET, **fields: Any) -> Any:
    """What a shop sends, without a key."""
    body = json.dumps({"id": 1, "email": "jo@shop.test", "total_price": "12.50", "currency": "EUR",
                       "financial_status": "paid", "line_items": [{"quantity": 2}], **fields}).encode()  # fmt: skip
    signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    headers = {"X-Shopify-Topic": topic, "X-Shopify-Hmac-SHA256": signature, "Content-Type": "application/json"}
    return api.post("/ingestion/shopify/acme/", data=body, headers={**headers, "Authorization": None})


def test_a_shops_webhook_needs_no_key(shop: Any) -> None:
    assert deliver(shop).status_code < 300


def test_a_wrong_signature_is_refused(shop: Any) -> None:
    assert deliver(shop, secret="other_test").status_code in (401, 403)


def test_a_secret_has_to_be_configured_first(api: Any) -> None:
    assert deliver(api).status_code >= 400


@pytest.mark.parametrize(
    ("topic", "event_type"),
    [
        ("orders/create", "order_placed"),
        ("orders/paid", "order_paid"),
        ("orders/cancelled", "order_cancelled"),
        ("customers/create", "customer_created"),
        ("checkouts/create", "checkout_started"),
        ("checkouts/delete", "checkout_abandoned"),
    ],
)
def test_a_topic_becomes_an_event(shop: Any, topic: str, event_type: str) -> None:
    deliver(shop, topic)
    assert [event["event_type"] for event in events(shop, "jo@shop.test")] == [event_type]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("order_id", 1),
        ("total", 12.5),
        ("currency", "EUR"),
        ("item_count", 2),
        ("email", "jo@shop.test"),
        ("financial_status", "paid"),
    ],
)
def test_an_orders_payload_has_the_named_key(shop: Any, name: str, value: Any) -> None:
    deliver(shop)
    assert events(shop, "jo@shop.test")[0]["payload"][name] == value


def test_a_customer_without_an_email_is_known_by_id(shop: Any) -> None:
    deliver(shop, email=None, customer={"id": 77})
    assert len(events(shop, "77")) == 1
