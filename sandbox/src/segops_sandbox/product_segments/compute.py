"""Jobs that bring a product segment up to date: on request, and when its rules or products change.

The SKUs are found outside of any transaction; then one transaction applies the difference to the stored ones.
"""

from __future__ import annotations

import logging
from typing import Any

from django.db import connection, transaction

from segops_sandbox import jobs
from segops_sandbox.models import Job, ProductSegment, Tenant
from segops_sandbox.product_segments import compiler
from segops_sandbox.product_segments.definition import Definition, checked
from segops_sandbox.segments.compute_job import later_than
from segops_sandbox.segments.fields import DefinitionError
from segops_sandbox.segments.queries import kept, scope_now

log = logging.getLogger("segops_sandbox.product_segments")

COMPUTE, REFRESH = "product_segments.compute", "product_segments.refresh"


def request(segment: ProductSegment) -> None:
    """Queue a compute of one segment; one that waits serves this request too. Raises DefinitionError.

    Call it inside a transaction.
    """
    checked(segment.tenant_id, segment.definition)
    if not _waits(segment.tenant, COMPUTE, args__segment_id=segment.pk):
        jobs.enqueue(segment.tenant, COMPUTE, segment_id=segment.pk)


def products_changed(tenant: Tenant) -> None:
    """Queue a refresh of the active segments, once however many products changed. Call it in their transaction."""
    if ProductSegment.objects.filter(tenant=tenant, is_active=True).exists() and not _waits(tenant, REFRESH):
        jobs.enqueue(tenant, REFRESH)


@jobs.handler(COMPUTE)
def compute(tenant: Tenant, segment_id: int) -> None:
    """The job: one segment. One that was deleted meanwhile is no error."""
    segment = ProductSegment.objects.filter(tenant=tenant, pk=segment_id).first()
    if segment is not None:
        replace_products(segment, checked(tenant.pk, segment.definition))


@jobs.handler(REFRESH)
def refresh(tenant: Tenant) -> None:
    """The job: queue a compute of each active segment, so that two computes of one segment never run side by side.

    A segment whose user segment was deleted meanwhile stays as it is.
    """
    for segment in ProductSegment.objects.filter(tenant=tenant, is_active=True).order_by("pk"):
        try:
            with transaction.atomic():
                request(segment)
        except DefinitionError as exc:
            log.warning("product segment %s cannot be refreshed: %s", segment.pk, exc)


def replace_products(segment: ProductSegment, definition: Definition) -> int | None:
    """Find the products and store their SKUs; how many, or None when the segment was deleted meanwhile."""
    scope = scope_now(segment.tenant_id)
    products = compiler.products(definition, scope)
    with kept(scope, products, "sandbox_found_sku", "sku", "VARCHAR(255)"), transaction.atomic():
        locked = ProductSegment.objects.select_for_update().filter(pk=segment.pk).first()
        if locked is None:
            return None
        now = later_than(locked.last_computed_at)
        count = _apply(segment.pk, connection.ops.adapt_datetimefield_value(now))
        ProductSegment.objects.filter(pk=segment.pk).update(computed_count=count, last_computed_at=now)
    return count


def _apply(segment_id: int, computed_at: Any) -> int:
    """Make the stored SKUs those of `sandbox_found_sku`; how many there are now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM sandbox_product_segment_membership WHERE segment_id = %s AND NOT EXISTS "
            "(SELECT 1 FROM sandbox_found_sku AS f WHERE f.sku = sandbox_product_segment_membership.sku)",
            [segment_id],
        )
        cursor.execute(
            "UPDATE sandbox_product_segment_membership SET computed_at = %s WHERE segment_id = %s",
            [computed_at, segment_id],
        )
        stayed = cursor.rowcount
        cursor.execute(
            "INSERT INTO sandbox_product_segment_membership (segment_id, sku, computed_at) "
            "SELECT %s, f.sku, %s FROM sandbox_found_sku AS f WHERE NOT EXISTS (SELECT 1 FROM "
            "sandbox_product_segment_membership AS m WHERE m.segment_id = %s AND m.sku = f.sku)",
            [segment_id, computed_at, segment_id],
        )
        return int(stayed + cursor.rowcount)


def _waits(tenant: Tenant, kind: str, **args: Any) -> bool:
    """Whether such a job is queued and will begin after this transaction: its row is locked until then."""
    queued = Job.objects.select_for_update().filter(tenant=tenant, kind=kind, status=Job.QUEUED, **args)
    return queued.first() is not None
