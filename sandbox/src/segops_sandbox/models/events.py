"""Who did what: subjects (every id ever seen), their events, who is who, and the schemas of events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from segops_sandbox import clock
from segops_sandbox.models.base import Stamped
from segops_sandbox.models.tenancy import Tenant
from segops_sandbox.retention import keep_newest


class Subject(models.Model):
    """One raw id: a user id as it is, or a visitor as `anon_<anonymous_id>`.

    `canonical` is the subject that this id belongs to, itself by default. Alias and merge rewrite it, no event.
    It is no constraint of the database: a row is written before it knows its own id, and SQLite would then look for
    events and edges that wait for each new row.
    """

    # What the ids of visitors begin with.
    VISITOR = "anon_"

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, db_index=False)
    external_id = models.TextField()
    canonical = models.ForeignKey(
        "self", on_delete=models.CASCADE, related_name="raw_ids", db_index=False, db_constraint=False
    )

    class Meta:
        db_table = "sandbox_subject"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "external_id"], name="sandbox_subject_once"),
        ]
        indexes = [models.Index(fields=["canonical"], name="sandbox_subject_canonical")]


class Events(models.QuerySet["Event"]):
    """Events, as they are asked for."""

    def of_user(self, tenant_id: int, canonical_id: int) -> Events:
        """Those of all ids that lead to a user."""
        # Not by a join: SQLite, left to itself, goes through all events of the tenant and looks up whose each one is.
        return self.filter(tenant_id=tenant_id, subject__in=Subject.objects.filter(canonical_id=canonical_id))


class Event(models.Model):
    """One event, as it arrived. Times are microseconds since 1970, UTC; the payload is compact JSON text.

    The one index has each user's events in their order, and in it all that conditions without a property look at: what
    an event costs is the writing of indexes. For the same reason the database does not look up tenant and subject
    again, which the same transaction has read or written.
    """

    HUMAN = "human"

    objects = Events.as_manager()

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    event_type = models.TextField()
    occurred_at = models.BigIntegerField()
    payload = models.TextField(default="{}")
    bot_class = models.CharField(max_length=16, default=HUMAN)
    received_at = models.BigIntegerField()

    class Meta:
        db_table = "sandbox_event"
        indexes = [
            models.Index(
                fields=["tenant", "subject", "occurred_at", "id", "event_type"], name="sandbox_event_in_order"
            ),
        ]


class IdentityEdge(models.Model):
    """That `source` was declared to be `target`: by alias (first one wins) or by merge (authoritative)."""

    ALIAS, MERGE = "alias", "merge"

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
    source = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="edges_out")
    target = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="edges_in")
    kind = models.CharField(max_length=8)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        db_table = "sandbox_identity_edge"


class EventSchema(Stamped):
    """The registered properties of one event type: `[{name, type, required}]`."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
    event_type = models.CharField(max_length=255)
    description = models.TextField(default="", blank=True)
    properties = models.JSONField(default=list)

    class Meta:
        db_table = "sandbox_event_schema"
        constraints = [models.UniqueConstraint(fields=["tenant", "event_type"], name="sandbox_event_schema_once")]


class RecentErrors(models.QuerySet["IngestionError"]):
    """A feed, not an archive: whoever adds to it lets go of what is older than a tenant's newest 1,000."""

    KEPT = 1000

    def bulk_create(self, objs: Iterable[IngestionError], *args: Any, **options: Any) -> list[IngestionError]:
        """Add errors of one tenant."""
        added = super().bulk_create(objs, *args, **options)
        if added:
            keep_newest(self.filter(tenant=added[0].tenant), self.KEPT)
        return added


class IngestionError(models.Model):
    """An event that was dropped on arrival, and why (the platform's "recent errors")."""

    objects = RecentErrors.as_manager()

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
    event_type = models.TextField()
    occurred_at = models.BigIntegerField(null=True)
    failure = models.TextField()
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "sandbox_ingestion_error"
