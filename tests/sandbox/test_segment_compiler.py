"""The members that the compiler selects are those that a plain-Python evaluator finds, over generated histories."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import segment_oracle as oracle
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sandbox_in_process import sandbox_in_process

NOW = 1_777_636_800_000_000  # 2026-05-01T12:00:00Z
DAY = oracle.DAY
ODD_KEY = 'say "hi"\\\n'


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The sandbox's modules in this process, on a database of their own, with one tenant and a frozen clock."""
    with sandbox_in_process(tmp_path_factory.mktemp("engine"), NOW) as tenant:
        from django.db import connection, transaction

        from segops_sandbox import clock, identity, models
        from segops_sandbox.ingestion import events as incoming
        from segops_sandbox.ingestion import store
        from segops_sandbox.segments import compiler, compute_job, explain, live, queries, references

        yield SimpleNamespace(
            tenant=tenant,
            connection=connection,
            transaction=transaction,
            clock=clock,
            identity=identity,
            models=models,
            incoming=incoming,
            store=store,
            compiler=compiler,
            explain=explain,
            live=live,
            queries=queries,
            compute_job=compute_job,
            references=references,
        )


USERS = ["u1", "u2", "U3", "ü4"]
VISITORS = ["anon_a", "anon_b"]
TYPES = ["view", "cart", "order", "context_identified"]
KEYS = ["total", "plan", ODD_KEY, "é.x"]

texts = st.sampled_from(["", "a", "abc", "ABC", "äb", "free", "pro", "5", "a\nb", "%_", "日本", "'"]) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=4
)
amounts = st.integers(-5, 300) | st.integers(-500, 30_000).map(lambda n: n / 100) | st.sampled_from([0.1, 1e15, 2**60])
scalars = texts | amounts | st.booleans()
jsons = scalars | st.none() | st.lists(scalars, max_size=3) | st.just({"a": 1})
payloads = st.dictionaries(st.sampled_from(KEYS), jsons, max_size=3)
# Days and half days, to the microsecond on the edge of a window, also in the future.
moments = st.builds(
    lambda halves, nudge: NOW - halves * DAY // 2 + nudge,
    st.sampled_from([-1, 0, 2, 3, 4, 8]),
    st.sampled_from([0, 0, 0, 1, -1]),
)
events = st.builds(oracle.Event, st.sampled_from(USERS + VISITORS), st.sampled_from(TYPES), moments, payloads)
histories = st.lists(events, max_size=25)
operations = st.lists(
    st.tuples(st.just("alias"), st.sampled_from(VISITORS), st.sampled_from(USERS))
    | st.tuples(st.just("merge"), st.sampled_from(USERS + VISITORS), st.sampled_from(USERS + VISITORS)),
    max_size=5,
)
days = st.integers(1, 6) | st.sampled_from([0.5, 1.5])
comparisons = st.sampled_from(sorted(oracle.COMPARE))
numbers = amounts | st.sampled_from([0, 1, 2, 3])
event_types = st.sampled_from(TYPES)
keys = st.sampled_from(KEYS)
patterns = st.sampled_from(["^a", "b$", "^$", "a.b", "[a-c]{2,3}", "(pro|free)", "^(a|b)+$", r"\d", r"[^\w]", "x*"])


def fixed(**fields: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {name: each if isinstance(each, st.SearchStrategy) else st.just(each) for name, each in fields.items()}
    )


bounds = st.tuples(numbers, numbers) | st.tuples(texts, texts)
tests_of_a_value = st.one_of(
    fixed(operator=st.sampled_from(["eq", "neq", "contains", "does_not_contain"]), value=scalars),
    fixed(operator=st.sampled_from(["gt", "gte", "lt", "lte"]), value=numbers | texts),
    st.builds(
        lambda operator, pair: {"operator": operator, "value": pair[0], "value2": pair[1]},
        st.sampled_from(["between", "not_between"]),
        bounds,
    ),
    fixed(operator=st.sampled_from(["between", "not_between"]), value=bounds.map(list)),
    fixed(operator=st.sampled_from(["in", "not_in"]), value=st.lists(scalars, max_size=4)),
    fixed(operator=st.sampled_from(["starts_with", "ends_with"]), value=texts),
    fixed(operator="matches_regex", value=patterns),
    fixed(operator=st.sampled_from(["is_set", "is_not_set", "is_true", "is_false"])),
)


