"""Silent, slow and large clients: they cost no thread, no other client's time and no memory."""

from __future__ import annotations

import gzip
import json
import os
import resource
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from sandbox_servers import until

IDLE, DRIPPING = 1000, 200


@pytest.fixture
def many_files() -> Iterator[None]:
    """Leave for as many connections as the test makes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = IDLE + DRIPPING + 200
    if hard != resource.RLIM_INFINITY and hard < wanted:
        pytest.skip(f"this machine allows {hard} open files, and {wanted} are needed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_files")
def test_a_thousand_silent_and_two_hundred_slow_clients_block_nobody(start: Any) -> None:
    api = start()
    address = ("127.0.0.1", int(urlsplit(api.url).port or 0))
    beginnings = [
        b"GET /api/segments/ HTTP/1.1\r\nHost: localhost\r\nX-Half: ",
        b"POST /api/pim/products/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n",
    ]
    with ExitStack() as stack:
        for _ in range(IDLE):
            stack.enter_context(socket.create_connection(address, 10))
        dripping = [stack.enter_context(socket.create_connection(address, 10)) for _ in range(DRIPPING)]
        for number, each in enumerate(dripping):
            each.sendall(beginnings[number % 2])
        for _ in range(20):
            for each in dripping:
                each.sendall(b"x")
            assert api.get("/pim/products/").status_code == 200
        assert psutil.Process(api.process.popen.pid).num_threads() < 30
    assert api.process.stop() == 0


PATIENT_FOR_NO_TIME = """
import django, threading
django.setup()
from segops_sandbox import server
from segops_sandbox.http.wire import Wire
server.PATIENCE_S = 0.2
running = server.Server("127.0.0.1", 0, Wire(lambda environ, start: [start("200 OK", []), b"x"][1:]))
running.prepare()
print(running.url, flush=True)
running.serve_until_stopped()
"""


def test_an_idle_client_is_disconnected_and_one_that_keeps_sending_is_not(tmp_path: Path) -> None:
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "segops_sandbox.settings"}
    command = [sys.executable, "-c", PATIENT_FOR_NO_TIME]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ, cwd=tmp_path) as process:
        assert process.stdout is not None
        address = ("127.0.0.1", int(urlsplit(process.stdout.readline().strip()).port or 0))
        head = b"POST /api/x/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\n"
        for sent in (b"", head, head + b"\r\nhalf a body"):
            with socket.create_connection(address, 30) as client:
                client.sendall(sent)
                try:
                    assert client.recv(1) == b""
                except ConnectionResetError:
                    pass
        with socket.create_connection(address, 30) as client:
            client.sendall(b"GET /api/x/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert client.recv(12) == b"HTTP/1.1 200"
        process.kill()


def test_a_slow_body_is_taken_in_when_it_is_whole(api: Any) -> None:
    body = json.dumps({"sku": "A1", "name": "slow"}).encode()
    head = f"POST /api/pim/products/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: ApiKey {api.key}\r\n"
    head += f"Content-Type: application/json\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", int(urlsplit(api.url).port or 0)), 20) as client:
        for byte in head.encode() + body:
            client.sendall(bytes([byte]))
        assert client.recv(100).startswith(b"HTTP/1.1 201 ")


def test_a_client_that_says_that_it_has_sent_everything_still_gets_its_answer(api: Any) -> None:
    with socket.create_connection(("127.0.0.1", int(urlsplit(api.url).port or 0)), 20) as client:
        client.sendall(f"GET /api/segments/ HTTP/1.1\r\nHost: x.localhost\r\nX-API-Key: {api.key}\r\n\r\n".encode())
        client.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "br"])
def test_an_encoded_body_is_a_415_that_says_so(api: Any, coding: str) -> None:
    body = gzip.compress(json.dumps({"sku": "A1", "name": "x"}).encode())
    headers = {"Content-Encoding": coding, "Content-Type": "application/json"}
    answer = api.post("/pim/products/", data=body, headers=headers)
    assert answer.status_code == 415
    assert "without encoding" in answer.json()["detail"]
    assert api.get("/pim/products/").json()["count"] == 0


def test_a_large_json_body_leaves_no_memory_behind(start: Any) -> None:
    """What the process holds afterwards, measured against what it held before; while it works it takes 300 MB."""
    api = start()
    process = psutil.Process(api.process.popen.pid)
    api.post("/pim/products/bulk/", {"products": []})
    before = process.memory_info().rss
    body = b'{"items": [' + b",".join([b'{"sku": "S1", "name": "x", "note": [1.5, {"n": 7.25}]}'] * 400_000) + b"]}"
    assert len(body) > 20 << 20
    answer = api.post("/pim/products/bulk/", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    until(lambda: process.memory_info().rss - before < 60 << 20, within=60)
