"""Whom the sandbox answers: clients on this machine, under its own names, and no foreign page in a browser."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from browser import chromium as chromium
from browser import other_site as other_site

PRODUCT = {"sku": "A1", "name": "x"}


def ask(api: Any, path: str, method: str = "GET", **headers: str) -> requests.Response:
    """A request to the server's root with these headers and no others; names are given with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.request(method, api.process.root + path, headers=named, timeout=10)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "localhost.evil.example", "10.1.2.3", "a b", "@"]
)
@pytest.mark.parametrize("path", ["/", "/api/pim/products/", "/_sandbox/requests/"])
def test_a_host_name_that_is_not_of_this_machine_is_not_answered(api: Any, host: str, path: str) -> None:
    """By DNS rebinding, a page whose name resolves to 127.0.0.1 would share an origin with the sandbox."""
    answer = ask(api, path, Host=host, Authorization=f"ApiKey {api.key}", X_Sandbox_Token=api.process.control_token)
    assert answer.status_code == 421
    assert set(answer.json()) == {"detail"}
    assert api.control("GET", "/requests/") == []


def test_controls_and_pages_want_the_token_of_clients_on_other_machines(start: Callable[..., Any]) -> None:
    """As in a container, where every client is on another machine. A page holds the token, so it wants it first."""
    api = start("--host", "0.0.0.0", "--allow-remote", "--remote-controls")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; finds the address that others see
        except OSError:
            pytest.skip("this machine has no address but loopback")
        root = f"http://{probe.getsockname()[0]}:{api.process.root.rpartition(':')[2]}"
    token = api.process.control_token
    assert requests.get(root + "/_sandbox/clock/", timeout=10).status_code == 403
    for path in ("/", "/controls", "/docs", "/docs/openapi.json"):
        refused = requests.get(root + path, timeout=10)
        assert refused.status_code == 403
        assert token not in refused.text
    assert requests.get(root + "/?token=guess", timeout=10).status_code == 403
    browser = requests.Session()
    first = browser.get(f"{root}/users?token={token}&q=1", timeout=10)
    assert (first.status_code, first.url) == (200, f"{root}/users?q=1")
    [cookie] = browser.cookies
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "Strict"
    assert browser.get(root + "/controls", timeout=10).status_code == 200


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:1", "segops.localhost", "127.0.0.1:80", "127.9.9.9", "[::1]:5"]
)
def test_every_loopback_name_is_answered(api: Any, host: str) -> None:
    assert ask(api, "/api/pim/products/", Host=host, Authorization=f"ApiKey {api.key}").status_code == 200


def test_further_names_are_answered_when_an_option_says_so(start: Any) -> None:
    api = start("--allowed-host", "sandbox", "--allowed-host=SegOps.test")
    for host, status in (("sandbox:8000", 200), ("segops.test", 200), ("other", 421)):
        answer = ask(api, "/api/pim/products/", Host=host, Authorization=f"ApiKey {api.key}")
        assert answer.status_code == status
    assert "--allowed-host other" in answer.json()["detail"]


def test_a_control_needs_the_token_of_the_ready_line(api: Any) -> None:
    api.post("/pim/products/", PRODUCT)
    for token in ({}, {"X_Sandbox_Token": "guessed"}, {"X_Sandbox_Token": api.key}):
        answer = ask(api, "/_sandbox/reset/", "POST", **token)
        assert (answer.status_code, "control_token" in answer.json()["detail"]) == (403, True)
    assert api.get("/pim/products/").json()["count"] == 1
    assert ask(api, "/_sandbox/clock/", X_Sandbox_Token=api.process.control_token).status_code == 200


def test_the_token_is_another_one_in_each_process_unless_the_environment_names_it(start: Any) -> None:
    one, two = start("--seed=1"), start("--seed=1", env={"SEGOPS_SANDBOX_CONTROL_TOKEN": "test-token-of-ours"})
    assert two.process.control_token == "test-token-of-ours"
    assert len(one.process.control_token) >= 40
    assert two.control("GET", "/faults/") == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/_sandbox/requests/"])
def test_a_page_of_another_site_or_port_gets_neither_page_nor_control(api: Any, headers: Any, path: str) -> None:
    token = {"X_Sandbox_Token": api.process.control_token}
    assert ask(api, path, **token, **headers).status_code == 403
    own = {"Origin": api.process.root, "Sec_Fetch_Site": "same-origin"}
    assert ask(api, path, **token, **own).status_code == 200
    assert ask(api, path, **token, Sec_Fetch_Site="none").status_code == 200


def test_the_journal_shows_no_credential_whole(api: Any) -> None:
    access = api.sign_in().headers["Authorization"].removeprefix("Bearer ")
    api.control("DELETE", "/requests/")
    key = api.key
    api.get(f"/pim/products/?q={key}", headers={"X-API-Key": key, "Cookie": "session=demo"})
    api.post("/pim/products/", {"sku": key, "name": access}, headers={"Authorization": f"Bearer {access}"})
    api.get("/pim/products/", headers={"Authorization": "Basic ZGVtbzpkZW1v"})
    said = api.ask_control("GET", "/requests/").text
    for secret in (key, key[10:40], access, "session=demo", "ZGVtbzpkZW1v"):
        assert secret not in said
    first, second, third = api.control("GET", "/requests/")
    assert first["headers"]["X-API-Key"] == f"sk_test_***{key[-4:]}"  # enough to tell two keys apart
    assert second["headers"]["Authorization"] == "Bearer ***"
    assert third["headers"]["Authorization"] == "Basic ***"


_ATTACK = """async ([root, token]) => {
  const seen = [];
  const tell = async (what, options) => {
    try { const r = await fetch(root + what, options); seen.push([r.type, r.type === "opaque" ? "" : await r.text()]); }
    catch (error) { seen.push(["error", ""]); }
  };
  await tell("/_sandbox/reset/", {method: "POST", mode: "no-cors"});
  await tell("/_sandbox/reset/", {method: "POST", headers: {"X-Sandbox-Token": token}});
  await tell("/_sandbox/requests/", {});
  await tell("/", {});
  const form = document.createElement("form");
  form.method = "POST"; form.action = root + "/_sandbox/reset/"; form.target = "elsewhere";
  document.body.append(form);
  const frame = document.createElement("iframe");
  frame.name = "elsewhere";
  const loaded = new Promise(resolve => frame.onload = resolve);
  document.body.append(frame); await loaded;
  const sent = new Promise(resolve => frame.onload = resolve);
  form.submit(); await sent;
  return seen;
}"""


def test_a_page_on_another_port_of_a_real_browser_can_neither_read_nor_wipe_it(
    api: Any, chromium: Any, other_site: str
) -> None:
    api.post("/pim/products/", PRODUCT)
    page = chromium.new_page()
    page.goto(other_site)
    seen = page.evaluate(_ATTACK, [api.process.root, api.process.control_token])
    assert [kind for kind, _ in seen] == ["opaque", "error", "error", "error"]
    page.close()
    assert api.get("/pim/products/").json()["count"] == 1


def test_a_page_that_was_opened_by_hand_is_shown_in_a_real_browser(api: Any, chromium: Any) -> None:
    page = chromium.new_page()
    answer = page.goto(api.process.root.replace("127.0.0.1", "localhost") + "/")
    assert answer.status == 200
    assert urlsplit(page.url).hostname == "localhost"
    page.close()
