"""Answers to JSON that can't be stored or sent back."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("body", "charset", "reason"),
    [
        (b'{"name": "a\\u0000b"}', "utf-8", "NUL"),
        (b'{"name": "\\ud800"}', "utf-8", "surrogate"),
        (b'{"\\udfff": 1, "name": "x"}', "utf-8", "surrogate"),
        (b'{"name": "x", "definition": {"deep": ["\\ud800"]}}', "utf-8", "surrogate"),
        (b'{"name": "+2AA-"}', "utf-7", "surrogate"),
        (b'{"name": "\xff"}', "utf-8", "can't decode"),
        (b'{"name": "x", "definition": 1e999}', "utf-8", "too large"),
        (b'{"name": "x", "definition": -1e999}', "utf-8", "too large"),
        (b'{"name": "x", "definition": 1' + b"0" * 400 + b".0}", "utf-8", "too large"),
        (b'{"name": "x", "definition": 1' + b"0" * 5000 + b"}", "utf-8", "Exceeds the limit"),
        (b'{"name": "x", "definition": NaN}', "utf-8", "NaN"),
        (b'{"name": "x", "definition": ' + b"[" * 101 + b"]" * 101 + b"}", "utf-8", "nested too deeply"),
        (b'{"name": "x", "definition": ' + b'{"a":' * 101 + b"1" + b"}" * 102, "utf-8", "nested too deeply"),
        (b"[" * 100_000, "utf-8", "nested too deeply"),
        (b'{"name": "x"}', "zlib", "not a text encoding"),
    ],
)
def test_a_body_that_could_not_be_stored_is_refused(api: Any, body: bytes, charset: str, reason: str) -> None:
    headers = {"Content-Type": f"application/json; charset={charset}"}
    response = api.request("POST", "/segments/", data=body, headers=headers)
    assert response.status_code == 400, response.text
    assert response.json()["detail"].startswith("JSON parse error - ")
    assert reason in response.json()["detail"]
    assert api.get("/segments/").json()["count"] == 0


@pytest.mark.parametrize(
    ("body", "charset", "name"),
    [
        (b'{"name": "\\ud83d\\ude00"}', "utf-8", "\N{GRINNING FACE}"),
        ('{"name": "ü"}'.encode("latin-1"), "latin-1", "ü"),
        ('{"name": "ü"}'.encode("utf-16"), "UTF-16", "ü"),
        (b'{"name": "1e999"}', "UTF-8", "1e999"),
    ],
)
def test_escapes_and_charsets_are_read(api: Any, body: bytes, charset: str, name: str) -> None:
    headers = {"Content-Type": f"application/json; charset={charset}"}
    response = api.request("POST", "/segments/", data=body, headers=headers)
    assert response.status_code == 201, response.text
    assert response.json()["name"] == name


def test_nesting_up_to_the_limit_is_kept_as_it_is(api: Any) -> None:
    deep: Any = "end"
    for _ in range(95):
        deep = [deep]
    api.post("/ingestion/track/", {"user_id": "u", "event_type": "e", "payload": {"deep": deep}})
    assert api.get("/explorer/users/u/events/").json()["results"][0]["payload"] == {"deep": deep}
