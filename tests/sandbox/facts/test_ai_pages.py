"""docs/api/ai-visibility, docs/ai-reach, docs/ai-reach/competitors, docs/segments/simulation, docs/api/ai-pages."""

from __future__ import annotations

from typing import Any

import pytest
from documented import products

PROVIDERS = ["chatgpt", "claude", "gemini", "grok", "perplexity"]
SNAPSHOT = "2026-05-01T12:00:00Z"


def query(api: Any, text: str = "best boots", **fields: Any) -> Any:
    return api.post("/ai-reach/queries/", {"query_text": text, **fields})


def results(api: Any, **fields: Any) -> list[dict[str, Any]]:
    """The answers to one query that was asked."""
    number = query(api, **fields).json()["id"]
    api.post(f"/ai-reach/queries/{number}/run/")
    found: list[dict[str, Any]] = api.get(f"/ai-reach/queries/{number}/results/").json()
    return found


# Queries


@pytest.mark.parametrize(
    "name",
    [
        "id",
        "query_text",
        "category",
        "tags",
        "providers",
        "is_active",
        "schedule",
        "last_run_at",
        "created_at",
        "updated_at",
    ],
)
def test_a_query_has_the_named_key(api: Any, name: str) -> None:
    assert name in query(api).json()


def test_creating_a_query_is_a_201(api: Any) -> None:
    assert query(api).status_code == 201


def test_a_query_needs_its_text(api: Any) -> None:
    assert "query_text" in api.post("/ai-reach/queries/", {}).json()


@pytest.mark.parametrize(("length", "status"), [(1000, 201), (1001, 400)])
def test_a_text_has_at_most_1000_characters(api: Any, length: int, status: int) -> None:
    assert query(api, "x" * length).status_code == status


def test_a_text_is_there_once(api: Any) -> None:
    query(api)
    assert query(api).status_code == 400


def test_another_tenant_may_ask_the_same(api: Any, other_tenant: Any) -> None:
    query(api)
    assert query(other_tenant).status_code == 201


def test_category_and_tags_are_kept(api: Any) -> None:
    made = query(api, category="brand awareness", tags=["a", "b"]).json()
    assert (made["category"], made["tags"]) == ("brand awareness", ["a", "b"])


@pytest.mark.parametrize("provider", PROVIDERS)
def test_there_are_five_providers(api: Any, provider: str) -> None:
    assert query(api, providers=[provider]).json()["providers"] == [provider]


def test_and_no_others(api: Any) -> None:
    assert query(api, providers=["bing"]).status_code == 400


def test_none_named_means_all(api: Any) -> None:
    assert sorted(each["provider"] for each in results(api, providers=[])) == PROVIDERS


def test_a_query_is_active_by_default(api: Any) -> None:
    assert query(api).json()["is_active"] is True


def test_a_query_is_asked_daily_by_default(api: Any) -> None:
    assert query(api).json()["schedule"] == "daily"


@pytest.mark.parametrize("schedule", ["hourly", "daily", "weekly"])
def test_there_are_three_schedules(api: Any, schedule: str) -> None:
    assert query(api, schedule=schedule).json()["schedule"] == schedule


def test_active_and_paused_ones_are_listed(api: Any) -> None:
    query(api, "one")
    query(api, "two", is_active=False)
    assert len(api.get("/ai-reach/queries/").json()) == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("query_text", "x"),
        ("category", "c"),
        ("tags", ["t"]),
        ("providers", ["claude"]),
        ("is_active", False),
        ("schedule", "weekly"),
    ],
)
def test_a_query_is_changed(api: Any, name: str, value: Any) -> None:
    number = query(api).json()["id"]
    assert api.patch(f"/ai-reach/queries/{number}/", {name: value}).json()[name] == value


@pytest.mark.parametrize("name", ["id", "created_at", "updated_at"])
def test_but_not_its_number_and_times(api: Any, name: str) -> None:
    made = query(api).json()
    changed = api.patch(f"/ai-reach/queries/{made['id']}/", {name: "2001-01-01T00:00:00Z" if "at" in name else 99})
    assert changed.json()[name] == made[name]


