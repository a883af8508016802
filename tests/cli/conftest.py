"""A scripted SegOps server on loopback, and two ways to run the command: in this process, and as a subprocess."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Callable
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

import segops_admin

ROOT = Path(__file__).resolve().parents[2]
KEY = "sk_test_0123456789abcdef"


class Recorded:
    """A request as it arrived."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        url = urlsplit(handler.path)
        self.method = handler.command
        self.path = url.path[len("/api") :]
        self.query = parse_qs(url.query, keep_blank_values=True)
        self.headers = dict(handler.headers.items())
        self.content = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def json(self) -> Any:
        return json.loads(self.content)


class Server:
    """Answers with the replies of a test, in their order, and then as ``otherwise`` says."""

    def __init__(self) -> None:
        self.otherwise: Callable[[Recorded], Any] | None = None
        self.requests: list[Recorded] = []
        self.arrived = threading.Semaphore(0)
        self.release = threading.Event()
        self._replies: list[tuple[int, bytes, dict[str, str], bool]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                server._answer(self)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = answer

            def log_message(self, *args: object) -> None:
                """Logs nothing."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_port}/api"

    def reply(
        self,
        json_: Any = None,
        *,
        status: int = 200,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
        held: bool = False,
    ) -> None:
        """Writes down a reply; a held one is sent only when ``release`` is set."""
        body = content if content is not None else b"" if json_ is None else json.dumps(json_).encode()
        kind = {"Content-Type": "application/json"} if content is None else {"Content-Type": "application/octet-stream"}
        self._replies.append((status, body, {**kind, **(headers or {})}, held))

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        request = Recorded(handler)
        self.requests.append(request)
        self.arrived.release()
        if self._replies:
            status, body, headers, held = self._replies.pop(0)
        elif self.otherwise is not None:
            status, body, headers, held = 200, json.dumps(self.otherwise(request)).encode(), {}, False
        else:
            status, body, headers, held = 418, b'{"detail": "this request is not in the script"}', {}, False
        if held:
            self.release.wait(20)
        try:
            handler.send_response_only(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                handler.send_header(name, value)
            handler.end_headers()
            if handler.command != "HEAD":
                handler.wfile.write(body)
        except OSError:
            handler.close_connection = True  # the command was ended while it waited

    @property
    def lines(self) -> list[str]:
        return [request.line for request in self.requests]

    def close(self) -> int:
        self.release.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
        return len(self._replies)


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Any:
    running = Server()
    yield running
    left = running.close()
    assert left == 0, f"{left} scripted replies were never asked for"


class Result:
    """The outcome of a command."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]

    def __repr__(self) -> str:
        return f"<exit {self.code}\nstdout: {self.out}\nstderr: {self.err}>"


@pytest.fixture
def environment(request: pytest.FixtureRequest) -> dict[str, str]:
    """The variables that commands run with: a key, and the scripted server if the test has one."""
    # PYTHONUNBUFFERED and the like would hide errors in buffered streams.
    own = {name: value for name, value in os.environ.items() if not name.startswith(("SEGOPS_", "PYTHON"))}
    own = {name: value for name, value in own.items() if not name.lower().endswith("_proxy")}
    own["PYTHONDONTWRITEBYTECODE"] = "1"
    own["XDG_CONFIG_HOME"] = str(request.getfixturevalue("tmp_path") / "config")  # a folder without profiles
    own["SEGOPS_API_KEY"] = KEY
    own["SEGOPS_API_URL"] = "http://127.0.0.1:9/api"  # the discard port: nothing listens there
    own["SEGOPS_MAX_RETRIES"] = "0"
    source = str(ROOT / "python" / "src")
    if Path(segops_admin.__path__[0]).is_relative_to(source):
        own["PYTHONPATH"] = source
    if "server" in request.fixturenames:
        own["SEGOPS_API_URL"] = request.getfixturevalue("server").url
    return own


@pytest.fixture
def cli(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Result]:
    """Runs a command line in this process."""
    from segops_admin.cli import main

    def run(*words: str, stdin: bytes | None = None, **variables: str | None) -> Result:
        changed = {**environment, **variables}
        for name in [name for name in os.environ if name.startswith("SEGOPS_") or name.lower().endswith("_proxy")]:
            monkeypatch.delenv(name)
        for name, value in changed.items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        code = main(list(words))
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return run


@pytest.fixture
def command(environment: dict[str, str]) -> Callable[..., list[str]]:
    """The words that start the command as a process."""
    return lambda *words: [sys.executable, "-m", "segops_admin", *words]


@pytest.fixture
def process(environment: dict[str, str], command: Callable[..., list[str]], tmp_path: Path) -> Callable[..., Result]:
    """Runs a command line as a process of its own."""

    def run(*words: str, stdin: bytes = b"", **variables: str) -> Result:
        done = subprocess.run(
            command(*words),
            input=stdin,
            capture_output=True,
            env={**environment, **variables},
            cwd=tmp_path,
            timeout=60,
        )
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture(scope="session")
def contract() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "spec" / "admin.yaml").read_text(encoding="utf-8"))
    return loaded


class Operation:
    """One operation of the contract, with what its namespace adds."""

    def __init__(self, namespace: str, name: str, entry: dict[str, Any], home: dict[str, Any]) -> None:
        self.namespace = namespace
        self.name = name
        self.id = f"{namespace}.{name}"
        self.args: list[str] = entry["args"]
        self.request: str = entry.get("request", "").replace("{path}", home.get("path", ""))
        self.query = entry.get("query")
        self.body = entry.get("body")
        self.multipart = entry.get("multipart")
        self.mutates = entry.get("mutates")
        self.iterates = entry.get("iterates")
        self.polls = entry.get("polls")
        self.splits = entry.get("splits")
        self.words: list[str] = [namespace.replace("_", "-"), *entry["cli"].split()]

    @property
    def repeats(self) -> str | None:
        return self.iterates or self.polls or self.splits

    @property
    def command(self) -> tuple[str, str]:
        return self.words[0], self.words[1]

    @property
    def positionals(self) -> list[str]:
        return [word[1:-1] for word in self.words if word.startswith("<")]

    @property
    def flags(self) -> list[str]:
        found = [word.strip("[]").split("=")[0] for word in self.words if word.strip("[").startswith("--")]
        return [flag for flag in found if flag != "--KEY"]


def operations_of(contract: dict[str, Any]) -> list[Operation]:
    found = []
    for namespace, home in contract["namespaces"].items():
        entries = {name: contract["crud_methods"][name] for name in home.get("crud", ())}
        entries.update(home.get("methods", {}))
        found += [Operation(namespace, name, entry, home) for name, entry in entries.items()]
    return found


@pytest.fixture(scope="session")
def operations(contract: dict[str, Any]) -> list[Operation]:
    return operations_of(contract)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """``operation`` is each operation of the contract in turn, ``sending`` each one that does not poll."""
    wanted = [name for name in ("operation", "sending") if name in metafunc.fixturenames]
    if wanted:
        found = operations_of(yaml.safe_load((ROOT / "spec" / "admin.yaml").read_text(encoding="utf-8")))
        if wanted == ["sending"]:
            found = [operation for operation in found if not (operation.polls or operation.splits)]
        metafunc.parametrize(wanted[0], found, ids=[operation.id for operation in found])
