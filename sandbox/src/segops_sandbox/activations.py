"""What is a sync? The difference between a segment's members and the connector's audience, applied and recorded.

The sandbox calls no external service: the audience that a connector would hold is stored here.
https://segops.ai/docs/activations
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from segops_sandbox import clock
from segops_sandbox.models import Activation, ActivationAudience, ActivationSync, SegmentMembership, Tenant
from segops_sandbox.platform import jobs

# Connector to its config fields: required ones, then optional ones.
CONNECTORS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "klaviyo": (("list_id", "api_key"), ()),
    "braze": (("rest_endpoint", "api_key"), ("segment_id",)),
    "talonone": (("base_url", "api_key", "audience_id"), ()),
}
MASK = "***"
_SECRETS = ("api_key", "secret", "token", "password")
_CHUNK = 1000


def masked(config: dict[str, Any]) -> dict[str, Any]:
    """A config as it may be shown."""
    return {name: MASK if _is_secret(name) and value else value for name, value in config.items()}


def unmasked(config: dict[str, Any], stored: dict[str, Any]) -> dict[str, Any]:
    """A config as it was sent, with `***` replaced by what is stored."""
    return {
        name: stored[name] if value == MASK and _is_secret(name) and name in stored else value
        for name, value in config.items()
    }


def queue_sync(activation: Activation) -> None:
    """Have an activation synced."""
    jobs.enqueue(activation.tenant, "activations.sync", activation_id=activation.pk)


@jobs.handler("activations.sync")
def _sync(tenant: Tenant, activation_id: int) -> None:
    activation = Activation.objects.filter(tenant=tenant, pk=activation_id).first()
    if activation is None:
        return
    try:
        with transaction.atomic():
            record = _apply_difference(activation)
    except Exception as exc:
        _note_failure(activation, str(exc))
        raise
    record.save()
    activation.last_synced_at, activation.last_error = record.synced_at, ""
    if activation.status == Activation.ERROR:
        activation.status = Activation.ACTIVE
    activation.save(update_fields=["last_synced_at", "last_error", "status", "updated_at"])


def _apply_difference(activation: Activation) -> ActivationSync:
    """Add who entered, remove who left, leave the rest alone."""
    members = set(
        SegmentMembership.objects.filter(segment_id=activation.segment_id).values_list(
            "subject__external_id", flat=True
        )
    )
    audience = set(activation.audience.values_list("user_id", flat=True))
    entered, left = sorted(members - audience), sorted(audience - members)
    for start in range(0, len(left), _CHUNK):
        activation.audience.filter(user_id__in=left[start : start + _CHUNK]).delete()
    ActivationAudience.objects.bulk_create(
        (ActivationAudience(activation=activation, user_id=user_id) for user_id in entered), batch_size=_CHUNK
    )
    return ActivationSync(
        activation=activation,
        status=ActivationSync.SUCCESS,
        user_count=len(members),
        added_count=len(entered),
        removed_count=len(left),
        unchanged_count=len(members & audience),
        synced_at=clock.now(),
    )


def _note_failure(activation: Activation, message: str) -> None:
    ActivationSync.objects.create(
        activation=activation, status=ActivationSync.FAILED, user_count=0, error_message=message, synced_at=clock.now()
    )
    activation.status, activation.last_error = Activation.ERROR, message
    activation.save(update_fields=["status", "last_error", "updated_at"])


def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in _SECRETS)
