"""How does a page come to its copy and products? From its query and the catalogue, marked as simulated."""

from __future__ import annotations

import re
from typing import Any

from segops_sandbox.ai.brands import own_brand
from segops_sandbox.ai.credits import spend
from segops_sandbox.catalogue.search import Match, search
from segops_sandbox.models import AIQuery, GeneratedPage, PageJob, Tenant
from segops_sandbox.platform import jobs

_PRODUCTS = 6


def queue_build(page: GeneratedPage, options: dict[str, Any] | None = None) -> None:
    """Mark a page as building and have it built."""
    page.builder_status = GeneratedPage.BUILDING
    if options is not None:
        page.build_options = options
    page.save()
    jobs.enqueue(page.tenant, "pages.build", page_id=page.pk)


def queue_for_all_queries(tenant: Tenant) -> PageJob:
    """Create a page for each active query that has none, and queue the pages of all active queries."""
    pages = []
    for query in AIQuery.objects.filter(tenant=tenant, is_active=True).order_by("pk"):
        page = query.pages.order_by("pk").first()
        if page is None:
            page = GeneratedPage.objects.create(
                tenant=tenant, slug=_free_slug(tenant, query.query_text), title=query.query_text, query=query
            )
        page.builder_status = GeneratedPage.BUILDING
        page.save()
        pages.append(page)
    job = PageJob.objects.create(tenant=tenant, page_ids=[page.pk for page in pages])
    jobs.enqueue(tenant, "pages.bulk_generate", page_job_id=job.pk)
    return job


@jobs.handler("pages.build")
def _build(tenant: Tenant, page_id: int) -> None:
    page = GeneratedPage.objects.select_related("query").filter(tenant=tenant, pk=page_id).first()
    if page is None:
        return
    try:
        _write(page)
    except Exception:
        GeneratedPage.objects.filter(pk=page.pk).update(builder_status=GeneratedPage.FAILED)
        raise


@jobs.handler("pages.bulk_generate")
def _build_all(tenant: Tenant, page_job_id: int) -> None:
    job = PageJob.objects.get(tenant=tenant, pk=page_job_id)
    for page_id in job.page_ids:
        _build(tenant, page_id)
    job.status = "done"
    job.save()


def _write(page: GeneratedPage) -> None:
    topic = page.query.query_text if page.query else page.title or page.slug.replace("-", " ")
    matches = search(page.tenant, topic, _PRODUCTS)
    brand = own_brand(page.tenant).name
    page.title = page.title or topic
    page.intro_copy = _intro(topic, brand, matches)
    page.product_skus = [match.product.sku for match in matches]
    page.blocks = [
        {"type": "hero", "title": page.title, "text": page.intro_copy},
        *({"type": "product", **_product(match)} for match in matches),
    ]
    page.builder_status = GeneratedPage.PUBLISHED if page.published else GeneratedPage.BUILT
    page.save()
    spend(page.tenant, "page", 1)


def _intro(topic: str, brand: str, matches: list[Match]) -> str:
    names = [match.product.name or match.product.sku for match in matches]
    if not names:
        return f"[Simulated copy] {brand} on “{topic}”. The catalogue has no product that fits yet."
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"[Simulated copy] {brand} on “{topic}”: {listed}."


def _product(match: Match) -> dict[str, Any]:
    data = match.product.data
    return {
        "sku": match.product.sku,
        "name": match.product.name,
        "text": data.get("description") if isinstance(data.get("description"), str) else "",
        "price": data.get("price"),
        "relevance_score": match.score,
    }


def _free_slug(tenant: Tenant, text: str) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:200] or "page"
    slug, number = base, 2
    while GeneratedPage.objects.filter(tenant=tenant, slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug
