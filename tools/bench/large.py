"""Measures the sandbox with much data, and with many slow clients.

    python tools/bench/large.py [--events 5000000] [--duckdb FOLDER]

Each row is measured with a tenth of the data too: the growth stands beside it. With DuckDB (a folder that it and its
extension for SQLite were installed to) every kind of condition is asked of the sandbox, of DuckDB reading the sandbox's
own database file, and of DuckDB with a copy in its own columnar tables: one after the other, on the same events, with
one thread each. All have to find as many users. The goal is set by the same file; the copy is there to know.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from sandbox import BATCH, NOW, Sandbox, batches, report, shared_out

DAY = 86_400_000_000
NOW_MICROS = int(NOW.timestamp()) * 1_000_000
TYPES = ("page_viewed",) * 50 + ("product_viewed",) * 30 + ("cart_updated",) * 12 + ("order_placed",) * 7
SEQUENCE = ["product_viewed", "cart_updated", "order_placed"]
VIEWED, ORDER = {"event_type": "product_viewed"}, {"event_type": "order_placed"}
# Of each kind, and the same question in DuckDB's words.
_OF = "FROM event AS e JOIN subject AS s ON s.id = e.subject_id WHERE event_type"
_LATEST = f"SELECT canonical_id, arg_max(payload, (occurred_at, e.id)) AS payload {_OF} = '%s' GROUP BY 1"
_STEP = "max(s%d) OVER (PARTITION BY u ORDER BY o, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
KINDS: dict[str, tuple[dict[str, Any], str]] = {
    "event_count": (
        {"type": "event_count", **VIEWED, "operator": "gte", "value": 3, "window_days": 30},
        f"SELECT canonical_id {_OF} = 'product_viewed' AND occurred_at >= {NOW_MICROS - 30 * DAY} "
        f"AND occurred_at <= {NOW_MICROS} GROUP BY 1 HAVING count(*) >= 3",
    ),
    "recency": (
        {"type": "recency", **ORDER, "operator": "lt", "window_days": 30},
        f"SELECT DISTINCT canonical_id {_OF} = 'order_placed' AND occurred_at > {NOW_MICROS - 30 * DAY} "
        f"AND occurred_at <= {NOW_MICROS}",
    ),
    "monetary": (
        {"type": "monetary", **ORDER, "property": "total", "metric": "sum", "operator": "gte", "value": 150},
        f"SELECT canonical_id {_OF} = 'order_placed' GROUP BY 1 "
        "HAVING round(sum(CAST(json_extract(payload, '$.total') AS DOUBLE)), 6) >= 150",
    ),
    "event_property": (
        {"type": "event_property", **VIEWED, "property": "total", "operator": "gt", "value": 100},
        f"SELECT canonical_id FROM ({_LATEST % 'product_viewed'}) "
        "WHERE CAST(json_extract(payload, '$.total') AS DOUBLE) > 100",
    ),
    "user_property": (
        {"type": "user_property", "property": "plan", "operator": "eq", "value": "pro"},
        f"SELECT canonical_id FROM ({_LATEST % 'context_identified'}) "
        "WHERE json_extract_string(payload, '$.plan') = 'pro'",
    ),
    "event_sequence": (
        {"type": "event_sequence", "events": SEQUENCE, "window_days": 7},
        "WITH l1 AS (SELECT canonical_id AS u, e.id, event_type AS t, occurred_at AS o, "
        f"CASE WHEN event_type = '{SEQUENCE[0]}' THEN occurred_at END AS s1 {_OF} IN {tuple(SEQUENCE)}), "
        f"l2 AS (SELECT *, CASE WHEN t = '{SEQUENCE[1]}' THEN {_STEP % 1} END AS s2 FROM l1), "
        f"l3 AS (SELECT *, CASE WHEN t = '{SEQUENCE[2]}' THEN {_STEP % 2} END AS s3 FROM l2) "
        f"SELECT DISTINCT u FROM l3 WHERE o - s3 <= {7 * DAY}",
    ),
    "event_sequence, strict": (
        {"type": "event_sequence", "events": SEQUENCE, "window_days": 7, "strict": True},
        "WITH r AS (SELECT canonical_id AS u, event_type AS t1, occurred_at AS o1, lead(event_type, 1) OVER w AS t2, "
        "lead(event_type, 2) OVER w AS t3, lead(occurred_at, 2) OVER w AS o3 "
        "FROM event AS e JOIN subject AS s ON s.id = e.subject_id "
        "WINDOW w AS (PARTITION BY canonical_id ORDER BY occurred_at, e.id)) SELECT DISTINCT u FROM r "
        f"WHERE t1 = '{SEQUENCE[0]}' AND t2 = '{SEQUENCE[1]}' AND t3 = '{SEQUENCE[2]}' AND o3 - o1 <= {7 * DAY}",
    ),
    "segment_membership": (
        {"type": "segment_membership", "segment_id": 1, "operator": "in"},
        f"SELECT DISTINCT canonical_id {_OF} = 'order_placed'",
    ),
}


def fill(folder: Path, events: int) -> None:
    """Make a database with so many events of a tenth as many users; by SQL, since ingestion is not measured here."""
    Sandbox(folder).stop()
    chance = random.Random(1)
    users = events // 10

    def rows() -> Iterator[tuple[Any, ...]]:
        for _ in range(events):
            kind = (*TYPES, "context_identified")[int(chance.random() * 100)]
            payload = f'{{"total":{chance.random() * 200:.2f},"plan":"{"pro" if chance.random() < 0.3 else "free"}"}}'
            when = NOW_MICROS - int(chance.random() * 90 * 86400) * 1_000_000
            yield int(chance.random() * users) + 1, kind, when, payload, NOW_MICROS

    with closing(sqlite3.connect(folder / "bench.sqlite3")) as database:
        database.execute("PRAGMA synchronous=OFF")
        database.executemany(
            "INSERT INTO sandbox_subject (id, tenant_id, external_id, canonical_id) VALUES (?, 1, ?, ?)",
            ((number, f"user-{number}", number) for number in range(1, users + 1)),
        )
        database.executemany(
            "INSERT INTO sandbox_event (tenant_id, subject_id, event_type, occurred_at, payload, bot_class, "
            "received_at) VALUES (1, ?, ?, ?, ?, 'human', ?)",
            rows(),
        )
        database.commit()


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """The shortest of a few measured durations: noise only ever adds to one."""
    found = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return min(found)


def segment(sandbox: Sandbox, connection: Any, condition: dict[str, Any]) -> int:
    """Make a segment of one condition."""
    body = json.dumps({"name": "bench", "definition": {"conditions": [condition]}}).encode()
    return int(sandbox.call(connection, "POST", "/segments/", body)["id"])


def compute(sandbox: Sandbox, connection: Any, number: int) -> None:
    """Compute a segment and wait for it."""
    sandbox.call(connection, "POST", f"/segments/{number}/compute/")
    while sandbox.call(connection, "GET", f"/segments/{number}/")["status"] != "computed":
        time.sleep(0.05)


def measure(folder: Path, events: int, duckdb: Path | None = None) -> dict[str, Any]:
    """Every figure at one size: seconds by name, and of the kinds also by DuckDB on the same file and on a copy."""
    fill(folder, events)
    sandbox, found = Sandbox(folder), dict[str, Any]()
    others = [] if duckdb is None else duckdb_on(folder / "bench.sqlite3", duckdb)
    try:
        connection = sandbox.connect()
        sandbox.call(connection, "POST", "/ingestion/track/", b'{"user_id": "last", "event_type": "tally"}')
        found["usage"] = seconds(lambda: sandbox.call(connection, "GET", "/analytics/usage/"))
        ordered = segment(sandbox, connection, {"type": "event_count", **ORDER, "operator": "gte", "value": 1})
        compute(sandbox, connection, ordered)
        for name, (condition, query) in KINDS.items():
            number = segment(sandbox, connection, condition)

            def estimate(number: int = number) -> int:
                return int(sandbox.call(connection, "POST", f"/segments/{number}/estimate/")["estimated_count"])

            asked: list[Callable[[], int]] = [estimate, *(partial(ask, query) for ask in others)]
            found[name], *found[f"{name}: DuckDB"] = [seconds(ask) for ask in asked]
            counts = [ask() for ask in asked]
            if len(set(counts)) > 1:
                raise SystemExit(f"{name}: users found by the sandbox, DuckDB on its file, DuckDB on a copy: {counts}")
        found["members"], found["members: pages"] = read_members(
            sandbox, connection, ordered, max(1, 120 * events // 5_000_000)
        )
        found["search"] = seconds(lambda: sandbox.call(connection, "GET", "/explorer/users/?q=user-1"))
        found["users page"] = seconds(lambda: page(sandbox, "/users"))
        found["explain"], found["publish"] = one_user(sandbox, connection, 8000 * events // 5_000_000)
    finally:
        sandbox.stop()
    return found


def page(sandbox: Sandbox, path: str) -> None:
    """Request one of the HTML pages."""
    connection = sandbox.connect()
    connection.request("GET", path)
    response = connection.getresponse()
    if b"</html>" not in response.read():
        raise SystemExit(f"{path}: {response.status}")
    connection.close()


def read_members(sandbox: Sandbox, connection: Any, number: int, pages: int) -> tuple[float, int]:
    """Read so many pages of 1,000 members; returns the seconds and the number of pages."""
    started, cursor, read = time.perf_counter(), "", 0
    while read < pages and cursor is not None:
        asked = f"/segments/{number}/members/?limit=1000" + (f"&cursor={cursor}" if cursor else "")
        cursor, read = sandbox.call(connection, "GET", asked)["next_cursor"], read + 1
    return time.perf_counter() - started, read


def one_user(sandbox: Sandbox, connection: Any, events: int) -> tuple[float, float]:
    """Explain a user with so many events by a segment of every kind, and publish one more in the sandbox."""
    chance = random.Random(3)
    for start in range(0, events, BATCH):
        items = [
            {"user_id": "busy", "event_type": chance.choice(TYPES), "payload": {"total": chance.random()}}
            for _ in range(min(BATCH, events - start))
        ]
        sandbox.call(connection, "POST", "/ingestion/track/batch/", json.dumps({"events": items}).encode())
    body = {"name": "all", "definition": {"conditions": [condition for condition, _ in KINDS.values()]}}
    number = sandbox.call(connection, "POST", "/segments/", json.dumps(body).encode())["id"]
    event = json.dumps({"user_id": "busy", "event_type": "order_placed"}).encode()
    return (
        seconds(lambda: sandbox.call(connection, "GET", f"/explorer/users/busy/segments/{number}/explain/")),
        seconds(lambda: sandbox.call(connection, "POST", "/explorer/sandbox/publish/", event)),
    )


def duckdb_on(database: Path, installed: Path) -> list[Callable[[str], int]]:
    """DuckDB on the sandbox's own file, and on a copy of its own: each counts the rows of a query, with one thread."""
    sys.path.append(str(installed))
    library: Any = import_module("duckdb")
    (extension,) = installed.glob("duckdb_extension_sqlite_scanner/extensions/*/sqlite_scanner.duckdb_extension")

    def opened(kind: str) -> Callable[[str], int]:
        connection = library.connect()
        connection.execute("SET threads = 1")
        connection.execute(f"LOAD '{extension}'")
        connection.execute(f"ATTACH '{database}' AS sandbox (TYPE sqlite, READ_ONLY)")
        for table, columns in (
            ("subject", "id, canonical_id"),
            ("event", "id, subject_id, event_type, occurred_at, payload"),
        ):
            connection.execute(f"CREATE {kind} {table} AS SELECT {columns} FROM sandbox.sandbox_{table}")
        return lambda query: int(connection.execute(f"SELECT count(*) FROM ({query})").fetchall()[0][0])

    return [opened("VIEW"), opened("TABLE")]


