"""Webhooks on recompute, and the outcome of each delivery."""

from __future__ import annotations

from django.db import models

from segops_sandbox import clock
from segops_sandbox.models.tenancy import Tenant


class Webhook(models.Model):
    """A receiver of `segment.recomputed`."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
    url = models.CharField(max_length=2000)
    secret = models.CharField(max_length=255, default="", blank=True)
    description = models.CharField(max_length=500, default="", blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        db_table = "sandbox_webhook"


class WebhookDelivery(models.Model):
    """The one attempt to deliver one event to one receiver."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=64)
    body = models.TextField()
    status_code = models.IntegerField(null=True)
    error = models.TextField(default="", blank=True)
    duration_ms = models.IntegerField(default=0)
    attempted_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "sandbox_webhook_delivery"
