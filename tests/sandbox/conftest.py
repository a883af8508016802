"""A real sandbox process for the tests of this folder, and a small HTTP helper to talk to it."""

from __future__ import annotations

import os
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from conformance import check_response

from pytest_segops.factory import SandboxFactory
from pytest_segops.process import SandboxProcess
from pytest_segops.receiver import WebhookReceiver

NOW = "2026-05-01T12:00:00Z"
Process = SandboxProcess
# Servers with faults, by URL: until the next reset any of their answers may be wrong on purpose.
_FAULTY: set[str] = set()


def database_environment() -> dict[str, str]:
    """SEGOPS_TEST_DATABASE_URL has every sandbox of these tests use a database of its own on that PostgreSQL server."""
    server = os.environ.get("SEGOPS_TEST_DATABASE_URL")
    return {"DATABASE_URL": own_database(server)} if server else {}


def own_database(server: str) -> str:
    """A new, empty database on the PostgreSQL server that a URL names; whoever runs the server throws it away."""
    import psycopg

    name = f"segops_test_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def start_sandbox(log: Path, *options: str, env: dict[str, str] | None = None) -> Process:
    """Start a sandbox and wait for its ready line; its log goes to a file."""
    return SandboxProcess.start(log, *options, env={**database_environment(), **(env or {})})


class Api:
    """Requests to one sandbox with its key; paths start behind `/api`. Every answer is held against the contract."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.url = process.url
        self.key = process.api_key
        self.session = requests.Session()
        self.session.trust_env = False  # no proxy, and no lookup of one at every request
        self.headers: dict[str, str] = {"Authorization": f"ApiKey {self.key}"}

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send one request; `headers` are added to the key's, and replace it when they name Authorization."""
        headers = {**self.headers, **options.pop("headers", {})}
        headers = {name: value for name, value in headers.items() if value is not None}
        response = self.session.request(method, self.url + path, headers=headers, timeout=30, **options)
        if self.url not in _FAULTY:
            check_response(method, path, response)
        return response

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
        if method == "POST" and path == "/faults/":
            _FAULTY.add(self.url)
        elif path == "/reset/":
            _FAULTY.discard(self.url)
        response = self.ask_control(method, path, json)
        assert response.status_code < 300, response.text
        return response.json() if response.content else None

    def ask_control(self, method: str, path: str, json: Any = None, **headers: str) -> requests.Response:
        """Call one of its controls, whatever that answers."""
        headers = {"X-Sandbox-Token": self.process.control_token, **headers}
        url = f"{self.process.root}/_sandbox{path}"
        return self.session.request(method, url, json=json, headers=headers, timeout=30)

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
def segops_sandbox_options() -> tuple[str, ...]:
    """The plugin's sandbox in this folder: instant jobs, frozen clock, seeded."""
    return ("--jobs=instant", f"--now={NOW}", "--seed=1")


@pytest.fixture(scope="session")
def segops_sandbox_environment() -> dict[str, str]:
    """The database that the tests are to run on."""
    return database_environment()


@pytest.fixture(scope="session")
def new_database() -> Callable[[], dict[str, str]]:
    """Makes a new, empty database of the kind that the tests run on; gives the variables that name it."""
    return database_environment


@pytest.fixture(scope="session")
def sandbox(
    segops_sandbox_factory: SandboxFactory,
    segops_sandbox_options: tuple[str, ...],
    segops_sandbox_environment: dict[str, str],
) -> Iterator[Process]:
    """The process that the plugin's `segops_sandbox` shares among all tests; it has to end well."""
    process = segops_sandbox_factory.shared(*segops_sandbox_options, env=segops_sandbox_environment).process
    yield process
    assert process.stop() == 0, process.log.read_text()


@pytest.fixture(scope="session")
def connect() -> type[Api]:
    """The way to talk to a process that a test started by itself."""
    return Api


@pytest.fixture
def start(segops_sandbox_factory: SandboxFactory) -> Iterator[Callable[..., Api]]:
    """Start further sandboxes with other options; they are stopped after the test."""
    processes: list[Process] = []

    def start_one(*options: str, env: dict[str, str] | None = None) -> Api:
        process = segops_sandbox_factory.process(*options, env={**database_environment(), **(env or {})})
        processes.append(process)
        return Api(process)

    yield start_one
    for process in processes:
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


class Receiver(WebhookReceiver):
    """The plugin's webhook receiver, with what these tests do to it."""

    def __init__(self) -> None:
        super().__init__()
        self.url += "?a=1"

    def answer_when(self, number: int) -> None:
        """Answer nobody until so many have arrived."""
        self.hold()

        def release() -> None:
            self.wait(number)
            self.release()

        threading.Thread(target=release, daemon=True).start()

    def let_go(self) -> None:
        """Answer again."""
        self.release()

    def wait_for_a_request(self) -> None:
        """Until one has arrived."""
        self.wait()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook receiver."""
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def breakable(start: Callable[..., Any], tmp_path: Path) -> tuple[Any, Callable[[str], None]]:
    """A sandbox with manual jobs, and a way to do something to its database behind its back."""
    server = os.environ.get("SEGOPS_TEST_DATABASE_URL")
    if server:
        import psycopg

        url = own_database(server)

        def run(statement: str) -> None:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(statement)  # type: ignore[arg-type]

        return start("--jobs=manual", env={"DATABASE_URL": url}), run
    path = tmp_path / "breakable.sqlite3"

    def run_sqlite(statement: str) -> None:
        with sqlite3.connect(path) as connection:
            connection.execute(statement)
        connection.close()

    return start("--jobs=manual", "--db", str(path)), run_sqlite