def with_test(**fields: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda a, b: {**a, **b}, fixed(**fields), tests_of_a_value)


conditions = st.one_of(
    fixed(type="event_count", event_type=event_types, operator=comparisons, value=st.integers(0, 4)),
    fixed(type="event_count", event_type=event_types, operator=comparisons, value=st.integers(0, 3), window_days=days),
    fixed(
        type="recency",
        event_type=event_types,
        operator=st.sampled_from(["gt", "lt", "eq"]),
        window_days=days | st.just(0),
    ),
    fixed(
        type="monetary",
        event_type=event_types,
        property=keys,
        metric=st.sampled_from(["sum", "avg", "max"]),
        operator=comparisons,
        value=numbers,
    ),
    with_test(type="event_property", event_type=event_types, property=keys),
    with_test(type="user_property", property=keys),
    fixed(
        type="event_sequence",
        events=st.lists(event_types, min_size=2, max_size=4),
        strict=st.booleans(),
        window_days=days | st.none(),
    ),
    fixed(type="segment_membership", segment_id=st.just("other"), operator=st.sampled_from(["in", "not_in"])),
)
definitions = fixed(logic=st.sampled_from(["AND", "OR"]), conditions=st.lists(conditions, min_size=1, max_size=4))


class World:
    """A stored history and the same history for the oracle; gone when the test ends."""

    def __init__(self, engine: SimpleNamespace) -> None:
        self.engine = engine
        self.identities = oracle.Identities()
        self.events: list[oracle.Event] = []
        self.other = engine.models.Segment.objects.create(tenant=engine.tenant, name="other")

    def store(self, history: list[oracle.Event]) -> None:
        self.events += history
        encode = self.engine.incoming.encode
        incoming = [
            self.engine.incoming.Incoming(each.raw_id, each.type, each.at, each.payload, encode(each.payload))
            for each in history
        ]
        assert self.engine.store.store(self.engine.tenant, incoming) == len(history)

    def identify(self, operations: list[tuple[str, str, str]]) -> None:
        for kind, left, right in operations:
            if kind == "alias":
                self.engine.identity.alias(self.engine.tenant, left, right)
                self.identities.alias(left, right)
                continue
            try:
                self.engine.identity.merge(self.engine.tenant, left, right)
                merged = True
            except self.engine.identity.LoopError:
                merged = False
            assert merged == self.identities.merge(left, right), (left, right)

    def put_into_other(self, raw_ids: set[str]) -> None:
        subjects = self.engine.identity.ensure_subjects(self.engine.tenant.pk, raw_ids)
        for subject in subjects.values():
            self.other.memberships.create(subject_id=subject, computed_at=self.engine.clock.now())

    def checked(self, definition: dict[str, Any]) -> Any:
        return self.engine.references.checked(self.engine.tenant.pk, self.with_id(definition))

    def with_id(self, definition: dict[str, Any]) -> dict[str, Any]:
        return {
            **definition,
            "conditions": [
                {**each, "segment_id": self.other.pk} if each["type"] == "segment_membership" else each
                for each in definition["conditions"]
            ],
        }

    def members(self, definition: dict[str, Any]) -> set[str]:
        """By the one query."""
        scope = self.engine.queries.scope_now(self.engine.tenant.pk)
        with self.engine.queries.run(scope, self.engine.compiler.members(self.checked(definition), scope)) as cursor:
            found = [row[0] for row in cursor.fetchall()]
        assert len(found) == len(set(found)), "a member twice"
        rows = self.engine.models.Subject.objects.filter(pk__in=found)
        return set(rows.values_list("external_id", flat=True))

    def expected(self, definition: dict[str, Any], stored: set[str] | None = None) -> set[str]:
        """By the oracle."""
        return oracle.members(
            self.with_id(definition), self.events, self.identities, NOW, {self.other.pk: stored or set()}
        )


class Undo(Exception):
    pass


@pytest.fixture(scope="module")
def worlds(engine: SimpleNamespace) -> Any:
    """A context manager of a fresh world; what it stored is rolled back."""
    from contextlib import contextmanager

    @contextmanager
    def world() -> Iterator[World]:
        try:
            with engine.transaction.atomic():
                yield World(engine)
                raise Undo
        except Undo:
            pass

    return world


