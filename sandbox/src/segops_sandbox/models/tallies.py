"""What a tenant used in which month, events and users: kept, because counting millions of rows takes seconds."""

from __future__ import annotations

import threading
from datetime import datetime

from django.db import connection, models

from segops_sandbox import clock
from segops_sandbox.models.tenancy import Tenant

_SHARDS = 16
_ADD = (
    "INSERT INTO sandbox_event_tally (tenant_id, month, shard, count, last_id) VALUES (%s, %s, %s, %s, 0) "
    "ON CONFLICT (tenant_id, month, shard) DO UPDATE SET count = sandbox_event_tally.count + excluded.count"
)
_CATCH_UP = (
    "INSERT INTO sandbox_event_tally (tenant_id, month, shard, count, last_id) "
    "SELECT tenant_id, CAST(strftime('%%Y%%m', received_at / 1000000, 'unixepoch') AS INTEGER) AS month, 0, "
    "COUNT(*), MAX(id) FROM sandbox_event NOT INDEXED "
    "WHERE id > (SELECT COALESCE(MAX(last_id), 0) FROM sandbox_event_tally) GROUP BY tenant_id, month "
    "ON CONFLICT (tenant_id, month, shard) DO UPDATE SET count = sandbox_event_tally.count + excluded.count, "
    "last_id = excluded.last_id"
)
# Not by the index, whose entries of the tenant SQLite would all go through, but by the id.
_BEYOND = (
    "SELECT COUNT(*) FROM sandbox_event NOT INDEXED WHERE id > (SELECT COALESCE(MAX(last_id), 0) "
    "FROM sandbox_event_tally) AND tenant_id = %s AND received_at >= %s AND received_at < %s"
)


class Tallies(models.QuerySet["EventTally"]):
    """What is asked of the tallies, and how they are kept up."""

    def received(self, tenant: Tenant, moment: datetime) -> int:
        """How many events of a tenant arrived in the month of a moment (UTC)."""
        kept = self.filter(tenant=tenant, month=_month_of(moment)).aggregate(total=models.Sum("count"))
        return (kept["total"] or 0) + self._not_yet_counted(tenant, moment)

    def stored(self, tenant: Tenant) -> int:
        """How many events of a tenant are counted, of all months."""
        return int(self.filter(tenant=tenant).aggregate(total=models.Sum("count"))["total"] or 0)

    def add(self, tenant: Tenant, received: datetime, number: int) -> None:
        """Count events that were just stored, in the same transaction."""
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                # One writer at a time, so whatever has a higher id than the last that was counted is to be counted.
                cursor.execute(_CATCH_UP, [])
            else:
                # In several rows: writers on one row would wait for each other's transactions.
                shard = threading.get_native_id() % _SHARDS
                cursor.execute(_ADD, [tenant.pk, _month_of(received), shard, number])

    def _not_yet_counted(self, tenant: Tenant, moment: datetime) -> int:
        """Rows that came into the file past `add`, by another program's hand."""
        if connection.vendor != "sqlite":
            return 0
        start, end = clock.month_of(moment)
        with connection.cursor() as cursor:
            cursor.execute(_BEYOND, [tenant.pk, clock.to_micros(start), clock.to_micros(end)])
            return int(cursor.fetchone()[0])


class EventTally(models.Model):
    """The events of a tenant that arrived in a month (202605); events are never changed or deleted."""

    objects = Tallies.as_manager()

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, db_index=False)
    month = models.IntegerField()
    shard = models.IntegerField()
    count = models.BigIntegerField()
    # On SQLite, the highest id among them.
    last_id = models.BigIntegerField(default=0)

    class Meta:
        db_table = "sandbox_event_tally"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "month", "shard"], name="sandbox_event_tally_once"),
        ]


class UserMeter(models.Model):
    """How many users a tenant is billed for in a month (its first day), as they were counted last."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, db_index=False)
    month = models.DateField()
    users = models.BigIntegerField(default=0)
    counted_at = models.DateTimeField()

    class Meta:
        db_table = "sandbox_user_meter"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "month"], name="sandbox_user_meter_once"),
        ]


def _month_of(moment: datetime) -> int:
    return moment.year * 100 + moment.month
