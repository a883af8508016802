"""The canonical form of requests: equal requests are equal, and different ones differ."""

from __future__ import annotations

import pytest

from segops_parity.canonical import canonical_request, canonical_value, difference, is_compact_json

JSON = [("Content-Type", "application/json")]


def request(
    method: str = "POST", target: str = "/a/", headers: list[tuple[str, str]] = JSON, body: bytes = b"{}"
) -> dict:
    return canonical_request(method, target, headers, body)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (request(target="/a/?x=1&y=2"), request(target="/a/?y=2&x=1")),
        (request(target="/a%7eb/"), request(target="/a~b/")),
        (request(target="/a%2fb/"), request(target="/a%2Fb/")),
        (request(target="/a@b/"), request(target="/a%40b/")),
        (request(target="/?q=a+b"), request(target="/?q=a%20b")),
        (request(body=b'{"a":1,"b":2}'), request(body=b'{"b":2,"a":1}')),
        (request(headers=[("accept", "x"), *JSON]), request(headers=[*JSON, ("Accept", "x")])),
        (request(headers=[("Content-Length", "2"), *JSON]), request()),
    ],
)
def test_what_a_server_cannot_tell_apart_is_equal(one: dict, other: dict) -> None:
    assert difference(one, other) == []


@pytest.mark.parametrize(
    ("one", "other", "at"),
    [
        (request("POST"), request("PUT"), "/method"),
        (request(target="/a/"), request(target="/a"), "/path"),
        (request(target="/a%2Fb/"), request(target="/a/b/"), "/path"),
        (request(target="/a/?x=1&x=2"), request(target="/a/?x=2&x=1"), "/query/x/0"),
        (request(target="/a/?x="), request(target="/a/"), "/query/x"),
        (request(body=b'{"a":10}'), request(body=b'{"a":10.0}'), "/body/json/a"),
        (request(body=b'{"a":1}'), request(body=b'{"a":true}'), "/body/json/a"),
        (request(body=b'{"a":null}'), request(body=b"{}"), "/body/json/a"),
        (request(body=b'{"a":"1"}'), request(body=b'{"a":1}'), "/body/json/a"),
        (request(body=b'{"a":1}'), request(body=b'{"a":2,"a":1}'), "/body/broken-json"),
        (request(body=b"{}"), request(body=b""), "/body"),
        (request(), request(headers=[("Content-Type", "text/plain")]), "/body/json"),
    ],
)
def test_what_a_server_can_tell_apart_differs_at_its_place(one: dict, other: dict, at: str) -> None:
    assert at in [line["at"] for line in difference(one, other)]


def part(boundary: str, name: str = "file", content: str = "sku\n1") -> dict:
    disposition = f'Content-Disposition: form-data; name="{name}"; filename="ü.csv"'
    head = f"--{boundary}\r\n{disposition}\r\nContent-Type: text/csv\r\n\r\n"
    body = f"{head}{content}\r\n--{boundary}--\r\n".encode()
    return request(headers=[("Content-Type", f"multipart/form-data; boundary={boundary}")], body=body)


def test_a_multipart_body_is_compared_by_part_whatever_the_boundary() -> None:
    assert difference(part("abc"), part("xyz")) == []
    assert [line["at"] for line in difference(part("abc"), part("abc", name="upload"))] == ["/body/parts/0/name"]
    assert difference(part("abc"), part("abc", content="sku\n2"))
    assert part("abc")["body"]["parts"][0]["filename"] == "ü.csv"


@pytest.mark.parametrize(
    ("body", "compact"),
    [
        ('{"a":"é \\" \\n"}', True),
        ('{"a": 1}', False),
        ('{"a":"\\u00e9"}', False),
        ('{"a":"\\/"}', False),
        ('{"a":"\\u0001"}', True),
        ('{"a":"b: c, d"}', True),
    ],
)
def test_json_is_compact_without_blanks_and_needless_escapes(body: str, compact: bool) -> None:
    assert is_compact_json(body.encode()) is compact


def test_a_result_has_one_kind_of_number_but_keeps_true_from_one() -> None:
    assert difference(canonical_value({"a": 2.0}), canonical_value({"a": 2})) == []
    assert difference(canonical_value({"a": True}), canonical_value({"a": 1}))


def test_a_pointer_escapes_what_pointers_escape() -> None:
    assert difference({"a/b": {"~": 1}}, {"a/b": {"~": 2}})[0]["at"] == "/a~1b/~0"
