"""Answers of assistants: requested, searched for brands and products, and stored."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from segops_sandbox import clock, ids, jobs
from segops_sandbox.ai import assistants
from segops_sandbox.ai.brands import Brand, catalogue, competing_brands, mentioned_brands, mentioned_products, own_brand
from segops_sandbox.ai.credits import spend
from segops_sandbox.ai.names import fold, heard_in
from segops_sandbox.ai.providers import PROVIDERS, ask_all, latencies
from segops_sandbox.catalogue.search import search
from segops_sandbox.models import AIQuery, Product, QueryResult, Tenant

_PRODUCTS = 3


def simulate(tenant: Tenant, question: str, providers: list[str]) -> tuple[list[QueryResult], bool]:
    """Ask now, and store the answers without a query; also returns whether a provider was too late.

    Must run outside of a transaction: nobody else should wait for a database while assistants think.
    """
    ground = ground_of(tenant, question)
    answers = ask_all(providers, lambda provider: assistants.answer(provider, ground), latency_s=latencies())
    read = read_answers(tenant, question, answers)
    with transaction.atomic():
        results = _store(tenant, question, read, None)
    return results, len(results) < len(providers)


@jobs.handler("queries.run")
def run(tenant: Tenant, query_id: int) -> None:
    """Ask a query's providers and store an answer of each: all of them, or, if the query is gone, none."""
    query = AIQuery.objects.filter(tenant=tenant, pk=query_id).first()
    if query is None:
        return
    ground = ground_of(tenant, query.query_text)
    answers = {provider: assistants.answer(provider, ground) for provider in query.providers or PROVIDERS}
    read = read_answers(tenant, query.query_text, answers)
    with transaction.atomic():
        if AIQuery.objects.select_for_update(no_key=True).filter(pk=query.pk).first() is None:
            return
        _store(tenant, query.query_text, read, query)
        AIQuery.objects.filter(pk=query.pk).update(last_run_at=clock.now())


def ground_of(tenant: Tenant, question: str) -> assistants.Ground:
    """What answers to a question are drawn from: the seed, the brands, and the products that fit."""
    # The search loads a large library, which a workspace without a catalogue should not pay for.
    matches = search(tenant, question, _PRODUCTS) if Product.objects.filter(tenant=tenant).exists() else []
    names = [match.product.name for match in matches if match.product.name]
    return assistants.Ground(
        source=f"{tenant.slug}/{ids.seed() or 0}",
        question=_in_one_line(question),
        brands=tuple(_distinct([own_brand(tenant), *competing_brands(tenant)])),
        products=tuple(dict.fromkeys(_in_one_line(name) for name in names)),
    )


def read_answers(tenant: Tenant, question: str, answers: dict[str, str]) -> list[dict[str, Any]]:
    """The fields of a result for each answer: what its text says of brands and products, and of the own brand.

    A brand is no mention where an answer only quotes the question.
    """
    own = own_brand(tenant)
    brands = [own, *competing_brands(tenant)]
    echo = assistants.echo(_in_one_line(question))
    said = {provider: text.replace(echo, "", 1) for provider, text in answers.items()}
    products = [(sku, name) for name, sku in heard_in(said.values(), ((name, sku) for sku, name in catalogue(tenant)))]
    read = []
    for provider, text in said.items():
        mentions = mentioned_brands(text, brands)
        mine: dict[str, Any] = next((mention for mention in mentions if mention["name"] == own.name), {})
        read.append(
            {
                "provider": provider,
                "raw_response": answers[provider],
                "mentioned_brands": mentions,
                "mentioned_products": mentioned_products(text, products),
                "position": mine.get("position"),
                "sentiment": mine.get("sentiment"),
            }
        )
    return read


def _store(tenant: Tenant, question: str, read: list[dict[str, Any]], query: AIQuery | None) -> list[QueryResult]:
    """Store the parsed answers, and record their credits."""
    now = clock.now()
    results = [
        QueryResult.objects.create(tenant=tenant, query=query, query_text=question, captured_at=now, **fields)
        for fields in read
    ]
    spend(tenant, "ai_answer", len(results))
    return results


def _distinct(brands: Iterable[Brand]) -> list[Brand]:
    """One brand a name; a competitor that has the own brand's name adds nothing."""
    known: dict[str, Brand] = {}
    for brand in brands:
        known.setdefault(fold(brand.name), brand)
    return list(known.values())


def _in_one_line(text: str) -> str:
    return " ".join(text.split())
