"""Jobs of several servers on one database: each runs once, in its order, even when its server dies."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests
from sandbox_servers import Server, at_once, until

DEFINITION = {"conditions": [{"type": "event_count", "event_type": "view", "operator": "gte", "value": 1}]}
LEASE_S = 15.0


def rows(database: str, text: str, *params: Any) -> list[tuple[Any, ...]]:
    """What the database itself says."""
    with psycopg.connect(database, autocommit=True) as connection:
        cursor = connection.execute(text, params)  # type: ignore[call-overload]
        return cursor.fetchall() if cursor.description else []


def unfinished(database: str) -> int:
    """How many jobs are neither done nor failed."""
    return int(rows(database, "SELECT COUNT(*) FROM sandbox_job WHERE status IN ('queued', 'running')")[0][0])


@pytest.fixture
def servers(launched: Callable[..., Server], database: str) -> list[Server]:
    """Three servers on one database."""
    several = [launched(DATABASE_URL=database) for _ in range(3)]
    return [each.wait() for each in several]


class Receiver:
    """A webhook receiver that holds its first request until it is released."""

    def __init__(self) -> None:
        self.arrived = 0
        self.held = threading.Event()
        self.open = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                receiver.arrived += 1
                if receiver.arrived == 1:
                    receiver.held.set()
                    receiver.open.wait(60)
                try:
                    self.send_response(204)
                    self.end_headers()
                except OSError:  # the server that asked is dead
                    self.close_connection = True

            def log_message(self, *args: object) -> None:
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def close(self) -> None:
        """Stop."""
        self.open.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook receiver."""
    receiver = Receiver()
    yield receiver
    receiver.close()


def test_two_hundred_jobs_over_three_servers_are_each_done_exactly_once(servers: list[Server], database: str) -> None:
    one = servers[0]
    activations = []
    for n in range(20):
        segment = one("POST", "/segments/", {"name": f"s{n}", "definition": DEFINITION}).json()["id"]
        config = {"list_id": "L", "api_key": "k"}
        body = {"segment": segment, "connector_type": "klaviyo", "config": config}
        activations.append(one("POST", "/activations/", body).json()["id"])

    def ask(server: Server) -> set[int]:
        with requests.Session() as session:
            session.headers["Authorization"] = f"ApiKey {server.key}"
            found = {session.post(f"{server.url}/activations/{each}/sync/").status_code for each in activations * 2}
            return found

    asked = at_once([partial(ask, servers[n % 3]) for n in range(5)])
    assert asked == [{202}] * 5
    until(lambda: not unfinished(database), 60)
    done = rows(database, "SELECT kind, status, attempts, worker FROM sandbox_job")
    assert Counter(row[:3] for row in done) == {("activations.sync", "done", 1): 200}
    assert len({row[3] for row in done}) == 3, "one server did it all"
    synced = rows(database, "SELECT activation_id, COUNT(*) FROM sandbox_activation_sync GROUP BY activation_id")
    assert dict(synced) == dict.fromkeys(activations, 10)
    # Those of one activation in their order, although three servers ran them.
    ended = rows(database, "SELECT resource, id FROM sandbox_job ORDER BY finished_at")
    for resource in {row[0] for row in ended}:
        order = [row[1] for row in ended if row[0] == resource]
        assert order == sorted(order)


def test_the_database_itself_allows_one_running_job_for_each_resource(team: Any) -> None:
    servers, database = team.servers, team.database
    for each in servers:
        each.control("POST", "/jobs/", {"mode": "manual"})
    segment = servers[0]("POST", "/segments/", {"name": "s", "definition": DEFINITION}).json()["id"]
    for _ in range(2):
        assert servers[0]("POST", f"/segments/{segment}/export/", {"format": "csv"}).status_code == 202
    assert servers[0]("POST", f"/segments/{segment}/compute/").status_code == 202
    rows(database, "UPDATE sandbox_job SET resource = 'same'")
    with pytest.raises(psycopg.errors.UniqueViolation):
        rows(database, "UPDATE sandbox_job SET status = 'running'")


def begin_a_delivery(server: Server, receiver: Receiver) -> None:
    """Have the server be in the middle of a job: a webhook delivery that the receiver holds."""
    segment = server("POST", "/segments/", {"name": "s", "definition": DEFINITION}).json()["id"]
    assert server("POST", "/webhooks/", {"url": receiver.url}).status_code == 201
    assert server("POST", f"/segments/{segment}/compute/").status_code == 202
    assert receiver.held.wait(20)


