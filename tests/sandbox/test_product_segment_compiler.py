"""The products that the compiler selects are those that a plain-Python evaluator finds, over generated catalogues."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import product_segment_oracle as oracle
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sandbox_in_process import sandbox_in_process
from segment_oracle import Event, Identities

NOW = 1_777_636_800_000_000  # 2026-05-01T12:00:00Z
ODD_KEY = 'say "hi"\\\n'


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The sandbox's modules in this process, on a database of their own, with one tenant and a frozen clock."""
    with sandbox_in_process(tmp_path_factory.mktemp("engine"), NOW) as tenant:
        from django.db import transaction

        from segops_sandbox import clock, identity, models
        from segops_sandbox.ingestion import events as incoming
        from segops_sandbox.ingestion import store
        from segops_sandbox.product_segments import compiler, compute, definition, queries
        from segops_sandbox.segments import queries as user_queries

        yield SimpleNamespace(
            tenant=tenant,
            transaction=transaction,
            clock=clock,
            identity=identity,
            models=models,
            incoming=incoming,
            store=store,
            compiler=compiler,
            compute=compute,
            definition=definition,
            queries=queries,
            user_queries=user_queries,
        )


class World:
    """A stored catalogue and history, and the same for the oracle; gone when the test ends."""

    def __init__(self, engine: SimpleNamespace) -> None:
        self.engine = engine
        self.products: list[oracle.Product] = []
        self.events: list[Event] = []
        self.identities = Identities()
        self.people = engine.models.Segment.objects.create(tenant=engine.tenant, name="people")
        self.members: set[str] = set()

    def catalogue(self, products: list[oracle.Product]) -> None:
        self.products = products
        rows = self.engine.models.Product
        rows.objects.filter(tenant=self.engine.tenant).delete()
        for each in products:
            rows.objects.create(tenant=self.engine.tenant, sku=each.sku, name=each.name, data=each.data)

    def store(self, history: list[Event]) -> None:
        self.events += history
        incoming, encode = self.engine.incoming.Incoming, self.engine.incoming.encode
        rows = [incoming(each.raw_id, each.type, each.at, each.payload, encode(each.payload)) for each in history]
        assert self.engine.store.store(self.engine.tenant, rows) == len(history)

    def put_into_segment(self, raw_ids: set[str]) -> None:
        self.members |= raw_ids
        for subject in self.engine.identity.ensure_subjects(self.engine.tenant.pk, raw_ids).values():
            self.people.memberships.create(subject_id=subject, computed_at=self.engine.clock.now())

    def identify(self, merges: list[tuple[str, str]]) -> None:
        for left, right in merges:
            try:
                self.engine.identity.merge(self.engine.tenant, left, right)
                merged = True
            except self.engine.identity.LoopError:
                merged = False
            assert merged == self.identities.merge(left, right), (left, right)

    def definition(self, definition: dict[str, Any]) -> dict[str, Any]:
        signal = {"segment_id": str(self.people.pk)}
        return {
            **definition,
            "conditions": [
                {**each, **signal} if each["type"] == "user_behavior_signal" else each
                for each in definition["conditions"]
            ],
        }

    def checked(self, definition: dict[str, Any]) -> Any:
        return self.engine.definition.checked(self.engine.tenant.pk, self.definition(definition))

    def found(self, definition: dict[str, Any]) -> set[str]:
        """By the one query."""
        scope = self.engine.user_queries.scope_now(self.engine.tenant.pk)
        query = self.engine.compiler.products(self.checked(definition), scope)
        with self.engine.user_queries.run(scope, query) as cursor:
            skus = [row[0] for row in cursor.fetchall()]
        assert len(skus) == len(set(skus)), "a product twice"
        return set(skus)

    def expected(self, definition: dict[str, Any]) -> set[str]:
        """By the oracle."""
        return oracle.matching(
            self.definition(definition), self.products, self.events, self.identities, {self.people.pk: self.members}
        )


class Undo(Exception):
    pass


@pytest.fixture(scope="module")
def worlds(engine: SimpleNamespace) -> Any:
    """A context manager of a fresh world; what it stored is rolled back."""

    @contextmanager
    def world() -> Iterator[World]:
        try:
            with engine.transaction.atomic():
                yield World(engine)
                raise Undo
        except Undo:
            pass

    return world


SKUS = ["A1", "a1", "5", "0.5", "ü", "'", "A1,5"]
KEYS = ["price", "tags", ODD_KEY, "é.x", "sku", "name"]
PEOPLE = ["u1", "u2", "anon_a"]
TYPES = ["order_completed", "product_viewed", "looked"]

