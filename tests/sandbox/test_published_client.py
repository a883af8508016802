"""The vendor's published ingestion client, `segops` 0.2.2, with either kind of key."""

from __future__ import annotations

import time
from typing import Any

import pytest
from segops import Event, SegOpsClient, UserContext, sign_user_id


@pytest.fixture(autouse=True)
def same_time(api: Any) -> None:
    """The client goes by the machine's clock."""
    api.control("POST", "/clock/", {"now": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())})


def events_of(api: Any, user: str) -> list[tuple[str, Any]]:
    """What is stored of a user, oldest first."""
    found = api.get(f"/explorer/users/{user}/events/?limit=500").json()["results"]
    return [(each["event_type"], each["payload"]) for each in reversed(found)]


def client_of(api: Any, key: str, **options: Any) -> SegOpsClient:
    """The published client, which raises what it cannot send."""

    def fail(error: BaseException) -> None:
        raise error

    return SegOpsClient(api.process.root, key, on_error=fail, flush_interval=600, **options)


def public_key(api: Any, **options: Any) -> dict[str, Any]:
    """A public key, with its signing secret where it has one."""
    body = {"name": "app", "tenant_slug": "acme", "key_type": "pk", **options}
    created: dict[str, Any] = api.sign_in().post("/auth/api-keys/", body).json()
    return created


def test_with_a_secret_key_it_sends_batches_of_twenty_and_the_rest_at_the_end(api: Any) -> None:
    with client_of(api, api.key) as client:
        for number in range(45):
            client.track(Event(user_id="ada", event_type="viewed", payload={"number": number}))
        client.identify(user_id="ada", traits={"plan": "pro"})
    assert [kind for kind, _ in events_of(api, "ada")].count("viewed") == 45
    assert api.get("/explorer/users/ada/").json()["properties"] == {"plan": "pro"}
    sent = [entry["path"] for entry in api.control("GET", "/requests/") if entry["method"] == "POST"]
    assert sent == ["/api/ingestion/track/batch/"] * 3


def test_with_a_public_key_it_mints_a_session_that_it_reuses_and_that_pins_the_user(api: Any) -> None:
    key = public_key(api)["key"]
    who = UserContext(user_id="ada", anonymous_id="visitor-1")
    with client_of(api, key, get_user=lambda: who, batch_size=2) as client:
        for number in range(6):
            client.track(user_id="somebody else", event_type="viewed", payload={"number": number})
    assert events_of(api, "ada") == [("viewed", {"number": number}) for number in range(6)]
    assert api.get("/explorer/users/somebody%20else/").status_code == 404
    assert api.get("/explorer/users/anon_visitor-1/events/").json()["count"] == 6  # one person with ada from now on
    sent = [entry["path"] for entry in api.control("GET", "/requests/") if "session" in entry["path"]]
    assert sent == ["/api/auth/session/"]


def test_after_a_401_it_mints_once_more_and_loses_nothing(api: Any) -> None:
    key = public_key(api)["key"]
    with client_of(api, key, get_user=lambda: UserContext(user_id="ada"), batch=False) as client:
        client.track(user_id="ada", event_type="before")
        api.advance(16 * 60)  # the session has ended by the sandbox's clock
        client.track(user_id="ada", event_type="after")
    assert [kind for kind, _ in events_of(api, "ada")] == ["before", "after"]
    statuses = [entry["status"] for entry in api.control("GET", "/requests/") if "track" in entry["path"]]
    assert statuses == [202, 401, 202]


def test_its_signatures_of_user_ids_are_accepted(api: Any) -> None:
    key = public_key(api, require_signed_user_id=True)
    who = UserContext(**sign_user_id(key["signing_secret"], "ada"))
    with client_of(api, key["key"], get_user=lambda: who, batch=False) as client:
        client.track(user_id="ada", event_type="viewed")
    assert [kind for kind, _ in events_of(api, "ada")] == ["viewed"]


@pytest.mark.parametrize("options", [{}, {"get_user": lambda: UserContext(anonymous_id="v")}])
def test_a_public_key_that_is_for_pages_is_of_no_use_to_a_server(api: Any, options: Any) -> None:
    key = public_key(api, allowed_origins=["https://app.example.com"])["key"]
    with (
        client_of(api, key, batch=False, **options) as client,
        pytest.raises(RuntimeError, match="session mint failed"),
    ):
        client.track(user_id="ada", event_type="viewed")