def with_rate_limits(events: int) -> None:
    """Ingestion with and without limits, a fresh server each."""
    clock, processor = {}, {}
    for option in ("", "--rate-limits"):
        with tempfile.TemporaryDirectory() as name:
            sandbox = Sandbox(Path(name), *([option] if option else []))
            calls = [("POST", "/ingestion/track/batch/", body) for body in batches(events, events // 10)]
            clock[option], processor[option] = shared_out(sandbox, iter(calls))
            sandbox.stop()
    limited, free = clock["--rate-limits"], clock[""]
    report(
        f"ingestion of {events:,} events with --rate-limits",
        f"{limited:.1f} s, × {limited / free:.2f} (processor × {processor['--rate-limits'] / processor['']:.2f})",
        "<= 1.2 x",
    )


def loading(events: int) -> None:
    """`segops-sandbox load` of a file of events, and of a tenth of it."""
    found = {}
    for number in (events // 10, events):
        with tempfile.TemporaryDirectory() as name:
            file = Path(name, "events.ndjson")
            with file.open("w") as stream:
                for body in batches(number, events // 10):
                    stream.writelines(json.dumps(event) + "\n" for event in json.loads(body)["events"])
            command = [sys.executable, "-m", "segops_sandbox", "load", str(file), f"--db={Path(name, 'db.sqlite3')}"]
            before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            found[number] = time.perf_counter() - started, used
    (small, _), (large, used) = found.values()
    figure = f"{large:.1f} s (processor {used:.1f} s), × {large / small:.1f} for 10 × the data"
    report(f"segops-sandbox load of {events:,} events", figure, "")


@contextmanager
def crowd(address: tuple[str, int], idle: int, dripping: int) -> Iterator[None]:
    """So many connections that say nothing, and so many that never come to an end of what they say."""
    beginnings = (
        b"GET /api/segments/ HTTP/1.1\r\nHost: localhost\r\nX-Half: ",
        b"POST /api/segments/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n",
    )
    with ExitStack() as stack:
        for number in range(idle + dripping):
            each = stack.enter_context(socket.create_connection(address, 10))
            if number >= idle:
                each.sendall(beginnings[number % 2])
        yield


def slow_clients() -> None:
    """The p99 of a client among others that are slow."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4000, hard), hard))
    with tempfile.TemporaryDirectory() as name:
        sandbox = Sandbox(Path(name))
        connection = sandbox.connect()

        def p99() -> float:
            times = sorted(seconds(lambda: sandbox.call(connection, "GET", "/segments/"), 1) for _ in range(500))
            return 1000 * times[494]

        p99()
        alone = p99()
        host, port = sandbox.address.split(":")
        with crowd((host, int(port)), 1000, 200):
            crowded = p99()
        sandbox.stop()
    report(
        "p99 beside 1,000 idle and 200 dripping connections", f"{crowded:.1f} ms (alone {alone:.1f} ms)", "unchanged"
    )


def main() -> None:
    """Every figure, one row each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--duckdb", type=Path, help="folder that DuckDB was installed to; without it, it is left out")
    options = parser.parse_args()
    events = options.events
    slow_clients()
    with_rate_limits(events * 4 // 50)
    loading(events // 5)
    with tempfile.TemporaryDirectory() as name:
        small, large = Path(name, "small"), Path(name, "large")
        small.mkdir()
        large.mkdir()
        before, after = measure(small, events // 10), measure(large, events, options.duckdb)
    rows = {
        "explain": (f"explain, a user with {8000 * events // 5_000_000:,} events, every kind", "<= 0.3 s"),
        "publish": ("sandbox publish for the same user", "<= 0.3 s"),
        "members": (f"iterating over {after['members: pages']},000 members", "<= 2 s"),
        "users page": (f"the page of users at {events:,} events", ""),
        "search": (f"searching users by a part of their id at {events:,} events", ""),
        "usage": (f"analytics.usage at {events:,} events", "<= 0.2 s"),
        **{name: (f"{name} over {events:,} events", "<= 2 x DuckDB on the same file") for name in KINDS},
    }
    for name, (what, reach) in rows.items():
        figure = f"{after[name]:.2f} s, × {after[name] / before[name]:.1f} for 10 × the data"
        if after.get(f"{name}: DuckDB"):
            same, copied = after[f"{name}: DuckDB"]
            figure += f", DuckDB on the same file {same:.2f} s (× {after[name] / same:.1f})"
            figure += f", on a copy of its own {copied:.2f} s (× {after[name] / copied:.1f})"
        report(what, figure, reach)


if __name__ == "__main__":
    os.umask(0o077)
    main()
