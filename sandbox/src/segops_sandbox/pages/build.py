"""Page builds: draft → building → built or failed; a published page stays public meanwhile."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from segops_sandbox import clock, jobs
from segops_sandbox.ai.credits import spend
from segops_sandbox.error_text import described
from segops_sandbox.models import AIQuery, GeneratedPage, PageJob, Tenant
from segops_sandbox.pages.content import content_of
from segops_sandbox.pages.slugs import create_page


def queue_build(page: GeneratedPage, options: dict[str, Any] | None = None) -> None:
    """Mark a page, whose row the caller has locked, as building and have it built."""
    if options is not None:
        page.build_options = options
    _mark_building(page)
    jobs.enqueue(page.tenant, "pages.build", page_id=page.pk)


def queue_for_all_queries(tenant: Tenant) -> PageJob:
    """Queue the pages of all active queries; a query that has none gets one. Those being built already are left."""
    page_ids = []
    # Locked, so that two servers that are asked at once do not both find a query without a page.
    for query in AIQuery.objects.select_for_update(no_key=True).filter(tenant=tenant, is_active=True).order_by("pk"):
        pages = list(query.pages.select_for_update(no_key=True).order_by("pk")) or [create_page(query)]
        for page in pages:
            if page.builder_status != GeneratedPage.BUILDING:
                _mark_building(page)
                page_ids.append(page.pk)
    job = PageJob.objects.create(tenant=tenant, page_ids=page_ids)
    jobs.enqueue(tenant, "pages.bulk_generate", page_job_id=job.pk)
    return job


def _mark_building(page: GeneratedPage) -> None:
    page.builder_status, page.builder_error = GeneratedPage.BUILDING, ""
    page.save(update_fields=["builder_status", "builder_error", "build_options", "updated_at"])


def _build_failed(tenant: Tenant, error: Exception, page_id: int) -> None:
    if jobs.is_queued(tenant, "pages.build", page_id=page_id):
        return  # another try is to come
    building = GeneratedPage.objects.filter(tenant=tenant, pk=page_id, builder_status=GeneratedPage.BUILDING)
    building.update(builder_status=GeneratedPage.FAILED, builder_error=described(error), updated_at=clock.now())


@jobs.handler("pages.build", _build_failed)
def _build(tenant: Tenant, page_id: int) -> None:
    page = GeneratedPage.objects.select_related("query", "tenant").filter(tenant=tenant, pk=page_id).first()
    # Not deleted meanwhile, and not built already by a server that died before it could say so.
    if page is not None and page.builder_status == GeneratedPage.BUILDING:
        _write(page)


def _build_all_failed(tenant: Tenant, error: Exception, page_job_id: int) -> None:
    found = PageJob.objects.filter(tenant=tenant, pk=page_job_id)
    found.update(status=PageJob.FAILED)
    for page_id in found.get().page_ids:
        _build_failed(tenant, error, page_id)  # those that it did not come to


@jobs.handler("pages.bulk_generate", _build_all_failed)
def _build_all(tenant: Tenant, page_job_id: int) -> None:
    """Build one page after the other; one that fails does not keep the others from being built."""
    found = PageJob.objects.filter(tenant=tenant, pk=page_job_id)
    job = found.get()
    found.update(status=PageJob.RUNNING)
    failed = {}
    for page_id in job.page_ids:
        try:
            _build(tenant, page_id)
        except Exception as exc:  # noqa: BLE001 - the page says why, and the job does when all are through
            _build_failed(tenant, exc, page_id)
            failed[page_id] = exc
    if failed:
        first = next(iter(failed.values()))
        raise RuntimeError(f"{len(failed)} of {len(job.page_ids)} pages failed, the first with: {first}") from first
    found.update(status=PageJob.DONE)


def _write(page: GeneratedPage) -> None:
    content = content_of(page)
    with transaction.atomic():
        # Read again under a lock: its title or address may have been changed while the content was computed.
        row = GeneratedPage.objects.select_for_update(no_key=True).filter(pk=page.pk).first()
        if row is None or row.builder_status != GeneratedPage.BUILDING:
            return
        row.title = row.title or content.title
        row.intro_copy, row.product_skus, row.blocks = content.intro_copy, content.product_skus, content.blocks
        row.builder_status = GeneratedPage.PUBLISHED if row.published else GeneratedPage.BUILT
        row.builder_error = ""
        row.save()
        spend(page.tenant, "page", 1)
