"""Products changed and deleted while all are scored: in this process, where the moment can be chosen."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from sandbox_in_process import sandbox_in_process

DESCRIBED = {"description": "A waterproof boot for long days in wet mountains."}
NOW = 1_777_636_800_000_000  # 2026-05-01T12:00:00Z


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The sandbox's modules in this process, on a database of their own."""
    with sandbox_in_process(tmp_path_factory.mktemp("engine"), NOW) as tenant:
        from segops_sandbox import jobs
        from segops_sandbox.catalogue import score_job
        from segops_sandbox.models import Product, ProductScore

        jobs.set_mode(jobs.MANUAL)
        yield SimpleNamespace(tenant=tenant, jobs=jobs, score_job=score_job, Product=Product, Score=ProductScore)


def test_each_chunk_scores_products_as_they_are_then(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [engine.Product.objects.create(tenant=engine.tenant, sku=f"A{n}", name="Boot").pk for n in range(6)]
    products = engine.Product.objects
    changes = [
        lambda: None,  # before the first chunk: 0 and 1
        lambda: (
            products.get(pk=ids[0]).delete(),
            products.filter(pk=ids[2]).update(data=DESCRIBED),
        ),
        lambda: (products.get(pk=ids[4]).delete(), products.get(pk=ids[5]).delete()),
    ]
    atomic = engine.score_job.transaction.atomic

    def after_a_change() -> Any:
        if changes:
            changes.pop(0)()
        return atomic()

    monkeypatch.setattr(engine.score_job, "_CHUNK", 2)
    monkeypatch.setattr(engine.score_job, "transaction", SimpleNamespace(atomic=after_a_change))
    engine.jobs.enqueue(engine.tenant, engine.score_job.ALL)
    engine.jobs.run_next()
    assert not changes
    assert engine.jobs.run_next() is None
    scores = dict(engine.Score.objects.values_list("product_id", "score"))
    assert list(scores) == ids[1:4], "nothing of those that are gone, all of those that are there"
    assert scores[ids[2]] > scores[ids[3]] == scores[ids[1]], "the description that came before its chunk counts"