def test_a_query_is_read(api: Any) -> None:
    assert api.get(f"/ai-reach/queries/{query(api).json()['id']}/").status_code == 200


def test_a_query_is_deleted(api: Any) -> None:
    number = query(api).json()["id"]
    api.delete(f"/ai-reach/queries/{number}/")
    assert api.get(f"/ai-reach/queries/{number}/").status_code == 404


def test_a_run_is_queued(api: Any) -> None:
    answer = api.post(f"/ai-reach/queries/{query(api).json()['id']}/run/")
    assert (answer.status_code, answer.json()) == (200, {"status": "queued", "query_id": 1})


def test_a_run_answers_before_it_is_done(api: Any) -> None:
    api.jobs("manual")
    api.post(f"/ai-reach/queries/{query(api).json()['id']}/run/")
    assert api.get("/ai-reach/queries/1/results/").json() == []


@pytest.mark.parametrize(
    "name",
    [
        "id",
        "query",
        "provider",
        "raw_response",
        "mentioned_brands",
        "mentioned_products",
        "position",
        "sentiment",
        "is_simulated",
        "captured_at",
    ],
)
def test_a_result_has_the_named_key(api: Any, name: str) -> None:
    assert name in results(api)[0]


def test_the_newest_50_results_are_shown(api: Any) -> None:
    number = query(api).json()["id"]
    for _ in range(11):
        api.post(f"/ai-reach/queries/{number}/run/")
    assert len(api.get(f"/ai-reach/queries/{number}/results/").json()) == 50


def test_without_a_providers_key_answers_are_simulated(api: Any) -> None:
    assert all(each["is_simulated"] for each in results(api))


@pytest.mark.parametrize("name", ["name", "position", "sentiment"])
def test_a_mentioned_brand_has_the_named_key(api: Any, name: str) -> None:
    brands = [brand for each in results(api) for brand in each["mentioned_brands"]]
    assert name in brands[0]


def test_positions_count_from_one(api: Any) -> None:
    brands = [brand for each in results(api) for brand in each["mentioned_brands"]]
    assert min(brand["position"] for brand in brands) == 1


def test_a_sentiment_is_one_of_three_words(api: Any) -> None:
    brands = [brand for each in results(api) for brand in each["mentioned_brands"]]
    assert {brand["sentiment"] for brand in brands} <= {"positive", "neutral", "negative"}


# Simulations


def simulated(api: Any, **fields: Any) -> dict[str, Any]:
    answer = api.post("/ai-reach/simulate/", {"query_text": "best boots", **fields})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("name", ["query_text", "providers", "timed_out", "results", "diff"])
def test_a_simulation_has_the_named_key(api: Any, name: str) -> None:
    assert name in simulated(api)


@pytest.mark.parametrize("fields", [{}, {"providers": []}])
def test_a_simulation_asks_all_by_default(api: Any, fields: dict[str, Any]) -> None:
    assert sorted(each["provider"] for each in simulated(api, **fields)["results"]) == PROVIDERS


def test_a_provider_may_take_28_seconds(api: Any) -> None:
    api.control("POST", "/providers/", {"provider": "grok", "seconds": 29})
    found = simulated(api)
    assert (found["timed_out"], len(found["results"])) == (True, 4)


def test_a_simulations_results_belong_to_no_query(api: Any) -> None:
    assert all(each["query"] is None and each["is_simulated"] for each in simulated(api)["results"])


def test_a_difference_names_each_brand_once_in_lower_case(api: Any) -> None:
    names = [each["brand_name"] for each in simulated(api)["diff"]]
    assert names == list(dict.fromkeys(name.lower() for name in names))


# Dashboard, competitors, win rate


def test_an_empty_dashboard_is_of_nothing(api: Any) -> None:
    values = api.get("/ai-reach/dashboard/").json().values()
    assert all(value in (0, None, []) for value in values)


