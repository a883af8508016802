"""AI credits: one for each answer or page, stored as rows and summed by calendar month."""

from __future__ import annotations

from django.db.models import Sum

from segops_sandbox import clock
from segops_sandbox.models import AICreditUse, Tenant


def spend(tenant: Tenant, kind: str, credits: int) -> None:
    """Record credits that are used now."""
    if credits:
        AICreditUse.objects.create(tenant=tenant, kind=kind, credits=credits, used_at=clock.now())


def used_this_month(tenant: Tenant) -> int:
    """Credits used since the first of the month."""
    start, _ = clock.month_of(clock.now())
    total = AICreditUse.objects.filter(tenant=tenant, used_at__gte=start).aggregate(total=Sum("credits"))["total"]
    return total or 0
