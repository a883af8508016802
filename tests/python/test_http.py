"""Requests as they are sent, and replies as they are decoded."""

from __future__ import annotations

import functools
import gzip
import http.client
import json
import tracemalloc
import zlib
from typing import Any

import pytest
from scripted_server import Raw, Reply
from sdk_client import KEY, shown

from segops_admin import (
    Request,
    SegOpsAdmin,
    SegOpsApiError,
    SegOpsArgumentError,
    SegOpsConfigError,
    SegOpsConnectionError,
    SegOpsDecodeError,
    SegOpsServerError,
    __version__,
)
from segops_admin._call.reply import LARGEST_REPLY
from segops_admin.testing import FakeTime, Script, reply

JSON = [("Content-Type", "application/json")]


# ------------------------------------------------------------------------------------------------ requests


def test_every_request_carries_the_same_headers_and_no_others(serve: Any, connect: Any) -> None:
    server = serve(Reply(json={"id": 7}))
    connect(server).segments.get(7)
    assert server.requests[0].headers == [
        ("Host", f"127.0.0.1:{server.port}"),
        ("Authorization", f"ApiKey {KEY}"),
        ("Accept", "application/json"),
        ("User-Agent", f"segops-admin-python/{__version__}"),
        ("Accept-Encoding", "gzip"),
    ]


def test_a_json_body_is_compact_utf8_of_announced_length(serve: Any, connect: Any) -> None:
    server = serve(Reply(201, json={"id": 7}))
    connect(server).segments.create({"name": "Größe ≥ 42 🛒", "definition": {"logic": "AND", "conditions": []}})
    seen = server.requests[0]
    assert seen.body == '{"name":"Größe ≥ 42 🛒","definition":{"logic":"AND","conditions":[]}}'.encode()
    assert seen.header("Content-Type") == "application/json"
    assert seen.header("Content-Length") == str(len(seen.body))


