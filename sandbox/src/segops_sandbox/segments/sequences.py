"""Users who fired some events in order.

Events are ordered by time and, at one moment, in the order in which they were stored. Of users who go by one id the
index has them in that order (`lookups.py`); the others' are sorted here.
Loose: other events may lie between. Each layer looks at the events of one step and finds the latest possible start of
the steps so far among the events before; the latest start gives the shortest span. Strict: the steps follow each other
directly among all events of the user.
"""

from __future__ import annotations

from segops_sandbox.segments import lookups
from segops_sandbox.segments.relations import Relations
from segops_sandbox.segments.sql import Sql, join, sql, values

# Each step looked up is a further table of the query, of which SQLite joins 64.
_MOST_LOOKED_UP = 8
_ORDER = "PARTITION BY user_id ORDER BY occurred_at, id"
_BEFORE = f"({_ORDER} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"


def users(relations: Relations, tenant_id: int, steps: tuple[str, ...], within: int | None, strict: bool) -> Sql:
    """The users (`user_id`) who made all steps, from first to last in at most `within` microseconds."""
    if relations.one_user or len(steps) > _MOST_LOOKED_UP:
        return _by_windows(relations, tenant_id, steps, within, strict)
    # Whoever goes by one id has the events in the order of the index. The events of the others lie in several places
    # of it, and have to be sorted.
    several = sql(
        "SELECT id FROM {subjects} WHERE tenant_id = {tenant} AND canonical_id IN (\n"
        "  SELECT canonical_id FROM {subjects} WHERE tenant_id = {tenant} AND id <> canonical_id\n)",
        subjects=relations.subjects,
        tenant=tenant_id,
    )
    follow = lookups.strict if strict else lookups.loose
    return sql(
        "SELECT subject_id AS user_id FROM (\n  {single}\n) AS single\n"
        "UNION\nSELECT user_id FROM (\n  {merged}\n) AS merged",
        single=follow(relations.events, tenant_id, steps, within, several),
        merged=_by_windows(relations, tenant_id, steps, within, strict, of=several),
    )


def _by_windows(
    relations: Relations,
    tenant_id: int,
    steps: tuple[str, ...],
    within: int | None,
    strict: bool,
    of: Sql | None = None,
) -> Sql:
    """By window functions over the sorted events; `of` some subjects, or of all."""
    layers = _strict(relations, tenant_id, steps, of) if strict else _loose(relations, tenant_id, steps, of)
    done = _made(len(steps), within)
    return sql("SELECT DISTINCT user_id\nFROM (\n  {layers}\n) AS q\nWHERE {done}", layers=layers, done=done)


def steps_made(relations: Relations, tenant_id: int, steps: tuple[str, ...], within: int | None, strict: bool) -> Sql:
    """How many of the first steps were made at most, in one row (`steps`); null without any event."""
    layers = (
        _strict(relations, tenant_id, steps) if strict else _loose(relations, tenant_id, steps, keep_all_steps=True)
    )
    cases = sql("")
    for number in range(len(steps), 0, -1):
        cases = sql(f"{{cases}} WHEN {{made}} THEN {number}", cases=cases, made=_made(number, within))
    return sql("SELECT MAX(CASE{cases} ELSE 0 END) AS steps\nFROM (\n  {layers}\n) AS q", cases=cases, layers=layers)


def _made(number: int, within: int | None) -> Sql:
    """Whether the first so many steps end at this row: `start_n` is when they began, `end_n` when they ended."""
    made = sql(f"start_{number} IS NOT NULL")
    if within is not None and number > 1:
        made = sql(f"{{made}} AND end_{number} - start_{number} <= {{within}}", made=made, within=within)
    return made


