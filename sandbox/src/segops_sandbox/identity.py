"""Identity: raw ids as subjects, and the edges that make several of them one person.

A subject has at most one edge to another; `canonical` is where its edges lead in the end. Alias and merge rewrite
`canonical`, never events: https://segops.ai/docs/identity-resolution

Whoever adds an edge first makes the ids known and then has the tenant to itself: two edges that are drawn at the same
time, on one server or two, could otherwise each build on what the other one is changing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from segops_sandbox import clock
from segops_sandbox.models import IdentityEdge, Subject, Tenant
from segops_sandbox.tracked_users import kept_while_tying

log = logging.getLogger("segops_sandbox.identity")

MAX_ID = 255


class LoopError(ValueError):
    """The two ids are one, or a merge would lead back to where it began."""


@dataclass(frozen=True)
class Resolution:
    """Where an id leads after an alias or merge, and whether that is new."""

    canonical_id: str
    created: bool


def visitor(anonymous_id: str) -> str:
    """The raw id of a visitor: `anon_` before the id, unless it is there already."""
    return anonymous_id if anonymous_id.startswith(Subject.VISITOR) else Subject.VISITOR + anonymous_id


def resolve(tenant_id: int, user_id: str) -> Subject | None:
    """The canonical subject of a raw id; None for an id that was never seen."""
    found = Subject.objects.select_related("canonical").filter(tenant_id=tenant_id, external_id=user_id).first()
    return None if found is None else found.canonical


def ensure_subjects(tenant_id: int, external_ids: Iterable[str]) -> dict[str, int]:
    """The subjects of raw ids, created where they are missing. Call it inside a transaction."""
    wanted = set(external_ids)
    found = _subject_ids(tenant_id, wanted)
    missing = sorted(wanted - found.keys())  # sorted, so that two writers wait for each other in one order
    if missing:
        with connection.cursor() as cursor:
            # 0 until the row knows its own id; the foreign key is checked at the commit.
            cursor.executemany(
                "INSERT INTO sandbox_subject (tenant_id, external_id, canonical_id) VALUES (%s, %s, 0) "
                "ON CONFLICT (tenant_id, external_id) DO NOTHING",
                [(tenant_id, each) for each in missing],
            )
            cursor.execute(
                "UPDATE sandbox_subject SET canonical_id = id WHERE canonical_id = 0 AND tenant_id = %s", [tenant_id]
            )
        found |= _subject_ids(tenant_id, missing)
    return found


@transaction.atomic
def alias(tenant: Tenant, anonymous_id: str, user_id: str) -> Resolution:
    """Declare that a visitor is a user. The first claim on a visitor wins; a later one changes nothing.

    Raises LoopError when both are the same id.
    """
    source_id = visitor(anonymous_id)
    if source_id == user_id:
        raise LoopError("An id cannot be an alias of itself.")
    subjects = ensure_subjects(tenant.pk, [source_id, user_id])
    _one_at_a_time(tenant.pk)
    source, target = _subject(subjects[source_id]), _subject(subjects[user_id])
    existing = IdentityEdge.objects.filter(source=source).exists()
    created = not existing and target.canonical_id != source.pk
    if created:
        _tie(tenant.pk, [(source.pk, target.pk)])
    elif source.canonical_id != target.canonical_id:
        log.info("%s is %s already; the claim of %s is ignored", source_id, source.canonical_id, user_id)
    return Resolution(_canonical_name(source.pk), created)


def alias_in_bulk(tenant_id: int, pairs: Mapping[str, str], subjects: Mapping[str, int]) -> None:
    """Record what events said in passing: visitors (keys) who were seen as users. Call it inside a transaction.

    An id that is itself a visitor's is no identification.
    """
    claims = {
        subjects[source]: subjects[target] for source, target in pairs.items() if not target.startswith(Subject.VISITOR)
    }
    if not _unclaimed(claims):
        return  # most visitors are known: nobody has to wait for them
    _one_at_a_time(tenant_id)
    rows = Subject.objects.filter(pk__in=[*claims, *claims.values()])
    canonical = dict(rows.values_list("pk", "canonical_id"))
    unclaimed = _unclaimed(claims)
    _tie(
        tenant_id,
        [
            (source, target)
            for source, target in claims.items()
            if source in unclaimed and canonical[source] == source and canonical[target] != source
        ],
    )


@transaction.atomic
def merge(tenant: Tenant, from_user_id: str, into_user_id: str) -> Resolution:
    """Make one user part of another, with all ids that lead to it; replaces an edge that it had.

    Raises LoopError when both are the same id or `into` already leads to `from`.
    """
    if from_user_id == into_user_id:
        raise LoopError("A user cannot be merged into itself.")
    subjects = ensure_subjects(tenant.pk, [from_user_id, into_user_id])
    _one_at_a_time(tenant.pk)
    source, target = _subject(subjects[from_user_id]), _subject(subjects[into_user_id])
    followers = _leading_to(source.pk)
    if target.pk in followers:
        raise LoopError(f"{into_user_id} is already a part of {from_user_id}.")
    IdentityEdge.objects.filter(source=source).delete()
    IdentityEdge.objects.create(tenant=tenant, source=source, target=target, kind=IdentityEdge.MERGE)
    with kept_while_tying(tenant.pk, [source.pk, target.pk]):
        Subject.objects.filter(pk__in=followers).update(canonical_id=target.canonical_id)
    return Resolution(_canonical_name(source.pk), True)


def _tie(tenant_id: int, claims: list[tuple[int, int]]) -> None:
    """Alias subjects that lead nowhere yet, one after the other: the second may build on the first."""
    now = clock.now()
    IdentityEdge.objects.bulk_create(
        IdentityEdge(tenant_id=tenant_id, source_id=source, target_id=target, kind=IdentityEdge.ALIAS, created_at=now)
        for source, target in claims
    )
    tied = {subject for claim in claims for subject in claim}
    with kept_while_tying(tenant_id, tied), connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE sandbox_subject SET canonical_id = (SELECT t.canonical_id FROM sandbox_subject AS t "
            "WHERE t.id = %s) WHERE canonical_id = %s",
            [(target, source) for source, target in claims],
        )


def _leading_to(subject_id: int) -> set[int]:
    """The subject and all whose edges lead to it."""
    found: set[int] = set()
    waiting: list[int] = [subject_id]
    while waiting:
        found.update(waiting)
        edges: Any = IdentityEdge.objects.filter(target__in=waiting)
        waiting = [each for each in edges.values_list("source_id", flat=True) if each not in found]
    return found


def _one_at_a_time(tenant_id: int) -> None:
    """Have the tenant's identities to oneself until the transaction ends."""
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant_id)


def _unclaimed(sources: Iterable[int]) -> set[int]:
    wanted = set(sources)
    return wanted.difference(IdentityEdge.objects.filter(source__in=wanted).values_list("source_id", flat=True))


def _subject(subject_id: int) -> Subject:
    return Subject.objects.get(pk=subject_id)


def _canonical_name(subject_id: int) -> str:
    return Subject.objects.select_related("canonical").get(pk=subject_id).canonical.external_id


def _subject_ids(tenant_id: int, external_ids: Iterable[str]) -> dict[str, int]:
    wanted = list(external_ids)
    if not wanted:
        return {}
    # Not by the ORM, which takes longer to prepare 500 values than the database to look them up.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT external_id, id FROM sandbox_subject WHERE tenant_id = %s "
            f"AND external_id IN ({', '.join(['%s'] * len(wanted))})",
            [tenant_id, *wanted],
        )
        return dict(cursor.fetchall())