@pytest.fixture(params=["built in", "instrumented"])
def either_transport(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The built-in connections, or those of an ``http.client`` that a tool has replaced a method of."""
    if request.param == "instrumented":
        original = http.client.HTTPConnection.putrequest

        def traced(connection: http.client.HTTPConnection, *words: Any, **options: Any) -> None:
            original(connection, *words, **options)

        monkeypatch.setattr(http.client.HTTPConnection, "putrequest", traced)


@pytest.mark.usefixtures("either_transport")
def test_an_action_post_has_no_body_and_no_content_type_and_says_so(serve: Any, connect: Any) -> None:
    server = serve(Reply(202, json={"status": "queued"}))
    connect(server).segments.recompute(7)
    seen = server.requests[0]
    assert (seen.body, seen.header("Content-Type"), seen.header("Content-Length")) == (b"", None, "0")


@pytest.mark.usefixtures("either_transport")
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_get_or_delete_has_no_body_and_no_content_type(method: str, serve: Any, connect: Any) -> None:
    server = serve(Reply(204))
    connect(server).http.request(method, "/segments/7/")
    assert [server.requests[0].header(name) for name in ("Content-Type", "Content-Length")] == [None, None]


class Wrapped:
    """A method that an object has wrapped, which passes for it wherever it is looked at, as wrapt's do."""

    def __init__(self, method: Any, called: Any) -> None:
        self._method = method
        self._called = called

    def __getattr__(self, name: str) -> Any:
        return getattr(self._method, name)

    def __get__(self, instance: Any, owner: Any) -> Any:
        return self if instance is None else functools.partial(self._called, instance)


@pytest.mark.parametrize("by", ["function", "object"])
def test_a_tool_that_replaces_http_client_while_a_client_is_open_sees_its_next_calls(
    by: str, serve: Any, connect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, seen = http.client.HTTPConnection.putrequest, []

    def traced(connection: http.client.HTTPConnection, method: str, url: str, **options: Any) -> None:
        seen.append((method, url))
        original(connection, method, url, **options)

    client = connect(serve(*(Reply(json={"id": each}) for each in (1, 2, 3))))
    assert client.segments.get(1) == {"id": 1}
    with monkeypatch.context() as patched:
        replaced = Wrapped(original, traced) if by == "object" else traced
        patched.setattr(http.client.HTTPConnection, "putrequest", replaced)
        assert client.segments.get(2) == {"id": 2}
    assert client.segments.get(3) == {"id": 3}
    assert seen == [("GET", "/api/segments/2/")]


def test_slashes_at_the_end_of_the_base_url_make_no_difference(serve: Any, connect: Any) -> None:
    server = serve(Reply(json=[]), Reply(json=[]))
    connect(server.url + "/").segments.list()
    connect(server.url + "//").segments.list()
    assert {seen.target for seen in server.requests} == {"/api/segments/"}


def test_request_reaches_what_no_method_wraps(serve: Any, connect: Any) -> None:
    server = serve(Reply(json={"ok": True}))
    answer = connect(server).http.request("post", "/new/thing/", query={"dry": True}, body={"a": 1}, idempotent=True)
    seen = server.requests[0]
    assert answer == {"ok": True}
    assert seen.line == "POST /api/new/thing/?dry=true HTTP/1.1"
    assert seen.json == {"a": 1}
    assert seen.header("Idempotency-Key")


def test_request_sends_a_key_only_if_told_to(serve: Any, connect: Any) -> None:
    server = serve(Reply(204), Reply(204))
    http = connect(server).http
    http.request("POST", "/x/")
    http.request("GET", "/x/", idempotent=True)
    assert [seen.header("Idempotency-Key") for seen in server.requests] == [None, None]


def test_a_query_in_the_path_and_one_beside_it_are_joined(serve: Any, connect: Any) -> None:
    server = serve(Reply(204))
    connect(server).http.request("GET", "/x/?a=1", query={"b": 2})
    assert server.requests[0].query == [("a", "1"), ("b", "2")]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"method": "FETCH", "path": "/x/"}, "not one of GET"),
        ({"method": None, "path": "/x/"}, "not one of GET"),
        ({"method": "GET", "path": "/x/", "body": {}}, "cannot carry a body"),
        ({"method": "POST", "path": "/x/", "body": {}, "form": ("file", "a.csv", b"")}, "not both"),
        ({"method": "GET", "path": "https://evil.test/x/"}, "give the path below"),
        ({"method": "GET", "path": "//evil.test/x/"}, "give the path below"),
        ({"method": "GET", "path": "/a/../b/"}, "dot segment"),
        ({"method": "GET", "path": "/a/%2e%2E/b/"}, "dot segment"),
        ({"method": "GET", "path": "/a#b"}, "fragment"),
        ({"method": "GET", "path": "/a\r\nX: 1"}, "control character"),
        ({"method": "GET", "path": "/\ud800"}, "UTF-8"),
    ],
)
def test_what_cannot_be_sent_is_refused_and_nothing_is_sent(arguments: dict[str, Any], says: str) -> None:
    script = Script()
    with pytest.raises(SegOpsArgumentError, match=says):
        script.client().http.request(**arguments)
    assert script.requests == []


def test_a_closed_client_refuses_every_call_and_sends_nothing(serve: Any, connect: Any) -> None:
    server = serve()
    client = connect(server)
    client.close()
    client.close()
    calls = [
        lambda: client.segments.list(),
        lambda: client.segments.create({}),
        lambda: client.products.import_csv(b"sku\n"),
        lambda: next(client.segments.iterate()),
        lambda: next(client.segments.iterate_members(7)),
        lambda: client.http.request("GET", "/x/"),
        lambda: client.with_options(timeout=5).segments.list(),
    ]
    for call in calls:
        with pytest.raises(SegOpsConfigError, match="closed"):
            call()
    assert server.connections == 0


def test_closing_a_client_closes_what_with_options_made_of_it() -> None:
    client = Script(reply({})).client()
    other = client.with_options(max_retries=0)
    client.close()
    with pytest.raises(SegOpsConfigError, match="closed"):
        other.segments.list()


