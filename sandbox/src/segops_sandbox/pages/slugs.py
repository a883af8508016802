"""Names in addresses for pages that are made from a query."""

from __future__ import annotations

from django.utils.text import slugify

from segops_sandbox.models import AIQuery, GeneratedPage

_LENGTH = 200


def slug_of(query: AIQuery) -> str:
    """`laufschuhe-fur-grosse-fusse` of “Laufschuhe für große Füße”; of a text without Latin letters the query's id."""
    # casefold first: it writes ß as ss, which slugify would leave out.
    return slugify(query.query_text.casefold())[:_LENGTH].strip("-_") or f"query-{query.pk}"


def create_page(query: AIQuery) -> GeneratedPage:
    """A draft for a query under the first free of slug, slug-2, slug-3, …"""
    base, number = slug_of(query), 1
    taken = set(
        GeneratedPage.objects.filter(tenant_id=query.tenant_id, slug__startswith=base).values_list("slug", flat=True)
    )
    while (slug := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return GeneratedPage.objects.create(tenant_id=query.tenant_id, slug=slug, title=query.query_text, query=query)
