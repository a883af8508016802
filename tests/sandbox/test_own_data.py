"""Own data: `segops-sandbox load`, `snapshot`, and `--from`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(
    "SEGOPS_TEST_DATABASE_URL" in os.environ, reason="files of SQLite; PostgreSQL has its own tools"
)
Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """`segops-sandbox` in a folder of its own, with a workspace `shop.sqlite3` in it."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "segops_sandbox", *words],
            cwd=tmp_path,
            env={**os.environ, "SEGOPS_SANDBOX_SNAPSHOTS": str(tmp_path / "snapshots")},
            capture_output=True,
            text=True,
            timeout=100,
        )

    return run


def reports(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def order(user: str, total: Any) -> str:
    return json.dumps({"user_id": user, "event_type": "order_placed", "payload": {"total": total}}) + "\n"


def test_files_of_events_and_products_are_loaded_and_a_server_finds_them(
    command: Command, tmp_path: Path, start: Callable[..., Any]
) -> None:
    (tmp_path / "orders.ndjson").write_text(order("u1", 5) + "\n" + order("u2", 7))
    # Numbers are numbers where the whole column reads back; codes and versions stay as they are written.
    (tmp_path / "visits.csv").write_text(
        "\ufeffuser_id,event_type,occurred_at,total,ean,version,vip,note\r\n"
        'u1,visit,2026-04-01,90,0012,1.10,true,"a\nb"\r\n'
        "u3,visit,2026-04-02T10:00:00Z,1.5,0013,2.0,false,\r\n"
    )
    (tmp_path / "products.csv").write_text("sku,name,price\nA1,Boot,129.99\nA2,Shoe,59\n")
    done = command("load", "orders.ndjson", "visits.csv", "products.csv", "--db", "shop.sqlite3")
    assert done.returncode == 0, done.stderr
    assert [(each["kind"], each["stored"], each["rejected"]) for each in reports(done)] == [
        ("events", 2, 0),
        ("events", 2, 0),
        ("products", 2, 0),
    ]
    api = start("--db", str(tmp_path / "shop.sqlite3"))
    assert api.get("/pim/products/").json()["count"] == 2
    [visit] = [
        each for each in api.get("/explorer/users/u1/events/").json()["results"] if each["event_type"] == "visit"
    ]
    assert visit["payload"] == {"total": 90, "ean": "0012", "version": "1.10", "vip": True, "note": "a\nb"}
    assert visit["occurred_at"] == "2026-04-01T00:00:00Z"


def test_a_file_is_loaded_once_and_resumed_where_the_load_ended(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "orders.ndjson"
    lines = [order(f"u{number}", number) for number in range(300)]
    file.write_text("".join(lines))
    load = ("load", "orders.ndjson", "--db", "shop.sqlite3")
    assert reports(command(*load))[0]["stored"] == 300
    again = command(*load)
    assert reports(again)[0]["stored"] == 0
    assert "loaded before; --again" in again.stderr
    (tmp_path / "renamed.ndjson").write_text("".join(lines) + order("new", 1))
    grown = reports(command("load", "renamed.ndjson", "--db", "shop.sqlite3"))[0]
    assert (grown["stored"], grown["already_loaded_bytes"]) == (1, file.stat().st_size)
    assert reports(command(*load, "--again"))[0]["stored"] == 300


def test_a_load_that_is_killed_between_batches_loses_and_doubles_nothing(
    command: Command, tmp_path: Path, start: Callable[..., Any]
) -> None:
    (tmp_path / "orders.ndjson").write_text("".join(order(f"u{number % 50}", 1) for number in range(25_000)))
    # Killed as a machine would: in the middle of the second batch, before it is committed.
    script = (
        "import os, sys\nos.environ['DJANGO_SETTINGS_MODULE'] = 'segops_sandbox.settings'\n"
        "os.environ['SEGOPS_SANDBOX_DB'] = 'shop.sqlite3'\nimport django\ndjango.setup()\n"
        "from segops_sandbox.own_data import load as module\n"
        "real, calls = module.store, []\n"
        "def store(*args):\n    calls.append(1)\n    stored = real(*args)\n"
        "    if len(calls) == 2: os._exit(9)\n    return stored\n"
        "module.store = store\nfrom segops_sandbox.commands import run\n"
        "run(['load', 'orders.ndjson', '--db', 'shop.sqlite3'])\n"
    )
    died = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert died.returncode == 9, died.stderr
    rest = reports(command("load", "orders.ndjson", "--db", "shop.sqlite3"))[0]
    assert rest["stored"] == 15_000
    api = start("--db", str(tmp_path / "shop.sqlite3"))
    assert api.get("/analytics/usage/").json()["events_used"] == 25_000


def test_invalid_rows_are_named_and_the_others_loaded(command: Command, tmp_path: Path) -> None:
    (tmp_path / "orders.ndjson").write_text(order("u1", 1) + '{"user_id": \n[1]\n' + order("", 2) + order("u2", 3))
    done = command("load", "orders.ndjson", "--db", "shop.sqlite3")
    [report] = reports(done)
    assert (done.returncode, report["stored"], report["rejected"]) == (1, 2, 3)
    assert [error.partition(":")[0] for error in report["errors"]] == ["line 2", "line 3", "line 4"]
    assert "line 4: user_id: This field may not be blank." in done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("a,b\n1,2\n", "neither events (user_id and event_type) nor products (sku)"),
        ('[{"user_id": "u1"}]', "write one object a line"),
        ("just text\n", "not a CSV file"),
    ],
)
def test_an_unusable_file_is_refused_with_what_to_do(command: Command, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "data").write_text(text)
    done = command("load", "data", "--db", "shop.sqlite3")
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_snapshot_is_saved_while_a_server_runs_and_begun_with_later(
    command: Command, tmp_path: Path, start: Callable[..., Any]
) -> None:
    api = start("--db", str(tmp_path / "shop.sqlite3"))
    api.post("/segments/", {"name": "Kept"})
    saved = reports(command("snapshot", "save", "before", "--db", "shop.sqlite3"))[0]
    assert Path(saved["path"]).stat().st_mode & 0o777 == 0o600
    api.post("/segments/", {"name": "Later"})
    assert [each["name"] for each in reports(command("snapshot", "list"))] == ["before"]

    later = start("--from", saved["path"])
    assert later.key == api.key
    assert [each["name"] for each in later.get("/segments/").json()["results"]] == ["Kept"]
    assert reports(command("snapshot", "restore", "before", "--db", "shop.sqlite3"))[0]["name"] == "before"
    assert [each["name"] for each in api.get("/segments/").json()["results"]] == ["Kept"]


