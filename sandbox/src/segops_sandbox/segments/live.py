"""Membership of one user right now, by the same conditions as a recompute, over that user's events only."""

from __future__ import annotations

from dataclasses import dataclass

from segops_sandbox.models import Event, Segment
from segops_sandbox.segments import compiler, queries
from segops_sandbox.segments.conditions import Scope, matching
from segops_sandbox.segments.definition import Definition, DefinitionError
from segops_sandbox.segments.references import checked
from segops_sandbox.segments.relations import SimulatedEvent, one_user


def scope_of(tenant_id: int, canonical_id: int | None, extra: SimulatedEvent | None = None) -> Scope:
    """One user's history as of now; a user who was never seen has an empty one."""
    return queries.scope_now(tenant_id, one_user(tenant_id, canonical_id, extra))


def verdicts(definition: Definition, scope: Scope) -> list[bool]:
    """Whether the user of the scope meets each condition."""
    row = queries.one_row(scope, compiler.verdicts(definition, scope))
    return [
        bool(found) != matching(condition, scope).negated
        for found, condition in zip(row, definition.conditions, strict=True)
    ]


def is_member(definition: Definition, scope: Scope) -> bool:
    """Whether the user, who has at least one event, is a member."""
    met = verdicts(definition, scope)
    return all(met) if definition.logic == "AND" else any(met)


@dataclass(frozen=True)
class Change:
    """Which active segments a user enters and leaves by one more event, and how many stay as they are."""

    entered: list[Segment]
    exited: list[Segment]
    unchanged: int


def simulate(tenant_id: int, canonical_id: int | None, event: SimulatedEvent) -> Change:
    """Compare the user without and with an event that is not stored. A segment without valid rules never changes."""
    before = scope_of(tenant_id, canonical_id)
    after = scope_of(tenant_id, canonical_id, event)
    seen = canonical_id is not None and Event.objects.of_user(tenant_id, canonical_id).exists()
    entered: list[Segment] = []
    exited: list[Segment] = []
    unchanged = 0
    for segment in Segment.objects.filter(tenant_id=tenant_id, is_active=True).order_by("pk"):
        try:
            definition = checked(tenant_id, segment.definition, segment.pk)
        except DefinitionError:
            unchanged += 1
            continue
        was, is_now = seen and is_member(definition, before), is_member(definition, after)
        if was == is_now:
            unchanged += 1
        else:
            (entered if is_now else exited).append(segment)
    return Change(entered, exited, unchanged)
