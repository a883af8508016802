"""Webhooks: managed over HTTP, delivered once, signed, and never off this machine."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest

SEEN = {"conditions": [{"type": "event_count", "event_type": "seen", "operator": "gte", "value": 1}]}
PAYLOAD = {
    "event": "segment.recomputed",
    "tenant_slug": "acme",
    "segment_id": 1,
    "segment_name": "Seen",
    "member_count": 1,
    "computed_at": "2026-05-01T12:00:00Z",
}


@pytest.fixture
def segment(api: Any) -> int:
    """A segment with one member-to-be."""
    api.post("/ingestion/track/", {"user_id": "alice", "event_type": "seen"})
    created: int = api.post("/segments/", {"name": "Seen", "definition": SEEN}).json()["id"]
    return created


def deliveries(api: Any, webhook: int) -> list[dict[str, Any]]:
    """The log of a webhook."""
    found: list[dict[str, Any]] = api.get(f"/webhooks/{webhook}/deliveries/").json()["results"]
    return found


def test_a_webhook_is_created_read_changed_and_deleted(api: Any) -> None:
    created = api.post("/webhooks/", {"url": "https://example.com/h", "secret": "s3cret", "description": "d"})
    assert created.status_code == 201
    assert created.json() == {
        "id": 1,
        "url": "https://example.com/h",
        "description": "d",
        "is_active": True,
        "has_secret": True,
        "created_at": "2026-05-01T12:00:00Z",
    }
    assert api.get("/webhooks/").json()["results"] == [created.json()]
    assert api.patch("/webhooks/1/", {"is_active": False}).json()["is_active"] is False
    assert api.patch("/webhooks/1/", {"secret": ""}).json()["has_secret"] is False
    assert api.delete("/webhooks/1/").status_code == 204
    assert api.get("/webhooks/1/").status_code == 404


def test_a_recompute_is_told_once_with_a_signature_over_the_raw_body(api: Any, receiver: Any, segment: int) -> None:
    api.post("/webhooks/", {"url": receiver.url, "secret": "gehéim"})
    api.post(f"/segments/{segment}/compute/")
    [(path, headers, body)] = receiver.requests
    assert path == "/hook?a=1"
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body) == PAYLOAD
    expected = hmac.new("gehéim".encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-SegOps-Signature"] == f"sha256={expected}"
    [delivery] = deliveries(api, 1)
    assert (delivery["status_code"], delivery["error"]) == (200, "")
    assert delivery["body"] == body.decode()


def test_without_a_secret_nothing_is_signed(api: Any, receiver: Any, segment: int) -> None:
    api.post("/webhooks/", {"url": receiver.url})
    api.post(f"/segments/{segment}/compute/")
    assert "X-SegOps-Signature" not in receiver.requests[0][1]


def test_two_recomputes_are_two_deliveries_and_a_paused_webhook_gets_none(
    api: Any, receiver: Any, segment: int
) -> None:
    api.post("/webhooks/", {"url": receiver.url})
    api.post("/webhooks/", {"url": receiver.url, "is_active": False})
    api.post(f"/segments/{segment}/compute/")
    api.post(f"/segments/{segment}/compute/")
    assert len(receiver.requests) == 2
    assert deliveries(api, 2) == []


def test_a_failing_receiver_is_tried_once_and_noted(api: Any, receiver: Any, segment: int) -> None:
    receiver.status = 500
    api.post("/webhooks/", {"url": receiver.url})
    api.post(f"/segments/{segment}/compute/")
    assert len(receiver.requests) == 1
    [delivery] = deliveries(api, 1)
    assert (delivery["status_code"], delivery["error"]) == (500, "The receiver answered 500.")


def test_a_redirect_is_not_followed(api: Any, receiver: Any, segment: int) -> None:
    receiver.status = 307
    api.post("/webhooks/", {"url": receiver.url})
    api.post(f"/segments/{segment}/compute/")
    assert deliveries(api, 1)[0]["status_code"] == 307


def test_nothing_leaves_the_machine_and_a_dead_receiver_does_not_stop_the_others(
    api: Any, receiver: Any, segment: int
) -> None:
    for url in ("http://192.0.2.1/", "http://127.0.0.1:9/", "http://no-such-host.invalid/", receiver.url):
        api.post("/webhooks/", {"url": url})
    assert api.post(f"/segments/{segment}/compute/").status_code == 202
    assert "not a loopback address" in deliveries(api, 1)[0]["error"]
    assert deliveries(api, 2)[0]["error"]
    assert deliveries(api, 3)[0]["error"]
    assert [deliveries(api, number)[0]["status_code"] for number in (1, 2, 3)] == [None] * 3
    assert deliveries(api, 4)[0]["status_code"] == 200
    assert api.get(f"/segments/{segment}/").json()["status"] == "computed"


def test_receivers_are_told_in_parallel(api: Any, receiver: Any, segment: int) -> None:
    """Each answers only when both have arrived; one after the other would never end."""
    for _ in range(2):
        api.post("/webhooks/", {"url": receiver.url})
    receiver.answer_when(2)
    api.post(f"/segments/{segment}/compute/")
    assert [deliveries(api, number)[0]["status_code"] for number in (1, 2)] == [200, 200]


def test_a_recompute_that_fails_tells_nobody(api: Any, receiver: Any) -> None:
    api.post("/webhooks/", {"url": receiver.url})
    api.post("/segments/", {"name": "Broken", "definition": {"conditions": [{"type": "event_count"}]}})
    assert api.post("/segments/1/compute/").status_code == 400
    assert receiver.requests == []
