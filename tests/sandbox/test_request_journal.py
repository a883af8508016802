"""What `GET /_sandbox/requests/` keeps, and what it does not."""

from __future__ import annotations

from typing import Any


def test_large_bodies_push_the_oldest_requests_out(api: Any) -> None:
    api.control("DELETE", "/requests/")
    large = b'{"name": "' + b"x" * (1 << 20)
    for number in range(20):
        api.request("POST", f"/segments/?n={number}", data=large, headers={"Content-Type": "application/json"})
    kept = api.control("GET", "/requests/")
    kept = kept["requests"] if isinstance(kept, dict) else kept
    assert [entry["query"] for entry in kept] == [f"n={number}" for number in range(4, 20)]
    assert sum(len(entry["body"]) for entry in kept) == 16 << 20


def test_calls_that_are_refused_before_their_body_is_read_are_kept_too(api: Any) -> None:
    api.control("DELETE", "/requests/")
    api.request("POST", "/segments/", data=b"\x1f\x8b", headers={"Content-Encoding": "gzip", "X-Sent": "as it was"})
    assert api.session.get(f"{api.url}/segments/", headers={"Host": "evil.example"}, timeout=30).status_code == 421
    (kept,) = api.control("GET", "/requests/")
    assert (kept["method"], kept["path"], kept["status"], kept["body"]) == ("POST", "/api/segments/", 415, None)
    assert kept["headers"]["X-Sent"] == "as it was"
