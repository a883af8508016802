"""Work that is done after the request that asked for it."""

from __future__ import annotations

from django.db import models

from segops_sandbox import clock
from segops_sandbox.models.tenancy import Tenant


class Job(models.Model):
    """One piece of background work. Jobs are taken in the order of their ids."""

    QUEUED, RUNNING, DONE, FAILED = "queued", "running", "done", "failed"

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
    kind = models.CharField(max_length=64)
    args = models.JSONField(default=dict)
    status = models.CharField(max_length=16, default=QUEUED)
    error = models.TextField(default="", blank=True)
    run_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sandbox_job"
        indexes = [models.Index(fields=["status", "id"], name="sandbox_job_next")]