def competitor(api: Any, name: str = "Bolt", **fields: Any) -> Any:
    return api.post("/ai-reach/competitors/", {"name": name, **fields})


def test_a_competitor_needs_only_a_name(api: Any) -> None:
    assert competitor(api).status_code == 201


def test_a_competitor_may_have_more(api: Any) -> None:
    made = competitor(api, domain="bolt.test", brand_aliases=["Bolt Co"], is_active=False).json()
    assert (made["domain"], made["brand_aliases"], made["is_active"]) == ("bolt.test", ["Bolt Co"], False)


def test_competitors_are_listed(api: Any) -> None:
    competitor(api)
    assert "Bolt" in api.get("/ai-reach/competitors/").text


def test_a_name_is_there_once(api: Any) -> None:
    competitor(api)
    assert competitor(api).status_code == 400


def test_a_win_rate_is_wins_over_what_can_be_compared(api: Any) -> None:
    competitor(api)
    results(api)
    (row,) = api.get("/ai-reach/win-rate/").json()
    total = row["wins"] + row["losses"] + row["ties"]
    assert row["win_rate"] == pytest.approx(row["wins"] / total if total else 0, abs=1e-4)


def test_win_rates_come_highest_first(api: Any) -> None:
    for name in ("Bolt", "Crux", "Dune"):
        competitor(api, name)
    results(api)
    rates = [row["win_rate"] for row in api.get("/ai-reach/win-rate/").json()]
    assert rates == sorted(rates, reverse=True)


def test_a_paused_competitor_has_none(api: Any) -> None:
    competitor(api, is_active=False)
    assert api.get("/ai-reach/win-rate/").json() == []


# The product query


@pytest.fixture
def boots(api: Any) -> Any:
    """A small catalogue."""
    products(api, {"sku": "A", "name": "Trail boot", "brand": "Acme"}, {"sku": "B", "name": "Garden hose"})
    return api


@pytest.mark.parametrize("name", ["query", "products", "filters", "metadata"])
def test_a_search_has_the_named_key(boots: Any, name: str) -> None:
    assert name in boots.get("/ai-pages/query?q=boot").json()


@pytest.mark.parametrize("name", ["id", "sku", "name", "data", "relevance_score"])
def test_a_product_that_was_found_has_the_named_key(boots: Any, name: str) -> None:
    assert name in boots.get("/ai-pages/query?q=boot").json()["products"][0]


@pytest.mark.parametrize("name", ["match_count", "latency_ms"])
def test_the_metadata_have_the_named_key(boots: Any, name: str) -> None:
    assert name in boots.get("/ai-pages/query?q=boot").json()["metadata"]


def test_a_search_needs_its_text(boots: Any) -> None:
    assert boots.get("/ai-pages/query").status_code == 400


@pytest.mark.parametrize(("limit", "number"), [("", 20), ("&limit=500", 100)])
def test_a_search_finds_20_and_at_most_100(api: Any, limit: str, number: int) -> None:
    products(api, *({"sku": f"S{n}", "name": f"Trail boot {n}"} for n in range(120)))
    assert len(api.get(f"/ai-pages/query?q=boot{limit}").json()["products"]) == number


def test_a_search_is_within_a_product_segment(boots: Any) -> None:
    rules = {"conditions": [{"type": "product_attribute", "property": "brand", "operator": "is_set"}]}
    number = boots.post("/product-segments/", {"name": "s", "definition": rules}).json()["id"]
    found = boots.get(f"/ai-pages/query?q=hose&segment_id={number}").json()["products"]
    assert [each["sku"] for each in found if each["sku"] != "A"] == []


def test_a_relevance_is_a_cosine_of_four_digits(boots: Any) -> None:
    score = boots.get("/ai-pages/query?q=boot").json()["products"][0]["relevance_score"]
    assert 0 < score == round(score, 4) <= 1


