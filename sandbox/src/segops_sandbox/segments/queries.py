"""Compiled queries at work: what preview and estimate show of their results."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

from segops_sandbox import clock
from segops_sandbox.segments import compiler
from segops_sandbox.segments.conditions import Scope
from segops_sandbox.segments.definition import Definition
from segops_sandbox.segments.dialects import dialect_of
from segops_sandbox.segments.relations import STORED, Relations
from segops_sandbox.segments.sql import Sql, readable, sql


@dataclass(frozen=True)
class Preview:
    """What a definition matches now."""

    matched: int
    sample: list[str]
    sql: str


def scope_now(tenant_id: int, relations: Relations = STORED) -> Scope:
    """The tenant's events as of now, in the dialect of the database."""
    return Scope(tenant_id, clock.now_micros(), dialect_of(connection), relations)


@contextmanager
def run(scope: Scope, query: Sql) -> Iterator[Any]:
    """A cursor that has executed the query."""
    scope.dialect.prepare(connection)
    with connection.cursor() as cursor:
        cursor.execute(query.text, query.params)
        yield cursor


@contextmanager
def kept(scope: Scope, query: Sql, table: str, column: str, column_type: str) -> Iterator[None]:
    """What a query of one column finds, in a temporary table of this connection while the block runs."""
    scope.dialect.prepare(connection)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(f"CREATE TEMPORARY TABLE {table} ({column} {column_type} NOT NULL PRIMARY KEY)")
        try:
            cursor.execute(f"INSERT INTO {table} ({column}) {query.text}", query.params)
            yield
        finally:
            cursor.execute(f"DROP TABLE IF EXISTS {table}")


def one_row(scope: Scope, query: Sql) -> tuple[Any, ...]:
    """The only row of a query."""
    with run(scope, query) as cursor:
        row: tuple[Any, ...] = cursor.fetchone()
    return row


def preview(tenant_id: int, definition: Definition, limit: int) -> Preview:
    """How many users match, the first of their ids, and the query."""
    scope = scope_now(tenant_id)
    members = compiler.members(definition, scope)
    query = sql(
        "WITH members AS MATERIALIZED (\n  {members}\n)\n"
        "SELECT s.external_id, (SELECT COUNT(*) FROM members)\n"
        "FROM members AS m JOIN sandbox_subject AS s ON s.id = m.user_id\n"
        "ORDER BY s.external_id{order} LIMIT {limit}",
        members=members,
        order=scope.dialect.text_order,
        limit=limit,
    )
    with run(scope, query) as cursor:
        rows = cursor.fetchall()
    return Preview(rows[0][1] if rows else 0, [row[0] for row in rows], readable(members))


def estimate(tenant_id: int, definition: Definition) -> int:
    """How many users match; exact, because here that is quick enough."""
    scope = scope_now(tenant_id)
    query = sql("SELECT COUNT(*) FROM (\n  {members}\n) AS members", members=compiler.members(definition, scope))
    return int(one_row(scope, query)[0])