numerals = st.sampled_from(
    ["5", " 5\n", "-5.50", "+.5", "5.", "1e2", "1E-2", "0", "-0", "1_0", "e1", "5 5", "٥", "inf", "0x5"]
)
words = st.sampled_from(
    ["", "a", "abc", "ABC", "äb", "true", " Yes", "N", "a, b ,,c", ",", " \t", "%_", "日本😀", "'", '"\\']
)
texts = words | numerals | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=4)
numbers = (
    st.integers(-5, 300)
    | st.integers(-500, 30_000).map(lambda n: n / 100)
    | st.sampled_from([0.1, 5.0, 1e15, 2**60, 1e22, 10**20, 5e-7, -0.0, 1.5e-7])
)
scalars = texts | numbers | st.booleans()
prices = st.fixed_dictionaries({"amount": numbers | texts | st.none(), "currency": st.just("EUR")}) | st.just({"x": 1})
values = st.one_of(
    scalars,
    st.none(),
    prices,
    st.just({}),
    st.lists(scalars | st.none() | prices | st.just([]) | st.just([5]), max_size=3),
)
products = st.builds(
    oracle.Product, st.sampled_from(SKUS), texts, st.dictionaries(st.sampled_from(KEYS), values, max_size=4)
)
catalogues = st.lists(products, max_size=6, unique_by=lambda product: product.sku)
payloads = st.dictionaries(
    st.sampled_from(["product_id", "é"]),
    st.sampled_from([*SKUS, 5, 0.5, None, {"a": 1}]) | st.lists(st.sampled_from(SKUS), max_size=2),
)
histories = st.lists(
    st.builds(Event, st.sampled_from(PEOPLE), st.sampled_from(TYPES), st.integers(NOW - 9, NOW), payloads), max_size=8
)
merges = st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)), max_size=2)
keys = st.sampled_from(KEYS)
wanted_numbers = numbers | st.sampled_from(["5", " 5 ", "-5.5", "1e2"])
entries = scalars.filter(lambda value: not oracle.is_blank(value) and value != 10**20)
operands = scalars.filter(lambda value: oracle.as_text(value) is not None)


def attribute(value_type: str, *operators: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "type": st.just("product_attribute"),
            "property": keys,
            "value_type": st.just(value_type),
            "operator": st.sampled_from(operators),
            **fields,
        }
    )


