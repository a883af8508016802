"""docs/api/activations, docs/activations and the connectors' pages."""

from __future__ import annotations

from typing import Any

import pytest
from documented import NOW, computed, segment, track

CONFIGS = {
    "klaviyo": {"list_id": "L1", "api_key": "test"},
    "braze": {"rest_endpoint": "https://rest.iad-01.braze.test", "api_key": "test"},
    "talonone": {"base_url": "https://x.talon.test", "api_key": "test", "audience_id": "7"},
}


def activation(api: Any, number: int, connector: str = "klaviyo", **config: Any) -> Any:
    body = {"segment": number, "connector_type": connector, "config": {**CONFIGS[connector], **config}}
    return api.post("/activations/", body)


def active(api: Any, number: int, **config: Any) -> int:
    """The id of an activation that is switched on."""
    created: int = activation(api, number, **config).json()["id"]
    api.patch(f"/activations/{created}/", {"status": "active"})
    return created


def read(api: Any, number: int) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"/activations/{number}/").json()
    return found


def syncs(api: Any, number: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(f"/activations/{number}/syncs/").json()["results"]
    return found


@pytest.mark.parametrize("connector", sorted(CONFIGS))
def test_each_connector_takes_its_config(api: Any, connector: str) -> None:
    assert activation(api, segment(api), connector).status_code == 201


def test_brazes_segment_is_optional(api: Any) -> None:
    assert activation(api, segment(api), "braze", segment_id="s").status_code == 201


@pytest.mark.parametrize(
    "name", ["id", "segment", "connector_type", "config", "status", "last_synced_at", "last_error"]
)
def test_an_activation_has_the_named_key(api: Any, name: str) -> None:
    assert name in activation(api, segment(api)).json()


def test_a_secret_is_always_shown_as_stars(api: Any) -> None:
    assert activation(api, segment(api)).json()["config"] == {"list_id": "L1", "api_key": "***"}


def test_an_activation_begins_inactive(api: Any) -> None:
    assert activation(api, segment(api)).json()["status"] == "inactive"


def test_an_inactive_one_does_not_sync_by_itself(api: Any) -> None:
    number = segment(api)
    created = activation(api, number).json()["id"]
    api.post(f"/segments/{number}/compute/")
    assert syncs(api, created) == []


def test_it_is_switched_on_by_its_status(api: Any) -> None:
    assert read(api, active(api, segment(api)))["status"] == "active"


def test_an_active_one_syncs_after_each_recompute(api: Any) -> None:
    number = segment(api)
    created = active(api, number)
    api.post(f"/segments/{number}/compute/")
    api.post(f"/segments/{number}/compute/")
    assert len(syncs(api, created)) == 2


def test_each_of_several_syncs_by_a_task_of_its_own(api: Any) -> None:
    api.jobs("manual")
    number = segment(api)
    active(api, number)
    active(api, number)
    api.post(f"/segments/{number}/compute/")
    api.run_jobs(1)
    waiting = [job["kind"] for job in api.control("GET", "/jobs/")["jobs"] if job["status"] == "queued"]
    assert waiting == ["activations.sync"] * 2


def test_a_sync_is_asked_for_without_a_recompute(api: Any) -> None:
    created = activation(api, segment(api)).json()["id"]
    api.post(f"/activations/{created}/sync/")
    assert read(api, created)["last_synced_at"] == NOW


def test_a_sync_adds_who_entered_removes_who_left_and_leaves_the_rest(api: Any) -> None:
    for user in ("leaver", "stayer"):
        track(api, user, "seen")
    number = computed(api, {"type": "event_count", "event_type": "seen", "operator": "eq", "value": 1})
    created = activation(api, number).json()["id"]
    api.post(f"/activations/{created}/sync/")
    track(api, "leaver", "seen")
    track(api, "comer", "seen")
    api.post(f"/segments/{number}/compute/")
    api.post(f"/activations/{created}/sync/")
    newest = syncs(api, created)[0]
    assert [newest["added_user_ids"], newest["removed_user_ids"], newest["unchanged_count"]] == [
        ["comer"],
        ["leaver"],
        1,
    ]


def test_a_success_leaves_the_status_active(api: Any) -> None:
    number = segment(api)
    created = active(api, number)
    api.post(f"/segments/{number}/compute/")
    assert (read(api, created)["status"], read(api, created)["last_synced_at"]) == ("active", NOW)


@pytest.fixture
def failing(api: Any, receiver: Any) -> int:
    """An active one whose sync failed."""
    receiver.status = 500
    number = segment(api)
    created = active(api, number, endpoint_url=receiver.url)
    api.post(f"/segments/{number}/compute/")
    return created


def test_a_failure_is_the_status_error(api: Any, failing: int) -> None:
    assert read(api, failing)["status"] == "error"


def test_and_says_why(api: Any, failing: int) -> None:
    assert read(api, failing)["last_error"] != ""


def test_an_empty_membership_clears_the_audience(api: Any) -> None:
    track(api, "alice", "seen")
    number = computed(api, {"type": "event_count", "event_type": "seen", "operator": "eq", "value": 1})
    created = activation(api, number).json()["id"]
    api.post(f"/activations/{created}/sync/")
    track(api, "alice", "seen")
    api.post(f"/segments/{number}/compute/")
    api.post(f"/activations/{created}/sync/")
    assert syncs(api, created)[0]["user_count"] == 0
