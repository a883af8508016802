"""A definition compiled to one query over the catalogue, with one test for each condition."""

from __future__ import annotations

from functools import singledispatch

from segops_sandbox.product_segments import attributes
from segops_sandbox.product_segments import definition as d
from segops_sandbox.segments.conditions import Scope
from segops_sandbox.segments.sql import Sql, join, sql


def products(definition: d.Definition, scope: Scope) -> Sql:
    """The query that selects the SKUs (`sku`, each once) of the products that match."""
    everyone = sql("SELECT p.sku\nFROM sandbox_product AS p\nWHERE p.tenant_id = {tenant}", tenant=scope.tenant_id)
    if not definition.conditions:
        return everyone
    tests = [sql("({test})", test=meets(condition, scope)) for condition in definition.conditions]
    return sql("{everyone} AND (\n  {tests}\n)", everyone=everyone, tests=join(f"\n{definition.logic} ", tests))


@singledispatch
def meets(condition: d.Condition, scope: Scope) -> Sql:
    """Whether the product `p` meets the condition."""
    raise TypeError(f"{condition!r} is not a condition.")


@meets.register
def _attribute(condition: d.ProductAttribute, scope: Scope) -> Sql:
    return attributes.test(condition, scope.dialect)


@meets.register
def _signal(condition: d.BehaviorSignal, scope: Scope) -> Sql:
    """Identity is resolved now: members and events that were merged since the segment was computed count as one.

    A payload names a product by its SKU, as a text or as a number of the same digits, or several in a list.
    """
    payloads = sql(
        "SELECT {product_id}\nFROM {events} AS e\nWHERE e.tenant_id = {tenant} AND e.event_type = {event_type}\n"
        "  AND e.subject_id IN (\n"
        "    SELECT s.id\n    FROM sandbox_segment_membership AS m\n"
        "    JOIN {subjects} AS member ON member.id = m.subject_id\n"
        "    JOIN {subjects} AS s ON s.canonical_id = member.canonical_id\n"
        "    WHERE m.segment_id = {segment}\n  )",
        product_id=scope.dialect.property(sql("e.payload"), condition.product_id_property),
        events=scope.relations.events,
        subjects=scope.relations.subjects,
        tenant=scope.tenant_id,
        event_type=condition.event_type,
        segment=condition.segment_id,
    )
    return sql(
        "p.sku IN (\n  SELECT {name}\n  FROM (\n    {entries}\n  ) AS named\n)",
        name=scope.dialect.plain_text,
        entries=scope.dialect.entries(payloads),
    )


@meets.register
def _visibility(condition: d.VisibilityMetric, scope: Scope) -> Sql:
    return sql("1 = 1")
