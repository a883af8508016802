"""Activations: connectors, their secrets and statuses, and what a sync does."""

from __future__ import annotations

from typing import Any

import pytest

KLAVIYO = {"list_id": "L1", "api_key": "pk_secret"}
SEEN = {"conditions": [{"type": "event_count", "event_type": "seen", "operator": "gte", "value": 1}]}


@pytest.fixture
def segment(api: Any) -> int:
    """A segment of those who were seen: alice and bob."""
    track(api, "alice", "bob")
    created: int = api.post("/segments/", {"name": "Seen", "definition": SEEN}).json()["id"]
    return created


def track(api: Any, *users: str) -> None:
    """An event for each."""
    for user in users:
        assert api.post("/ingestion/track/", {"user_id": user, "event_type": "seen"}).status_code == 202


def activate(api: Any, segment: int | str, **options: Any) -> Any:
    """Create an activation."""
    return api.post("/activations/", {"segment": segment, "connector_type": "klaviyo", "config": KLAVIYO, **options})


def syncs(api: Any) -> list[dict[str, Any]]:
    """The newest syncs of the first activation."""
    found: list[dict[str, Any]] = api.get("/analytics/activations/").json()[0]["sync_logs"]
    return found


def test_an_activation_is_created_read_changed_and_deleted(api: Any, segment: int) -> None:
    created = activate(api, segment)
    assert created.status_code == 201
    assert created.json() == {
        "id": 1,
        "segment": segment,
        "connector_type": "klaviyo",
        "config": {"list_id": "L1", "api_key": "***"},
        "status": "inactive",
        "last_synced_at": None,
        "last_error": "",
        "created_at": "2026-05-01T12:00:00Z",
        "updated_at": "2026-05-01T12:00:00Z",
    }
    assert api.get("/activations/").json()["results"] == [created.json()]
    assert api.patch("/activations/1/", {"status": "active"}).json()["status"] == "active"
    assert api.delete("/activations/1/").status_code == 204
    assert api.get("/activations/1/").status_code == 404


@pytest.mark.parametrize(
    ("connector", "config"),
    [
        ("klaviyo", KLAVIYO),
        ("braze", {"rest_endpoint": "https://rest.iad-01.braze.com", "api_key": "k"}),
        ("braze", {"rest_endpoint": "https://rest.iad-01.braze.com", "api_key": "k", "segment_id": "s"}),
        ("talonone", {"base_url": "https://x.talon.one", "api_key": "k", "audience_id": "4"}),
    ],
)
def test_each_connector_has_its_config(api: Any, segment: int, connector: str, config: dict[str, str]) -> None:
    assert activate(api, segment, connector_type=connector, config=config).status_code == 201
    for name in config:
        less = {key: value for key, value in config.items() if key != name}
        answer = activate(api, segment, connector_type=connector, config=less)
        if name == "segment_id":
            assert answer.status_code == 201
        else:
            assert answer.json() == {"config": [f"{name}: This field is required."]}


def test_a_secret_is_never_shown_and_kept_when_its_mask_comes_back(api: Any, segment: int) -> None:
    activate(api, segment)
    assert "pk_secret" not in api.get("/activations/").text
    changed = api.patch("/activations/1/", {"config": {"list_id": "L2", "api_key": "***"}})
    assert changed.json()["config"] == {"list_id": "L2", "api_key": "***"}
    refused = activate(api, segment, config={"list_id": "L", "api_key": "***"})
    assert refused.json() == {"config": ["api_key: *** stands for a stored value, and none is."]}


def test_a_sync_adds_who_entered_and_removes_who_left(api: Any, segment: int) -> None:
    activate(api, segment)
    api.post(f"/segments/{segment}/compute/")
    assert api.get("/activations/1/").json()["last_synced_at"] is None  # inactive: not by itself
    queued = api.post("/activations/1/sync/")
    assert (queued.status_code, queued.json()) == (202, {"status": "queued"})
    synced = api.get("/activations/1/").json()
    assert (synced["last_synced_at"], synced["status"]) == ("2026-05-01T12:00:00Z", "inactive")
    assert [(log["status"], log["user_count"]) for log in syncs(api)] == [("success", 2)]
    everyone_but_bob = {"conditions": [{"type": "event_count", "event_type": "left", "operator": "gte", "value": 1}]}
    api.post("/ingestion/track/", {"user_id": "carol", "event_type": "left"})
    api.patch(f"/segments/{segment}/", {"definition": everyone_but_bob})
    api.post(f"/segments/{segment}/compute/")
    api.post("/activations/1/sync/")
    newest, first = syncs(api)
    assert (first["added_count"], first["removed_count"], first["unchanged_count"]) == (2, 0, 0)
    assert (newest["added_count"], newest["removed_count"], newest["unchanged_count"]) == (1, 2, 0)
    api.post("/activations/1/sync/")
    assert syncs(api)[0]["unchanged_count"] == 1  # the audience is what the last sync left


def test_an_active_one_syncs_after_each_recompute(api: Any, segment: int) -> None:
    activate(api, segment, status="active")
    api.post(f"/segments/{segment}/compute/")
    track(api, "carol")
    api.advance(60)
    api.post(f"/segments/{segment}/compute/")
    assert [log["user_count"] for log in syncs(api)] == [3, 2]
    assert api.get("/activations/1/").json()["last_synced_at"] == "2026-05-01T12:01:00Z"


def test_an_empty_membership_clears_the_audience(api: Any, segment: int) -> None:
    activate(api, segment, status="active")
    api.post(f"/segments/{segment}/compute/")
    nobody = {"conditions": [{"type": "event_count", "event_type": "never", "operator": "gte", "value": 1}]}
    api.patch(f"/segments/{segment}/", {"definition": nobody})
    api.post(f"/segments/{segment}/compute/")
    assert [log["user_count"] for log in syncs(api)] == [0, 2]


def test_what_cannot_be_chosen_is_refused(api: Any, segment: int) -> None:
    activate(api, segment)
    assert api.patch("/activations/1/", {"status": "error"}).json() == {"status": ['"error" is not a valid choice.']}
    assert activate(api, segment, connector_type="fax").json() == {"connector_type": ['"fax" is not a valid choice.']}
    assert activate(api, segment, config={**KLAVIYO, "list_id": 5}).json() == {
        "config": ["list_id: Not a valid string."]
    }
    assert activate(api, segment, config={**KLAVIYO, "x": "y"}).json() == {"config": ["x: Unknown field."]}
    wrong = {"segment": ["Incorrect type. Expected pk value, received str."]}
    assert activate(api, "Seen").json() == wrong
    assert api.post("/activations/9/sync/").status_code == 404
