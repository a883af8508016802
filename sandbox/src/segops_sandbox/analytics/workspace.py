"""Figures of a workspace: the overview, the plan's allowance, syncs, and the copilot's share."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Sum
from django.db.models.functions import TruncDate

from segops_sandbox import clock, plans
from segops_sandbox.ai.credits import used_this_month
from segops_sandbox.models import (
    Activation,
    ActivationSync,
    AICreditUse,
    Event,
    EventTally,
    Segment,
    SegmentMembership,
    Tenant,
)
from segops_sandbox.timestamps import isoformat
from segops_sandbox.tracked_users import tracked_users

_LOGS, _SHOWN_LOGS = 30, 5


def overview(tenant: Tenant) -> dict[str, Any]:
    """The workspace in five figures."""
    since = clock.to_micros(clock.now() - timedelta(days=30))
    members = SegmentMembership.objects.filter(segment__tenant=tenant)
    return {
        "segment_count": Segment.objects.filter(tenant=tenant).count(),
        "total_members": members.values("subject").distinct().count(),
        "events_30d": Event.objects.filter(
            tenant=tenant, occurred_at__gte=since, occurred_at__lte=clock.now_micros()
        ).count(),
        "ai_credits_used": used_this_month(tenant),
        "ai_credits_limit": plans.PLANS[tenant.plan].ai_credits_per_month,
    }


def usage(tenant: Tenant) -> dict[str, Any]:
    """What the plan allows this month and what has been used; -1 is unlimited. Events count by when they arrived."""
    start, end = clock.month_of(clock.now())
    plan = plans.PLANS[tenant.plan]
    return {
        "plan": tenant.plan,
        "period_start": isoformat(start),
        "period_end": isoformat(end),
        "events_used": EventTally.objects.received(tenant, start),
        "events_limit": plan.events_per_month,
        "mtu_computed": tracked_users(tenant, start),
        "ai_credits_used": used_this_month(tenant),
        "ai_credits_limit": plan.ai_credits_per_month,
        "api_calls_per_minute_limit": plan.calls_per_minute,
    }


def activations(tenant: Tenant) -> list[dict[str, Any]]:
    """Activations with the share of their last 30 syncs that succeeded, in percent, and the newest 5."""
    found = Activation.objects.filter(tenant=tenant).select_related("segment").order_by("pk")
    return [_activation(activation) for activation in found]


def copilot(tenant: Tenant) -> dict[str, Any]:
    """Messages to the copilot, its credits, and messages per day over 30 days."""
    messages = AICreditUse.objects.filter(tenant=tenant, kind="copilot")
    first_day = clock.now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=29)
    days = (
        messages.filter(used_at__gte=first_day, used_at__lte=clock.now())
        .annotate(day=TruncDate("used_at"))
        .values("day")
        .annotate(count=Count("pk"))
        .order_by("day")
    )
    return {
        "total_messages": messages.count(),
        "ai_credits_used": messages.aggregate(total=Sum("credits"))["total"] or 0,
        "trend": [{"day": row["day"].isoformat(), "count": row["count"]} for row in days],
    }


def _activation(activation: Activation) -> dict[str, Any]:
    logs = list(activation.syncs.order_by("-pk")[:_LOGS])
    succeeded = sum(log.status == ActivationSync.SUCCESS for log in logs)
    return {
        "id": activation.pk,
        "segment_id": activation.segment_id,
        "segment_name": activation.segment.name,
        "connector_type": activation.connector_type,
        "status": activation.status,
        "last_synced_at": isoformat(activation.last_synced_at),
        "last_error": activation.last_error,
        "member_count": activation.segment.member_count,
        "success_rate": round(100 * succeeded / len(logs)) if logs else None,
        "sync_logs": [
            {
                "status": log.status,
                "user_count": log.user_count,
                "added_count": log.added_count,
                "removed_count": log.removed_count,
                "unchanged_count": log.unchanged_count,
                "error_message": log.error_message,
                "synced_at": isoformat(log.synced_at),
            }
            for log in logs[:_SHOWN_LOGS]
        ],
    }