def _loose(
    relations: Relations, tenant_id: int, steps: tuple[str, ...], of: Sql | None = None, *, keep_all_steps: bool = False
) -> Sql:
    """One layer per step; a chain of common table expressions, because nested they would exceed SQLite's parser."""
    layers = [
        sql(
            "SELECT s.canonical_id AS user_id, e.id, e.event_type, e.occurred_at,\n"
            "  CASE WHEN e.event_type = {step} THEN e.occurred_at END AS start_1, e.occurred_at AS end_1\n"
            "FROM {events} AS e\nJOIN {subjects} AS s ON s.id = e.subject_id\n"
            "WHERE e.tenant_id = {tenant} AND e.event_type IN ({types}){only}",
            step=steps[0],
            events=relations.events,
            subjects=relations.subjects,
            tenant=tenant_id,
            types=values(dict.fromkeys(steps)),
            only=_only("e.subject_id", of),
        )
    ]
    for number, step in enumerate(steps[1:], 2):
        layer = sql(
            f"SELECT user_id, id, event_type, occurred_at"
            f"{_earlier(number) if keep_all_steps else ''},\n"
            f"  CASE WHEN event_type = {{step}} THEN MAX(start_{number - 1}) OVER {_BEFORE} END AS start_{number},\n"
            f"  occurred_at AS end_{number}\n"
            f"FROM layer_{number - 1}",
            step=step,
        )
        if not keep_all_steps and number > 2:  # what later steps do not look at need not be sorted again
            layer = sql(
                f"{{layer}} WHERE start_{number - 1} IS NOT NULL OR event_type IN ({{later}})",
                layer=layer,
                later=values(dict.fromkeys(steps[number - 1 :])),
            )
        layers.append(layer)
    named = [sql(f"layer_{number} AS (\n  {{layer}}\n)", layer=layer) for number, layer in enumerate(layers, 1)]
    return sql(f"WITH {{layers}}\nSELECT * FROM layer_{len(steps)}", layers=join(",\n", named))


def _only(column: str, of: Sql | None) -> Sql:
    return sql("") if of is None else sql(f" AND {column} IN ({{of}})", of=of)


def _earlier(number: int) -> str:
    return "".join(f", start_{n}, end_{n}" for n in range(1, number))


def _strict(relations: Relations, tenant_id: int, steps: tuple[str, ...], of: Sql | None = None) -> Sql:
    """All events of the users who made the first step, each with the steps that begin there."""
    history = sql(
        "SELECT s.canonical_id AS user_id, e.id, e.event_type, e.occurred_at\n"
        "FROM {subjects} AS s\nJOIN {events} AS e ON e.tenant_id = {tenant} AND e.subject_id = s.id\n"
        "WHERE s.tenant_id = {tenant} AND s.canonical_id IN (\n"
        "  SELECT f.canonical_id FROM {events} AS g JOIN {subjects} AS f ON f.id = g.subject_id\n"
        "  WHERE g.tenant_id = {tenant} AND g.event_type = {step}{first}\n"
        "){only}",
        subjects=relations.subjects,
        events=relations.events,
        tenant=tenant_id,
        step=steps[0],
        first=_only("g.subject_id", of),
        only=_only("s.id", of),
    )
    following = "".join(
        f",\n  LEAD(event_type, {n}) OVER ({_ORDER}) AS type_{n + 1}, "
        f"LEAD(occurred_at, {n}) OVER ({_ORDER}) AS end_{n + 1}"
        for n in range(1, len(steps))
    )
    rows = sql(
        f"SELECT user_id, event_type AS type_1, occurred_at AS end_1{following}\nFROM (\n  {{history}}\n) AS h",
        history=history,
    )
    starts = sql("")
    for number in range(1, len(steps) + 1):
        same = sql("")
        for n in range(number):
            same = sql(f"{{same}}{' AND ' if n else ''}type_{n + 1} = {{step}}", same=same, step=steps[n])
        starts = sql(f"{{starts}}, CASE WHEN {{same}} THEN end_1 END AS start_{number}", starts=starts, same=same)
    return sql("SELECT r.*{starts}\nFROM (\n  {rows}\n) AS r", starts=starts, rows=rows)
