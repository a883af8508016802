"""Webhooks of a Shopify shop: signed as Shopify signs them, read as the documented events."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

SECRET = "shpss_test_ünique"
ORDER = {
    "id": 820982911946154508,
    "email": "jon@example.com",
    "created_at": "2026-04-30T10:00:00-04:00",
    "total_price": "398.00",
    "currency": "USD",
    "financial_status": "pending",
    "line_items": [{"id": 1, "quantity": 2}, {"id": 2, "quantity": 1}],
    "customer": {"id": 115310627314723954, "email": "jon@example.com"},
}
PAYLOAD = {
    "order_id": 820982911946154508,
    "total": 398.0,
    "currency": "USD",
    "item_count": 3,
    "email": "jon@example.com",
    "financial_status": "pending",
}


def deliver(api: Any, topic: str | None, body: Any, secret: str = SECRET, path: str = "acme") -> Any:
    """One webhook, as a shop sends it: without a key."""
    content = json.dumps(body, indent=1).encode()
    signature = base64.b64encode(hmac.new(secret.encode(), content, hashlib.sha256).digest()).decode()
    headers = {"Content-Type": "application/json", "X-Shopify-Topic": topic, "X-Shopify-Hmac-SHA256": signature}
    return api.post(f"/ingestion/shopify/{path}/", data=content, headers={**headers, "Authorization": None})


@pytest.fixture
def shop(api: Any) -> Any:
    """A tenant that takes webhooks."""
    assert api.control("PUT", "/tenants/acme/shopify/", {"secret": SECRET}) == {"has_secret": True}
    return api


def stored(api: Any, user: str) -> list[Any]:
    return api.get(f"/explorer/users/{user}/events/").json()["results"]  # type: ignore[no-any-return]


def test_an_order_becomes_the_documented_event_of_its_customer(shop: Any) -> None:
    answer = deliver(shop, "orders/create", ORDER)
    assert (answer.status_code, answer.json()) == (202, {"queued": True})
    assert stored(shop, "jon@example.com") == [
        {"event_type": "order_placed", "occurred_at": "2026-04-30T14:00:00Z", "payload": PAYLOAD}
    ]


@pytest.mark.parametrize(
    ("topic", "event_type"),
    [
        ("orders/create", "order_placed"),
        ("orders/paid", "order_paid"),
        ("orders/cancelled", "order_cancelled"),
        ("checkouts/create", "checkout_started"),
        ("checkouts/delete", "checkout_abandoned"),
    ],
)
def test_each_topic_has_its_event(shop: Any, topic: str, event_type: str) -> None:
    deliver(shop, topic, ORDER)
    assert [each["event_type"] for each in stored(shop, "jon@example.com")] == [event_type]


def test_a_customer_is_known_by_e_mail_or_else_by_number(shop: Any) -> None:
    deliver(shop, "customers/create", {"id": 7, "email": "new@example.com", "created_at": "2026-04-30T00:00:00Z"})
    assert stored(shop, "new@example.com")[0]["payload"] == {"email": "new@example.com"}
    deliver(shop, "customers/create", {"id": 8, "email": None})
    assert stored(shop, "8")[0]["event_type"] == "customer_created"
    deliver(shop, "orders/create", {**ORDER, "email": "", "customer": {"id": 9}})
    assert [key for key in stored(shop, "9")[0]["payload"] if key == "email"] == []


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        ("products/create", ORDER),
        ("orders/create", {"id": 1}),
        ("orders/create", []),
        ("orders/create", {**ORDER, "email": "x" * 300, "customer": None}),
        ("checkouts/delete", {"id": 1, "presentment_currency": "USD"}),
    ],
)
def test_a_webhook_of_no_known_event_or_user_is_accepted_and_ignored(shop: Any, topic: str, body: Any) -> None:
    answer = deliver(shop, topic, body)
    assert (answer.status_code, answer.json()) == (202, {"queued": False})
    assert shop.get("/explorer/users/").json()["count"] == 0


def test_odd_amounts_are_left_out_and_odd_times_are_now(shop: Any) -> None:
    deliver(shop, "orders/create", {**ORDER, "total_price": "free", "created_at": "soon", "line_items": [{}, 5]})
    [event] = stored(shop, "jon@example.com")
    assert (event["occurred_at"], "total" in event["payload"]) == ("2026-05-01T12:00:00Z", False)
    assert event["payload"]["item_count"] == 2


def test_a_webhook_with_a_wrong_signature_or_none_stores_nothing(shop: Any) -> None:
    assert deliver(shop, "orders/create", ORDER, secret="shpss_test_wrong").status_code == 401
    headers = {"X-Shopify-Topic": "orders/create", "Authorization": None, "X-Shopify-Hmac-SHA256": "ü=".encode()}
    assert shop.post("/ingestion/shopify/acme/", ORDER, headers=headers).status_code == 401
    assert deliver(shop, None, ORDER).status_code == 400
    assert deliver(shop, "orders/create", ORDER, path="nobody").status_code == 404
    assert shop.get("/explorer/users/").json()["count"] == 0


def test_without_a_secret_no_webhook_is_taken(api: Any) -> None:
    answer = deliver(api, "orders/create", ORDER, secret="")
    assert answer.status_code == 400
    assert "secret" in str(answer.json()["detail"])
