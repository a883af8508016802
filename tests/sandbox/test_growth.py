"""The cost of ten times the data, counted in steps of SQLite's virtual machine, which do not depend on the load."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from sandbox_in_process import sandbox_in_process

NOW = 1_777_636_800_000_000  # 2026-05-01T12:00:00Z
DAY = 86_400_000_000
KINDS: dict[str, dict[str, Any]] = {
    "event_count": {"type": "event_count", "event_type": "a", "operator": "gte", "value": 3, "window_days": 30},
    "recency": {"type": "recency", "event_type": "a", "operator": "lt", "window_days": 30},
    "monetary": {
        "type": "monetary", "event_type": "a", "property": "total", "metric": "sum", "operator": "gte", "value": 3
    },
    "event_property": {"type": "event_property", "event_type": "a", "property": "total", "operator": "gt", "value": 1},
    "user_property": {"type": "user_property", "property": "plan", "operator": "eq", "value": "pro"},
    "loose": {"type": "event_sequence", "events": ["a", "b", "c"], "window_days": 9},
    "strict": {"type": "event_sequence", "events": ["a", "b", "c"], "strict": True},
    "segment_membership": {"type": "segment_membership", "segment_id": 1, "operator": "in"},
}  # fmt: skip


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The sandbox's modules in this process: users with 400 and with 4,000 events, segments of 400 and 4,000 users."""
    with sandbox_in_process(tmp_path_factory.mktemp("growth"), NOW) as tenant:
        from django.db import connection

        from segops_sandbox import clock, explorer, identity, models
        from segops_sandbox.ingestion import events, store
        from segops_sandbox.segments import definition, explain, live, members
        from segops_sandbox.segments.relations import SimulatedEvent

        if connection.vendor != "sqlite":
            pytest.skip("steps are counted on SQLite only")
        chance = random.Random(1)
        for number in (400, 4000):
            items = [
                {"user_id": f"user-{number}", "event_type": chance.choice(["a", "b", "c", "context_identified"]),
                 "payload": {"total": chance.random(), "plan": "pro"}}
                for _ in range(number)
            ]  # fmt: skip
            store.store(
                tenant,
                [events.read(item, uid=None, now=NOW - chance.randrange(90) * DAY) for item in items],
            )
            segment = models.Segment.objects.create(
                tenant=tenant, name=f"segment-{number}", definition={}, member_count=number
            )
            ids = identity.ensure_subjects(tenant.pk, [f"member-{n:05}" for n in range(number)])
            models.SegmentMembership.objects.bulk_create(
                models.SegmentMembership(segment=segment, subject_id=each, computed_at=clock.now())
                for each in ids.values()
            )

        def steps(work: Callable[[], object]) -> int:
            counted = [0]

            def count() -> int:
                counted[0] += 1
                return 0

            connection.ensure_connection()
            connection.connection.set_progress_handler(count, 100)
            work()
            connection.connection.set_progress_handler(None, 0)
            return counted[0] * 100

        yield SimpleNamespace(
            tenant=tenant,
            steps=steps,
            user=lambda number: identity.resolve(tenant.pk, f"user-{number}"),
            segment=lambda number: models.Segment.objects.get(name=f"segment-{number}"),
            parse=lambda condition: definition.parse({"conditions": [condition]}),
            explain=explain.explain,
            received=lambda: models.EventTally.objects.received(tenant, clock.now()),
            store=lambda number: store.store(
                tenant, [events.read({"user_id": "u", "event_type": "a"}, uid=None, now=NOW) for _ in range(number)]
            ),
            explorer=explorer,
            live=live,
            members=members,
            SimulatedEvent=SimulatedEvent,
        )


@pytest.mark.parametrize("kind", KINDS)
def test_explaining_a_user_with_ten_times_the_events_takes_ten_times_the_work(engine: Any, kind: str) -> None:
    rules = engine.parse(KINDS[kind])
    few, many = (
        engine.steps(lambda number=number: engine.explain(engine.tenant.pk, engine.user(number).pk, rules))
        for number in (400, 4000)
    )
    assert many <= 14 * few + 1000


@pytest.mark.parametrize("kind", KINDS)
def test_so_does_asking_what_one_more_event_changes(engine: Any, kind: str) -> None:
    rules, event = engine.parse(KINDS[kind]), engine.SimulatedEvent("a", NOW, "{}")

    def ask(number: int) -> None:
        engine.live.is_member(rules, engine.live.scope_of(engine.tenant.pk, engine.user(number).pk, event))

    few, many = (engine.steps(lambda number=number: ask(number)) for number in (400, 4000))
    assert many <= 14 * few + 1000


def walk(engine: Any, number: int, limit: int) -> tuple[list[str], list[int]]:
    """The ids of a segment's members, and the steps of each page."""
    segment, ids, costs = engine.segment(number), [], []
    pages: list[Any] = [SimpleNamespace(next_cursor=None)]

    def turn() -> None:
        pages.append(engine.members.page(segment, limit, pages[-1].next_cursor))

    while len(pages) == 1 or pages[-1].next_cursor is not None:
        costs.append(engine.steps(turn))
        ids += [user_id for user_id, _ in pages[-1].members]
    return ids, costs


def test_a_page_of_members_costs_the_same_wherever_it_begins_and_however_large_the_segment(engine: Any) -> None:
    ids, costs = walk(engine, 4000, 100)
    assert ids == [f"member-{n:05}" for n in range(4000)]
    assert max(costs) <= 1.3 * min(costs)
    _, of_a_small_one = walk(engine, 400, 100)
    assert max(costs) <= 1.3 * max(of_a_small_one)


@pytest.mark.parametrize("limit", [1, 7, 400])
def test_the_members_are_the_same_whatever_the_size_of_a_page(engine: Any, limit: int) -> None:
    assert walk(engine, 400, limit)[0] == [f"member-{n:05}" for n in range(400)]


def test_the_users_heard_of_last_are_found_among_the_newest_events(engine: Any) -> None:
    def cost() -> int:
        return engine.steps(lambda: engine.explorer.latest(engine.tenant.pk, 20))  # type: ignore[no-any-return]

    engine.store(6000)
    before = cost()
    engine.store(12_000)
    assert engine.explorer.latest(engine.tenant.pk, 20)[0]["event_count"] >= 18_000
    assert cost() <= 1.1 * before + 12_000 * 16  # the events of that one user are counted, by the index


def test_the_events_of_a_month_are_known_without_counting_them(engine: Any) -> None:
    before = engine.received()
    cost = engine.steps(engine.received)
    storing = engine.steps(lambda: engine.store(500))
    engine.store(5000)
    assert engine.received() == before + 5500
    assert engine.steps(engine.received) <= cost + 200
    assert engine.steps(lambda: engine.store(500)) <= 1.3 * storing
