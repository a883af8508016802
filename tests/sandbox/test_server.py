"""Starting and stopping `segops-sandbox`."""

from __future__ import annotations

import ctypes
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import requests

SOURCE = Path(__file__).parents[2] / "sandbox" / "src"
ENV = {**os.environ, "PYTHONPATH": str(SOURCE)}


def run(*options: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command to its end; for starts that are refused."""
    return subprocess.run(
        [sys.executable, "-m", "segops_sandbox", *options],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={**ENV, **(env or {})},
    )


def test_the_ready_line_names_a_url_that_answers_and_a_key_that_opens_it(start: Any) -> None:
    api = start()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/api", api.url)
    assert api.key.startswith("sk_")
    assert api.get("/pim/products/").json() == {"count": 0, "next": None, "previous": None, "results": []}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly_and_frees_the_port(start: Any, number: int) -> None:
    api = start()
    api.get("/pim/products/")  # leaves a kept connection open
    with api.process.popen:
        api.process.popen.send_signal(number)
        assert api.process.popen.wait(10) == 0
    port = int(api.url.split(":")[2].split("/")[0])
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
    assert "Traceback" not in api.process.log.read_text()


def test_a_signal_right_after_the_ready_line_is_not_lost(start: Any) -> None:
    popen = start().process.popen
    with popen:
        popen.terminate()
        assert popen.wait(10) == 0


def test_a_signal_that_another_thread_takes_is_not_lost(start: Any) -> None:
    """The main thread's wait goes on then, and Python runs no handler of a signal in another thread."""
    api = start()
    api.get("/pim/products/")  # by now the main thread waits
    popen = api.process.popen
    with popen:
        thread = max(int(name) for name in os.listdir(f"/proc/{popen.pid}/task"))
        assert thread != popen.pid
        assert ctypes.CDLL(None).tgkill(popen.pid, thread, signal.SIGTERM) == 0
        assert popen.wait(10) == 0


def test_stopping_does_not_wait_for_a_stalled_request(start: Any) -> None:
    api = start()
    api.control("POST", "/faults/", {"kind": "stall", "delay_ms": 600_000})
    port = int(api.url.split(":")[2].split("/")[0])
    with socket.create_connection(("127.0.0.1", port)) as waiting:
        waiting.sendall(b"GET /api/pim/products/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
        while not api.control("GET", "/requests/"):
            time.sleep(0.02)
        assert api.process.stop() == 0


def test_it_needs_at_most_a_second_and_a_half_of_work_to_be_ready_and_stop(start: Any) -> None:
    """In processor time: on a busy machine wall time says nothing about the sandbox."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert start().process.stop() == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime) <= 1.5


def test_the_start_loads_nothing_that_it_has_no_use_for_and_which_can_be_loaded_later() -> None:
    program = """
import django, sys
django.setup()
from segops_sandbox.optional_packages import load_framework_without_them
load_framework_without_them()
import segops_sandbox.runtime, segops_sandbox.urls
print(sorted({"pyarrow", "cryptography", "sklearn", "psycopg", "requests", "yaml"} & set(sys.modules)))
import django.contrib.postgres.fields, requests, yaml
"""
    env = {**ENV, "DJANGO_SETTINGS_MODULE": "segops_sandbox.settings", "SEGOPS_SANDBOX_DB": "unused"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


def test_other_addresses_than_loopback_need_a_flag(start: Any) -> None:
    refused = run("--host", "0.0.0.0")
    assert refused.returncode == 2
    assert "--allow-remote" in refused.stderr
    assert refused.stdout == ""
    api = start("--host", "0.0.0.0", "--allow-remote")
    port = api.url.split(":")[2].split("/")[0]
    assert requests.get(f"http://127.0.0.1:{port}/api/pim/facets/", headers=api.headers, timeout=10).status_code == 200


@pytest.mark.parametrize(
    ("options", "env", "said"),
    [
        (["--now", "yesterday"], {}, "ISO 8601"),
        (["--jobs", "never"], {}, "invalid choice"),
        (["--host", "no such host"], {}, "--host"),
        ([], {"DATABASE_URL": "mysql://localhost/x"}, "mysql"),
    ],
)
def test_wrong_options_are_refused_with_a_reason(options: list[str], env: dict[str, str], said: str) -> None:
    refused = run(*options, env=env)
    assert refused.returncode == 2
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_taken_port_is_a_clear_failure(start: Any) -> None:
    port = start().url.split(":")[2].split("/")[0]
    refused = run("--port", port)
    assert refused.returncode == 1
    assert "cannot start" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_database_file_keeps_its_rows_and_its_key(start: Any, tmp_path: Path) -> None:
    first = start("--db", str(tmp_path / "kept.sqlite3"))
    first.post("/pim/products/", {"sku": "A1", "name": "Kept"})
    assert first.process.stop() == 0
    second = start("--db", str(tmp_path / "kept.sqlite3"))
    assert second.key == first.key
    assert [product["sku"] for product in second.get("/pim/products/").json()["results"]] == ["A1"]


def test_a_temporary_database_is_gone_after_the_stop(start: Any, tmp_path: Path) -> None:
    api = start(env={"TMPDIR": str(tmp_path), "DATABASE_URL": ""})
    assert list(tmp_path.glob("segops-sandbox-*/*.sqlite3"))
    api.process.stop()
    assert not list(tmp_path.glob("segops-sandbox-*"))


def conversation(api: Any) -> list[tuple[int, dict[str, str], bytes]]:
    """A transcript of everything that the server generates: ids, keys, tokens, times, signatures."""
    person = api.sign_in()
    created = person.post("/auth/api-keys/", {"name": "k", "tenant_slug": "acme", "key_type": "pk"})
    answers = [
        created,
        api.post("/pim/products/", {"sku": "A1", "name": "Boot", "data": {"tags": ["a"] * 100}}),
        api.with_key(created.json()["key"]).post("/auth/session/", {"user_id": "u1"}),
        api.post("/ai-reach/simulate/", {"query_text": "good boots"}),
        api.get("/ai-pages/query?q=boot"),
        api.get("/nothing/"),
        api.get("/pim/products/"),
    ]
    return [(answer.status_code, dict(answer.headers), answer.content) for answer in answers]


def test_two_runs_with_the_same_seed_and_time_answer_alike_to_the_byte_and_so_after_a_reset(start: Any) -> None:
    options = ("--seed", "7", "--now", "2026-01-02T03:04:05Z", "--jobs=instant")
    one, other = start(*options), start(*options)
    assert one.key == other.key
    first = conversation(one)
    assert conversation(other) == first
    one.advance(3600)
    one.control("POST", "/reset/")
    assert conversation(one) == first


def test_different_seeds_and_no_seed_give_different_keys(start: Any) -> None:
    assert len({start("--seed", "1").key, start("--seed", "2").key, start().key}) == 3


def test_the_tables_of_an_empty_database_are_those_that_the_migrations_make(tmp_path: Path) -> None:
    program = """
import django, sqlite3, sys
django.setup()
from django.core.management import call_command
from segops_sandbox.tables import bring_up_to_date
call_command("makemigrations", check=True, dry_run=True, verbosity=1)
bring_up_to_date() if sys.argv[1] == "short" else call_command("migrate", verbosity=0)
bring_up_to_date()  # and once more: nothing is left to do
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name")
    print(*cursor.fetchall(), sep="\\n")
"""
    made = [
        subprocess.run(
            [sys.executable, "-c", program, way],
            env={
                **ENV,
                "DJANGO_SETTINGS_MODULE": "segops_sandbox.settings",
                "SEGOPS_SANDBOX_DB": str(tmp_path / f"{way}.sqlite3"),
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout
        for way in ("short", "migrate")
    ]
    assert "sandbox_event" in made[0]
    assert made[0] == made[1]


def test_nagles_algorithm_is_off_on_its_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """With it, each answer on a kept connection waits for the client to acknowledge its head: some 40 ms."""
    import asyncio

    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "segops_sandbox.settings")
    import django

    django.setup()
    from segops_sandbox.server import Server

    application: Any = None  # nothing is asked of it
    server: Any = Server("127.0.0.1", 0, application)
    server.prepare()

    async def accepted() -> int:
        found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            found.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        async with await asyncio.start_server(connected, sock=server._socket):
            _, writer = await asyncio.open_connection(*server._socket.getsockname())
            nodelay = await found
            writer.close()
            return nodelay

    assert asyncio.run(accepted())
