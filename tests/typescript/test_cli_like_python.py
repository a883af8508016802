"""Does the command line of the npm package do what the Python one does: same requests, output, messages, exit code?"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Callable

import pytest

pytestmark = pytest.mark.needs_house

BIN = "dist/esm/cli/bin.js"
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
    # The first look alone takes longer than that: there is no second one.
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
                """Nobody reads it."""

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
    """Messages without what is each program's own."""
    text = re.sub(r"segops-admin-(python|typescript)/[\d.]+", "segops-admin", text)
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "UUID", text)
    text = re.sub(r"boundary=[0-9a-f]{32}", "boundary", text)
    return re.sub(r"(the answer has no \w+): .*", r"\1", text)  # Python shows the answer as Python writes it


@pytest.mark.parametrize(
    ("typed", "answers"), CASES, ids=[f"{number}: {typed}" for number, (typed, _) in enumerate(CASES)]
)
def test_both_command_lines_do_the_same(
    typed: str, answers: list[Any], server: Scripted, built: Path, attempt: Callable[..., Any], tmp_path: Path
) -> None:
    arguments = words(typed, tmp_path)
    variables = {"SEGOPS_API_KEY": KEY, "SEGOPS_API_URL": server.url, "SEGOPS_MAX_RETRIES": "0"}
    stdin = '{"from": "stdin"}'
    found = []
    for program in ("python", "typescript"):
        server.answers, server.seen = list(answers), []
        if program == "python":
            own = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
            command = [sys.executable, "-m", "segops_admin", *arguments]
            done = subprocess.run(
                command, env={**own, **variables}, input=stdin, capture_output=True, text=True, timeout=60, check=False
            )
        else:
            done = attempt("current", "node", str(built / BIN), *arguments, stdin=stdin, **variables)
        assert not server.answers or done.returncode == 2, "an answer was not asked for"
        found.append((done.returncode, told(done.stdout), told(done.stderr), server.seen))
    python, typescript = found
    assert typescript == python
