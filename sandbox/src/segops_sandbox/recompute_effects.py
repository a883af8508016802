"""What follows a successful recompute of a segment: its active activations sync, and webhooks are sent."""

from __future__ import annotations

from segops_sandbox import activations, webhooks
from segops_sandbox.models import Activation, Segment


def after_recompute(segment: Segment) -> None:
    """Queue what follows; call it once the new members are committed, with the segment as it is stored."""
    for activation in segment.activations.filter(status=Activation.ACTIVE).order_by("pk"):
        activations.queue_sync(activation)
    webhooks.deliver_recomputed(segment)