def numeric(value_type: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(
        attribute(value_type, "eq", "neq", "gt", "gte", "lt", "lte", value=wanted_numbers),
        attribute(value_type, "between", "not_between", value=wanted_numbers, value2=wanted_numbers),
        attribute(value_type, "in", "not_in", value=st.lists(wanted_numbers, max_size=3)),
    )


text_operators = ("eq", "neq", "contains", "does_not_contain", "starts_with", "ends_with")
conditions = st.one_of(
    attribute("string", *text_operators, value=operands),
    attribute("string", "in", "not_in", value=st.lists(operands, max_size=3)),
    numeric("number"),
    numeric("price"),
    attribute("boolean", "is_true", "is_false"),
    attribute(
        "array", "contains", "does_not_contain", value=entries.filter(lambda value: oracle.as_text(value) is not None)
    ),
    attribute("url", "eq", value=operands),
    *[attribute(each, "is_set", "is_not_set") for each in ("string", "number", "price", "array", "url")],
    st.fixed_dictionaries(
        {"type": st.just("user_behavior_signal"), "signal": st.sampled_from(sorted(oracle.DEFAULT_EVENT))},
        optional={"event_type": st.sampled_from(TYPES), "product_id_property": st.sampled_from(["é", "product_id"])},
    ),
    st.just({"type": "ai_visibility_metric"}),
)
definitions = st.fixed_dictionaries(
    {"logic": st.sampled_from(["AND", "OR"]), "conditions": st.lists(conditions, max_size=4)}
)

generous = settings(
    max_examples=int(os.environ.get("SEGOPS_EXAMPLES", "200")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@generous
@given(catalogues, histories, st.sets(st.sampled_from(PEOPLE)), merges, st.lists(definitions, min_size=1, max_size=5))
def test_the_query_selects_the_products_that_the_evaluator_finds(
    worlds: Any,
    catalogue: list[oracle.Product],
    history: list[Event],
    members: set[str],
    merged: list[tuple[str, str]],
    several: list[dict[str, Any]],
) -> None:
    with worlds() as world:
        world.catalogue(catalogue)
        world.store(history)
        world.put_into_segment(members)
        world.identify(merged)  # after the membership was stored: identity is resolved when the query runs
        for definition in several:
            assert world.found(definition) == world.expected(definition), definition


@generous
@given(keys, values, conditions.filter(lambda each: each["type"] == "product_attribute"))
def test_one_field_is_judged_as_the_evaluator_does(
    worlds: Any, key: str, value: Any, condition: dict[str, Any]
) -> None:
    definition = {"conditions": [{**condition, "property": key}]}
    with worlds() as world:
        world.catalogue([oracle.Product("A1", "Boot", {key: value})])
        assert world.found(definition) == world.expected(definition)


# Few values, so that what is stored and what is asked for often meet.
few = st.sampled_from([0, 5, 9.5, 12, "5", " 9.5\n", "x", "x, 5", "xy", "Yes", "n ", True, False, 1])
few_priced = few | st.builds(lambda amount: {"amount": amount, "currency": "EUR"}, few)
stored = (
    few_priced | st.lists(few_priced, max_size=3) | st.sampled_from([None, "", " \t", {}, [None, ""], ",", "5,x , y"])
)


def asked(value_type: str, operators: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """A condition of a type about the field `f`, with any of its operators."""
    value = st.sampled_from([0, 5, 9.5, 12, "5", " 9.5\n", 1]) if value_type in ("number", "price") else few
    operands: dict[str, dict[str, st.SearchStrategy[Any]]] = {
        **{key: {"value": value, "value2": value} for key in ("between", "not_between")},
        **{key: {"value": st.lists(value, max_size=2)} for key in ("in", "not_in")},
        **{key: {} for key in ("is_set", "is_not_set", "is_true", "is_false")},
    }
    one = st.sampled_from(operators).flatmap(
        lambda name: attribute(value_type, name, **operands.get(name, {"value": value}))
    )
    return one.map(lambda condition: {**condition, "property": "f"})


@pytest.mark.parametrize("value_type", ["string", "number", "price", "boolean", "array", "url"])
@settings(generous, max_examples=50)
@given(st.data())
def test_fields_that_nearly_match_are_distinguished(worlds: Any, value_type: str, data: st.DataObject) -> None:
    fields = data.draw(st.lists(stored, min_size=8, max_size=16))
    with worlds() as world:
        conditions = st.lists(asked(value_type, world.engine.definition.OPERATORS[value_type]), min_size=4, max_size=4)
        world.catalogue([oracle.Product(f"A{number}", data={"f": value}) for number, value in enumerate(fields)])
        for condition in data.draw(conditions):
            assert world.found({"conditions": [condition]}) == world.expected({"conditions": [condition]}), condition


@settings(generous, max_examples=100)
@given(
    st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(SKUS)), min_size=1, max_size=4),
    st.sets(st.sampled_from(PEOPLE), min_size=1),
    st.lists(st.permutations(PEOPLE).map(lambda people: (people[0], people[1])), min_size=1, max_size=3),
)
def test_a_signal_resolves_who_is_who_when_it_is_asked(
    worlds: Any, views: list[tuple[str, str]], members: set[str], merged: list[tuple[str, str]]
) -> None:
    signal = {"type": "user_behavior_signal", "signal": "viewed_by_segment"}
    with worlds() as world:
        world.catalogue([oracle.Product(sku) for sku in SKUS])
        world.store([Event(person, "product_viewed", NOW, {"product_id": sku}) for person, sku in views])
        world.put_into_segment(members)
        world.identify(merged)
        assert world.found({"conditions": [signal]}) == world.expected({"conditions": [signal]})


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(catalogues, definitions), min_size=2, max_size=3))
def test_a_compute_stores_exactly_the_skus(worlds: Any, rounds: list[tuple[list[oracle.Product], Any]]) -> None:
    with worlds() as world:
        segment = world.engine.models.ProductSegment.objects.create(tenant=world.engine.tenant, name="s")
        for catalogue, definition in rounds:
            world.catalogue(catalogue)
            found = world.engine.compute.replace_products(segment, world.checked(definition))
            expected = world.expected(definition)
            stored = list(segment.memberships.values_list("sku", flat=True))
            segment.refresh_from_db()
            assert (found, sorted(stored), segment.computed_count) == (len(expected), sorted(expected), len(expected))
            preview = world.engine.queries.preview(world.engine.tenant.pk, world.checked(definition), 3)
            assert (preview.matched, preview.sample) == (len(expected), sorted(expected)[:3])


@pytest.mark.parametrize("logic", ["AND", "OR"])
def test_a_definition_at_every_limit_still_runs(worlds: Any, logic: str) -> None:
    condition = {
        "type": "product_attribute",
        "property": ODD_KEY,
        "operator": "not_in",
        "value_type": "price",
        "value": list(range(500)),
    }
    with worlds() as world:
        world.catalogue([oracle.Product("A1", data={ODD_KEY: 500}), oracle.Product("A2", data={ODD_KEY: 499})])
        assert world.found({"logic": logic, "conditions": [condition] * 50}) == {"A1"}


def test_numbers_and_prices_compare_as_floats_and_numerals_have_a_limit(worlds: Any) -> None:
    def found(value: Any, operator: str, wanted: Any) -> bool:
        condition = {"type": "product_attribute", "property": "n", "value_type": "number", "operator": operator}
        with worlds() as world:
            world.catalogue([oracle.Product("A1", data={"n": value})])
            return bool(world.found({"conditions": [{**condition, "value": wanted}]}))

    assert found("129.99", "eq", 129.99)
    assert found(0.30000000000000004, "eq", 0.1 + 0.2)
    assert found(2**53 + 1, "eq", 2**53)
    assert found("9" * 30, "gt", 1e29)
    assert not found("9" * 31, "gt", 0)  # an article number rather than a number
    assert not found("1e999", "gt", 0)
    assert not found(10**400, "gt", 0)  # JSON can say it, a float cannot
    assert found(-(10**300), "lt", 0)
