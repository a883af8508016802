"""A definition compiled to one query: sets of users, intersected, united, subtracted."""

from __future__ import annotations

from segops_sandbox.segments.conditions import Matching, Scope, matching
from segops_sandbox.segments.definition import Definition
from segops_sandbox.segments.sql import Sql, join, sql


def members(definition: Definition, scope: Scope) -> Sql:
    """The query that selects the members (`user_id`, each once)."""
    found = [matching(condition, scope) for condition in definition.conditions]
    inside = [_select(each) for each in found if not each.negated]
    outside = [_select(each) for each in found if each.negated]
    if definition.logic == "AND":
        return _minus(_all(inside) if inside else population(scope), outside)
    if not outside:
        return join("\nUNION\n", inside)
    # a or not b  =  everyone except (b without a)
    return sql(
        "{everyone}\nEXCEPT\nSELECT user_id FROM (\n  {others}\n) AS others",
        everyone=population(scope),
        others=_minus(_all(outside), inside),
    )


def population(scope: Scope) -> Sql:
    """Everyone with at least one stored event."""
    return sql(
        "SELECT s.canonical_id AS user_id\nFROM {subjects} AS s\nWHERE s.tenant_id = {tenant}\n"
        "  AND EXISTS (SELECT 1 FROM {events} AS e WHERE e.tenant_id = {tenant} AND e.subject_id = s.id)\n"
        "GROUP BY s.canonical_id",
        subjects=scope.relations.subjects,
        events=scope.relations.events,
        tenant=scope.tenant_id,
    )


def verdicts(definition: Definition, scope: Scope) -> Sql:
    """For relations of one user: whether the user is in each condition's set, as columns of one row."""
    columns = [
        sql("EXISTS (\n  {users}\n)", users=matching(condition, scope).users) for condition in definition.conditions
    ]
    return sql("{prelude}SELECT {columns}", prelude=scope.relations.prelude, columns=join(",\n", columns))


def _select(found: Matching) -> Sql:
    return sql("SELECT user_id FROM (\n  {users}\n) AS c", users=found.users)


def _all(sets: list[Sql]) -> Sql:
    return join("\nINTERSECT\n", sets)


def _minus(users: Sql, sets: list[Sql]) -> Sql:
    return join("\nEXCEPT\n", [users, *sets])