def test_closing_what_with_options_made_leaves_the_first_client_open(serve: Any, connect: Any) -> None:
    server = serve(Reply(json=[]), Reply(json=[]))
    client = connect(server)
    client.segments.list()
    with client.with_options(timeout=3) as other:
        pass
    with pytest.raises(SegOpsConfigError, match="closed"):
        other.segments.list()
    assert client.segments.list() == []
    assert server.connections == 1


# ------------------------------------------------------------------------------------------------ replies


@pytest.mark.parametrize("status", [200, 201, 202, 299])
def test_json_is_decoded_whatever_the_success(status: int, serve: Any, connect: Any) -> None:
    value = {"id": 7, "nested": {"a": [1, 2.5, None, True, "é"]}, "unknown to us": 1}
    server = serve(Reply(status, body=json.dumps(value).encode(), headers=JSON))
    assert connect(server).segments.get(7) == value


@pytest.mark.parametrize("kind", ["gzip", "x-gzip", "GZIP"])
def test_a_gzipped_reply_is_the_same_value_as_a_plain_one(kind: str, serve: Any, connect: Any) -> None:
    body = gzip.compress(b'{"id": 7}')
    server = serve(Reply(body=body, headers=[*JSON, ("Content-Encoding", kind)]))
    assert connect(server).segments.get(7) == {"id": 7}


@pytest.mark.parametrize("size", [1, 3, 4096])
@pytest.mark.parametrize("zipped", [False, True])
def test_a_reply_in_chunks_is_put_together(size: int, zipped: bool, serve: Any, connect: Any) -> None:
    value = [{"id": number} for number in range(200)]
    server = serve(Reply(json=value, chunked=size, gzip=zipped), Reply(json=[]))
    client = connect(server)
    assert client.segments.list() == value
    client.segments.list()
    assert server.connections == 1


def test_a_reply_without_a_length_ends_with_its_connection(serve: Any, connect: Any) -> None:
    server = serve(Reply(json=[1], length=-1), Reply(json=[2]))
    client = connect(server)
    assert [client.segments.list(), client.segments.list()] == [[1], [2]]
    assert server.connections == 2


@pytest.mark.parametrize("status", [200, 201, 202])
def test_an_empty_reply_is_none_to_request_and_no_record(status: int, serve: Any, connect: Any) -> None:
    server = serve(*[Reply(status, body=b"", headers=JSON)] * 2)
    assert connect(server).http.request("POST", "/x/") is None
    with pytest.raises(SegOpsDecodeError, match="it is empty where a record"):
        connect(server).segments.recompute(7)


def test_204_is_none(serve: Any, connect: Any) -> None:
    server = serve(Reply(204))
    assert connect(server).segments.delete(7) is None


def test_a_byte_order_mark_is_not_part_of_the_json(serve: Any, connect: Any) -> None:
    server = serve(Reply(body=b"\xef\xbb\xbf[1]", headers=JSON))
    assert connect(server).segments.list() == [1]


@pytest.mark.parametrize("media_type", ["application/json", "APPLICATION/JSON; charset=utf-8", "application/hal+json"])
def test_json_goes_by_several_names(media_type: str, serve: Any, connect: Any) -> None:
    server = serve(Reply(body=b"[1]", headers=[("Content-Type", media_type)]))
    assert connect(server).http.request("GET", "/x/") == [1]


def test_a_reply_without_a_content_type_is_parsed_if_it_can_be(serve: Any, connect: Any) -> None:
    server = serve(Reply(body=b'{"a": 1}'), Reply(body=b"plain"))
    http = connect(server).http
    assert http.request("GET", "/x/") == {"a": 1}
    assert http.request("GET", "/x/") == "plain"


def test_text_is_returned_as_text_by_request(serve: Any, connect: Any) -> None:
    server = serve(Reply(text="user_id,computed_at\n"), Reply(body=b"7", headers=[("Content-Type", "text/csv")]))
    http = connect(server).http
    assert http.request("GET", "/x/") == "user_id,computed_at\n"
    assert http.request("GET", "/x/") == "7"


