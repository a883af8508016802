"""The job that stores scores: one row per product, overwritten by the next scoring; of all products in chunks.

A chunk is a transaction of its own: memory does not grow with the catalogue, others can write between two chunks, and
a product that is changed or deleted meanwhile is scored as it is then, or not at all.
"""

from __future__ import annotations

from django.db import transaction

from segops_sandbox import clock, jobs
from segops_sandbox.catalogue.locks import lock_catalogue
from segops_sandbox.catalogue.rows import put_scores
from segops_sandbox.catalogue.schema import schema_of
from segops_sandbox.catalogue.scoring import Scorer
from segops_sandbox.models import Product, Tenant

ONE, ALL = "products.score", "products.score_all"
_CHUNK = 500


@jobs.handler(ONE)
def score_one(tenant: Tenant, product_id: int) -> None:
    """Score a product, unless it has been deleted since."""
    scorer = Scorer(tenant, schema_of(tenant).fields)
    with transaction.atomic():
        lock_catalogue(tenant)
        _store(scorer, list(Product.objects.select_for_update().filter(tenant=tenant, pk=product_id)))


@jobs.handler(ALL)
def score_all(tenant: Tenant) -> None:
    """Score every product in the order of their ids."""
    scorer = Scorer(tenant, schema_of(tenant).fields)
    last = 0
    while True:
        with transaction.atomic():
            lock_catalogue(tenant)
            behind = Product.objects.select_for_update().filter(tenant=tenant, pk__gt=last)
            products = list(behind.only("sku", "name", "data").order_by("pk")[:_CHUNK])
            if not products:
                return
            _store(scorer, products)
            last = products[-1].pk


def _store(scorer: Scorer, products: list[Product]) -> None:
    """Overwrite the scores of locked products, and note them on the products themselves."""
    put_scores([(product.pk, scorer.assess(product)) for product in products], clock.now())
