"""The HTTP layer: paths, bodies, encodings, connections, and failures, which are always JSON."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

SOURCE = Path(__file__).parents[2] / "sandbox" / "src"


@pytest.fixture
def connection(api: Any) -> Iterator[http.client.HTTPConnection]:
    """A bare connection to the sandbox."""
    connection = http.client.HTTPConnection(urlsplit(api.url).netloc, timeout=20)
    yield connection
    connection.close()


def raw(api: Any, data: bytes) -> tuple[bytes, bytes]:
    """Send bytes as they are; returns head and body of all that comes back until the server closes."""
    parts = urlsplit(api.url)
    with socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=20) as sock:
        sock.sendall(data)
        answer = b"".join(iter(lambda: sock.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return head, body


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nothing/"),
        ("GET", "/pim/products"),  # without its slash; a redirect would lose a body
        ("POST", "/pim/products"),
        ("GET", "/pim/products/abc/"),
        ("GET", "/pim/products/99999999999999999999/"),
        ("GET", "/pim/products/1%2F2/"),
        ("GET", "/explorer/users/%FF/"),  # not UTF-8
        ("DELETE", "/"),
    ],
)
def test_an_unknown_path_is_a_404_in_json(api: Any, method: str, path: str) -> None:
    answer = api.request(method, path, json={"sku": "A1", "name": "x"} if method == "POST" else None)
    assert answer.status_code == 404
    assert answer.json() == {"detail": "Not found."}
    assert answer.history == []


def test_outside_of_the_api_too(api: Any) -> None:
    answer = api.session.get(f"{api.process.root}/nothing", timeout=10)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


def test_a_wrong_method_is_a_405_with_the_allowed_ones(api: Any) -> None:
    answer = api.delete("/pim/products/")
    assert answer.status_code == 405
    assert answer.json() == {"detail": 'Method "DELETE" not allowed.'}
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"sku": "A1", "name": NaN}',
        b'{"sku": "A1", "name": "x", "data": {"v": Infinity}}',
        b'{"sku": "\xff", "name": "x"}',
        b'{"sku": "A\\u0000", "name": "x"}',
        b'{"sku": "A", "name": "x", "data": {"\\ud800": 1}}',
        b'{"sku": "A", "name": "x", "data": {"v": 1e999}}',
        b'{"sku": "A", "name": "x", "data": {"v": ' + b"9" * 5000 + b"}}",
        b'{"sku": "A", "name": "x", "data": {"v": ' + b"[" * 120 + b"]" * 120 + b"}}",
        b"[" * 100_000 + b"]" * 100_000,
        b"",
    ],
)
def test_malformed_json_is_a_400_and_stores_nothing(api: Any, body: bytes) -> None:
    answer = api.post("/pim/products/", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert isinstance(answer.json(), dict)
    assert api.get("/pim/products/").json()["count"] == 0


@pytest.mark.parametrize("body", [[], [1], "text", 5, None, True])
def test_json_that_is_not_an_object_is_a_400(api: Any, body: Any) -> None:
    answer = api.post("/pim/products/", data=json.dumps(body), headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


def test_another_content_type_is_a_415(api: Any) -> None:
    answer = api.post("/pim/products/", data=b"<x/>", headers={"Content-Type": "text/xml"})
    assert answer.status_code == 415
    assert answer.json() == {"detail": 'Unsupported media type "text/xml" in request.'}


def test_json_is_the_answer_whatever_is_accepted(api: Any) -> None:
    answer = api.get("/pim/products/", headers={"Accept": "text/html"})
    assert answer.headers["Content-Type"] == "application/json"


def test_an_action_needs_neither_body_nor_content_type(api: Any, connection: http.client.HTTPConnection) -> None:
    api.post("/pim/products/", {"sku": "A1", "name": "x"})
    connection.putrequest("POST", "/api/pim/products/1/score/")
    for name, value in api.headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())) == (202, {"status": "queued", "product_id": 1})


def test_answers_are_compressed_only_when_that_is_accepted(api: Any, connection: http.client.HTTPConnection) -> None:
    api.post("/pim/products/", {"sku": "A1", "name": "x", "data": {"text": "again and again " * 50}})
    bodies = []
    for accepted, encoding in (("identity", None), ("gzip", "gzip"), ("gzip", "gzip")):
        connection.request("GET", "/api/pim/products/", headers={**api.headers, "Accept-Encoding": accepted})
        answer = connection.getresponse()
        bodies.append(answer.read())
        assert answer.getheader("Content-Encoding") == encoding
        assert int(answer.getheader("Content-Length", "0")) == len(bodies[-1])
    assert gzip.decompress(bodies[1]) == bodies[0]
    assert len(bodies[1]) < len(bodies[0]) / 2
    assert bodies[1] == bodies[2]  # nothing random in the encoding


def test_one_connection_carries_answers_of_every_kind(api: Any, connection: http.client.HTTPConnection) -> None:
    """Each answer has an end; one without would break the one after it."""
    connection.connect()
    sock = connection.sock
    body = json.dumps({"sku": "A1", "name": "x"})
    expected = [
        ("POST", "/api/pim/products/", body, 201),
        ("GET", "/api/pim/products/1/", None, 200),
        ("HEAD", "/api/pim/products/1/", None, 200),
        ("GET", "/api/pim/products/2/", None, 404),
        ("POST", "/api/pim/products/", "{", 400),
        ("PUT", "/api/pim/products/", body, 405),
        ("DELETE", "/api/pim/products/1/", None, 204),
        ("OPTIONS", "/api/pim/products/", None, 200),
        ("GET", "/nothing", None, 404),
        ("GET", "/api/pim/products/", None, 200),
    ]
    for method, path, sent, status in expected:
        connection.request(method, path, sent, {**api.headers, "Content-Type": "application/json"})
        answer = connection.getresponse()
        received = answer.read()
        assert answer.status == status, (method, path)
        assert bool(received) == (status != 204 and method != "HEAD")
        assert connection.sock is sock, f"the connection was closed after {method} {path}"


def test_a_chunked_body_is_taken_in_and_the_connection_goes_on(
    api: Any, connection: http.client.HTTPConnection
) -> None:
    connection.connect()
    sock = connection.sock
    parts = [b'{"sku": "A1",', b' "name": "chunked"}']
    headers = {**api.headers, "Content-Type": "application/json"}
    connection.request("POST", "/api/pim/products/", iter(parts), headers, encode_chunked=True)
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())["name"]) == (201, "chunked")
    connection.request("GET", "/api/pim/products/", headers=api.headers)
    assert json.loads(connection.getresponse().read())["count"] == 1
    assert connection.sock is sock


@pytest.mark.parametrize(
    ("framing", "body"),
    [
        (b"Transfer-Encoding: chunked", b"zz\r\n{}\r\n0\r\n\r\n"),
        (b"Content-Length: nonsense", b"{}"),
    ],
)
def test_a_body_that_is_framed_wrongly_is_a_400_in_json(api: Any, framing: bytes, body: bytes) -> None:
    head, answer = raw(api, b"POST /api/pim/products/ HTTP/1.1\r\nHost: localhost\r\n" + framing + b"\r\n\r\n" + body)
    assert head.startswith(b"HTTP/1.1 400 ")
    assert set(json.loads(answer)) == {"detail"}


def test_a_body_that_ends_early_stores_nothing(api: Any) -> None:
    parts = urlsplit(api.url)
    body = json.dumps({"sku": "A1", "name": "x"}).encode()
    with socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=20) as sock:
        key = api.headers["Authorization"].encode()
        head = b"POST /api/pim/products/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        sock.sendall(head + b"Authorization: " + key + b"\r\nContent-Length: %d\r\n\r\n" % (len(body) + 9) + body)
        sock.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: sock.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert api.get("/pim/products/").json()["count"] == 0


def test_a_body_that_is_too_large_is_a_413_before_it_is_sent(api: Any) -> None:
    head, body = raw(
        api,
        b"POST /api/pim/products/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Content-Length: 1000000000000\r\n\r\n{",
    )
    assert head.startswith(b"HTTP/1.1 413 ")
    assert b"Connection: close" in head
    assert "exceeds" in json.loads(body)["detail"]


def test_a_client_that_sends_too_much_gets_to_see_the_413(api: Any) -> None:
    answer = api.post("/pim/products/", data=b"x" * (101 << 20), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert "exceeds" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"nonsense", 400),
        (b"GET /api/pim/products/ HTTP/9.9", 505),
        (b"get /api/pim/products/ HTTP/1.1", 400),
        (b"GET /api/pim/products/#x HTTP/1.1", 400),
        (b"GET /" + b"x" * 70_000 + b" HTTP/1.1", 414),
        (b"GET /api/pim/products/ HTTP/1.1\r\nX-Long: " + b"x" * 70_000, 431),
    ],
)
def test_what_is_not_http_is_refused_in_json_too(api: Any, request_line: bytes, status: int) -> None:
    head, body = raw(api, request_line + b"\r\nHost: localhost\r\n\r\n")
    assert head.split()[1] == str(status).encode()
    assert b"Content-Type: application/json" in head
    assert set(json.loads(body)) == {"detail"}


@pytest.mark.parametrize("path", ["/pim/products/?q=%00", "/explorer/users/%00/"])
def test_a_nul_in_the_url_is_a_400(api: Any, path: str) -> None:
    answer = api.get(path)
    assert answer.status_code == 400
    assert "NUL" in answer.json()["detail"]


def test_a_needless_escape_in_a_path_means_the_same(api: Any) -> None:
    api.post("/pim/products/", {"sku": "A1", "name": "x"})
    parts = urlsplit(api.url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    connection.request("GET", "/api/pim/pr%6Fducts/%31/", headers=api.headers)
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())["id"]) == (200, 1)
    connection.close()


@pytest.mark.parametrize("user_id", ["a/b", "a%2Fb", "ä@b:c", "a b+c", "..", "?#", "日本"])
def test_a_user_id_of_any_characters_is_one_path_segment(api: Any, user_id: str) -> None:
    from urllib.parse import quote

    api.post("/ingestion/track/", {"user_id": user_id, "event_type": "seen"})
    connection = http.client.HTTPConnection(urlsplit(api.url).netloc, timeout=20)
    connection.request(
        "GET", f"/api/explorer/users/{quote(user_id, safe='')}/".replace("..", "%2E%2E"), headers=api.headers
    )
    answer = connection.getresponse()
    found = json.loads(answer.read())
    connection.close()
    assert (answer.status, found.get("user_id")) == (200, user_id)


def test_every_answer_has_a_date_and_a_request_id_of_its_own(api: Any) -> None:
    answers = [api.get("/pim/products/"), api.get("/nothing/")]
    assert [answer.headers["Date"] for answer in answers] == ["Fri, 01 May 2026 12:00:00 GMT"] * 2
    assert len({answer.headers["X-Request-Id"] for answer in answers}) == 2


def test_idle_connections_after_chunked_bodies_block_nobody(api: Any) -> None:
    """What is left unread of a body would keep a thread of the server waiting; it has 16."""
    connections = [http.client.HTTPConnection(urlsplit(api.url).netloc, timeout=20) for _ in range(20)]
    headers = {**api.headers, "Content-Type": "application/json"}
    for connection in connections:
        connection.request("POST", "/api/pim/products/bulk/", iter([b'{"products": []}']), headers, encode_chunked=True)
        assert connection.getresponse().read()
    assert api.get("/pim/products/").status_code == 200
    for connection in connections:
        connection.close()


BROKEN = """
import logging, sys
import django
logging.basicConfig()
django.setup()
from django.core.handlers.wsgi import WSGIHandler
from django.urls import path
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView
from segops_sandbox import tables, urls
from segops_sandbox.models import Tenant
from segops_sandbox.http.wire import Wire
from segops_sandbox.server import Server

