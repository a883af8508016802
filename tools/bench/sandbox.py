"""Measures speed and size of the sandbox with a large workspace.

    python tools/bench/sandbox.py [--events 1000000] [--users 100000]

One server process on SQLite, and this one as its client. Seconds are seconds of the clock; beside the rates stands what
the processor time of the server alone would allow, which a busy machine changes less.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

BATCH = 500
CONNECTIONS = 4
NOW = datetime(2026, 5, 1, 12, tzinfo=timezone.utc)
TYPES = ("page_viewed", "product_viewed", "cart_updated", "order_placed")
THREE_CONDITIONS = {
    "logic": "AND",
    "conditions": [
        {"type": "event_count", "event_type": "product_viewed", "operator": "gte", "value": 2, "window_days": 60},
        {"type": "recency", "event_type": "order_placed", "operator": "lt", "window_days": 30},
        {"type": "event_property", "event_type": "order_placed", "property": "total", "operator": "gt", "value": 50},
    ],
}
WITH_SEQUENCE = {
    "logic": "AND",
    "conditions": [
        *THREE_CONDITIONS["conditions"][:2],
        {"type": "event_sequence", "events": ["product_viewed", "order_placed"], "window_days": 60},
    ],
}


class Sandbox:
    """A server process and what it costs."""

    def __init__(self, folder: Path, *options: str) -> None:
        command = [sys.executable, "-m", "segops_sandbox", f"--now={NOW:%Y-%m-%dT%H:%M:%SZ}", "--seed=1"]
        started = time.perf_counter()
        self.popen = subprocess.Popen(
            [*command, f"--db={folder / 'bench.sqlite3'}", *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert self.popen.stdout is not None
        ready = json.loads(self.popen.stdout.readline())
        self.start = time.perf_counter() - started
        self.address = urlsplit(ready["url"]).netloc
        self.headers = {"Authorization": f"ApiKey {ready['api_key']}", "Content-Type": "application/json"}
        self.process = psutil.Process(self.popen.pid)

    def connect(self) -> http.client.HTTPConnection:
        """A new connection, for one thread."""
        return http.client.HTTPConnection(self.address, timeout=120)

    def call(self, connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None = None) -> Any:
        """One request, which has to succeed."""
        try:
            connection.request(method, "/api" + path, body, self.headers)
            response = connection.getresponse()
        except http.client.RemoteDisconnected:  # the server closed it as idle, for example while DuckDB was at work
            connection.close()
            connection.request(method, "/api" + path, body, self.headers)
            response = connection.getresponse()
        data = response.read()
        if response.status >= 300:
            raise SystemExit(f"{method} {path}: {response.status} {data[:500]!r}")
        return json.loads(data)

    def stop(self) -> None:
        """End it."""
        self.popen.terminate()
        self.popen.communicate()

    def seconds_used(self) -> float:
        """Processor time so far."""
        times = self.process.cpu_times()
        return times.user + times.system

    def peak_mib(self) -> float:
        """The most memory it has held."""
        status = Path(f"/proc/{self.popen.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024


def report(what: str, figure: str, reach: str) -> None:
    """One row."""
    print(f"{what:<58} {figure:<44} {reach}", flush=True)


def batches(events: int, users: int) -> Iterator[bytes]:
    """Request bodies with so many events in all."""
    chance = random.Random(1)
    for start in range(0, events, BATCH):
        items = [
            {
                "user_id": f"user-{chance.randrange(users)}",
                "event_type": chance.choices(TYPES, (50, 30, 12, 8))[0],
                "occurred_at": (NOW - timedelta(seconds=chance.randrange(90 * 86400))).isoformat(),
                "payload": {"product_id": f"P{chance.randrange(5000)}", "total": chance.randrange(1, 20000) / 100},
            }
            for _ in range(min(BATCH, events - start))
        ]
        yield json.dumps({"events": items}).encode()


def shared_out(sandbox: Sandbox, calls: Iterator[tuple[str, str, bytes | None]]) -> tuple[float, float]:
    """Make calls over a few connections; returns wall seconds and the server's processor seconds."""
    lock = threading.Lock()

    def work() -> None:
        connection = sandbox.connect()
        while True:
            with lock:
                call = next(calls, None)
            if call is None:
                return
            sandbox.call(connection, *call)

    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    used, started = sandbox.seconds_used(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - started, sandbox.seconds_used() - used


def rate(count: int, clock: float, processor: float, unit: str) -> str:
    """A rate as it is printed."""
    return f"{count / clock:,.0f} {unit}/s  (processor alone: {count / processor:,.0f})"


def ingest(sandbox: Sandbox, events: int, users: int) -> None:
    """Send the history in batches; the bodies are made beforehand, a part at a time."""
    clock = processor = 0.0
    bodies = batches(events, users)
    part = 200
    for start in range(0, events, part * BATCH):
        prepared = [next(bodies) for _ in range(min(part * BATCH, events - start) // BATCH)]
        took, used = shared_out(sandbox, (("POST", "/ingestion/track/batch/", body) for body in prepared))
        clock, processor = clock + took, processor + used
    report(f"ingestion of {events:,} events of {users:,} users", rate(events, clock, processor, "events"), ">= 20,000")


def recompute(sandbox: Sandbox, definition: dict[str, Any], what: str, reach: str) -> None:
    """Compute a segment three times, each time waiting for the job."""
    connection = sandbox.connect()
    body = json.dumps({"name": what, "definition": definition}).encode()
    path = f"/segments/{sandbox.call(connection, 'POST', '/segments/', body)['id']}/"
    took = []
    for _ in range(3):
        before = sandbox.call(connection, "GET", path)["last_computed_at"]
        started = time.perf_counter()
        sandbox.call(connection, "POST", path + "compute/")
        while sandbox.call(connection, "GET", path)["last_computed_at"] == before:
            time.sleep(0.02)
        took.append(time.perf_counter() - started)
    members = sandbox.call(connection, "GET", path)["member_count"]
    report(what, f"{statistics.median(took):.2f} s  ({members:,} members)", reach)


def membership(sandbox: Sandbox, users: int, requests: int = 4000) -> None:
    """Ask for the segments of one user after the other."""
    chance = random.Random(2)
    paths = [f"/segments/membership/?user_id=user-{chance.randrange(users)}" for _ in range(requests)]
    shared_out(sandbox, (("GET", path, None) for path in paths[:200]))
    clock, processor = shared_out(sandbox, (("GET", path, None) for path in paths))
    report("membership check", rate(requests, clock, processor, "requests"), ">= 500")


def starts(folder: Path) -> None:
    """From the command to the ready line, on an empty database each time."""

    def start(number: int) -> float:
        own = folder / f"start-{number}"
        own.mkdir()
        sandbox = Sandbox(own)
        sandbox.stop()
        return sandbox.start

    report("start to ready line", f"{statistics.median(start(number) for number in range(5)):.2f} s", "<= 0.6 s")


def main() -> None:
    """Every figure, one row each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--users", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        starts(Path(name))
        sandbox = Sandbox(Path(name))
        try:
            ingest(sandbox, options.events, options.users)
            recompute(sandbox, THREE_CONDITIONS, "recompute, three conditions", "<= 2 s")
            recompute(sandbox, WITH_SEQUENCE, "recompute, three conditions with a sequence", "<= 2 s")
            membership(sandbox, options.users)
            report("memory, at its highest", f"{sandbox.peak_mib():,.0f} MiB", "<= 400 MiB")
        finally:
            sandbox.stop()


if __name__ == "__main__":
    main()
