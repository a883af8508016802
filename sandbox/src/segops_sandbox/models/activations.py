"""Activations: the connectors that a segment is synced to, what each audience holds, and what each sync did."""

from __future__ import annotations

from django.db import models

from segops_sandbox import clock
from segops_sandbox.models.base import Stamped
from segops_sandbox.models.segments import Segment
from segops_sandbox.models.tenancy import Tenant


class Activation(Stamped):
    """A connector of one segment."""

    INACTIVE, ACTIVE, ERROR = "inactive", "active", "error"

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="activations")
    connector_type = models.CharField(max_length=32)
    config = models.JSONField(default=dict)
    status = models.CharField(max_length=16, default=INACTIVE)
    # What `status` was before a failed sync made it `error`, and becomes again with the next success.
    status_before_error = models.CharField(max_length=16, default="", blank=True)
    last_synced_at = models.DateTimeField(null=True)
    last_error = models.TextField(default="", blank=True)

    class Meta:
        db_table = "sandbox_activation"


class ActivationAudience(models.Model):
    """A user whom the last successful sync left in the external audience."""

    activation = models.ForeignKey(Activation, on_delete=models.CASCADE, related_name="audience", db_index=False)
    user_id = models.TextField()

    class Meta:
        db_table = "sandbox_activation_audience"
        constraints = [
            models.UniqueConstraint(fields=["activation", "user_id"], name="sandbox_activation_audience_once")
        ]


class ActivationSync(models.Model):
    """The record of one sync; a failed one changed nothing, so its counts are 0."""

    SUCCESS, FAILED = "success", "error"

    activation = models.ForeignKey(Activation, on_delete=models.CASCADE, related_name="syncs")
    status = models.CharField(max_length=16)
    user_count = models.IntegerField(default=0)
    added_count = models.IntegerField(default=0)
    removed_count = models.IntegerField(default=0)
    unchanged_count = models.IntegerField(default=0)
    added_user_ids = models.JSONField(default=list)
    removed_user_ids = models.JSONField(default=list)
    error_message = models.TextField(default="", blank=True)
    synced_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "sandbox_activation_sync"
