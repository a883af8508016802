"""Keys, tokens and sessions: who may come in, and what they may do."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import jwt
import pytest

NOW_S = 1777636800  # 2026-05-01T12:00:00Z, where the clock stands
MISSING = {"detail": "Authentication credentials were not provided."}
FORBIDDEN = {"detail": "You do not have permission to perform this action."}


def new_key(api: Any, **options: Any) -> dict[str, Any]:
    """Create a key as the demo account."""
    body = {"name": "test", "tenant_slug": "acme", **options}
    answer = api.sign_in().post("/auth/api-keys/", body)
    assert answer.status_code == 201, answer.text
    created: dict[str, Any] = answer.json()
    return created


def test_a_request_without_a_credential_is_a_401_that_says_how(api: Any) -> None:
    answer = api.get("/pim/products/", headers={"Authorization": None})
    assert (answer.status_code, answer.json()) == (401, MISSING)
    assert answer.headers["WWW-Authenticate"].startswith("ApiKey")


@pytest.mark.parametrize(
    ("header", "value", "detail"),
    [
        ("Authorization", "ApiKey sk_test_wrong", "Invalid API key."),
        ("Authorization", "ApiKey", "Invalid API key."),
        ("X-API-Key", "sk_test_wrong", "Invalid API key."),
        ("Authorization", "Bearer not.a.token", "Given token not valid for any token type"),
        ("Authorization", "Basic dXNlcjpwYXNz", "Unsupported authorization scheme. Use ApiKey or Bearer."),
    ],
)
def test_a_bad_credential_is_a_401(api: Any, header: str, value: str, detail: str) -> None:
    answer = api.get("/pim/products/", headers={"Authorization": None, header: value})
    assert (answer.status_code, answer.json()) == (401, {"detail": detail})
    assert "WWW-Authenticate" in answer.headers


@pytest.mark.parametrize("form", ["Authorization: ApiKey {}", "Authorization: apikey {}", "X-API-Key: {}"])
def test_a_secret_key_opens_the_api_in_every_documented_form(api: Any, form: str) -> None:
    name, _, value = form.format(api.key).partition(": ")
    assert api.get("/pim/products/", headers={"Authorization": None, name: value}).status_code == 200


def test_an_account_signs_in_and_its_token_opens_the_api(api: Any) -> None:
    answer = api.post("/auth/token/", {"email": "demo@acme.test", "password": "sandbox-demo"})
    assert set(answer.json()) == {"access", "refresh"}
    person = api.with_token(answer.json()["access"])
    assert person.post("/pim/products/", {"sku": "A1", "name": "x"}).status_code == 201


@pytest.mark.parametrize("who", [("demo@acme.test", "wrong"), ("nobody@acme.test", "sandbox-demo")])
def test_a_wrong_password_and_an_unknown_account_look_the_same(api: Any, who: tuple[str, str]) -> None:
    answer = api.post("/auth/token/", {"email": who[0], "password": who[1]})
    assert answer.status_code == 401
    assert answer.json() == {"detail": "No active account found with the given credentials"}


def test_signing_in_needs_both_fields(api: Any) -> None:
    required = ["This field is required."]
    answer = api.post("/auth/token/", {})
    assert (answer.status_code, answer.json()) == (400, {"email": required, "password": required})


def test_signing_in_works_with_a_stale_credential_on_the_request(api: Any) -> None:
    stale = api.with_token("expired")
    body = {"email": "demo@acme.test", "password": "sandbox-demo"}
    assert stale.post("/auth/token/", body).status_code == 200


def test_an_access_token_lives_an_hour_and_is_refreshed(api: Any) -> None:
    tokens = api.post("/auth/token/", {"email": "demo@acme.test", "password": "sandbox-demo"}).json()
    person = api.with_token(tokens["access"])
    api.advance(3599)
    assert person.get("/pim/products/").status_code == 200
    api.advance(1)
    assert person.get("/pim/products/").status_code == 401
    fresh = api.post("/auth/token/refresh/", {"refresh": tokens["refresh"]})
    assert fresh.status_code == 200
    assert api.with_token(fresh.json()["access"]).get("/pim/products/").status_code == 200


def test_the_two_kinds_of_token_do_not_stand_in_for_each_other(api: Any) -> None:
    tokens = api.post("/auth/token/", {"email": "demo@acme.test", "password": "sandbox-demo"}).json()
    assert api.with_token(tokens["refresh"]).get("/pim/products/").status_code == 401
    assert api.post("/auth/token/refresh/", {"refresh": tokens["access"]}).status_code == 401
    assert api.post("/auth/token/refresh/", {}).status_code == 400


def test_a_token_that_was_signed_by_someone_else_is_refused(api: Any) -> None:
    claims = {"type": "access", "exp": NOW_S + 60, "jti": "x", "account": 1}
    forged = jwt.encode(claims, "a guess that is long enough to be a key", algorithm="HS256")
    unsigned = jwt.encode(claims, "", algorithm="none")
    assert api.with_token(forged).get("/pim/products/").status_code == 401
    assert api.with_token(unsigned).get("/pim/products/").status_code == 401


def test_a_new_key_works_until_it_is_revoked(api: Any) -> None:
    created = new_key(api)
    assert set(created) == {"id", "name", "key"}
    assert created["key"].startswith("sk_")
    other = api.with_key(created["key"])
    assert other.get("/pim/products/").status_code == 200
    revoked = api.sign_in().delete(f"/auth/api-keys/{created['id']}/")
    assert (revoked.status_code, revoked.content) == (204, b"")
    assert other.get("/pim/products/").status_code == 401
    assert api.sign_in().delete(f"/auth/api-keys/{created['id']}/").status_code == 404


def test_keys_are_managed_by_people_only(api: Any) -> None:
    answer = api.post("/auth/api-keys/", {"name": "x", "tenant_slug": "acme"})
    assert (answer.status_code, answer.json()) == (403, FORBIDDEN)
    assert api.delete("/auth/api-keys/1/").status_code == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"tenant_slug": "acme"}, "name"),
        ({"name": "x"}, "tenant_slug"),
        ({"name": "x", "tenant_slug": "nowhere"}, "tenant_slug"),
        ({"name": "x", "tenant_slug": "acme", "key_type": "zz"}, "key_type"),
        ({"name": "x", "tenant_slug": "acme", "key_type": "mk", "scopes": ["mcp:root"]}, "scopes"),
        ({"name": "x", "tenant_slug": "acme", "allowed_origins": ["app.example.com"]}, "allowed_origins"),
    ],
)
def test_a_wrong_key_request_blames_its_field(api: Any, body: dict[str, Any], field: str) -> None:
    answer = api.sign_in().post("/auth/api-keys/", body)
    assert answer.status_code == 400
    assert list(answer.json()) == [field]


def test_a_public_key_cannot_read_or_write_tenant_data(api: Any) -> None:
    public = api.with_key(new_key(api, key_type="pk")["key"])
    assert public.get("/pim/products/").json() == FORBIDDEN
    assert public.post("/pim/products/", {"sku": "A", "name": "x"}).status_code == 403
    assert public.post("/ingestion/track/", {"user_id": "u", "event_type": "e"}).status_code == 403


@pytest.mark.parametrize(
    ("scopes", "allowed"),
    [
        (["mcp:read"], {"GET"}),
        (["mcp:read", "mcp:write"], {"GET", "POST", "PATCH"}),
        (["mcp:admin"], {"DELETE"}),
        (["mcp:read", "mcp:write", "mcp:admin"], {"GET", "POST", "PATCH", "DELETE"}),
    ],
)
def test_an_mcp_key_may_do_what_its_scopes_say(api: Any, scopes: list[str], allowed: set[str]) -> None:
    api.post("/pim/products/", {"sku": "A1", "name": "x"})
    mcp = api.with_key(new_key(api, key_type="mk", scopes=scopes)["key"])
    calls = {
        "GET": mcp.get("/pim/products/1/"),
        "POST": mcp.post("/pim/products/", {"sku": "A2", "name": "x"}),
        "PATCH": mcp.patch("/pim/products/1/", {"name": "y"}),
        "DELETE": mcp.delete("/pim/products/1/"),
    }
    assert {method for method, answer in calls.items() if answer.status_code < 300} == allowed
    assert {answer.status_code for method, answer in calls.items() if method not in allowed} <= {403}


def test_an_mcp_key_has_read_and_write_unless_it_asks_for_more(api: Any) -> None:
    api.post("/pim/products/", {"sku": "A1", "name": "x"})
    mcp = api.with_key(new_key(api, key_type="mk")["key"])
    assert mcp.get("/pim/products/").status_code == 200
    assert mcp.delete("/pim/products/1/").status_code == 403


# --- sessions ---------------------------------------------------------------------------------------------------


def test_a_session_token_is_pinned_to_its_user_for_15_minutes(api: Any) -> None:
    public = api.with_key(new_key(api, key_type="pk")["key"])
    session = public.post("/auth/session/", {"user_id": "alice"}).json()
    assert session["uid"] == "alice"
    assert session["expires_at"] == "2026-05-01T12:15:00Z"
    browser = api.with_token(session["token"])
    assert browser.post("/ingestion/track/", {"user_id": "mallory", "event_type": "seen"}).status_code == 202
    assert api.get("/explorer/users/alice/").json()["event_count"] == 1
    assert api.get("/explorer/users/mallory/").status_code == 404
    assert browser.get("/pim/products/").status_code == 403
    api.advance(900)
    assert browser.post("/ingestion/track/", {"user_id": "alice", "event_type": "seen"}).status_code == 401


def test_a_session_dies_with_its_key(api: Any) -> None:
    key = new_key(api, key_type="pk")
    token = api.with_key(key["key"]).post("/auth/session/", {"user_id": "alice"}).json()["token"]
    api.sign_in().delete(f"/auth/api-keys/{key['id']}/")
    assert api.with_token(token).post("/ingestion/track/", {"user_id": "a", "event_type": "e"}).status_code == 401


def test_a_visitor_gets_a_session_under_the_anonymous_id(api: Any) -> None:
    public = api.with_key(new_key(api, key_type="pk")["key"])
    assert public.post("/auth/session/", {"anonymous_id": "v1"}).json()["uid"] == "anon_v1"


def test_both_ids_together_tie_the_visitor_to_the_user(api: Any) -> None:
    api.post("/ingestion/track/", {"user_id": "anon_v1", "event_type": "seen"})
    public = api.with_key(new_key(api, key_type="pk")["key"])
    assert public.post("/auth/session/", {"anonymous_id": "v1", "user_id": "alice"}).json()["uid"] == "alice"
    assert api.get("/explorer/users/alice/").json()["event_count"] == 1


def test_only_a_public_key_mints_a_session_and_it_needs_an_id(api: Any) -> None:
    assert api.post("/auth/session/", {"user_id": "alice"}).status_code == 403
    public = api.with_key(new_key(api, key_type="pk")["key"])
    answer = public.post("/auth/session/", {})
    assert (answer.status_code, list(answer.json())) == (400, ["user_id"])


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://app.tenant.com", 200),
        ("https://eu.shops.com", 200),
        ("HTTPS://EU.Shops.com", 200),
        ("https://.shops.com", 403),
        ("https://eu.shops.com:8443", 403),
        ("https://[", 403),
        ("null", 403),
        ("https://a.b.shops.com", 403),  # the wildcard stands for one level
        ("https://shops.com", 403),
        ("http://app.tenant.com", 403),
        ("https://app.tenant.com.evil.com", 403),
        ("https://evil.com", 403),
        (None, 403),
    ],
)
def test_sessions_are_minted_for_listed_origins_only(api: Any, origin: str | None, status: int) -> None:
    key = new_key(api, key_type="pk", allowed_origins=["https://app.tenant.com", "https://*.shops.com"])
    answer = api.with_key(key["key"]).post("/auth/session/", {"user_id": "u"}, headers={"Origin": origin})
    assert answer.status_code == status


def signed(secret: str, user_id: str, when: int) -> dict[str, Any]:
    """The body of a session request as a customer's server signs it."""
    message = f"{user_id}|{when}".encode()
    signature = hmac.new(bytes.fromhex(secret), message, hashlib.sha256).hexdigest()
    return {"user_id": user_id, "user_id_sig": signature, "user_id_ts": when}


def test_a_key_that_wants_signed_ids_takes_only_fresh_and_right_signatures(api: Any) -> None:
    key = new_key(api, key_type="pk", require_signed_user_id=True)
    public, secret = api.with_key(key["key"]), key["signing_secret"]
    good = signed(secret, "alice", NOW_S)
    assert public.post("/auth/session/", good).status_code == 200
    assert public.post("/auth/session/", signed(secret, "alice", NOW_S - 300)).status_code == 200
    assert public.post("/auth/session/", signed(secret, "alice", NOW_S - 301)).status_code == 403
    assert public.post("/auth/session/", signed(secret, "alice", NOW_S + 301)).status_code == 403
    assert public.post("/auth/session/", {**good, "user_id": "bob"}).status_code == 403
    assert public.post("/auth/session/", {**good, "user_id_sig": "ü"}).status_code == 403
    missing = public.post("/auth/session/", {"user_id": "alice"})
    assert (missing.status_code, list(missing.json())) == (400, ["user_id_sig"])
    assert public.post("/auth/session/", {"anonymous_id": "v1"}).status_code == 200
