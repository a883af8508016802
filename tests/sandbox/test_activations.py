"""Activations: connectors, their secrets and statuses, and what a sync does."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from conformance import contract

CONTRACT = contract()
KLAVIYO = {"list_id": "L1", "api_key": "pk_secret"}
CONFIGS = {
    "klaviyo": KLAVIYO,
    "braze": {"rest_endpoint": "https://rest.iad-01.braze.com", "api_key": "k"},
    "talonone": {"base_url": "https://x.talon.one", "api_key": "k", "audience_id": "4"},
}
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
    listed = api.get("/activations/").json()
    assert CONTRACT.check("Page<Activation>", listed) == []
    assert listed["results"] == [created.json()]
    assert api.patch("/activations/1/", {"status": "active"}).json()["status"] == "active"
    assert api.delete("/activations/1/").status_code == 204
    assert api.get("/activations/1/").status_code == 404


@pytest.mark.parametrize(
    ("connector", "config"),
    [
        *CONFIGS.items(),
        ("braze", {**CONFIGS["braze"], "segment_id": "s"}),
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
    wrong = {"segment": ["Incorrect type. Expected pk value, received str."]}
    assert activate(api, "Seen").json() == wrong
    assert api.post("/activations/9/sync/").status_code == 404
    assert api.get("/activations/9/syncs/").status_code == 404


NOT_LOOPBACK = (
    "endpoint_url: Not a loopback address. The sandbox sends to this machine only: use localhost, 127.0.0.1 or [::1], "
    "or leave it out to have syncs recorded and sent nowhere."
)
NO_URL = "endpoint_url: Enter a full http or https URL, without a user name or password."


@pytest.mark.parametrize(
    ("connector", "change", "problem"),
    [
        ("klaviyo", {"list_id": 5}, "list_id: Not a valid string."),
        ("klaviyo", {"api_key": {"nested": "pk_secret"}}, "api_key: Not a valid string."),
        ("klaviyo", {"list_id": " "}, "list_id: This field is required."),
        ("klaviyo", {"list_id": "x" * 2001}, "list_id: Ensure this field has no more than 2000 characters."),
        ("klaviyo", {"api_key": "***"}, "api_key: *** stands for a stored value, and none is."),
        ("klaviyo", {"x": "y"}, "x: Unknown field."),
        ("klaviyo", {"audience_id": "4"}, "audience_id: Unknown field."),
        (
            "braze",
            {"rest_endpoint": "rest.iad-01.braze.com"},
            "rest_endpoint: Enter a full https URL, without a user name or password.",
        ),
        (
            "braze",
            {"rest_endpoint": "http://rest.iad-01.braze.com"},
            "rest_endpoint: Enter a full https URL, without a user name or password.",
        ),
        (
            "braze",
            {"rest_endpoint": "https://u:p@rest.braze.com"},
            "rest_endpoint: Enter a full https URL, without a user name or password.",
        ),
        (
            "braze",
            {"rest_endpoint": "https://rest.braze.com/"},
            "rest_endpoint: Enter the URL without a slash at its end.",
        ),
        ("talonone", {"base_url": "//talon.one"}, "base_url: Enter a full https URL, without a user name or password."),
        ("klaviyo", {"endpoint_url": "https://example.com/sync"}, NOT_LOOPBACK),
        ("klaviyo", {"endpoint_url": "http://192.168.0.1/"}, NOT_LOOPBACK),
        ("klaviyo", {"endpoint_url": "http://[2001:db8::1]:80/"}, NOT_LOOPBACK),
        ("klaviyo", {"endpoint_url": "http://0.0.0.0:8000/"}, NOT_LOOPBACK),
        ("klaviyo", {"endpoint_url": "http://2130706433/"}, NOT_LOOPBACK),
        ("klaviyo", {"endpoint_url": "http://localhost.example.com/"}, NOT_LOOPBACK),
        ("klaviyo", {"endpoint_url": "http://127.0.0.1.nip.io/"}, NOT_LOOPBACK),
        ("klaviyo", {"endpoint_url": "http://127.0.0.1@example.com/"}, NO_URL),
        ("klaviyo", {"endpoint_url": "http://127.0.0.1:99999/"}, NO_URL),
        ("klaviyo", {"endpoint_url": "ftp://127.0.0.1/"}, NO_URL),
        ("klaviyo", {"endpoint_url": "http://127.0.0.1/a b"}, NO_URL),
        ("klaviyo", {"endpoint_url": "http://[::1/"}, NO_URL),
        ("klaviyo", {"endpoint_url": "http:///path"}, NO_URL),
    ],
)
def test_a_bad_config_is_refused_and_nothing_changes(
    api: Any, segment: int, connector: str, change: dict[str, Any], problem: str
) -> None:
    good = CONFIGS[connector]
    assert activate(api, segment, connector_type=connector, config=good).status_code == 201
    before = api.get("/activations/1/").json()
    refused = activate(api, segment, connector_type=connector, config={**good, **change})
    assert (refused.status_code, refused.json()) == (400, {"config": [problem]})
    if change != {"api_key": "***"}:  # which keeps what is stored
        refused = api.patch("/activations/1/", {"status": "active", "config": {**good, **change}})
        assert (refused.status_code, refused.json()) == (400, {"config": [problem]})
    assert api.get("/activations/").json()["results"] == [before]


@pytest.mark.parametrize("config", [None, [], "list_id", 5])
def test_a_config_that_is_not_an_object_is_refused(api: Any, segment: int, config: Any) -> None:
    refused = activate(api, segment, config=config)
    assert (refused.status_code, list(refused.json())) == (400, ["config"])
    assert api.get("/activations/").json()["count"] == 0


def test_all_problems_of_a_config_are_reported_at_once(api: Any, segment: int) -> None:
    refused = activate(api, segment, connector_type="talonone", config={"x": "y", "audience_id": ""})
    assert refused.json() == {
        "config": [
            "base_url: This field is required.",
            "api_key: This field is required.",
            "x: Unknown field.",
            "audience_id: This field is required.",
        ]
    }


@pytest.fixture
def sent(api: Any, segment: int, receiver: Any) -> Any:
    """An active activation whose syncs go to the receiver, and a computed segment that has not been synced yet."""
    api.post(f"/segments/{segment}/compute/")
    config = {**KLAVIYO, "endpoint_url": receiver.url, "signing_secret": "gehéim"}
    assert activate(api, segment, config=config, status="active").status_code == 201
    return receiver


def messages(receiver: Any) -> list[dict[str, Any]]:
    """What arrived."""
    return [json.loads(body) for _, _, body in receiver.requests]


def test_a_receiver_on_this_machine_gets_each_sync_signed(api: Any, segment: int, sent: Any) -> None:
    api.post("/activations/1/sync/")
    [(path, headers, body)] = sent.requests
    assert path == "/hook?a=1"
    assert (headers["Content-Type"], headers["User-Agent"]) == ("application/json", "segops-activations")
    expected = hmac.new("gehéim".encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-SegOps-Signature"] == f"sha256={expected}"
    assert json.loads(body) == {
        "event": "activation.sync",
        "tenant_slug": "acme",
        "activation_id": 1,
        "connector_type": "klaviyo",
        "segment_id": segment,
        "segment_name": "Seen",
        "user_count": 2,
        "unchanged_count": 0,
        "added": ["alice", "bob"],
        "removed": [],
        "synced_at": "2026-05-01T12:00:00Z",
    }
    assert b"pk_secret" not in body
    track(api, "zoë")
    api.post(f"/segments/{segment}/compute/")
    second = messages(sent)[1]
    assert (second["added"], second["removed"], second["user_count"], second["unchanged_count"]) == (["zoë"], [], 3, 2)


def test_without_a_signing_secret_nothing_is_signed(api: Any, segment: int, receiver: Any) -> None:
    activate(api, segment, config={**KLAVIYO, "endpoint_url": receiver.url})
    api.post("/activations/1/sync/")
    assert "X-SegOps-Signature" not in receiver.requests[0][1]


@pytest.mark.parametrize("host", ["localhost", "receiver.localhost", "LOCALHOST"])
def test_names_of_this_machine_are_reached(api: Any, segment: int, receiver: Any, host: str) -> None:
    url = receiver.url.replace("127.0.0.1", host)
    assert activate(api, segment, config={**KLAVIYO, "endpoint_url": url}).status_code == 201
    api.post("/activations/1/sync/")
    assert receiver.requests[0][1]["Host"].lower().startswith(host.lower())


@pytest.mark.parametrize(
    ("status", "message"),
    [(500, "The receiver answered 500."), (404, "The receiver answered 404."), (307, "The receiver answered 307.")],
)
def test_what_a_receiver_did_not_take_is_not_synced_and_is_sent_again(
    api: Any, segment: int, sent: Any, status: int, message: str
) -> None:
    sent.status = status
    api.post("/activations/1/sync/")
    failed = api.get("/activations/1/").json()
    assert (failed["status"], failed["last_error"], failed["last_synced_at"]) == ("error", message, None)
    [log] = syncs(api)
    assert (log["status"], log["error_message"], log["user_count"], log["added_count"]) == ("error", message, 0, 0)
    api.post(f"/segments/{segment}/compute/")
    assert len(sent.requests) == 1  # only active ones sync by themselves
    sent.status = 204
    api.post("/activations/1/sync/")
    assert [each["added"] for each in messages(sent)] == [["alice", "bob"]] * 2
    after = api.get("/activations/1/").json()
    assert (after["status"], after["last_error"], after["last_synced_at"]) == ("active", "", "2026-05-01T12:00:00Z")
    assert [log["status"] for log in syncs(api)] == ["success", "error"]
    assert api.get("/analytics/activations/").json()[0]["success_rate"] == 50


def test_a_receiver_that_is_not_there_is_a_failed_sync(api: Any, segment: int) -> None:
    activate(api, segment, config={**KLAVIYO, "endpoint_url": "http://127.0.0.1:9/"}, status="active")
    api.post(f"/segments/{segment}/compute/")
    failed = api.get("/activations/1/").json()
    assert failed["status"] == "error"
    assert "refused" in failed["last_error"]
    fixed = api.patch("/activations/1/", {"status": "active"}).json()
    assert (fixed["status"], fixed["last_error"]) == ("active", "")


def test_an_inactive_one_that_failed_does_not_become_active_by_a_success(api: Any, sent: Any) -> None:
    api.patch("/activations/1/", {"status": "inactive"})
    sent.status = 500
    for _ in range(2):
        api.post("/activations/1/sync/")
    assert api.get("/activations/1/").json()["status"] == "error"
    sent.status = 200
    api.post("/activations/1/sync/")
    assert api.get("/activations/1/").json()["status"] == "inactive"


def test_each_sync_keeps_whom_it_added_and_removed(api: Any, other_tenant: Any, segment: int) -> None:
    activate(api, segment, status="active")
    api.post(f"/segments/{segment}/compute/")
    api.post("/ingestion/track/", {"user_id": "carol", "event_type": "left"})
    left = {"conditions": [{"type": "event_count", "event_type": "left", "operator": "gte", "value": 1}]}
    api.patch(f"/segments/{segment}/", {"definition": left})
    api.post(f"/segments/{segment}/compute/")
    log = api.get("/activations/1/syncs/").json()
    assert log["count"] == 2
    assert log["results"][0] == {
        "id": 2,
        "status": "success",
        "user_count": 1,
        "added_count": 1,
        "removed_count": 2,
        "unchanged_count": 0,
        "added_user_ids": ["carol"],
        "removed_user_ids": ["alice", "bob"],
        "error_message": "",
        "synced_at": "2026-05-01T12:00:00Z",
    }
    assert log["results"][1]["added_user_ids"] == ["alice", "bob"]
    assert other_tenant.get("/activations/1/syncs/").status_code == 404


def test_the_newest_50_syncs_are_kept(api: Any, segment: int) -> None:
    activate(api, segment)
    for _ in range(53):
        api.post("/activations/1/sync/")
    log = api.get("/activations/1/syncs/?page_size=200").json()
    assert (log["count"], log["results"][0]["id"], log["results"][-1]["id"]) == (50, 53, 4)


def test_a_secret_leaves_by_no_answer_and_is_only_where_it_arrived(api: Any, segment: int, sent: Any) -> None:
    sent.status = 500
    api.post("/activations/1/sync/")
    secrets = ("pk_secret", "gehéim", "geh\\u00e9im")
    refused = api.patch("/activations/1/", {"config": {**KLAVIYO, "signing_secret": "gehéim", "pk": "x"}})
    answers = [
        refused,
        *(api.get(path) for path in ("/activations/", "/activations/1/", "/activations/1/syncs/")),
        api.get("/analytics/activations/"),
        api.patch("/activations/1/", {"status": "active"}),
        api.ask_control("GET", "/jobs/"),
    ]
    assert refused.status_code == 400
    for answer in answers:
        assert not any(secret in answer.text for secret in secrets), answer.url
    assert api.get("/activations/1/").json()["config"] == {
        "list_id": "L1",
        "api_key": "***",
        "endpoint_url": sent.url,
        "signing_secret": "***",
    }
    arrived = api.control("GET", "/requests/")
    assert any("pk_secret" in (each["body"] or "") for each in arrived)  # the journal is what arrived, for assertions


def test_a_mask_that_comes_back_keeps_the_secret_that_signs(api: Any, segment: int, sent: Any) -> None:
    shown = api.get("/activations/1/").json()["config"]
    for method in ("PATCH", "PUT"):
        body = {"segment": segment, "connector_type": "klaviyo", "config": shown}
        assert api.request(method, "/activations/1/", json=body).json()["config"] == shown
    api.post("/activations/1/sync/")
    [(_, headers, body)] = sent.requests
    expected = hmac.new("gehéim".encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-SegOps-Signature"] == f"sha256={expected}"


def test_another_destination_gets_everyone_and_a_renewed_secret_is_no_other_destination(
    api: Any, segment: int, sent: Any
) -> None:
    def added_after(**change: Any) -> list[str]:
        body = {"config": {**KLAVIYO, "endpoint_url": sent.url, "signing_secret": "***", **change}}
        assert api.patch("/activations/1/", body).status_code == 200
        api.post("/activations/1/sync/")
        added: list[str] = messages(sent)[-1]["added"]
        return added

    assert added_after() == ["alice", "bob"]
    assert added_after(api_key="renewed", signing_secret="renewed") == []
    assert added_after(list_id="L2") == ["alice", "bob"]
    assert added_after(list_id="L2") == []
    assert added_after(list_id="L2", endpoint_url=sent.url + "&b=2") == ["alice", "bob"]


def test_another_segment_is_the_same_audience(api: Any, segment: int, sent: Any) -> None:
    api.post("/activations/1/sync/")
    api.post("/ingestion/track/", {"user_id": "bob", "event_type": "left"})
    left = {"conditions": [{"type": "event_count", "event_type": "left", "operator": "gte", "value": 1}]}
    other = api.post("/segments/", {"name": "Left", "definition": left}).json()["id"]
    api.post(f"/segments/{other}/compute/")
    api.patch("/activations/1/", {"segment": other})
    api.post("/activations/1/sync/")
    last = messages(sent)[-1]
    assert (last["segment_name"], last["added"], last["removed"], last["unchanged_count"]) == ("Left", [], ["alice"], 1)


def test_two_syncs_of_one_activation_come_one_after_the_other(api: Any, sent: Any) -> None:
    """Were they under way together, both would add alice and bob."""
    api.jobs("background")
    sent.hold()
    api.post("/activations/1/sync/")
    api.post("/activations/1/sync/")
    sent.wait_for_a_request()
    states = [job["status"] for job in api.control("GET", "/jobs/")["jobs"] if job["kind"] == "activations.sync"]
    assert states == ["running", "queued"]
    sent.let_go()
    sent.wait(2)
    assert [each["added"] for each in messages(sent)] == [["alice", "bob"], []]


def finish(api: Any) -> list[str]:
    """Wait for the job under way; how the jobs ended."""
    api.jobs("manual")
    api.run_jobs(1)  # it waits for the one under way
    return [job["status"] for job in api.control("GET", "/jobs/")["jobs"] if job["kind"] == "activations.sync"]


def test_an_activation_deleted_while_it_syncs_is_gone_without_a_trace(api: Any, sent: Any) -> None:
    api.jobs("background")
    sent.hold()
    api.post("/activations/1/sync/")
    sent.wait_for_a_request()
    assert api.delete("/activations/1/").status_code == 204
    sent.let_go()
    assert finish(api) == ["done"]
    assert api.get("/activations/").json()["count"] == 0


def test_a_destination_changed_while_it_syncs_gets_everyone_later(api: Any, sent: Any) -> None:
    api.jobs("background")
    sent.hold()
    api.post("/activations/1/sync/")
    sent.wait_for_a_request()
    changed = {**KLAVIYO, "list_id": "L2", "endpoint_url": sent.url}
    assert api.patch("/activations/1/", {"config": changed}).status_code == 200
    sent.let_go()
    assert finish(api) == ["done"]
    api.jobs("instant")
    api.post("/activations/1/sync/")
    assert [each["added"] for each in messages(sent)] == [["alice", "bob"]] * 2
    assert api.get("/activations/1/").json()["config"]["list_id"] == "L2"
