"""A real sandbox process for the tests of this folder, and a small HTTP helper to talk to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

SOURCE = Path(__file__).parents[2] / "sandbox" / "src"
NOW = "2026-05-01T12:00:00Z"


@dataclass
class Process:
    """A running `segops-sandbox`."""

    popen: subprocess.Popen[str]
    url: str
    api_key: str
    log: Path

    @property
    def root(self) -> str:
        """The server's address, without `/api`."""
        return self.url.removesuffix("/api")

    def stop(self) -> int:
        """Ask it to stop and wait for its exit status."""
        with self.popen:  # closes its stdout
            self.popen.terminate()
            return self.popen.wait(15)


def start_sandbox(log: Path, *options: str, env: dict[str, str] | None = None) -> Process:
    """Start a sandbox and wait for its ready line; its log goes to a file."""
    environ = {**os.environ, "PYTHONPATH": str(SOURCE), **(env or {})}
    environ.pop("DATABASE_URL", None)
    with log.open("w") as stderr:
        popen = subprocess.Popen(
            [sys.executable, "-m", "segops_sandbox", *options],
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            env=environ,
        )
    assert popen.stdout is not None
    line = popen.stdout.readline()
    if not line:
        with popen:
            popen.wait(10)
        raise AssertionError(f"the sandbox did not start:\n{log.read_text()}")
    ready = json.loads(line)
    return Process(popen, ready["url"], ready["api_key"], log)


class Api:
    """Requests to one sandbox with its key; paths start behind `/api`."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.url = process.url
        self.key = process.api_key
        self.session = requests.Session()
        self.headers: dict[str, str] = {"Authorization": f"ApiKey {self.key}"}

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send one request; `headers` are added to the key's, and replace it when they name Authorization."""
        headers = {**self.headers, **options.pop("headers", {})}
        headers = {name: value for name, value in headers.items() if value is not None}
        return self.session.request(method, self.url + path, headers=headers, timeout=30, **options)

    def get(self, path: str, **options: Any) -> requests.Response:
        """GET."""
        return self.request("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> requests.Response:
        """POST."""
        return self.request("POST", path, json=json, **options)

    def put(self, path: str, json: Any = None, **options: Any) -> requests.Response:
        """PUT."""
        return self.request("PUT", path, json=json, **options)

    def patch(self, path: str, json: Any = None, **options: Any) -> requests.Response:
        """PATCH."""
        return self.request("PATCH", path, json=json, **options)

    def delete(self, path: str, **options: Any) -> requests.Response:
        """DELETE."""
        return self.request("DELETE", path, **options)

    def control(self, method: str, path: str, json: Any = None) -> Any:
        """Call one of the sandbox's own controls, which has to succeed; returns its JSON."""
        response = self.session.request(method, f"{self.process.root}/_sandbox{path}", json=json, timeout=30)
        assert response.status_code < 300, response.text
        return response.json() if response.content else None

    def jobs(self, mode: str) -> None:
        """Change how jobs run."""
        self.control("POST", "/jobs/", {"mode": mode})

    def run_jobs(self, number: int = 1000) -> list[dict[str, Any]]:
        """Run queued jobs now; returns those that ran."""
        ran: list[dict[str, Any]] = self.control("POST", "/jobs/", {"run": number})["ran"]
        return ran

    def advance(self, seconds: float) -> None:
        """Move the clock."""
        self.control("POST", "/clock/", {"advance_seconds": seconds})

    def with_key(self, key: str) -> Api:
        """The same server with another key."""
        other = Api(self.process)
        other.key, other.headers = key, {"Authorization": f"ApiKey {key}"}
        return other

    def with_token(self, token: str) -> Api:
        """The same server with a bearer token."""
        other = Api(self.process)
        other.headers = {"Authorization": f"Bearer {token}"}
        return other

    def sign_in(self) -> Api:
        """The same server as the demo account."""
        answer = self.post("/auth/token/", {"email": "demo@acme.test", "password": "sandbox-demo"})
        assert answer.status_code == 200, answer.text
        return self.with_token(answer.json()["access"])


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """One sandbox process for the whole run: instant jobs, frozen clock, seeded."""
    log = tmp_path_factory.mktemp("sandbox") / "sandbox.log"
    process = start_sandbox(log, "--jobs=instant", f"--now={NOW}", "--seed=1")
    yield process
    assert process.stop() == 0, log.read_text()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Api]]:
    """Start further sandboxes with other options; they are stopped after the test."""
    processes: list[Process] = []

    def start_one(*options: str, env: dict[str, str] | None = None) -> Api:
        process = start_sandbox(tmp_path / f"sandbox-{len(processes)}.log", *options, env=env)
        processes.append(process)
        return Api(process)

    yield start_one
    for process in processes:
        if process.popen.returncode is None:
            process.stop()


@pytest.fixture
def api(sandbox: Process) -> Iterator[Api]:
    """A clean workspace and the way to talk to it."""
    api = Api(sandbox)
    api.control("POST", "/reset/")
    yield api
    api.session.close()


@pytest.fixture
def other_tenant(api: Api) -> Api:
    """A second tenant on the same server."""
    return api.with_key(api.control("POST", "/tenants/", {"slug": "globex", "name": "Globex"})["api_key"])


class Receiver:
    """A webhook receiver on loopback that keeps what it gets."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 200
        self._open = threading.Event()
        self._open.set()
        self._answer_when = sys.maxsize
        self._arrived = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                receiver.requests.append((self.path, dict(self.headers), body))
                receiver._arrived.set()
                if len(receiver.requests) >= receiver._answer_when:
                    receiver._open.set()
                receiver._open.wait(20)
                self.send_response(receiver.status)
                self.send_header("Location", "http://127.0.0.1:9/")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook?a=1"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def hold(self) -> None:
        """Take requests in, but do not answer."""
        self._open.clear()

    def answer_when(self, number: int) -> None:
        """Answer nobody until so many have arrived."""
        self._answer_when = number
        self.hold()

    def let_go(self) -> None:
        """Answer again."""
        self._open.set()

    def wait_for_a_request(self) -> None:
        """Until one has arrived."""
        assert self._arrived.wait(20)

    def close(self) -> None:
        """Stop."""
        self._open.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook receiver."""
    receiver = Receiver()
    yield receiver
    receiver.close()
