"""The jobs that store scores: one row per product, overwritten by the next scoring; of all products in chunks.

A chunk is a transaction of its own: memory does not grow with the catalogue, others can write between two chunks, and
a product that is changed or deleted meanwhile is scored as it is then, or not at all. A catalogue with scores is scored
again each night, at midnight UTC by the sandbox's clock; nights that were missed are made up for once.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from segops_sandbox import clock, jobs
from segops_sandbox.catalogue.locks import lock_catalogue
from segops_sandbox.catalogue.product_schema import schema_of
from segops_sandbox.catalogue.rows import put_scores
from segops_sandbox.catalogue.scoring import Scorer
from segops_sandbox.models import Job, Product, ProductScore, Tenant

ONE, ALL, NIGHTLY = "products.score", "products.score_all", "products.score_nightly"
_CHUNK = 500


@jobs.handler(ONE)
def score_one(tenant: Tenant, product_id: int) -> None:
    """Score a product, unless it has been deleted since."""
    scorer = Scorer(tenant, schema_of(tenant).fields)
    with transaction.atomic():
        lock_catalogue(tenant)
        _store(scorer, list(Product.objects.select_for_update().filter(tenant=tenant, pk=product_id)))
    _plan_tonight(tenant)


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
                break
            _store(scorer, products)
            last = products[-1].pk
    _plan_tonight(tenant)


def _failed(tenant: Tenant, error: Exception) -> None:
    _plan_tonight(tenant)


@jobs.handler(NIGHTLY, _failed)
def _score_at_night(tenant: Tenant) -> None:
    if ProductScore.objects.filter(product__tenant=tenant).exists():
        score_all(tenant)


def _plan_tonight(tenant: Tenant) -> None:
    """Queue the scoring of the coming night, once."""
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    with transaction.atomic():
        if not jobs.is_queued(tenant, NIGHTLY):
            job = jobs.enqueue(tenant, NIGHTLY)
            Job.objects.filter(pk=job.pk).update(run_at=midnight)


def _store(scorer: Scorer, products: list[Product]) -> None:
    """Overwrite the scores of locked products, and note them on the products themselves."""
    put_scores([(product.pk, scorer.assess(product)) for product in products], clock.now())