generous = settings(
    max_examples=int(os.environ.get("SEGOPS_EXAMPLES", "200")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@generous
@given(histories, operations, st.sets(st.sampled_from(USERS + VISITORS)), st.lists(definitions, min_size=1, max_size=4))
def test_the_query_selects_the_members_that_the_evaluator_finds(
    worlds: Any, history: list[oracle.Event], operations: Any, in_other: set[str], several: list[dict[str, Any]]
) -> None:
    with worlds() as world:
        world.store(history)
        world.identify(operations)
        # A stored member has events: it was computed from them.
        in_other = {each for each in in_other if each in {event.raw_id for event in history}}
        world.put_into_other(in_other)
        for definition in several:
            assert world.members(definition) == world.expected(definition, in_other), definition


@generous
@given(histories, operations, definitions, events)
def test_one_user_is_judged_as_the_whole_and_a_simulated_event_as_a_stored_one(
    worlds: Any, history: list[oracle.Event], operations: Any, definition: dict[str, Any], extra: oracle.Event
) -> None:
    from segops_sandbox.segments.relations import SimulatedEvent

    with worlds() as world:
        engine = world.engine
        world.store(history)
        world.identify(operations)
        segment = engine.models.Segment.objects.create(
            tenant=engine.tenant, name="s", definition=world.with_id(definition)
        )
        user = engine.identity.resolve(engine.tenant.pk, extra.raw_id)
        user_id = None if user is None else user.pk
        name = world.identities.canonical(extra.raw_id)

        before = name in world.expected(definition)
        items = engine.explain.explain(engine.tenant.pk, user_id, world.checked(definition))
        combine = all if definition["logic"] == "AND" else any
        if any(world.identities.canonical(event.raw_id) == name for event in history):
            assert combine(item["matches"] for item in items) == before

        event = SimulatedEvent(extra.type, extra.at, engine.incoming.encode(extra.payload))
        rows = engine.models.Event.objects.count()
        change = engine.live.simulate(engine.tenant.pk, user_id, event)
        assert engine.models.Event.objects.count() == rows
        # The world's other segment is active too, and has no rules.
        world.events.append(extra)
        after = name in world.expected(definition)
        assert [each.pk for each in change.entered] == ([segment.pk] if after and not before else [])
        assert [each.pk for each in change.exited] == ([segment.pk] if before and not after else [])
        assert change.unchanged == (2 if before == after else 1)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(histories, definitions), min_size=2, max_size=3))
def test_a_recompute_stores_exactly_the_members_and_counts_who_came_and_went(
    worlds: Any, rounds: list[tuple[list[oracle.Event], dict[str, Any]]]
) -> None:
    with worlds() as world:
        engine = world.engine
        segment = engine.models.Segment.objects.create(tenant=engine.tenant, name="s")
        before: set[str] = set()
        for history, definition in rounds:
            world.store(history)
            outcome = engine.compute_job.replace_members(segment, world.checked(definition))
            expected = world.expected(definition)
            stored = set(segment.memberships.values_list("subject__external_id", flat=True))
            assert stored == expected
            assert (outcome.entered, outcome.left) == (len(expected - before), len(before - expected))
            segment.refresh_from_db()
            assert (segment.status, segment.member_count) == ("computed", len(expected))
            assert [row.count for row in segment.trend.all()] == [len(expected)]
            before = expected


def event_list(*pairs: tuple[str, float]) -> list[oracle.Event]:
    """Events of one user: type and days ago."""
    return [oracle.Event("u1", kind, NOW - round(ago * DAY)) for kind, ago in pairs]


@pytest.mark.parametrize("wanted", ["a", "", "x", True, False, 1, 0, 1.5])
@pytest.mark.parametrize("operator", ["contains", "does_not_contain"])
def test_a_list_contains_its_items_and_nothing_else(worlds: Any, wanted: Any, operator: str) -> None:
    lists = [["a"], [""], ["ab", "a"], [True], [1], [1.5, "x"], [False], [["a"]], [{"a": "a"}], []]
    condition = {"type": "event_property", "event_type": "view", "property": "tags", "operator": operator}
    definition = {"logic": "AND", "conditions": [{**condition, "value": wanted}]}
    with worlds() as world:
        world.store([oracle.Event(f"u{number}", "view", NOW, {"tags": each}) for number, each in enumerate(lists)])
        found = world.members(definition)
        assert found == world.expected(definition)
        held = {
            f"u{number}"
            for number, each in enumerate(lists)
            if any(type(i) is type(wanted) and i == wanted for i in each)
        }
        everybody = {f"u{number}" for number in range(len(lists))}
        assert found == (held if operator == "contains" else everybody - held)


