"""Shared requests of the tests of documented facts: events, segments, keys, people."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

NOW = "2026-05-01T12:00:00Z"


def track(api: Any, user_id: str, event_type: str, days_ago: float = 0, **payload: Any) -> None:
    """One event of a user, so many days before the tests' frozen clock."""
    body = {"user_id": user_id, "event_type": event_type, "occurred_at": before(days_ago), "payload": payload}
    assert api.post("/ingestion/track/", body).status_code == 202


def before(days: float) -> str:
    """A time so many days before the frozen clock."""
    return (datetime.fromisoformat(NOW.replace("Z", "+00:00")) - timedelta(days=days)).isoformat()


def segment(api: Any, *conditions: dict[str, Any], logic: str = "AND", name: str = "Segment") -> int:
    """A segment of conditions; everyone who fired `seen` where there are none."""
    rules = conditions or ({"type": "event_count", "event_type": "seen", "operator": "gte", "value": 1},)
    answer = api.post("/segments/", {"name": name, "definition": {"logic": logic, "conditions": list(rules)}})
    assert answer.status_code == 201, answer.text
    number: int = answer.json()["id"]
    return number


def computed(api: Any, *conditions: dict[str, Any], logic: str = "AND", name: str = "Segment") -> int:
    """The same, computed."""
    number = segment(api, *conditions, logic=logic, name=name)
    assert api.post(f"/segments/{number}/compute/").status_code == 202
    return number


def members(api: Any, number: int) -> list[str]:
    """The stored members of a segment."""
    return [each["user_id"] for each in api.get(f"/segments/{number}/members/").json()["results"]]


def matching(api: Any, *conditions: dict[str, Any], logic: str = "AND") -> list[str]:
    """Who meets some conditions now, by a preview."""
    answer = api.post("/segments/preview/", {"definition": {"logic": logic, "conditions": list(conditions)}})
    assert answer.status_code == 200, answer.text
    found: list[str] = answer.json()["sample_user_ids"]
    return sorted(found)


def new_key(api: Any, **options: Any) -> dict[str, Any]:
    """A key, made by the demo account."""
    answer = api.sign_in().post("/auth/api-keys/", {"name": "test", "tenant_slug": "acme", **options})
    assert answer.status_code == 201, answer.text
    created: dict[str, Any] = answer.json()
    return created


def person(api: Any, role: str, tenant: str = "acme") -> Any:
    """The server as a new account with a role sees it."""
    email = f"{role}@{tenant}.test"
    api.control("POST", "/accounts/", {"email": email, "password": "sandbox-demo", "tenant": tenant, "role": role})
    answer = api.post("/auth/token/", {"email": email, "password": "sandbox-demo"})
    return api.with_token(answer.json()["access"])


def products(api: Any, *rows: dict[str, Any]) -> list[int]:
    """Products from flat rows; their ids."""
    assert api.post("/pim/products/bulk/", {"products": list(rows)}).status_code == 200
    return [each["id"] for each in api.get("/pim/products/?page_size=200").json()["results"]]
