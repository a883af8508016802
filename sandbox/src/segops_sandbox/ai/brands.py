"""Brands and products that a text mentions, with position and sentiment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from segops_sandbox.ai.names import clean, find, fold
from segops_sandbox.ai.ranking import positions
from segops_sandbox.ai.sentiment import sentiments
from segops_sandbox.models import Competitor, Product, Tenant


@dataclass(frozen=True)
class Brand:
    """A brand and the other names it goes by."""

    name: str
    aliases: tuple[str, ...] = field(default=())

    @property
    def names(self) -> tuple[str, ...]:
        """All its names."""
        return (self.name, *self.aliases)

    @property
    def folded(self) -> frozenset[str]:
        """Its names as they are compared."""
        return frozenset(fold(name) for name in self.names)


def own_brand(tenant: Tenant) -> Brand:
    """The tenant's brand: as it was set for the workspace, else the workspace's name."""
    name, brand, aliases = Tenant.objects.values_list("name", "brand_name", "brand_aliases").get(pk=tenant.pk)
    return Brand(brand or name, tuple(aliases))


def competing_brands(tenant: Tenant) -> list[Brand]:
    """The tenant's active competitors."""
    found = Competitor.objects.filter(tenant=tenant, is_active=True).order_by("pk")
    return [Brand(competitor.name, tuple(competitor.brand_aliases)) for competitor in found]


def mentioned_brands(text: str, brands: Iterable[Brand]) -> list[dict[str, Any]]:
    """`{name, position, sentiment}` of each brand in the text, under its first name, the best place first."""
    text = clean(text)
    mentions = find(text, [(name, brand) for brand in brands for name in brand.names])
    tones = sentiments(text, mentions)
    return [
        {"name": brand.name, "position": position, "sentiment": tones[brand]}
        for brand, position in sorted(positions(text, mentions).items(), key=lambda item: item[1])
    ]


def mentioned_products(text: str, products: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """`{name, sku, position}` of each product, given as (sku, name), in the text; positions count first mentions."""
    text = clean(text)
    mentions = find(text, [(name, (sku, name)) for sku, name in products])
    seen = dict.fromkeys(mention.thing for mention in mentions)
    return [{"name": name, "sku": sku, "position": number} for number, (sku, name) in enumerate(seen, start=1)]


def catalogue(tenant: Tenant) -> list[tuple[str, str]]:
    """(sku, name) of each product that has a name, the oldest first."""
    return list(Product.objects.filter(tenant=tenant).exclude(name="").order_by("pk").values_list("sku", "name"))
