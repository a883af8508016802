"""Events and the database: who waits for its one writer, and how a user's events are found."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sandbox_in_process import sandbox_in_process

NOW = 1_777_636_800_000_000  # 2026-05-01T12:00:00Z
FIRED = {"type": "event_count", "event_type": "view", "operator": "gte", "value": 1}
# As SQLite and PostgreSQL tell it.
SOUGHT = re.compile(r"INDEX sandbox_event_in_order \(tenant_id=\? AND subject_id=\?|Index Cond: .*\bsubject_id\b")
SEQUENCE = {"type": "event_sequence", "events": ["view", "order"], "strict": True}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The sandbox's modules in this process, on a database of their own."""
    with sandbox_in_process(tmp_path_factory.mktemp("engine"), NOW) as tenant:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        from segops_sandbox import explorer, identity, models
        from segops_sandbox.ingestion import events, store
        from segops_sandbox.segments import live, references
        from segops_sandbox.segments.relations import SimulatedEvent

        items = [{"user_id": f"u{n}", "event_type": kind} for n in range(2000) for kind in ("view", "order")]
        store.store(tenant, [events.read(item, uid=None, now=NOW) for item in items])
        if connection.vendor == "postgresql":  # which plans by what it has counted, and counts in its own time
            connection.cursor().execute("ANALYZE")
        yield SimpleNamespace(
            tenant=tenant,
            connection=connection,
            capture=lambda: CaptureQueriesContext(connection),
            explorer=explorer,
            identity=identity,
            models=models,
            live=live,
            checked=references.checked,
            SimulatedEvent=SimulatedEvent,
        )


def plan(connection: Any, statement: str) -> str:
    """How the database would carry a query out, in its own words."""
    with connection.cursor() as cursor:
        cursor.execute(("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + statement)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


@pytest.mark.parametrize("asked", ["profile", "events", "member", "simulated"])
def test_what_asks_for_one_user_does_not_go_through_everybodys_events(engine: SimpleNamespace, asked: str) -> None:
    user = engine.identity.resolve(engine.tenant.pk, "u7")
    definition = {"logic": "AND", "conditions": [FIRED, SEQUENCE]}
    engine.models.Segment.objects.get_or_create(tenant=engine.tenant, name="s", defaults={"definition": definition})
    rules = engine.checked(engine.tenant.pk, definition)
    event = engine.SimulatedEvent("view", NOW, "{}")
    calls = {
        "profile": lambda: engine.explorer.profile(user),
        "events": lambda: list(engine.explorer.events(user)),
        "member": lambda: engine.live.is_member(rules, engine.live.scope_of(engine.tenant.pk, user.pk)),
        "simulated": lambda: engine.live.simulate(engine.tenant.pk, user.pk, event),
    }
    with engine.capture() as queries:
        assert calls[asked]()
    read = [query["sql"] for query in queries if "sandbox_event" in query["sql"]]
    assert read
    for statement in read:
        found = plan(engine.connection, statement)
        assert SOUGHT.search(found), f"{statement}\n{found}"


@pytest.fixture
def on_a_file(start: Any, tmp_path: Path) -> Iterator[tuple[Any, sqlite3.Connection]]:
    """A sandbox on a SQLite file, and another writer of that file, who has begun."""
    path = tmp_path / "shared.sqlite3"
    api = start("--db", str(path), env={"DATABASE_URL": ""})
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        yield api, writer


def test_events_are_read_before_their_turn_to_write_comes(on_a_file: tuple[Any, sqlite3.Connection]) -> None:
    api, writer = on_a_file
    refused = api.post("/ingestion/track/batch/", {"events": {}})
    assert refused.status_code == 400  # and did not wait until the writer was done
    assert api.post("/ingestion/track/", {"user_id": ""}).status_code == 400
    writer.execute("ROLLBACK")
    accepted = api.post("/ingestion/track/batch/", {"events": [{"user_id": "u1", "event_type": "view"}]})
    assert accepted.json() == {"queued": 1, "skipped": 0}
