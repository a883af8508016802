"""The storage of events, a batch at once: schemas applied, ids and identities looked up together, rows in bulk."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction

from segops_sandbox import clock, tracked_users
from segops_sandbox.identity import alias_in_bulk, ensure_subjects
from segops_sandbox.ingestion.bots import HUMAN
from segops_sandbox.ingestion.events import Incoming, encode
from segops_sandbox.ingestion.schemas import check
from segops_sandbox.models import EventSchema, EventTally, IngestionError, Tenant

_INSERT = (
    "INSERT INTO sandbox_event "
    "(tenant_id, subject_id, event_type, occurred_at, payload, bot_class, received_at) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s)"
)


@transaction.atomic
def store(tenant: Tenant, events: Sequence[Incoming], *, bot_class: str = HUMAN) -> int:
    """Store events in their order; returns how many. The others violate their event type's schema and are noted.

    Whoever was seen with a visitor id and a user id is tied to it: the first user of a visitor wins.
    """
    accepted = _by_schema(tenant, events)
    received = clock.now_micros()
    pairs: dict[str, str] = {}
    ids: set[str] = set()
    for event, _ in accepted:
        ids.add(event.user_id)
        if event.visitor and event.visitor != event.user_id:
            ids.add(event.visitor)
            pairs.setdefault(event.visitor, event.user_id)
    subjects = ensure_subjects(tenant.pk, ids)
    if pairs:
        alias_in_bulk(tenant.pk, pairs, subjects)
    rows = [
        (tenant.pk, subjects[event.user_id], event.event_type, event.occurred_at, payload, bot_class, received)
        for event, payload in accepted
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_INSERT, rows)
        EventTally.objects.add(tenant, clock.from_micros(received), len(rows))
        tracked_users.plan(tenant)
    return len(rows)


def _by_schema(tenant: Tenant, events: Sequence[Incoming]) -> list[tuple[Incoming, str]]:
    """The events that satisfy the schema of their type, each with its payload as it is to be stored."""
    types = {event.event_type for event in events}
    schemas = dict(
        EventSchema.objects.filter(tenant=tenant, event_type__in=types).values_list("event_type", "properties")
    )
    accepted: list[tuple[Incoming, str]] = []
    failures: list[IngestionError] = []
    for event in events:
        if event.event_type not in schemas:
            accepted.append((event, event.encoded))
            continue
        coerced, errors = check(schemas[event.event_type], event.payload)
        if errors:
            failures.append(_failure(tenant, event, errors))
        else:
            accepted.append((event, encode(coerced)))
    IngestionError.objects.bulk_create(failures)
    return accepted


def _failure(tenant: Tenant, event: Incoming, errors: list[dict[str, str]]) -> IngestionError:
    text = "; ".join(f"{error['property']}: {error['message']}" for error in errors)
    return IngestionError(tenant=tenant, event_type=event.event_type, occurred_at=event.occurred_at, failure=text)