@pytest.mark.parametrize(
    "call", [lambda c: c.segments.get(7), lambda c: c.segments.create({}), lambda c: c.segments.list()]
)
def test_a_page_of_html_where_a_record_is_expected_is_a_decode_error(call: Any, serve: Any, connect: Any) -> None:
    page = b"<!doctype html><title>SegOps</title>"
    server = serve(Reply(body=page, headers=[("Content-Type", "text/html")]))
    with pytest.raises(SegOpsDecodeError, match=r"<!doctype html>.*Check the base URL") as caught:
        call(connect(server))
    assert caught.value.path == server.requests[0].target[len("/api") :]


BROKEN = {
    "not JSON": (b'{"id": 7', JSON, "not JSON"),
    "NaN": (b'{"id": NaN}', JSON, "NaN is not JSON"),
    "Infinity": (b"[-Infinity]", JSON, "-Infinity is not JSON"),
    "two values": (b"[1] [2]", JSON, "not JSON"),
    "blank": (b"  \n", JSON, "not JSON"),
    "endless digits": (
        b"1" * 5000 if hasattr(__import__("sys"), "set_int_max_str_digits") else b"1x",
        JSON,
        "not JSON",
    ),
    "not UTF-8": (b'{"name": "caf\xe9"}', JSON, "not UTF-8"),
    "UTF-16": ('{"id": 7}'.encode("utf-16"), JSON, "not UTF-8"),
    "too deep": (b"[" * 100_000 + b"]" * 100_000, JSON, "nested too deeply"),
    "too deep, objects": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, JSON, "nested too deeply"),
    "gzip that is none": (b"[1]", [*JSON, ("Content-Encoding", "gzip")], "gzip is broken"),
    "gzip cut short": (gzip.compress(b"[1]" * 99)[:-9], [*JSON, ("Content-Encoding", "gzip")], "cut short"),
    "gzip with a wrong checksum": (
        gzip.compress(b"[1]")[:-8] + b"\0" * 8,
        [*JSON, ("Content-Encoding", "gzip")],
        "gzip is broken",
    ),
    "gzip and more": (gzip.compress(b"[1]") + b"[2]", [*JSON, ("Content-Encoding", "gzip")], "gzip is broken"),
    "brotli": (b"[1]", [*JSON, ("Content-Encoding", "br")], "'br' was not asked for"),
    "deflate": (zlib.compress(b"[1]"), [*JSON, ("Content-Encoding", "deflate")], "was not asked for"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_reply_that_cannot_be_read_is_a_decode_error_and_the_connection_goes_on(
    name: str, serve: Any, connect: Any, time: FakeTime
) -> None:
    body, headers, says = BROKEN[name]
    server = serve(Reply(body=body, headers=headers), Reply(json=[1]))
    client = connect(server)
    with pytest.raises(SegOpsDecodeError, match=says) as caught:
        client.segments.get(7)
    error = caught.value
    assert (error.status, error.method, error.path) == (200, "GET", "/segments/7/")
    assert str(error).startswith("GET /segments/7/ answered 200, and the reply cannot be read: ")
    assert len(str(error)) < 400
    assert time.sleeps == []
    assert client.segments.list() == [1]
    assert server.connections == 1


def test_five_hundred_levels_are_not_too_deep(serve: Any, connect: Any) -> None:
    server = serve(Reply(body=b"[" * 500 + b"]" * 500, headers=JSON))
    assert isinstance(connect(server).segments.list(), list)


def test_a_zip_bomb_is_refused_without_being_held_in_memory(serve: Any, connect: Any) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    megabyte = b" " * 1024**2
    bomb = b"".join(packer.compress(megabyte) for _ in range(512)) + packer.flush()
    server = serve(Reply(body=bomb, headers=[*JSON, ("Content-Encoding", "gzip")]))
    client = connect(server)
    tracemalloc.start()
    try:
        with pytest.raises(SegOpsDecodeError, match="larger than 64 MiB"):
            client.segments.list()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3 * LARGEST_REPLY


def test_a_huge_announced_length_is_refused_before_anything_is_read(serve: Any, connect: Any) -> None:
    server = serve(Reply(json=[1], length=10**14), Reply(json=[2]))
    client = connect(server)
    with pytest.raises(SegOpsDecodeError, match="larger than 64 MiB"):
        client.segments.list()
    assert client.segments.list() == [2]
    assert server.connections == 2


def test_a_reply_that_grows_past_the_limit_is_given_up(
    serve: Any, connect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segops_admin._call.reply.LARGEST_REPLY", 1024**2)
    server = serve(Reply(body=b"[" + b" " * 3 * 1024**2 + b"]", chunked=65536, headers=JSON))
    with pytest.raises(SegOpsDecodeError, match="larger than 1 MiB"):
        connect(server).segments.list()
    server.wait_for_end(1)


@pytest.mark.parametrize("options", [{}, {"chunked": 4096}, {"length": -1}, {"gzip": True}], ids=str)
def test_reading_a_small_reply_takes_little_memory(options: dict[str, Any], serve: Any, connect: Any) -> None:
    # http.client allocates all that it is asked to read, on Python 3.9 even beyond the announced length.
    server = serve(Reply(json=[]), Reply(json=[1] * 1000, **options))
    client = connect(server)
    client.segments.list()
    tracemalloc.start()
    try:
        client.segments.list()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2 * 1024**2


@pytest.mark.parametrize("filler", ["", "[]," * 400, "[{}]," * 400], ids=["alone", "among few", "among many"])
@pytest.mark.parametrize("place", ["first", "middle", "last"])
@pytest.mark.parametrize("opening", ["[", '{"a":'], ids=["arrays", "objects"])
def test_a_reply_is_read_down_to_500_levels(opening: str, place: str, filler: str, serve: Any, connect: Any) -> None:
    def nested(levels: int) -> str:  # the outermost is the array that holds all
        closing = "]" if opening == "[" else "}"
        deep = opening * (levels - 1) + "1" + closing * (levels - 1)
        before = {"first": "", "middle": filler, "last": filler * 2}[place]
        after = {"first": filler * 2, "middle": filler, "last": ""}[place]
        return f"[{before}{deep},{after}0]"

    server = serve(Reply(body=nested(500).encode()), Reply(body=nested(501).encode()))
    client = connect(server)
    client.segments.list()
    with pytest.raises(SegOpsDecodeError, match="nested too deeply"):
        client.segments.list()


def test_a_chunk_of_absurd_size_is_a_reply_cut_short(serve: Any, connect: Any) -> None:
    server = serve(Raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFF\r\n[1]"))
    with pytest.raises(SegOpsConnectionError, match="cut short"):
        connect(server, max_retries=0).segments.list()


@pytest.mark.parametrize("length", [b"abc", b"-5", b""])
def test_an_invalid_length_is_a_decode_error(length: bytes, serve: Any, connect: Any) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + length + b"\r\n\r\n"
    server = serve(Raw(head + b"[1]", close=False))
    with pytest.raises(SegOpsDecodeError, match="its length is"):
        connect(server).segments.list()


def test_too_many_headers_are_a_decode_error(serve: Any, connect: Any) -> None:
    server = serve(Reply(json=[], headers=[(f"X-{number}", "x") for number in range(150)]))
    with pytest.raises(SegOpsDecodeError, match="is not HTTP"):
        connect(server).segments.list()


# ------------------------------------------------------------------------------------------------ failures


def test_a_failure_whose_body_cannot_be_unzipped_is_still_that_failure(serve: Any, connect: Any) -> None:
    headers = [*JSON, ("Content-Encoding", "gzip"), ("X-Request-Id", "r-1")]
    server = serve(Reply(400, body=b"not gzip at all", headers=headers))
    with pytest.raises(SegOpsApiError) as caught:
        connect(server).segments.list()
    assert (caught.value.status, caught.value.request_id) == (400, "r-1")


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_a_server_error_whose_body_cannot_be_unzipped_is_retried(encoding: str, serve: Any, connect: Any) -> None:
    server = serve(Reply(503, body=b"\x00\x01", headers=[("Content-Encoding", encoding)]), Reply(json=[1]))
    assert connect(server).segments.list() == [1]


def test_a_server_error_of_absurd_length_is_retried(serve: Any, connect: Any) -> None:
    server = serve(Reply(503, body=b"x", length=10**14, hang_up=True), Reply(json=[1]))
    assert connect(server).segments.list() == [1]


def test_an_early_answer_counts_though_the_upload_is_still_coming(serve: Any, connect: Any) -> None:
    # The server answers after the head and closes: the rest of the body meets a reset.
    server = serve(Reply(413, json={"detail": "Too large."}, close=True, read="head"), Reply(json=[]))
    client = connect(server)
    with pytest.raises(SegOpsApiError, match="Too large") as caught:
        client.products.import_csv((b"s" * 319 + b"\n") * 99_000)
    assert caught.value.status == 413
    assert client.segments.list() == []
    assert server.connections == 2


# ------------------------------------------------------------------------------------------------ redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_of_a_get_within_its_origin_is_followed_with_the_key(status: int, serve: Any, connect: Any) -> None:
    server = serve(Reply(status, headers=[("Location", "/api/moved/?a=%20b")]), Reply(json=[1]))
    assert connect(server).segments.list() == [1]
    assert [seen.target for seen in server.requests] == ["/api/segments/", "/api/moved/?a=%20b"]
    assert [seen.header("Authorization") for seen in server.requests] == [f"ApiKey {KEY}"] * 2
    assert server.connections == 1


@pytest.mark.parametrize("location", ["../other/", "?page=2", "{origin}/api/absolute/"])
def test_a_location_may_be_relative_or_absolute(location: str, serve: Any, connect: Any) -> None:
    server = serve(
        answer=lambda seen: (
            Reply(302, headers=[("Location", location.format(origin=server.origin))])
            if seen.target == "/api/segments/"
            else Reply(json=[1])
        )
    )
    assert connect(server).segments.list() == [1]


def test_the_same_origin_may_be_written_differently() -> None:
    script = Script(reply(status=302, headers={"Location": "https://API.segops.test:443/api/moved/"}), reply([1]))
    assert script.client().segments.list() == [1]


@pytest.mark.parametrize("redirects", [5, 6])
def test_five_redirects_are_followed_and_no_more(redirects: int, serve: Any, connect: Any, time: FakeTime) -> None:
    hops = [Reply(302, headers=[("Location", f"/api/{number}/")]) for number in range(redirects)]
    server = serve(*hops, *([Reply(json=[1])] if redirects == 5 else []))
    if redirects == 5:
        assert connect(server).segments.list() == [1]
    else:
        with pytest.raises(SegOpsDecodeError, match="redirects more than 5 times") as caught:
            connect(server).segments.list()
        assert (caught.value.method, caught.value.path, time.sleeps) == ("GET", "/segments/", [])
    assert len(server.requests) == 6


@pytest.mark.parametrize(
    "call", [lambda c: c.segments.list(), lambda c: c.segments.preview({}), lambda c: c.segments.get(1)]
)
def test_a_redirect_to_another_origin_never_gets_the_key(call: Any, serve: Any, connect: Any) -> None:
    elsewhere = serve()
    server = serve(Reply(302, headers=[("Location", f"{elsewhere.url}/steal/")]))
    with pytest.raises(SegOpsApiError, match="check the base URL") as caught:
        call(connect(server))
    assert caught.value.status == 302
    assert elsewhere.connections == 0


def test_another_host_name_or_scheme_is_another_origin() -> None:
    for location in (
        "https://evil.test/api/",
        "http://api.segops.test/api/",
        "https://api.segops.test:8443/",
        "//evil.test/",
        "file:///etc/passwd",
        "https://api.segops.test@evil.test/",
    ):
        script = Script(reply(status=301, headers={"Location": location}))
        with pytest.raises(SegOpsApiError):
            script.client().segments.list()
        assert len(script.requests) == 1


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "HEAD"])
def test_a_redirect_of_anything_but_a_get_is_not_followed(method: str, serve: Any, connect: Any) -> None:
    server = serve(Reply(307, headers=[("Location", "/api/moved/")]))
    with pytest.raises(SegOpsApiError) as caught:
        connect(server).http.request(method, "/x/")
    assert caught.value.status == 307


@pytest.mark.parametrize("location", [b"http://[bad/", b"http://host:port/", b"/api/caf\xe9/", b"/api/a b/", b"/\x01"])
def test_an_invalid_location_ends_in_an_error_of_the_sdk(location: bytes, serve: Any, connect: Any) -> None:
    head = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + b"\r\n\r\n"
    server = serve(answer=lambda seen: Raw(head, close=False) if seen.target == "/api/segments/" else Reply(404))
    with pytest.raises((SegOpsDecodeError, SegOpsApiError)):
        connect(server).segments.list()


def test_a_redirect_without_a_location_is_an_api_error(serve: Any, connect: Any) -> None:
    server = serve(Reply(302))
    with pytest.raises(SegOpsApiError, match="302 Found"):
        connect(server).segments.list()


# ------------------------------------------------------------------------------------------------ the key


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize("media_type", ["text/html", "application/json"])
def test_no_error_shows_the_key_though_the_server_repeats_it(
    status: int, media_type: str, serve: Any, connect: Any
) -> None:
    echo = f"ApiKey {KEY} is what you sent".encode()
    server = serve(Reply(status, body=echo, headers=[("Content-Type", media_type), ("X-Request-Id", KEY)]))
    with pytest.raises((SegOpsApiError, SegOpsDecodeError)) as caught:
        connect(server, max_retries=0).segments.list()
    assert KEY not in shown(caught.value)
    assert KEY not in repr(getattr(caught.value, "body", None))


def test_no_error_shows_the_key_though_the_server_spells_it_differently(serve: Any, connect: Any) -> None:
    escaped = "".join(f"\\u{ord(character):04x}" for character in KEY)
    server = serve(Reply(400, body=b'{"detail": "' + escaped.encode() + b'"}', headers=JSON))
    with pytest.raises(SegOpsApiError) as caught:
        connect(server).segments.list()
    assert KEY not in shown(caught.value)


def test_tracebacks_with_local_variables_do_not_show_the_key(serve: Any, connect: Any) -> None:
    import traceback

    server = serve(Reply(500, json={"detail": "no"}), Reply(400, json={"detail": "no"}))
    with pytest.raises(SegOpsApiError) as caught:
        connect(server).segments.create({"name": "x"})
    told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    ours = [frame for frame in told.stack if "segops_admin" in frame.filename]
    assert ours
    assert KEY not in repr([frame.locals for frame in ours])


def test_no_repr_shows_the_key(connect: Any) -> None:
    client = connect("https://api.segops.test/api")
    things = [client, client.http, client.segments, client._transport, vars(client), vars(client.http)]
    for thing in things:
        assert KEY not in repr(thing)


def test_the_message_says_what_was_asked_what_came_back_and_what_to_do(serve: Any, connect: Any) -> None:
    server = serve(*[Reply(503, json={"detail": "Down for repairs."}, headers=[("X-Request-Id", "r-9")])] * 2)
    with pytest.raises(SegOpsServerError) as caught:
        connect(server, max_retries=1).segments.get("a b")
    assert str(caught.value) == (
        "GET /segments/a%20b/ answered 503 Service Unavailable: Down for repairs. "
        "The server failed; try again later. (tried 2 times, request id r-9)"
    )


def test_a_request_of_ones_own_waits_as_long_as_a_client_does() -> None:
    assert Request("GET", "http://127.0.0.1/", []).timeout == SegOpsAdmin(KEY).http.timeout == 60.0