def test_a_search_that_is_out_of_service_is_a_503(boots: Any) -> None:
    boots.control("POST", "/faults/", {"kind": "status", "status": 503, "path": "/ai-pages/query"})
    assert boots.get("/ai-pages/query?q=boot").status_code == 503


# Pages


def page(api: Any, **fields: Any) -> Any:
    return api.post("/ai-pages/pages/", {"slug": "boots", **fields})


def public(api: Any, agent: str = "Mozilla/5.0") -> Any:
    headers = {"Authorization": None, "User-Agent": agent}
    return api.get("/ai-pages/public/pages/acme/boots/", headers=headers)


@pytest.mark.parametrize("name", ["intro_copy", "product_skus"])
def test_a_list_of_pages_is_light(api: Any, name: str) -> None:
    page(api)
    assert name not in api.get("/ai-pages/pages/").json()[0]


def test_a_page_needs_its_slug(api: Any) -> None:
    assert "slug" in api.post("/ai-pages/pages/", {}).json()


def test_a_slug_is_there_once(api: Any) -> None:
    page(api)
    assert page(api).status_code == 400


def test_a_pages_query_is_a_number(api: Any) -> None:
    number = query(api).json()["id"]
    assert page(api, query=number).json()["query"] == number


def test_a_page_is_titled_by_its_query(api: Any) -> None:
    assert page(api, query=query(api).json()["id"]).json()["title"] == "best boots"


def test_a_page_is_not_published_by_default(api: Any) -> None:
    assert page(api).json()["published"] is False


@pytest.mark.parametrize(("name", "value"), [("slug", "shoes"), ("title", "T"), ("published", True)])
def test_a_page_is_changed(api: Any, name: str, value: Any) -> None:
    number = page(api).json()["id"]
    assert api.patch(f"/ai-pages/pages/{number}/", {name: value}).json()[name] == value


def test_a_page_is_deleted(api: Any) -> None:
    number = page(api).json()["id"]
    api.delete(f"/ai-pages/pages/{number}/")
    assert api.get("/ai-pages/pages/").json() == []


def test_regenerating_is_queued(api: Any) -> None:
    answer = api.post(f"/ai-pages/pages/{page(api).json()['id']}/regenerate/")
    assert (answer.status_code, answer.json()) == (202, {"status": "queued"})


def test_bulk_generation_is_queued_as_a_job(api: Any) -> None:
    answer = api.post("/ai-pages/pages/bulk-generate/")
    assert (answer.status_code, set(answer.json()), answer.json()["status"]) == (202, {"job_id", "status"}, "queued")


def test_it_makes_a_page_for_each_active_query(api: Any) -> None:
    query(api, "one")
    query(api, "two", is_active=False)
    api.post("/ai-pages/pages/bulk-generate/")
    assert [each["title"] for each in api.get("/ai-pages/pages/").json()] == ["one"]


@pytest.mark.parametrize("name", ["intro_copy", "product_skus"])
def test_a_public_page_is_whole(api: Any, name: str) -> None:
    page(api, published=True)
    assert name in public(api).json()


def test_a_public_page_counts_its_views(api: Any) -> None:
    page(api, published=True)
    public(api)
    assert public(api).json()["view_count"] == 2


@pytest.mark.parametrize(("agent", "noted"), [("GPTBot/1.0", SNAPSHOT), ("Mozilla/5.0", None)])
def test_a_visit_of_an_ai_crawler_is_noted(api: Any, agent: str, noted: str | None) -> None:
    page(api, published=True)
    assert public(api, agent).json()["last_ai_crawl_at"] == noted


@pytest.mark.parametrize("form", ["tsx", "html", "json"])
def test_a_page_is_exported_in_three_formats(api: Any, form: str) -> None:
    number = page(api, query=query(api).json()["id"]).json()["id"]
    api.post(f"/ai-pages/pages/{number}/build/", {})
    assert api.post(f"/ai-pages/pages/{number}/export/", {"format": form}).status_code == 202
