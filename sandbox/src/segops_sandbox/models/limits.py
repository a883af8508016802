"""The calls of a tenant, by which rate limits are counted; shared by all servers on the database."""

from __future__ import annotations

from django.db import models

from segops_sandbox.models.tenancy import Tenant


class CallHistory(models.Model):
    """The calls of the last minute within one limit: microseconds since 1970, the newest first.

    One row, so that it can be locked: who counts a call has to know of all before it.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, db_index=False)
    scope = models.CharField(max_length=16)
    times = models.JSONField(default=list)

    class Meta:
        db_table = "sandbox_call_history"
        constraints = [models.UniqueConstraint(fields=["tenant", "scope"], name="sandbox_call_history_once")]
