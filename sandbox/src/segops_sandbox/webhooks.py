"""How are webhooks delivered? Signed, all at once, one attempt each, to loopback addresses only.

https://segops.ai/docs/activations/webhooks
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import logging
import ssl
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

from segops_sandbox import clock
from segops_sandbox.models import Segment, Tenant, Webhook, WebhookDelivery
from segops_sandbox.network import is_loopback
from segops_sandbox.platform import jobs
from segops_sandbox.platform.timestamps import isoformat

log = logging.getLogger("segops_sandbox.webhooks")

EVENT = "segment.recomputed"
TIMEOUT_S = 10.0
_PARALLEL = 16


@dataclass(frozen=True)
class Attempt:
    """What became of one delivery."""

    status_code: int | None
    error: str
    duration_ms: int


def deliver_recomputed(segment: Segment) -> None:
    """Queue the delivery of `segment.recomputed` to the tenant's active webhooks."""
    if Webhook.objects.filter(tenant=segment.tenant, is_active=True).exists():
        jobs.enqueue(
            segment.tenant,
            "webhooks.recomputed",
            segment_id=segment.pk,
            computed_at=isoformat(segment.last_computed_at or clock.now()),
        )


def sign(body: bytes, secret: str) -> str:
    """The value of `X-SegOps-Signature` for a body."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


@jobs.handler("webhooks.recomputed")
def _deliver(tenant: Tenant, segment_id: int, computed_at: str) -> None:
    segment = Segment.objects.filter(tenant=tenant, pk=segment_id).first()
    if segment is None:
        return
    payload = {
        "event": EVENT,
        "tenant_slug": tenant.slug,
        "segment_id": segment.pk,
        "segment_name": segment.name,
        "member_count": segment.member_count,
        "computed_at": computed_at,
    }
    body = json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
    receivers = list(Webhook.objects.filter(tenant=tenant, is_active=True).order_by("pk"))
    with ThreadPoolExecutor(max_workers=_PARALLEL) as pool:
        attempts = list(pool.map(lambda webhook: attempt(webhook.url, webhook.secret, body), receivers))
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(
            webhook=webhook,
            event=EVENT,
            body=body.decode(),
            status_code=result.status_code,
            error=result.error,
            duration_ms=result.duration_ms,
            attempted_at=clock.now(),
        )
        for webhook, result in zip(receivers, attempts, strict=True)
    )


def attempt(url: str, secret: str, body: bytes) -> Attempt:
    """Send a body once; never raises. Redirects are not followed: they could lead off this machine."""
    started = clock.now_micros()
    status: int | None = None
    error = ""
    try:
        status = _post(url, secret, body)
        if not 200 <= status < 300:
            error = f"The receiver answered {status}."
    except (OSError, ValueError, http.client.HTTPException) as exc:
        error = str(exc) or type(exc).__name__
    log.info("webhook %s: %s", url, error or status)
    return Attempt(status, error, (clock.now_micros() - started) // 1000)


def _post(url: str, secret: str, body: bytes) -> int:
    parts = urlsplit(url)
    if parts.hostname is None or not is_loopback(parts.hostname):
        raise ValueError(f"Not sent: {parts.hostname} is not a loopback address, and the sandbox sends nowhere else.")
    headers = {"Content-Type": "application/json", "User-Agent": "segops-webhooks"}
    if secret:
        headers["X-SegOps-Signature"] = sign(body, secret)
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        # A receiver on this machine has a certificate of its own making.
        context = ssl._create_unverified_context()
        connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=TIMEOUT_S, context=context)
    else:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=TIMEOUT_S)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, body=body, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()
