"""Previews of a definition of a product segment."""

from __future__ import annotations

from dataclasses import dataclass

from segops_sandbox.product_segments import compiler
from segops_sandbox.product_segments.definition import Definition
from segops_sandbox.segments.queries import run, scope_now
from segops_sandbox.segments.sql import readable, sql


@dataclass(frozen=True)
class Preview:
    """Which products a definition matches now."""

    matched: int
    sample: list[str]
    sql: str


def preview(tenant_id: int, definition: Definition, limit: int) -> Preview:
    """How many products match, the first of their SKUs, and the query."""
    scope = scope_now(tenant_id)
    products = compiler.products(definition, scope)
    query = sql(
        "WITH found AS MATERIALIZED (\n  {products}\n)\n"
        "SELECT sku, (SELECT COUNT(*) FROM found) FROM found ORDER BY sku{order} LIMIT {limit}",
        products=products,
        order=scope.dialect.text_order,
        limit=limit,
    )
    with run(scope, query) as cursor:
        rows = cursor.fetchall()
    return Preview(rows[0][1] if rows else 0, [row[0] for row in rows], readable(products))
