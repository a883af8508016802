"""Syncs: the difference between a segment's members and the connector's audience, delivered and recorded.

The sandbox calls no external service: the audience that a connector would hold is stored here. A receiver on this
machine, if the config names one, is notified of each sync; what it does not take is not synced, and is sent again.
https://segops.ai/docs/activations
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from segops_sandbox import clock, delivery, jobs
from segops_sandbox.connectors import ENDPOINT, SIGNING_SECRET, destination
from segops_sandbox.error_text import described
from segops_sandbox.models import Activation, ActivationAudience, ActivationSync, SegmentMembership, Tenant
from segops_sandbox.retention import keep_newest
from segops_sandbox.timestamps import isoformat

EVENT = "activation.sync"
# Analytics look at the last 30.
KEPT_SYNCS = 50
_CHUNK = 1000


@dataclass(frozen=True)
class Difference:
    """The users to add to an audience and to remove from it, in the order of their ids, and how many stay."""

    added: list[str]
    removed: list[str]
    unchanged: int

    @property
    def user_count(self) -> int:
        """How many users the audience then has."""
        return len(self.added) + self.unchanged


def queue_sync(activation: Activation) -> None:
    """Queue a sync of an activation."""
    jobs.enqueue(activation.tenant, "activations.sync", activation_id=activation.pk)


def _failed(tenant: Tenant, error: Exception, activation_id: int) -> None:
    _fail(activation_id, described(error), clock.now())


@jobs.handler("activations.sync", _failed)
def sync(tenant: Tenant, activation_id: int) -> None:
    """The job: sync one activation. Jobs of one activation run one after the other, on whatever server.

    One that was deleted meanwhile is no error.
    """
    activation = Activation.objects.select_related("segment").filter(tenant=tenant, pk=activation_id).first()
    if activation is None:
        return
    now = clock.now()
    difference = _difference(activation)
    error = _hand_over(tenant, activation, difference, now)
    if error:
        _fail(activation_id, error, now)
    else:
        _succeed(activation, difference, now)


def forget_audience(activation: Activation) -> None:
    """Empty the audience, for a config with a new destination: the next sync adds everyone."""
    activation.audience.all().delete()


def _difference(activation: Activation) -> Difference:
    members = set(
        SegmentMembership.objects.filter(segment_id=activation.segment_id).values_list(
            "subject__external_id", flat=True
        )
    )
    audience = set(activation.audience.values_list("user_id", flat=True))
    return Difference(sorted(members - audience), sorted(audience - members), len(members & audience))


def _hand_over(tenant: Tenant, activation: Activation, difference: Difference, now: datetime) -> str:
    """Send the sync to the config's receiver, if there is one; returns the reason of a failure, or an empty text."""
    url = activation.config.get(ENDPOINT)
    if not url:
        return ""
    message = {
        "event": EVENT,
        "tenant_slug": tenant.slug,
        "activation_id": activation.pk,
        "connector_type": activation.connector_type,
        "segment_id": activation.segment_id,
        "segment_name": activation.segment.name,
        "user_count": difference.user_count,
        "unchanged_count": difference.unchanged,
        "added": difference.added,
        "removed": difference.removed,
        "synced_at": isoformat(now),
    }
    body = json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode()
    secret = activation.config.get(SIGNING_SECRET, "")
    return delivery.post(url, body, secret=secret, user_agent="segops-activations").error


@transaction.atomic
def _succeed(activation: Activation, difference: Difference, now: datetime) -> None:
    """Record the sync and store the audience that it left."""
    current = Activation.objects.select_for_update().filter(pk=activation.pk).first()
    if current is None:
        return
    ActivationSync.objects.create(
        activation=current,
        status=ActivationSync.SUCCESS,
        user_count=difference.user_count,
        added_count=len(difference.added),
        removed_count=len(difference.removed),
        unchanged_count=difference.unchanged,
        added_user_ids=difference.added,
        removed_user_ids=difference.removed,
        synced_at=now,
    )
    keep_newest(current.syncs.all(), KEPT_SYNCS)
    # If the destination changed during the delivery, its audience is empty, and this sync did not fill it.
    if _destination(current) == _destination(activation):
        _apply(current, difference)
    current.last_synced_at, current.last_error = now, ""
    if current.status == Activation.ERROR:
        current.status = current.status_before_error or Activation.ACTIVE
    current.save(update_fields=["last_synced_at", "last_error", "status", "updated_at"])


def _apply(activation: Activation, difference: Difference) -> None:
    left = difference.removed
    for start in range(0, len(left), _CHUNK):
        activation.audience.filter(user_id__in=left[start : start + _CHUNK]).delete()
    ActivationAudience.objects.bulk_create(
        (ActivationAudience(activation=activation, user_id=user_id) for user_id in difference.added),
        batch_size=_CHUNK,
    )


@transaction.atomic
def _fail(activation_id: int, message: str, now: datetime) -> None:
    """Record why a sync failed; the audience is unchanged, so the next sync sends the same and more."""
    current = Activation.objects.select_for_update().filter(pk=activation_id).first()
    if current is None:
        return
    ActivationSync.objects.create(
        activation=current, status=ActivationSync.FAILED, error_message=message, synced_at=now
    )
    keep_newest(current.syncs.all(), KEPT_SYNCS)
    if current.status != Activation.ERROR:
        current.status_before_error = current.status
    current.status, current.last_error = Activation.ERROR, message
    current.save(update_fields=["status", "status_before_error", "last_error", "updated_at"])


def _destination(activation: Activation) -> object:
    return destination(activation.connector_type, activation.config)
