"""The command line of the npm package does what the Python one does: same requests, output, messages, exit code.

Commands that read standard input are run as the programs that they are. The others are carried out by one process of
each language, which is several times as fast: this one, and test/support/command-host.ts of the package.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any, Callable

import pytest
from repository import ROOT

from segops_admin.cli import main

pytestmark = pytest.mark.needs_workspace

WORKSPACE = ROOT / "typescript-fixtures"
BIN = "dist/esm/cli/bin.js"
HOST = "build/test/support/command-host.js"
STDIN = '{"from": "stdin"}'
KEY = "sk_test_0123456789abcdef"
PAGES = [{"count": 3, "next": "x", "results": [{"id": 1, "n": "é"}, {"id": 2}]}, {"next": None, "results": [{"id": 3}]}]
MEMBERS = [
    {"results": [{"user_id": "a"}], "next_cursor": "c2"},
    {"results": [{"user_id": "b"}], "next_cursor": None},
]

# What is typed, and what the server answers in turn: JSON, or (status, JSON).
CASES: list[tuple[str, list[Any]]] = [
    ("segments list", [{"count": 0, "results": [], "next": None}]),
    ("segments list --page=2 --page_size 5 --flag --name=a --name b", [[]]),
    (
        "segments get 12",
        [{"id": 12, "name": "Käse 🎁", "deep": {"list": [1, None, True, [], {}], "text": 'a\n"b"\u2028'}}],
    ),
    ("--compact segments get a/b", [{"id": 12, "list": [1, 2]}]),
    ("segments create BODY", [(201, {"id": 1})]),
    ("segments create -", [(201, {"id": 1})]),
    ('segments create {"name":"inline"} --idempotency-key=k-1', [(201, {"id": 1})]),
    ("segments update 3 BODY --method=PUT", [{"id": 3}]),
    ("segments update 3 BODY --method=POST", []),
    ("segments delete 3", [(204, None)]),
    ("segments members 12 --limit=10 --cursor abc", [MEMBERS[1]]),
    ("segments members 12 --all --limit=1", MEMBERS),
    ("segments list --all --prefetch=2", PAGES),
    ("segments list --all", PAGES),
    ("segments membership user-1", [{"segment_ids": [1]}]),
    ("segments export 12 --format parquet", [(202, {"export_id": 5})]),
    ("segments export 12 --format=xlsx", []),
    (
        "segments export 12 --wait --interval=0.01",
        [{"export_id": 5}, {"status": "running"}, {"status": "ready", "id": 5}],
    ),
    ("segments export 12 --wait --interval=0.01", [{"export_id": 5}, {"status": "failed", "error": "No disk."}]),
    # The first poll alone takes longer than that: there is no second one.
    ("segments export 12 --wait --wait-timeout=0.001", [{"export_id": 5}, {"status": "running"}]),
    ("segments export 12 --wait", [{"status": "queued"}]),
    ("segments export-status 12 5", [{"status": "ready"}]),
    (
        "segments recompute 7 --wait --interval=0.01",
        [{"last_computed_at": "a"}, {"status": "queued"}, {"last_computed_at": "b"}],
    ),
    ("segments preview BODY", [{"matched_users": 3}]),
    ("products import CSV", [(201, {"job_id": 4})]),
    ("products import - --filename=mine.csv", [(201, {"job_id": 4})]),
    (
        "products import CSV --confirm={} --wait --interval=0.01",
        [
            {"job_id": 4},
            {"status": "importing"},
            {"status": "importing", "row_count": 9, "imported_count": 3},
            {"status": "done"},
        ],
    ),
    ("products confirm-import 4 BODY", [{"status": "importing"}]),
    ("products bulk-upsert ROWS", [{"created": 1, "updated": 0, "errors": []}]),
    ("products bulk-upsert BODY", []),
    # Numbers pass as they are written, in and out.
    ('products bulk-upsert [{"gtin":12345678901234567890,"weight":0.0}]', [{"gtin": 12345678901234567890, "w": 0.0}]),
    ("products get-score 9", [{"score": 12.5}]),
    ("schemas validate purchase BODY", [{"valid": True}]),
    ("users explain u/1 7", [[]]),
    ("identity merge a b", [{"merged": True}]),
    ("queries win-rate --a=b", [[]]),
    ("pages query shoes --limit=3", [{"products": []}]),
    ("pages export 8 --format=tsx", [(202, {"status": "queued"})]),
    ("product-segments recompute 2", [(202, {"status": "queued"})]),
    ("analytics overview", [{"segment_count": 1}]),
    ("api GET /segments/ --query a=1 --query=a=2", [{"ok": True}]),
    ("api post /new/ --body=BODY --idempotency-key=k", [{"ok": True}]),
    ("api POST /up/ --form=file=@CSV", [{"ok": True}]),
    ("api GET https://elsewhere.test/", []),
    ("api FETCH /x/", []),
    ("segments get 9", [(404, {"detail": "Not found."})]),
    ("segments get 9", [(401, {"detail": "Invalid key."})]),
    ("segments create BODY", [(400, {"name": ["This field is required.", "Really."], "other": "x"})]),
    ("segments get 9", [(500, None)]),
    ("segments get 9 --max-retries=1", [(500, {"detail": "busy"}), (500, {"detail": "busy"})]),
    ("segments get .", []),
    ("segments", []),
    ("segments lst", []),
    ("segmnts list", []),
    ("segments get", []),
    ("segments get 1 2", []),
    ("segments get 1 --frmat=x", []),
    ("segments list --confirm={}", []),
    ("segments list --prefetch=2", []),
    ("segments create MISSING", []),
    ("products import MISSING", []),
    ("products import CSV --wait", []),
    ("products import - --confirm=-", []),
    ("segments download-export 5 MISSING/x.csv", []),
    ("segments list --timeout=0", []),
    ("segments list --max-retries=1.5", []),
    ("--api-url=ftp://x segments list", []),
    ("completion bash", []),
    ("completion zsh", []),
    ("completion fish", []),
    ("completion csh", []),
    ("help exit-codes", []),
    ("help nothing", []),
    ("segments create BODY --dry-run", []),
    ("segments export 3 --wait --dry-run", []),
    ("products import CSV --dry-run", []),
    ("segments list --all --a=1 --a=2 --dry-run", []),
]


class Scripted:
    """Answers in turn, and keeps what came."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.seen: list[tuple[Any, ...]] = []
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                boundary = (self.headers.get("Content-Type") or "").partition("boundary=")[2]
                keyed = self.headers.get("Idempotency-Key")
                given = keyed if keyed is None or len(keyed) < 36 else "fresh"
                kind = (self.headers.get("Content-Type") or "").replace(boundary or "\0", "BOUNDARY")
                request = (self.command, self.path, kind, given, body.replace(boundary or "\0", "BOUNDARY"))
                scripted.seen.append((*request, self.headers["Authorization"], self.headers["Accept"]))
                status, value = scripted.next()
                content = b"" if value is None else json.dumps(value).encode()
                self.send_response_only(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Retry-After", "0")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer

            def log_message(self, *args: object) -> None:
                """Logs nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.http.server_port}/api"

    def next(self) -> tuple[int, Any]:
        answer = self.answers.pop(0) if self.answers else (418, {"detail": "not in the script"})
        return answer if isinstance(answer, tuple) else (200, answer)

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


@pytest.fixture
def server() -> Generator[Scripted]:
    running = Scripted()
    yield running
    running.close()


def words(typed: str, folder: Path) -> list[str]:
    files = {"BODY": '{"name": "é", "n": [1, 2.5]}', "ROWS": '[{"sku": "A-1"}]', "CSV": "sku,name\nA-1,Käse\n"}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    known = [*files, "MISSING"]
    return [
        re.sub(rf"\b({'|'.join(known)})\b", lambda found: str(folder / found[1]), word) for word in typed.split(" ")
    ]


def told(text: str) -> str:
    """Messages without the parts that differ between the programs."""
    text = re.sub(r"segops-admin-(python|typescript)/[\d.]+", "segops-admin", text)
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "UUID", text)
    text = re.sub(r"boundary=[0-9a-f]{32}", "boundary", text)
    return re.sub(r"(the answer has no \w+): .*", r"\1", text)  # Python shows the answer as Python writes it


Ran = tuple[int, str, str]  # exit code, standard output, standard error
Command = Callable[..., Ran]


@pytest.fixture(scope="module")
def host(built: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The process that carries out commands of the npm package, one after the other."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("SEGOPS_API")}
    with subprocess.Popen(
        [str(WORKSPACE / "tools/node.sh"), "current", "node", str(built / HOST)],
        env=variables | {"SEGOPS_NODE_QUIET": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        yield process  # leaving closes its standard input, which ends it


@pytest.fixture
def typescript(host: subprocess.Popen[bytes], built: Path, attempt: Callable[..., Any]) -> Command:
    """Runs a command line of the npm package."""

    def run(arguments: list[str], variables: dict[str, str]) -> Ran:
        if reads_stdin(arguments):
            done = attempt("current", "node", str(built / BIN), *arguments, stdin=STDIN, **variables)
            return done.returncode, done.stdout, done.stderr
        assert host.stdin is not None
        host.stdin.write(json.dumps({"words": arguments, "variables": variables}).encode() + b"\n")
        host.stdin.flush()
        (out, code), (err, _) = up_to_its_end(host.stdout), up_to_its_end(host.stderr)
        return int(code), out, err

    return run


def up_to_its_end(stream: IO[bytes] | None) -> tuple[str, str]:
    """The text before the line that begins with NUL, and that line."""
    assert stream is not None
    text = b""
    while b"\0" not in text:
        line = stream.readline()
        assert line, f"the host of the commands ended: {text.decode()}"
        text += line
    before, _, last = text.decode().partition("\0")
    return before, last.strip()


@pytest.fixture
def python(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    """Runs a command line of the Python package."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)

    def run(arguments: list[str], variables: dict[str, str]) -> Ran:
        if reads_stdin(arguments):
            command = [sys.executable, "-m", "segops_admin", *arguments]
            own = {**os.environ, **variables}
            done = subprocess.run(command, env=own, input=STDIN, capture_output=True, text=True, timeout=60)
            return done.returncode, done.stdout, done.stderr
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        capfd.readouterr()
        code = main(arguments)
        return code, *capfd.readouterr()

    return run


def reads_stdin(arguments: list[str]) -> bool:
    return any(word == "-" or word.endswith("=-") for word in arguments)


@pytest.mark.parametrize(
    ("typed", "answers"), CASES, ids=[f"{number}: {typed}" for number, (typed, _) in enumerate(CASES)]
)
def test_both_command_lines_do_the_same(
    typed: str, answers: list[Any], server: Scripted, python: Command, typescript: Command, tmp_path: Path
) -> None:
    arguments = words(typed, tmp_path)
    variables = {"SEGOPS_API_KEY": KEY, "SEGOPS_API_URL": server.url, "SEGOPS_MAX_RETRIES": "0"}
    found = []
    for run in (python, typescript):
        server.answers, server.seen = list(answers), []
        code, out, err = run(arguments, variables)
        assert not server.answers or code == 2, "an answer was not asked for"
        found.append((code, told(out), told(err), server.seen))
    assert found[1] == found[0]