@pytest.mark.parametrize("limit", [2, 20])
@pytest.mark.parametrize("strict", [True, False])
def test_the_longest_allowed_sequence_still_is_one_query(worlds: Any, limit: int, strict: bool) -> None:
    steps = [f"step-{number}" for number in range(limit)]
    definition = {"conditions": [{"type": "event_sequence", "events": steps, "strict": strict, "window_days": limit}]}
    with worlds() as world:
        world.store(event_list(*[(step, limit - number) for number, step in enumerate(steps)]))
        assert world.members(definition) == {"u1"}
        item = world.engine.explain.explain(
            world.engine.tenant.pk,
            world.engine.identity.resolve(world.engine.tenant.pk, "u1").pk,
            world.checked(definition),
        )[0]
        assert (item["actual_value"], item["threshold"], item["matches"]) == (limit, limit, True)


def test_a_definition_at_every_limit_still_runs(worlds: Any) -> None:
    long_list = [f"value-{number}" for number in range(500)]
    condition = {"type": "user_property", "property": "plan", "operator": "not_in", "value": long_list}
    with worlds() as world:
        world.store([oracle.Event("u1", "context_identified", NOW, {"plan": "other"})])
        assert world.members({"logic": "OR", "conditions": [condition] * 50}) == {"u1"}
        assert world.members({"logic": "AND", "conditions": [condition] * 50}) == {"u1"}


@pytest.mark.parametrize(
    ("history", "condition", "matches", "steps"),
    [
        (event_list(("a", 3), ("x", 2), ("b", 1)), {"events": ["a", "b"]}, True, 2),
        (event_list(("a", 3), ("x", 2), ("b", 1)), {"events": ["a", "b"], "strict": True}, False, 1),
        (event_list(("a", 9), ("a", 3), ("b", 1)), {"events": ["a", "b"], "window_days": 2}, True, 2),
        (event_list(("a", 9), ("b", 1)), {"events": ["a", "b"], "window_days": 2}, False, 1),
        (event_list(("a", 3), ("b", 1)), {"events": ["a", "b"], "window_days": 2}, True, 2),
        (event_list(("a", 3), ("b", 1)), {"events": ["a", "b"], "window_days": 2, "strict": True}, True, 2),
        (event_list(("a", 3), ("b", 1)), {"events": ["a", "b"], "window_days": 1.99}, False, 1),
        (event_list(("b", 3), ("a", 1)), {"events": ["a", "b"]}, False, 1),
        (
            event_list(
                ("a", 1),
            ),
            {"events": ["a", "a"]},
            False,
            1,
        ),
        (event_list(("a", 1), ("a", 1)), {"events": ["a", "a"]}, True, 2),
        (
            event_list(
                ("x", 1),
            ),
            {"events": ["a", "b"]},
            False,
            0,
        ),
    ],
)
def test_a_sequence_counts_the_steps_that_were_made(
    worlds: Any, history: list[oracle.Event], condition: dict[str, Any], matches: bool, steps: int
) -> None:
    definition = {"conditions": [{"type": "event_sequence", **condition}]}
    with worlds() as world:
        world.store(history)
        user = world.engine.identity.resolve(world.engine.tenant.pk, "u1")
        item = world.engine.explain.explain(world.engine.tenant.pk, user.pk, world.checked(definition))[0]
        assert (item["matches"], item["actual_value"]) == (matches, steps)
        assert world.members(definition) == ({"u1"} if matches else set())


