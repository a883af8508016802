"""Webhooks: signed, delivered all at once, one attempt each, to loopback addresses only.

https://segops.ai/docs/activations/webhooks
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

from django.db import transaction

from segops_sandbox import clock, delivery, jobs
from segops_sandbox.models import Segment, Tenant, Webhook, WebhookDelivery
from segops_sandbox.retention import keep_newest
from segops_sandbox.timestamps import isoformat

EVENT = "segment.recomputed"
KEPT_DELIVERIES = 50


def deliver_recomputed(segment: Segment) -> None:
    """Queue the delivery of `segment.recomputed` to the tenant's active webhooks."""
    if Webhook.objects.filter(tenant=segment.tenant, is_active=True).exists():
        jobs.enqueue(
            segment.tenant,
            "webhooks.recomputed",
            segment_id=segment.pk,
            computed_at=isoformat(segment.last_computed_at or clock.now()),
        )


@jobs.handler("webhooks.recomputed")
def deliver(tenant: Tenant, segment_id: int, computed_at: str) -> None:
    """The job: tell every active webhook, each in a thread of its own, and note what became of it."""
    segment = Segment.objects.filter(tenant=tenant, pk=segment_id).first()
    receivers = list(Webhook.objects.filter(tenant=tenant, is_active=True).order_by("pk"))
    if segment is None or not receivers:
        return
    body = _body(tenant, segment, computed_at)

    def tell(webhook: Webhook) -> delivery.Attempt:
        return delivery.post(webhook.url, body, secret=webhook.secret, user_agent="segops-webhooks")

    with ThreadPoolExecutor(max_workers=len(receivers)) as pool:
        attempts = list(pool.map(tell, receivers))
    _note([webhook.pk for webhook in receivers], attempts, body.decode())


def resend(delivered: WebhookDelivery) -> WebhookDelivery | None:
    """Send a delivery once more, to the address and with the secret that its webhook has now, and note it as a new one.

    None when the webhook was deleted meanwhile. Not for use in a transaction: a receiver may take its time.
    """
    webhook = delivered.webhook
    attempt = delivery.post(webhook.url, delivered.body.encode(), secret=webhook.secret, user_agent="segops-webhooks")
    _note([webhook.pk], [attempt], delivered.body)
    return webhook.deliveries.order_by("-pk").first()


def _body(tenant: Tenant, segment: Segment, computed_at: str) -> bytes:
    payload = {
        "event": EVENT,
        "tenant_slug": tenant.slug,
        "segment_id": segment.pk,
        "segment_name": segment.name,
        "member_count": segment.member_count,
        "computed_at": computed_at,
    }
    return json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()


@transaction.atomic
def _note(receivers: list[int], attempts: list[delivery.Attempt], body: str) -> None:
    # One may have been deleted while it was waited for.
    left = {webhook.pk: webhook for webhook in Webhook.objects.select_for_update().filter(pk__in=receivers)}
    now = clock.now()
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(
            webhook=left[pk],
            event=EVENT,
            body=body,
            status_code=attempt.status_code,
            error=attempt.error,
            duration_ms=attempt.duration_ms,
            attempted_at=now,
        )
        for pk, attempt in zip(receivers, attempts, strict=True)
        if pk in left
    )
    for webhook in left.values():
        keep_newest(webhook.deliveries.all(), KEPT_DELIVERIES)
