"""The documented flow of a web page: a public key, a session, events; and the origins that a browser permits."""

from __future__ import annotations

from typing import Any

import pytest
from browser import chromium as chromium
from browser import other_site as other_site

_FLOW = """async ([url, key, user]) => {
  const post = async (path, authorization, body) => {
    try {
      const reply = await fetch(url + path, {
        method: "POST", headers: {"Content-Type": "application/json", "Authorization": authorization},
        body: JSON.stringify(body),
      });
      return [reply.status, await reply.json(), reply.headers.get("X-Request-Id")];
    } catch (error) { return [0, String(error), null]; }
  };
  const [status, session] = await post("/auth/session/", `ApiKey ${key}`, {user_id: user});
  if (status !== 200) return [[status, session]];
  const identified = {event_type: "context_identified", payload: {plan: "pro"}};
  const bearer = `Bearer ${session.token}`;
  return [
    [status, session.uid],
    await post("/ingestion/track/", bearer, {user_id: "somebody else", event_type: "page_viewed"}),
    await post("/ingestion/track/batch/", bearer, {events: [identified]}),
    await post("/ingestion/track/", "Bearer expired", {event_type: "page_viewed"}),
    await post("/segments/", bearer, {name: "x"}),
  ];
}"""


def public_key(api: Any, *origins: str) -> Any:
    """A client with a public key for these origins."""
    body = {"name": "web", "tenant_slug": "acme", "key_type": "pk", "allowed_origins": list(origins)}
    return api.with_key(api.sign_in().post("/auth/api-keys/", body).json()["key"])


def run_in_page(chromium: Any, site: str, api: Any, key: str) -> Any:
    """The flow, from a page of a site."""
    page = chromium.new_page()
    page.goto(site)
    seen = page.evaluate(_FLOW, [api.url, key, "ada"])
    page.close()
    return seen


def test_a_listed_page_of_a_real_browser_mints_a_session_and_sends_events(
    api: Any, chromium: Any, other_site: str
) -> None:
    key = public_key(api, "https://app.example.com", other_site).key
    session, single, batch, expired, segments = run_in_page(chromium, other_site, api, key)
    assert session == [200, "ada"]
    assert single[:2] == [202, {"queued": True}]
    assert single[2].startswith("req_")
    assert batch[:2] == [202, {"queued": 1, "skipped": 0}]
    assert expired[0] == 401  # which the page can see, and mint again
    assert segments[0] == 0  # the rest of the API is not for pages: the browser does not even send it
    profile = api.get("/explorer/users/ada/").json()
    assert (profile["event_count"], profile["properties"]) == (2, {"plan": "pro"})
    assert api.get("/segments/").json()["count"] == 0


def test_a_page_that_is_not_listed_gets_nothing_in_a_real_browser(api: Any, chromium: Any, other_site: str) -> None:
    key = public_key(api, "https://app.example.com").key
    [[status, said]] = run_in_page(chromium, other_site, api, key)
    assert (status, "Failed to fetch" in said) == (0, True)


@pytest.mark.parametrize("path", ["/auth/session/", "/ingestion/track/", "/ingestion/track/batch/"])
def test_a_preflight_is_answered_for_the_origins_of_public_keys(api: Any, path: str) -> None:
    public_key(api, "https://*.example.com")
    asked = {"Authorization": None, "Access-Control-Request-Method": "POST"}
    for origin, status in (
        ("https://eu.example.com", 204),
        ("https://a.eu.example.com", 403),
        ("https://evil.test", 403),
    ):
        answer = api.request("OPTIONS", path, headers={**asked, "Origin": origin})
        assert answer.status_code == status
        assert answer.headers.get("Access-Control-Allow-Origin") == (origin if status == 204 else None)
        assert "Origin" in answer.headers["Vary"]
    answer = api.request("OPTIONS", path, headers={**asked, "Origin": "https://eu.example.com"})
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]


def test_a_revoked_key_opens_no_page(api: Any) -> None:
    signed_in = api.sign_in()
    body = {"name": "web", "tenant_slug": "acme", "key_type": "pk", "allowed_origins": ["https://app.example.com"]}
    created = signed_in.post("/auth/api-keys/", body).json()
    assert signed_in.delete(f"/auth/api-keys/{created['id']}/").status_code == 204
    headers = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "POST"}
    assert api.request("OPTIONS", "/auth/session/", headers=headers).status_code == 403


def test_a_session_is_of_no_use_to_a_page_that_its_key_does_not_list(api: Any) -> None:
    public = public_key(api, "https://app.example.com")
    origin = {"Origin": "https://app.example.com"}
    token = public.post("/auth/session/", {"user_id": "ada"}, headers=origin).json()["token"]
    session, event = api.with_token(token), {"event_type": "seen"}
    assert session.post("/ingestion/track/", event, headers=origin).status_code == 202
    assert session.post("/ingestion/track/", event, headers={"Origin": "https://evil.test"}).status_code == 403
    assert session.post("/ingestion/track/", event).status_code == 202  # handed on to a server, which has no origin