def test_what_cannot_be_restored_or_begun_with_is_said(command: Command, tmp_path: Path) -> None:
    (tmp_path / "other.sqlite3").write_bytes(b"SQLite format 3\0")
    (tmp_path / "notes.txt").write_text("hello")
    command("load", "notes.txt", "--db", "shop.sqlite3")  # makes the workspace, then refuses
    for words, said in (
        (("snapshot", "restore", "missing", "--db", "shop.sqlite3"), "Snapshots: none."),
        (("snapshot", "restore", "./notes.txt", "--db", "shop.sqlite3"), "is not a workspace of the sandbox"),
        (("snapshot", "save", "a b", "--db", "shop.sqlite3"), "is no name for a snapshot"),
        (("snapshot", "save", "x", "--db", "none.sqlite3"), "no file"),
        (("load", "notes.txt"), "name the workspace with --db PATH"),
        (("--from", "missing"), "Snapshots: none."),
        (("--from", "notes.txt"), "not a CSV file"),
    ):
        done = command(*words)
        assert done.returncode in (1, 2)
        assert said in done.stderr, (words, done.stderr)
        assert "Traceback" not in done.stderr
    command("snapshot", "save", "here", "--db", "shop.sqlite3")
    done = command("--from", "here", "--db", "shop.sqlite3")
    assert "has a workspace already" in done.stderr


def test_a_server_begins_with_files(tmp_path: Path, start: Callable[..., Any]) -> None:
    (tmp_path / "orders.ndjson").write_text(order("u1", 5))
    (tmp_path / "products.ndjson").write_text('{"sku": "A1", "name": "Boot"}\n{"sku": ""}\n')
    api = start("--from", str(tmp_path / "orders.ndjson"), "--from", str(tmp_path / "products.ndjson"))
    assert api.get("/explorer/users/u1/events/").json()["results"][0]["payload"] == {"total": 5}
    assert api.get("/pim/products/").json()["count"] == 1
    assert "line 2: sku: This field is required." in api.process.log.read_text()
