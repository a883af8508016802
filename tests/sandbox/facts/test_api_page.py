"""docs/api, docs/concepts: what holds for every call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from documented import computed, members, products, segment, track

from segops_sandbox.plans import PLANS

LISTS = ["/segments/", "/activations/", "/pim/products/", "/schemas/", "/product-segments/"]


def test_every_path_begins_with_api(api: Any) -> None:
    outside = api.session.get(f"{api.process.root}/segments/", headers=api.headers, timeout=10)
    assert outside.status_code == 404


def test_answers_are_json(api: Any) -> None:
    assert api.get("/segments/").headers["Content-Type"] == "application/json"


def test_errors_are_json_as_well(api: Any) -> None:
    assert api.get("/segments/99/").headers["Content-Type"] == "application/json"


def test_downloads_are_not_json(api: Any) -> None:
    number = computed(api)
    export = api.post(f"/segments/{number}/export/", {"format": "csv"}).json()["export_id"]
    url = api.get(f"/segments/{number}/export/?export_id={export}").json()["download_url"]
    assert api.get(url.removeprefix("/api")).headers["Content-Type"].startswith("text/csv")


def test_an_api_key_opens_the_api(api: Any) -> None:
    assert api.get("/segments/", headers={"Authorization": f"ApiKey {api.key}"}).status_code == 200


def test_an_access_token_opens_the_api(api: Any) -> None:
    assert api.sign_in().get("/segments/").status_code == 200


def test_signing_in_answers_with_two_tokens(api: Any) -> None:
    answer = api.post("/auth/token/", {"email": "demo@acme.test", "password": "sandbox-demo"})
    assert set(answer.json()) == {"access", "refresh"}


def test_a_refresh_token_gives_another_access_token(api: Any) -> None:
    signed_in = api.post("/auth/token/", {"email": "demo@acme.test", "password": "sandbox-demo"}).json()
    renewed = api.post("/auth/token/refresh/", {"refresh": signed_in["refresh"]}).json()["access"]
    assert api.with_token(renewed).get("/segments/").status_code == 200


@pytest.mark.parametrize(("seconds", "status"), [(3599, 200), (3601, 401)])
def test_an_access_token_lives_60_minutes(api: Any, seconds: int, status: int) -> None:
    person = api.sign_in()
    api.advance(seconds)
    assert person.get("/segments/").status_code == status


def test_a_general_error_has_a_detail(api: Any) -> None:
    assert api.get("/segments/99/").json() == {"detail": "Not found."}


def test_a_field_error_lists_texts_by_field(api: Any) -> None:
    assert api.post("/segments/", {}).json() == {"name": ["This field is required."]}


def test_a_failed_validation_is_a_400(api: Any) -> None:
    assert api.post("/segments/", {}).status_code == 400


@pytest.mark.parametrize("authorization", [None, "ApiKey sk_test_wrong"])
def test_a_missing_and_an_invalid_credential_are_a_401(api: Any, authorization: str | None) -> None:
    assert api.get("/segments/", headers={"Authorization": authorization}).status_code == 401


def test_what_is_not_there_is_a_404(api: Any) -> None:
    assert api.delete("/segments/99/").status_code == 404


def test_a_rate_limit_is_a_429(api: Any) -> None:
    api.control("POST", "/faults/", {"kind": "status", "status": 429, "retry_after": "2"})
    assert api.get("/segments/").status_code == 429


def test_a_server_error_is_a_500(api: Any) -> None:
    api.control("POST", "/faults/", {"kind": "status", "status": 500})
    assert api.get("/segments/").status_code == 500


@pytest.mark.parametrize(
    ("plan", "events", "calls"),
    [
        ("free", 500_000, 60),
        ("starter", 5_000_000, 300),
        ("business", 50_000_000, 1000),
        ("enterprise", -1, -1),
    ],
)
def test_a_plan_has_its_two_limits(api: Any, plan: str, events: int, calls: int) -> None:
    api.control("PATCH", "/tenants/acme/", {"plan": plan})
    usage = api.get("/analytics/usage/").json()
    assert (usage["events_limit"], usage["api_calls_per_minute_limit"]) == (events, calls)


def test_there_are_no_other_plans() -> None:
    assert set(PLANS) == {"free", "starter", "business", "enterprise"}


@pytest.mark.parametrize("path", LISTS)
def test_an_ordinary_list_is_an_envelope_by_page_number(api: Any, path: str) -> None:
    assert set(api.get(path, params={"page": 1, "page_size": 1}).json()) == {"count", "next", "previous", "results"}


@pytest.mark.parametrize("path", ["/ai-reach/queries/", "/ai-pages/pages/", "/explorer/users/alice/segments/"])
def test_some_lists_are_bare_arrays(api: Any, path: str) -> None:
    assert api.get(path).json() == []


@pytest.mark.parametrize("path", ["/explorer/users/", "/explorer/users/alice/events/"])
def test_the_explorers_lists_have_a_count_and_results(api: Any, path: str) -> None:
    assert api.get(path).json() == {"count": 0, "results": []}


def test_members_come_by_cursor(api: Any) -> None:
    for user in ("a", "b", "c"):
        track(api, user, "seen")
    number = computed(api)
    cursor = api.get(f"/segments/{number}/members/?limit=2").json()["next_cursor"]
    rest = api.get(f"/segments/{number}/members/", params={"limit": 2, "cursor": cursor}).json()
    assert [each["user_id"] for each in rest["results"]] == ["c"]


def test_the_last_page_of_members_has_no_cursor(api: Any) -> None:
    assert api.get(f"/segments/{computed(api)}/members/?limit=1000").json()["next_cursor"] is None


def test_a_cursor_is_opaque(api: Any) -> None:
    track(api, "alice", "seen")
    track(api, "bob", "seen")
    cursor = api.get(f"/segments/{computed(api)}/members/?limit=1").json()["next_cursor"]
    assert "alice" not in cursor


def test_times_are_iso_8601_in_utc_without_fractions(api: Any) -> None:
    created = api.get(f"/segments/{segment(api)}/").json()["created_at"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", created)


def test_a_time_with_an_offset_comes_back_in_utc(api: Any) -> None:
    body = {"user_id": "u", "event_type": "e", "occurred_at": "2026-04-25T14:00:00+02:00"}
    api.post("/ingestion/track/", body)
    assert api.get("/explorer/users/u/events/").json()["results"][0]["occurred_at"] == "2026-04-25T12:00:00Z"


@pytest.mark.parametrize("create", ["segment", "product"])
def test_ids_are_integers(api: Any, create: str) -> None:
    found = segment(api) if create == "segment" else products(api, {"sku": "A", "name": "a"})[0]
    assert type(found) is int


def test_every_resource_belongs_to_one_tenant(api: Any, other_tenant: Any) -> None:
    assert other_tenant.get(f"/segments/{segment(api)}/").status_code == 404


def test_events_of_tenants_do_not_mix(api: Any, other_tenant: Any) -> None:
    track(api, "alice", "seen")
    number = computed(other_tenant)
    assert members(other_tenant, number) == []


def test_a_tenant_has_a_short_lower_case_slug(api: Any) -> None:
    assert api.ask_control("POST", "/tenants/", {"slug": "two words", "name": "x"}).status_code == 400


def test_a_call_with_an_idempotency_key_is_taken(api: Any) -> None:
    assert api.post("/segments/", {"name": "x"}, headers={"Idempotency-Key": "test-1"}).status_code == 201


# Rate limits


@pytest.fixture(scope="module")
def counting(segops_sandbox_factory: Any, new_database: Any) -> Iterator[Any]:
    """A server that counts calls, with its clock a minute before the end of a month."""
    options = ("--rate-limits", "--now=2026-05-31T23:59:00Z", "--jobs=instant", "--plan=free")
    with segops_sandbox_factory(*options, env=new_database()) as server:
        yield server.process


@pytest.fixture
def limited(counting: Any, api: Any) -> Any:
    """A clean workspace on it."""
    limited = type(api)(counting)
    limited.control("POST", "/reset/")
    return limited


def test_one_call_too_many_in_a_minute_is_refused(limited: Any) -> None:
    assert [limited.get("/segments/").status_code for _ in range(61)][-2:] == [200, 429]


def test_a_refusal_says_when_to_come_again(limited: Any) -> None:
    answers = [limited.get("/segments/") for _ in range(61)]
    assert answers[-1].headers["Retry-After"] == "60"


def test_product_queries_have_a_limit_of_100_a_minute(limited: Any) -> None:
    limited.control("PATCH", "/tenants/acme/", {"plan": "enterprise"})
    answers = [limited.get("/ai-pages/query?q=x").status_code for _ in range(101)]
    assert answers[-2:] == [200, 429]
