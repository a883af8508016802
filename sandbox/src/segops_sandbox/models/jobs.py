"""Background jobs: work that is done after the request that asked for it."""

from __future__ import annotations

from django.db import models

from segops_sandbox import clock
from segops_sandbox.models.tenancy import Tenant


class Job(models.Model):
    """One piece of background work. Jobs are taken in the order of their ids, those of one resource one at a time."""

    QUEUED, RUNNING, DONE, FAILED = "queued", "running", "done", "failed"

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
    kind = models.CharField(max_length=64)
    args = models.JSONField(default=dict)
    # What the job works on, such as `segments:segment_id=5`.
    resource = models.CharField(max_length=255)
    status = models.CharField(max_length=16, default=QUEUED)
    error = models.TextField(default="", blank=True)
    run_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # Which server runs it, and until when others have to believe that this server lives; by the database's clock.
    worker = models.CharField(max_length=64, default="", blank=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)

    class Meta:
        db_table = "sandbox_job"
        indexes = [models.Index(fields=["status", "id"], name="sandbox_job_next")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "resource"], condition=models.Q(status="running"), name="sandbox_job_one_at_a_time"
            )
        ]
