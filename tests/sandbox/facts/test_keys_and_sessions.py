"""docs/api-keys, docs/public-api-keys, docs/sdks/server-signing, docs/team: who may come in."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest
from documented import new_key, person, segment, track

PAGE = "https://app.tenant.test"
NOW_S = 1777636800


def session(api: Any, key: dict[str, Any], origin: str = PAGE, **body: Any) -> Any:
    """Mint a session with a public key."""
    headers = {"Authorization": f"ApiKey {key['key']}", "Origin": origin}
    return api.post("/auth/session/", {"user_id": "alice", **body}, headers=headers)


@pytest.fixture
def public(api: Any) -> dict[str, Any]:
    """A public key for one page and one level below a domain."""
    return new_key(api, key_type="pk", allowed_origins=[PAGE, "https://*.shop.test"])


@pytest.fixture
def signing(api: Any) -> dict[str, Any]:
    """A public key that wants user ids signed."""
    return new_key(api, key_type="pk", require_signed_user_id=True)


def signed(key: dict[str, Any], at: int = NOW_S, user: str = "alice") -> dict[str, Any]:
    """The two fields of a signature."""
    secret = bytes.fromhex(key["signing_secret"])
    text = f"{user}|{at}".encode()
    return {"user_id_sig": hmac.new(secret, text, hashlib.sha256).hexdigest(), "user_id_ts": at}


def test_creating_a_key_answers_with_id_name_and_key(api: Any) -> None:
    assert set(new_key(api)) == {"id", "name", "key"}


def test_creating_a_key_needs_a_person(api: Any) -> None:
    assert api.post("/auth/api-keys/", {"name": "x", "tenant_slug": "acme"}).status_code == 403


def test_a_key_is_for_the_tenant_that_is_named(api: Any, other_tenant: Any) -> None:
    key = new_key(api, tenant_slug="globex")["key"]
    assert api.with_key(key).get(f"/segments/{segment(other_tenant)}/").status_code == 200


def test_a_key_belongs_to_one_tenant_only(api: Any, other_tenant: Any) -> None:
    key = new_key(api, tenant_slug="globex")["key"]
    assert api.with_key(key).get(f"/segments/{segment(api)}/").status_code == 404


def test_a_deleted_key_is_a_401_at_its_next_use(api: Any) -> None:
    key = new_key(api)
    api.sign_in().delete(f"/auth/api-keys/{key['id']}/")
    assert api.with_key(key["key"]).get("/segments/").status_code == 401


def test_a_key_never_expires_by_itself(api: Any) -> None:
    api.advance(10 * 365 * 86400)
    assert api.get("/segments/").status_code == 200


@pytest.mark.parametrize("kind", ["sk", "pk", "mk"])
def test_the_kind_of_a_key_is_its_prefix(api: Any, kind: str) -> None:
    assert new_key(api, key_type=kind)["key"].startswith(f"{kind}_")


def test_a_secret_key_may_write(api: Any) -> None:
    assert api.post("/segments/", {"name": "x"}).status_code == 201


def test_a_public_key_cannot_read_the_tenants_data(api: Any, public: dict[str, Any]) -> None:
    assert api.with_key(public["key"]).get("/segments/").status_code == 403


def test_a_public_key_mints_a_session(api: Any, public: dict[str, Any]) -> None:
    assert set(session(api, public).json()) == {"token", "expires_at", "uid"}


def test_a_session_lasts_15_minutes(api: Any, public: dict[str, Any]) -> None:
    assert session(api, public).json()["expires_at"] == "2026-05-01T12:15:00Z"


@pytest.mark.parametrize(("seconds", "status"), [(899, 202), (901, 401)])
def test_and_no_longer(api: Any, public: dict[str, Any], seconds: int, status: int) -> None:
    page = api.with_token(session(api, public).json()["token"])
    api.advance(seconds)
    assert page.post("/ingestion/track/", {"event_type": "seen"}, headers={"Origin": PAGE}).status_code == status


def test_a_session_is_of_one_user(api: Any, public: dict[str, Any]) -> None:
    assert session(api, public).json()["uid"] == "alice"


def test_every_event_of_a_session_is_that_users(api: Any, public: dict[str, Any]) -> None:
    page = api.with_token(session(api, public).json()["token"])
    page.post("/ingestion/track/", {"user_id": "mallory", "event_type": "seen"}, headers={"Origin": PAGE})
    assert api.get("/explorer/users/alice/").json()["event_count"] == 1


def test_a_session_cannot_read(api: Any, public: dict[str, Any]) -> None:
    assert api.with_token(session(api, public).json()["token"]).get("/segments/").status_code == 403


@pytest.mark.parametrize("origin", [PAGE, "https://eu.shop.test"])
def test_a_listed_origin_may_be_exact_or_one_level_below(api: Any, public: dict[str, Any], origin: str) -> None:
    assert session(api, public, origin).status_code == 200


@pytest.mark.parametrize(
    "origin", ["https://other.test", "https://a.eu.shop.test", "https://shop.test", "http://app.tenant.test"]
)
def test_other_origins_are_refused(api: Any, public: dict[str, Any], origin: str) -> None:
    assert session(api, public, origin).status_code == 403


def test_an_origin_is_refused_before_the_body_is_looked_at(api: Any, public: dict[str, Any]) -> None:
    assert session(api, public, "https://other.test", user_id_ts="no number").status_code == 403


def test_a_right_signature_lets_a_user_in(api: Any, signing: dict[str, Any]) -> None:
    assert session(api, signing, **signed(signing)).status_code == 200


def test_a_signature_of_another_user_does_not(api: Any, signing: dict[str, Any]) -> None:
    assert session(api, signing, **signed(signing, user="bob")).status_code == 403


def test_a_missing_signature_is_named(api: Any, signing: dict[str, Any]) -> None:
    assert "user_id_sig" in session(api, signing).json()


def test_a_signature_is_made_with_the_bytes_of_the_hex_secret(api: Any, signing: dict[str, Any]) -> None:
    text = hmac.new(signing["signing_secret"].encode(), f"alice|{NOW_S}".encode(), hashlib.sha256).hexdigest()
    assert session(api, signing, user_id_sig=text, user_id_ts=NOW_S).status_code == 403


@pytest.mark.parametrize(("offset", "status"), [(-299, 200), (299, 200), (-301, 403), (301, 403)])
def test_a_signature_counts_within_five_minutes(api: Any, signing: dict[str, Any], offset: int, status: int) -> None:
    assert session(api, signing, **signed(signing, NOW_S + offset)).status_code == status


def test_a_key_without_that_demand_takes_unsigned_ids(api: Any, public: dict[str, Any]) -> None:
    assert session(api, public).status_code == 200


def test_both_ids_in_a_mint_tie_the_visitor_to_the_user(api: Any, public: dict[str, Any]) -> None:
    track(api, "anon_v1", "seen")
    session(api, public, anonymous_id="v1")
    assert api.get("/explorer/users/alice/").json()["event_count"] == 1


def test_an_account_may_be_in_several_tenants_with_different_roles(api: Any, other_tenant: Any) -> None:
    account = {"email": "two@acme.test", "password": "sandbox-demo"}
    api.control("POST", "/accounts/", {**account, "tenant": "acme", "role": "viewer"})
    api.control("POST", "/accounts/", {**account, "tenant": "globex", "role": "admin"})
    signed_in = api.with_token(api.post("/auth/token/", account).json()["access"])
    asked = [signed_in.post("/auth/api-keys/", {"name": "x", "tenant_slug": slug}) for slug in ("acme", "globex")]
    assert [answer.status_code for answer in asked] == [403, 201]


def test_a_tenant_has_one_owner(api: Any) -> None:
    second = {"email": "second@acme.test", "password": "sandbox-demo", "tenant": "acme", "role": "owner"}
    assert api.ask_control("POST", "/accounts/", second).status_code == 400


@pytest.mark.parametrize("role", ["admin", "member"])
def test_admins_and_members_create_segments(api: Any, role: str) -> None:
    assert person(api, role).post("/segments/", {"name": "x"}).status_code == 201


def test_a_member_triggers_computes(api: Any) -> None:
    assert person(api, "member").post(f"/segments/{segment(api)}/compute/").status_code == 202


def test_a_member_manages_connectors(api: Any) -> None:
    body = {"segment": segment(api), "connector_type": "klaviyo", "config": {"list_id": "L", "api_key": "test"}}
    assert person(api, "member").post("/activations/", body).status_code == 201


def test_a_viewer_reads(api: Any) -> None:
    assert person(api, "viewer").get("/segments/").status_code == 200


def test_a_viewer_does_not_write(api: Any) -> None:
    assert person(api, "viewer").post("/segments/", {"name": "x"}).status_code == 403


def test_the_alias_header_of_the_catalogues_page_is_taken(api: Any) -> None:
    assert api.get("/pim/products/", headers={"Authorization": None, "X-API-Key": api.key}).status_code == 200


@pytest.mark.parametrize("path", ["/ai-reach/queries/", "/ai-pages/pages/"])
@pytest.mark.parametrize("kind", ["key", "person"])
def test_the_ai_areas_take_keys_and_people(api: Any, path: str, kind: str) -> None:
    assert (api if kind == "key" else api.sign_in()).get(path).status_code == 200


@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("POST", 201), ("DELETE", 403)])
def test_a_connectors_key_reads_and_writes_unless_more_is_granted(api: Any, method: str, status: int) -> None:
    number = segment(api)
    path = f"/segments/{number}/" if method == "DELETE" else "/segments/"
    connector = api.with_key(new_key(api, key_type="mk")["key"])
    assert connector.request(method, path, json={"name": "x"} if method == "POST" else None).status_code == status


def test_the_admin_scope_deletes(api: Any) -> None:
    connector = api.with_key(new_key(api, key_type="mk", scopes=["mcp:admin"])["key"])
    assert connector.delete(f"/segments/{segment(api)}/").status_code == 204


def test_a_read_scope_does_not_write(api: Any) -> None:
    connector = api.with_key(new_key(api, key_type="mk", scopes=["mcp:read"])["key"])
    assert connector.post("/segments/", {"name": "x"}).status_code == 403