class Writes(APIView):
    authentication_classes = permission_classes = ()

    def get(self, request, outcome):
        return Response(Tenant.objects.count())

    def post(self, request, outcome):
        Tenant.objects.create(slug=outcome, name=outcome)
        if outcome == "crashes":
            raise KeyError("a bug in a view")
        if outcome == "raises":
            raise ValidationError({"x": ["bad"]})
        return Response({}, status=int(outcome))

urls.urlpatterns.append(path("api/writes/<str:outcome>/", Writes.as_view()))
django_app = WSGIHandler()

def application(environ, start_response):
    if environ["PATH_INFO"] == "/api/outside/":
        raise KeyError("a bug around django")
    return django_app(environ, start_response)

tables.bring_up_to_date()
server = Server("127.0.0.1", 0, Wire(application))
server.prepare()
print(server.url, flush=True)
server.serve_until_stopped()
"""


@pytest.fixture
def broken(tmp_path: Path) -> Iterator[tuple[http.client.HTTPConnection, Path]]:
    """A connection to a server with views that fail after they wrote, and its log."""
    log = tmp_path / "log"
    environ = {
        **os.environ,
        "PYTHONPATH": str(SOURCE),
        "DJANGO_SETTINGS_MODULE": "segops_sandbox.settings",
        "SEGOPS_SANDBOX_DB": str(tmp_path / "x.sqlite3"),
    }
    with log.open("w") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-c", BROKEN], stdout=subprocess.PIPE, stderr=stderr, text=True, env=environ
        )
    with process:
        assert process.stdout is not None
        connection = http.client.HTTPConnection(urlsplit(process.stdout.readline()).netloc, timeout=20)
        yield connection, log
        connection.close()
        process.kill()


def ask(connection: http.client.HTTPConnection, method: str, path: str) -> tuple[int, Any]:
    """Status and JSON of one request."""
    connection.request(method, path)
    answer = connection.getresponse()
    assert answer.getheader("Content-Type") == "application/json"
    return answer.status, json.loads(answer.read())


@pytest.mark.parametrize(("method", "path"), [("POST", "/api/writes/crashes/"), ("GET", "/api/outside/")])
def test_a_crash_is_a_500_in_json_and_its_traceback_is_in_the_log(broken: Any, method: str, path: str) -> None:
    connection, log = broken
    assert ask(connection, method, path) == (500, {"detail": "Internal server error."})
    assert "KeyError: 'a bug" in log.read_text()
    assert ask(connection, "GET", "/api/writes/x/")[0] == 200


@pytest.mark.parametrize("outcome", ["crashes", "raises", "400", "409", "503"])
def test_a_request_that_is_answered_with_an_error_has_written_nothing(broken: Any, outcome: str) -> None:
    connection, _ = broken
    assert ask(connection, "POST", f"/api/writes/{outcome}/")[0] >= 400
    assert ask(connection, "GET", "/api/writes/x/") == (200, 0)
    assert ask(connection, "POST", "/api/writes/201/") == (201, {})
    assert ask(connection, "GET", "/api/writes/x/") == (200, 1)