def test_the_running_job_of_a_killed_server_is_done_by_another_one(
    launched: Callable[..., Server], database: str, receiver: Receiver
) -> None:
    one, other = launched(DATABASE_URL=database).wait(), launched(DATABASE_URL=database).wait()
    other.control("POST", "/jobs/", {"mode": "manual"})
    begin_a_delivery(one, receiver)
    one.popen.kill()
    one.popen.wait()
    other.control("POST", "/jobs/", {"mode": "background"})
    until(lambda: receiver.arrived == 2, LEASE_S + 15)
    until(lambda: not unfinished(database))
    delivery = "SELECT status, attempts, worker FROM sandbox_job WHERE kind LIKE 'webhooks.%%'"
    [(status, attempts, worker)] = rows(database, delivery)
    assert (status, attempts) == ("done", 2)
    assert f":{other.popen.pid}:" in worker
    assert "is queued again" in other.log.read_text(encoding="utf-8")


def test_a_slow_job_of_a_living_server_is_left_to_it(launched: Callable[..., Server], database: str) -> None:
    one, other = launched(DATABASE_URL=database).wait(), launched(DATABASE_URL=database).wait()
    other.control("POST", "/jobs/", {"mode": "manual"})
    segment = one("POST", "/segments/", {"name": "s", "definition": DEFINITION}).json()["id"]
    with psycopg.connect(database) as holder:
        holder.execute("LOCK TABLE sandbox_segment_membership IN ACCESS EXCLUSIVE MODE")
        assert one("POST", f"/segments/{segment}/compute/").status_code == 202
        until(lambda: rows(database, "SELECT 1 FROM sandbox_job WHERE status = 'running'"))
        other.control("POST", "/jobs/", {"mode": "background"})
        began = time.monotonic()
        until(lambda: time.monotonic() > began + LEASE_S + 3, LEASE_S + 5)
        assert rows(database, "SELECT status, attempts FROM sandbox_job") == [("running", 1)]
    until(lambda: not unfinished(database))
    [(status, attempts, worker)] = rows(database, "SELECT status, attempts, worker FROM sandbox_job")
    assert (status, attempts) == ("done", 1)
    assert f":{one.popen.pid}:" in worker


def test_a_job_that_killed_three_servers_has_failed_and_the_next_one_runs(team: Any) -> None:
    servers, database = team.servers, team.database
    one = servers[0]
    for each in servers:
        each.control("POST", "/jobs/", {"mode": "manual"})
    segments = [
        one("POST", "/segments/", {"name": name, "definition": DEFINITION}).json()["id"] for name in ("bad", "cut off")
    ]
    for each in segments:
        one("POST", f"/segments/{each}/compute/")
    gone = (
        "UPDATE sandbox_job SET status = 'running', worker = 'gone', attempts = %s, lease_until = now() WHERE id = %s"
    )
    first, second = (row[0] for row in rows(database, "SELECT id FROM sandbox_job ORDER BY id"))
    rows(database, gone, 3, first)
    rows(database, gone, 1, second)
    servers[1].control("POST", "/jobs/", {"mode": "background"})
    until(lambda: not unfinished(database))
    found = {row[0]: row[1:] for row in rows(database, "SELECT id, status, attempts, error FROM sandbox_job")}
    assert found == {first: ("failed", 3, "The server died while it ran, 3 times."), second: ("done", 2, "")}
    assert [one("GET", f"/segments/{each}/").json()["status"] for each in segments] == ["draft", "computed"]


def test_a_reset_waits_for_the_jobs_of_other_servers(team: Any, receiver: Receiver) -> None:
    one, other = team.servers
    other.control("POST", "/jobs/", {"mode": "manual"})
    begin_a_delivery(one, receiver)
    done: list[Any] = []
    reset = threading.Thread(target=lambda: done.append(other.control("POST", "/reset/")))
    reset.start()
    # It looks again and again; meanwhile the other server's requests are answered.
    for _ in range(5):
        assert one("GET", "/segments/").json()["count"] == 1
    assert not done
    receiver.open.set()
    reset.join(20)
    assert done[0]["api_key"] == one.key
    assert one("GET", "/segments/").json()["count"] == 0
    assert team.query("SELECT COUNT(*) FROM sandbox_job") == [(0,)]


def test_a_token_outlives_a_reset_by_another_server(team: Any) -> None:
    one, other = team.servers
    body = {"email": "demo@acme.test", "password": "sandbox-demo"}
    one("POST", "/auth/token/", body)
    other.control("POST", "/reset/")
    for minted, used in ((one, other), (other, one)):
        access = minted("POST", "/auth/token/", body).json()["access"]
        assert used("GET", "/segments/", Authorization=f"Bearer {access}").status_code == 200


def test_a_job_that_a_killed_server_left_in_a_sqlite_file_is_done_by_the_next_one(
    launched: Callable[..., Server], tmp_path: Path, receiver: Receiver
) -> None:
    file = f"sqlite:///{tmp_path}/kept.sqlite3"
    first = launched(DATABASE_URL=file).wait()
    begin_a_delivery(first, receiver)
    first.popen.kill()
    first.popen.wait()
    second = launched(DATABASE_URL=file).wait()
    until(lambda: receiver.arrived == 2, LEASE_S + 15)

    def states() -> set[str]:
        return {job["status"] for job in second.control("GET", "/jobs/")["jobs"]}

    until(lambda: states() == {"done"})