@pytest.mark.parametrize(
    ("elapsed", "operators"),
    [
        (2 * DAY - 1, {"lt"}),
        (2 * DAY, {"eq"}),
        (2 * DAY + 1, {"eq", "gt"}),
        (3 * DAY - 1, {"eq", "gt"}),
        (3 * DAY, {"gt"}),
        (0, {"lt"}),
        (-1, {"gt"}),  # still to come
        (None, {"gt"}),
    ],
)
def test_recency_compares_to_the_microsecond(worlds: Any, elapsed: int | None, operators: set[str]) -> None:
    with worlds() as world:
        world.store([oracle.Event("u1", "other", NOW)])
        if elapsed is not None:
            world.store([oracle.Event("u1", "view", NOW - elapsed)])
        found = {
            operator
            for operator in ("lt", "eq", "gt")
            if world.members(
                {"conditions": [{"type": "recency", "event_type": "view", "operator": operator, "window_days": 2}]}
            )
        }
        assert found == operators


@pytest.mark.parametrize("raw_ids", [("u1", "u1"), ("u1", "anon_a"), ("anon_a", "u1")])
def test_of_two_events_at_one_moment_the_one_stored_later_is_the_latest(worlds: Any, raw_ids: tuple[str, str]) -> None:
    with worlds() as world:
        world.identify([("alias", "anon_a", "u1")])
        for raw_id, plan in zip(raw_ids, ["free", "pro"], strict=True):
            world.store([oracle.Event(raw_id, "context_identified", NOW, {"plan": plan})])
        for plan, found in [("pro", {"u1"}), ("free", set())]:
            condition = {"type": "user_property", "property": "plan", "operator": "eq", "value": plan}
            assert world.members({"conditions": [condition]}) == found


def test_a_simulated_event_is_later_than_a_stored_one_of_the_same_moment(worlds: Any) -> None:
    from segops_sandbox.segments.relations import SimulatedEvent

    condition = {"type": "user_property", "property": "plan", "operator": "eq", "value": "pro"}
    with worlds() as world:
        engine = world.engine
        world.store([oracle.Event("u1", "context_identified", NOW, {"plan": "free"})])
        engine.models.Segment.objects.create(tenant=engine.tenant, name="s", definition={"conditions": [condition]})
        user = engine.identity.resolve(engine.tenant.pk, "u1")
        event = SimulatedEvent("context_identified", NOW, '{"plan":"pro"}')
        assert [each.name for each in engine.live.simulate(engine.tenant.pk, user.pk, event).entered] == ["s"]


def test_cents_add_up_whatever_their_order(worlds: Any) -> None:
    condition = {
        "type": "monetary", "event_type": "order", "property": "total", "metric": "sum", "operator": "eq", "value": 0.3
    }  # fmt: skip
    with worlds() as world:
        world.store([oracle.Event("u1", "order", NOW, {"total": cents}) for cents in (0.1, 0.2)])
        assert world.members({"conditions": [condition]}) == {"u1"}


def test_the_readable_sql_runs_as_it_is_shown(worlds: Any, tmp_path: Path) -> None:
    definition = {
        "conditions": [
            {"type": "event_count", "event_type": "it's", "operator": "gte", "value": 1},
            {"type": "event_property", "event_type": "it's", "property": "o'clock", "operator": "eq", "value": "5 %"},
        ]
    }
    with worlds() as world:
        world.store([oracle.Event("u1", "it's", NOW, {"o'clock": "5 %"}), oracle.Event("u2", "it's", NOW, {})])
        preview = world.engine.queries.preview(world.engine.tenant.pk, world.checked(definition), 10)
        assert (preview.matched, preview.sample) == (1, ["u1"])
        with world.engine.connection.cursor() as cursor:
            cursor.execute(preview.sql)
            assert len(cursor.fetchall()) == 1


# What the dialects of the two databases would read differently if it were handed on as it is.
TELLING = [
    "^a",
    "a$",
    ".",
    "a.b",
    "[^a]",
    "[a-c0]+",
    "\\d{2}",
    "\\w\\W",
    "\\s",
    "(ab|b)*c",
    "a{2,}?",
    "\\.",
    "x*",
    "^$",
    "é|ü",
    "a^b",
]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(TELLING), st.lists(st.text("abc01é ü.\n_", max_size=5), min_size=1, max_size=4))
def test_a_regular_expression_means_the_same_in_the_database(worlds: Any, pattern: str, values: list[str]) -> None:
    condition = {"type": "user_property", "property": "p", "operator": "matches_regex", "value": pattern}
    with worlds() as world:
        world.store([oracle.Event(f"v{n}", "context_identified", NOW, {"p": text}) for n, text in enumerate(values)])
        assert world.members({"conditions": [condition]}) == world.expected({"conditions": [condition]})
