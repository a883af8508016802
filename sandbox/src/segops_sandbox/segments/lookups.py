"""Sequences of users who go by one id, step by step backwards along the index that has each user's events in order.

From each event of the last step one looks for the one before: most of a history is never read.
"""

from __future__ import annotations

from segops_sandbox.segments.sql import Sql, join, sql


def loose(events: Sql, tenant_id: int, steps: tuple[str, ...], within: int | None, but_for: Sql) -> Sql:
    """The subjects (`subject_id`, except some) who made the steps in order, with other events between them.

    The latest event of a step before the next one begins the shortest span, and leaves most room for those before it.
    """
    layers = [
        sql(
            "SELECT subject_id, id, occurred_at, occurred_at AS ended\nFROM {events}\n"
            "WHERE tenant_id = {tenant} AND event_type = {step} AND subject_id NOT IN ({but_for})",
            events=events,
            tenant=tenant_id,
            step=steps[-1],
            but_for=but_for,
        )
    ]
    for number, step in enumerate(reversed(steps[:-1]), 1):
        before = sql(
            "SELECT p.id FROM {events} AS p\n"
            "WHERE p.tenant_id = {tenant} AND p.subject_id = l.subject_id AND p.event_type = {step}\n"
            "  AND (p.occurred_at, p.id) < (l.occurred_at, l.id){soon}\n"
            "ORDER BY p.occurred_at DESC, p.id DESC LIMIT 1",
            events=events,
            tenant=tenant_id,
            step=step,
            soon=sql("") if within is None else sql(" AND p.occurred_at >= l.ended - {within}", within=within),
        )
        layers.append(
            sql(
                "SELECT q.subject_id, e.id, e.occurred_at, q.ended\nFROM (\n"
                f"  SELECT l.subject_id, l.ended, (\n    {{before}}\n  ) AS before_id FROM layer_{number} AS l\n"
                ") AS q\nJOIN {events} AS e ON e.id = q.before_id",
                before=before,
                events=events,
            )
        )
    named = [sql(f"layer_{number} AS (\n  {{layer}}\n)", layer=layer) for number, layer in enumerate(layers, 1)]
    return sql(f"WITH {{layers}}\nSELECT DISTINCT subject_id FROM layer_{len(steps)}", layers=join(",\n", named))


def strict(events: Sql, tenant_id: int, steps: tuple[str, ...], within: int | None, but_for: Sql) -> Sql:
    """The subjects (`subject_id`, except some) whose events of the steps follow each other directly."""

    def before(number: int, column: str) -> Sql:
        """A column of the event so many places before."""
        return sql(
            f"(\n  SELECT p.{column} FROM {{events}} AS p\n"
            "  WHERE p.tenant_id = {tenant} AND p.subject_id = a.subject_id\n"
            "    AND (p.occurred_at, p.id) < (a.occurred_at, a.id)\n"
            f"  ORDER BY p.occurred_at DESC, p.id DESC LIMIT 1 OFFSET {number - 1}\n)",
            events=events,
            tenant=tenant_id,
        )

    met = [
        sql("{type} = {step}", type=before(number, "event_type"), step=step)
        for number, step in enumerate(reversed(steps[:-1]), 1)
    ]
    if within is not None and len(steps) > 1:
        started = before(len(steps) - 1, "occurred_at")
        met.append(sql("a.occurred_at - {started} <= {within}", started=started, within=within))
    return sql(
        "SELECT DISTINCT a.subject_id\nFROM {events} AS a\n"
        "WHERE a.tenant_id = {tenant} AND a.event_type = {step} AND a.subject_id NOT IN ({but_for})\n  AND {met}",
        events=events,
        tenant=tenant_id,
        step=steps[-1],
        but_for=but_for,
        met=join("\n  AND ", met),
    )
