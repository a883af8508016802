"""Where a query reads from: the stored tables, or one user's history, with or without one more event."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from segops_sandbox.segments.sql import Sql, sql

# Later than any stored event of the same moment.
_NEWEST = 2**63 - 1


@dataclass(frozen=True)
class Relations:
    """The relations that conditions select from, and what has to stand before the query to make them."""

    events: Sql
    subjects: Sql
    prelude: Sql
    # Whether all of it is one user's. What is made for a query has no index: it is read through, once.
    one_user: bool = False


STORED = Relations(sql("sandbox_event"), sql("sandbox_subject"), sql(""))


@dataclass(frozen=True)
class SimulatedEvent:
    """An event that is not stored."""

    event_type: str
    occurred_at: int
    payload: str


def one_user(tenant_id: int, canonical_id: int | None, extra: SimulatedEvent | None = None) -> Relations:
    """The history of one user under the names of the tables, so that the same conditions read it.

    A user who was never seen (None) has an empty history. An extra event exists in this query only: nothing is stored.
    """
    subject = canonical_id if canonical_id is not None else 0
    own = sql("SELECT id, tenant_id, canonical_id FROM sandbox_subject WHERE canonical_id = {subject}", subject=subject)
    if canonical_id is None:
        own = sql("{own}\nUNION ALL SELECT 0, {tenant}, 0", own=own, tenant=tenant_id)
    history = sql(
        "SELECT id, tenant_id, subject_id, event_type, occurred_at, payload FROM sandbox_event\n"
        "WHERE tenant_id = {tenant} AND subject_id IN (SELECT id FROM user_subject)",
        tenant=tenant_id,
    )
    if extra is not None:
        history = sql(
            "{history}\nUNION ALL SELECT {newest}, {tenant}, {subject}, {event_type}, {occurred_at}, {payload}",
            history=history,
            newest=_NEWEST,
            tenant=tenant_id,
            subject=subject,
            **asdict(extra),
        )
    prelude = sql(
        "WITH user_subject AS MATERIALIZED (\n  {own}\n),\nuser_event AS MATERIALIZED (\n  {history}\n)\n",
        own=own,
        history=history,
    )
    return Relations(sql("user_event"), sql("user_subject"), prelude, one_user=True)
