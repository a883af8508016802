"""Starting servers on a shared database: several at once, on a wrong address, on an old PostgreSQL."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from postgres_cluster import PASSWORD, Cluster
from sandbox_servers import SOURCE, Server

Launched = Callable[..., Server]


@pytest.fixture(params=["postgresql", "sqlite"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The environment of servers that share a database."""
    if request.param == "sqlite":
        return {"SEGOPS_SANDBOX_DB": "", "DATABASE_URL": f"sqlite:///{tmp_path}/shared.sqlite3"}
    url: str = request.getfixturevalue("database")
    return {"DATABASE_URL": url}


def test_servers_started_at_once_on_an_empty_database_share_one_workspace(
    launched: Launched, shared: dict[str, str]
) -> None:
    servers = [launched("--demo", "--now=1998-07-01", **shared) for _ in range(3)]
    for each in servers:
        each.wait()
    assert len({each.key for each in servers}) == 1
    servers[0]("POST", "/pim/products/", {"sku": "A1", "name": "Boot"})
    for each in servers:
        assert [product["sku"] for product in each("GET", "/pim/products/").json()["results"]] == ["A1"]
        segments = each("GET", "/segments/").json()
        names = [segment["name"] for segment in segments["results"]]
        assert len(names) == len(set(names)) > 0, "the demo data twice"
    assert all(each.stop() == 0 for each in servers)


TABLES = """
import django, sys
django.setup()
from django.core.management import call_command
from segops_sandbox.tables import bring_up_to_date
bring_up_to_date() if sys.argv[1] == "short" else call_command("migrate", verbosity=0)
bring_up_to_date()
"""
DESCRIBED = """
SELECT 'column', table_name, column_name, data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '')
  || ' ' || is_identity || ' ' || ordinal_position FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
ORDER BY 1, 2, 3
"""


def test_the_tables_of_an_empty_database_are_those_that_the_migrations_make(new: Callable[[], str]) -> None:
    tables = []
    for way in ("short", "migrate"):
        database = new()
        environ = {**os.environ, "PYTHONPATH": str(SOURCE), "DATABASE_URL": database}
        environ["DJANGO_SETTINGS_MODULE"] = "segops_sandbox.settings"
        subprocess.run([sys.executable, "-c", TABLES, way], env=environ, check=True, timeout=60)
        with psycopg.connect(database) as connection:
            tables.append(connection.execute(DESCRIBED).fetchall())
    assert len(tables[0]) > 100
    assert tables[0] == tables[1]


def refused(launched: Launched, url: str, status: int = 1) -> str:
    """The one line on stderr of a server that can't start; its output never holds the password."""
    server = launched("-v", DATABASE_URL=url)
    assert server.popen.wait(30) == status
    text = server.log.read_text(encoding="utf-8")
    assert PASSWORD not in text
    assert server.popen.stdout is not None
    assert server.popen.stdout.read() == ""
    last = text.splitlines()[-1]
    assert last.startswith("segops-sandbox: ")
    return last


def test_a_server_that_cannot_reach_its_database_says_so_in_one_line(launched: Launched, server: str) -> None:
    with socket.socket() as taken:  # bound, and nobody listens
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        said = refused(launched, f"postgresql://me:secret-p%40ss@127.0.0.1:{port}/team")
        assert "no connection to team on 127.0.0.1, see DATABASE_URL: " in said
        assert str(port) in said
        assert "refused" in said
        assert "secret-p" not in said


def test_a_wrong_password_and_a_database_that_is_not_there_are_named(launched: Launched, own_cluster: Cluster) -> None:
    assert "password authentication failed" in refused(launched, own_cluster.url_with_password("postgres", "wrong"))
    assert '"nowhere" does not exist' in refused(launched, own_cluster.url_with_password("nowhere"))
    launched(DATABASE_URL=own_cluster.url_with_password("postgres")).wait()


def test_a_password_that_breaks_the_address_is_not_repeated(launched: Launched) -> None:
    said = refused(launched, "postgresql://me:top/secret@127.0.0.1:5432/team", status=2)
    assert "top" not in said
    assert "%2F" in said


@pytest.fixture
def old_server() -> Iterator[int]:
    """The port of a server that claims to be PostgreSQL 13."""

    def message(kind: bytes, body: bytes) -> bytes:
        return kind + struct.pack(">I", len(body) + 4) + body

    def parameter(name: bytes, value: bytes) -> bytes:
        return message(b"S", name + b"\0" + value + b"\0")

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client:
                while client.recv(4096)[4:8] in (b"\x04\xd2\x16\x2f", b"\x04\xd2\x16\x30"):  # asks for TLS or GSS
                    client.sendall(b"N")
                client.sendall(
                    message(b"R", struct.pack(">I", 0))
                    + parameter(b"server_version", b"13.4")
                    + parameter(b"client_encoding", b"UTF8")
                    + parameter(b"TimeZone", b"UTC")
                    + message(b"Z", b"I")
                )
                client.settimeout(20)
                client.recv(4096)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def test_a_database_that_is_too_old_is_refused_with_the_version_it_takes(launched: Launched, old_server: int) -> None:
    said = refused(launched, f"postgresql://me@127.0.0.1:{old_server}/team")
    assert "PostgreSQL 14 or later is required (found 13.4)" in said
