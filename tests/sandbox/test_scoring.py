"""Scores of products: the four dimensions, the advice, and the jobs that compute them."""

from __future__ import annotations

from typing import Any

import pytest
from conformance import contract

DESCRIPTION = (
    "The Acme Trail Boot is a waterproof boot for long days in wet mountains. It is designed for hikers who carry "
    "heavy packs. The sole grips on rock, mud and snow, and the lining keeps feet warm down to minus ten degrees."
)
COMPLETE = {"brand": "Acme", "description": DESCRIPTION, "price": 129.99, "category": "boots", "image": "http://x/"}
FIELDS = [
    {"name": "brand", "type": "string"},
    {"name": "colors", "type": "array"},
    {"name": "stock", "type": "number"},
]


def add(api: Any, sku: str, name: str = "Trail Boot", **data: Any) -> int:
    """Create a product."""
    created: int = api.post("/pim/products/", {"sku": sku, "name": name, "data": data}).json()["id"]
    return created


def score(api: Any, product_id: int = 1) -> Any:
    """Score a product and read the score."""
    assert api.post(f"/pim/products/{product_id}/score/").status_code == 202
    return api.get(f"/pim/products/{product_id}/score/").json()


def points(api: Any, dimension: str, product_id: int = 1) -> float:
    """The points of one dimension, newly scored."""
    got: float = score(api, product_id)["dimension_scores"][dimension]
    return got


def advice(scored: Any, dimension: str) -> Any:
    """The recommendation for a dimension, None if there is none."""
    return next((entry for entry in scored["recommendations"] if entry["dimension"] == dimension), None)


def ask(api: Any, text: str, *providers: str) -> int:
    """Register an AI query and run it."""
    query: int = api.post("/ai-reach/queries/", {"query_text": text, "providers": list(providers)}).json()["id"]
    assert api.post(f"/ai-reach/queries/{query}/run/").status_code == 200
    return query


def test_a_score_is_the_sum_of_four_dimensions_of_the_product(api: Any) -> None:
    add(api, "A1", **COMPLETE)
    assert api.get("/pim/products/1/score/").json() == {"detail": "Not found."}
    queued = api.post("/pim/products/1/score/")
    assert (queued.status_code, queued.json()) == (202, {"status": "queued", "product_id": 1})
    scored = api.get("/pim/products/1/score/").json()
    assert contract().check("ProductScore", scored) == []
    assert scored["dimension_scores"] == {
        "schema_coverage": 25.0,
        "answer_format": 25.0,
        "factual_completeness": 25.0,
        "ai_visibility_alignment": 0.0,
    }
    assert scored["score"] == sum(scored["dimension_scores"].values()) == 75.0
    assert api.get("/pim/products/1/").json()["ai_readability_score"] == 75.0
    assert [entry["dimension"] for entry in scored["recommendations"]] == ["ai_visibility_alignment"]


@pytest.mark.parametrize("missing", ["description", "brand", "category", "price", "image"])
def test_schema_coverage_asks_for_five_things_by_name(api: Any, missing: str) -> None:
    add(api, "A1", **{name: value for name, value in COMPLETE.items() if name != missing})
    scored = score(api)
    assert scored["dimension_scores"]["schema_coverage"] == 20.0
    assert advice(scored, "schema_coverage")["action"] == f"Add {missing}."
    add(api, "A2", **{**COMPLETE, missing: "  "})  # blank is missing
    assert points(api, "schema_coverage", 2) == 20.0


def test_a_price_counts_under_whatever_name_the_schema_gives_it(api: Any) -> None:
    add(api, "A1", retail={"amount": 5, "currency": "EUR"})
    assert points(api, "schema_coverage") == 0.0
    api.put("/pim/schema/", {"fields": [{"name": "retail", "type": "price"}]})
    assert points(api, "schema_coverage") == 5.0


def test_answer_format_looks_at_length_sentences_purpose_and_name(api: Any) -> None:
    add(api, "A1", description="Nice boots", brand="Acme")
    scored = score(api)
    assert scored["dimension_scores"]["answer_format"] == 0.5  # 2 of 40 words
    assert advice(scored, "answer_format")["action"] == (
        "In the description, write 40 words or more (now 2); use 2 whole sentences or more; "
        "say whom or what it is for; name Trail Boot or Acme."
    )
    gains = []
    for text in ("Nice boots.", "Nice boots. Warm.", "Nice boots. For hikers.", "Nice boots. For ACME hikers."):
        api.patch("/pim/products/1/", {"data": {"description": text, "brand": "Acme"}})
        gains.append(points(api, "answer_format"))
    assert gains == [3.0, 5.8, 11.0, 16.2]
    api.patch("/pim/products/1/", {"data": {}})
    empty = score(api)
    assert empty["dimension_scores"]["answer_format"] == 0.0
    assert advice(empty, "answer_format")["action"].startswith("Write a description")


def test_factual_completeness_is_the_share_of_filled_schema_fields(api: Any) -> None:
    api.put("/pim/schema/", {"fields": FIELDS})
    add(api, "A1", brand="Acme", colors=[], other="not in the schema")
    scored = score(api)
    assert scored["dimension_scores"]["factual_completeness"] == 8.3
    wanted = "Fill in colors, stock: 2 of 3 schema fields are empty."
    assert advice(scored, "factual_completeness")["action"] == wanted
    api.patch("/pim/products/1/", {"data": {"brand": "Acme", "colors": ["red"], "stock": 0}})
    full = score(api)
    assert full["dimension_scores"]["factual_completeness"] == 25.0  # a zero is a fact
    assert advice(full, "factual_completeness") is None


def test_without_a_schema_a_product_is_measured_by_its_own_attributes(api: Any) -> None:
    add(api, "A1", brand="Acme", color=None)
    assert points(api, "factual_completeness") == 12.5
    add(api, "A2")
    assert "Define the catalogue's schema" in advice(score(api, 2), "factual_completeness")["action"]


def test_alignment_is_the_share_of_answers_that_mention_the_product(api: Any) -> None:
    add(api, "A1", "Trail Boot")
    add(api, "A2", "Rain Jacket")
    nobody_asks = score(api)
    assert nobody_asks["dimension_scores"]["ai_visibility_alignment"] == 0.0
    assert advice(nobody_asks, "ai_visibility_alignment")["action"].startswith("Track an AI query about Trail Boot")
    ask(api, "which trail boots?", "chatgpt", "claude")
    assert points(api, "ai_visibility_alignment") == 25.0  # named by both
    assert points(api, "ai_visibility_alignment", 2) == 0.0
    add(api, "A3", "Trail Poles")
    scored = score(api, 3)
    assert scored["dimension_scores"]["ai_visibility_alignment"] == 0.0
    assert advice(scored, "ai_visibility_alignment")["action"] == (
        'Publish an AI page that answers "which trail boots?": 0 of 2 AI answers mention it.'
    )


def test_only_the_newest_answers_to_registered_queries_count(api: Any) -> None:
    query = ask(api, "which trail poles?", "chatgpt")
    add(api, "A1", "Trail Poles")
    assert points(api, "ai_visibility_alignment") == 0.0  # asked before it was there
    api.post("/ai-reach/simulate/", {"query_text": "which trail poles?", "providers": ["grok"]})
    assert points(api, "ai_visibility_alignment") == 0.0  # a simulation is no snapshot
    api.advance(1)
    api.post(f"/ai-reach/queries/{query}/run/")
    assert points(api, "ai_visibility_alignment") == 25.0


def test_advice_is_ordered_by_the_points_at_stake(api: Any) -> None:
    api.put("/pim/schema/", {"fields": FIELDS})
    add(api, "A1", brand="Acme", colors=["red"], stock=1, description="Nice.", price=5, category="x")
    scored = score(api)
    at_stake = {name: 25 - had for name, had in scored["dimension_scores"].items()}
    listed = scored["recommendations"]
    assert [entry["dimension"] for entry in listed] == ["ai_visibility_alignment", "answer_format", "schema_coverage"]
    assert [entry["priority"] for entry in listed] == [1, 2, 3]
    assert [at_stake[entry["dimension"]] for entry in listed] == sorted(
        (gap for gap in at_stake.values() if gap), reverse=True
    )
    assert [entry["estimated_impact"] for entry in listed] == ["high", "high", "medium"]


def test_scoring_again_overwrites_and_reading_again_does_not(api: Any) -> None:
    add(api, "A1")
    first = score(api)
    api.patch("/pim/products/1/", {"data": COMPLETE})
    api.advance(60)
    assert api.get("/pim/products/1/score/").json() == first
    second = score(api)
    assert second["id"] == first["id"]
    assert second["score"] > first["score"]
    assert (first["scored_at"], second["scored_at"]) == ("2026-05-01T12:00:00Z", "2026-05-01T12:01:00Z")
    assert api.get("/pim/products/1/").json()["ai_readability_score"] == second["score"]


def test_score_all_scores_every_product_of_the_workspace_as_one_job(api: Any, other_tenant: Any) -> None:
    rows = [{"sku": f"A{number}", "description": DESCRIPTION * (number % 2)} for number in range(1201)]
    api.post("/pim/products/bulk/", {"products": rows})
    theirs = add(other_tenant, "B1")
    answer = api.post("/pim/score-all/")
    assert (answer.status_code, answer.json()) == (202, {"status": "queued", "product_count": 1201})
    jobs = api.control("GET", "/jobs/")["jobs"]
    assert [job["kind"] for job in jobs if job["status"] == "done"] == ["products.score_all"]
    scores = []
    for page in range(1, 8):
        listed = api.get("/pim/products/", params={"page_size": 200, "page": page}).json()["results"]
        scores += [product["ai_readability_score"] for product in listed]
    assert len(scores) == 1201
    assert None not in scores
    assert set(scores[::2]) != set(scores[1::2])
    assert other_tenant.get(f"/pim/products/{theirs}/").json()["ai_readability_score"] is None


def waiting(api: Any) -> list[str]:
    """The kinds of the jobs that are planned; nothing else waits."""
    found = api.control("GET", "/jobs/")
    assert "queued" not in [job["status"] for job in found["jobs"]]
    return [job["kind"] for job in found["planned"]]


def test_a_catalogue_with_scores_is_scored_each_night_at_midnight(api: Any) -> None:
    product = add(api, "A1")
    assert waiting(api) == []
    api.post(f"/pim/products/{product}/score/")
    api.post("/pim/score-all/")
    assert waiting(api) == ["products.score_nightly"]
    scored = []
    for seconds in (12 * 3600 - 1, 1, 3 * 86_400):
        api.advance(seconds)
        scored.append(api.get(f"/pim/products/{product}/score/").json()["scored_at"])
    assert scored == ["2026-05-01T12:00:00Z", "2026-05-02T00:00:00Z", "2026-05-05T00:00:00Z"]
    assert waiting(api) == ["products.score_nightly"]


def test_a_catalogue_whose_scores_are_gone_is_left_alone(api: Any) -> None:
    product = add(api, "A1")
    api.post(f"/pim/products/{product}/score/")
    api.delete(f"/pim/products/{product}/")
    api.advance(2 * 86_400)
    assert waiting(api) == []


def test_a_night_whose_scoring_fails_is_followed_by_the_next(breakable: Any) -> None:
    api, run = breakable
    product = add(api, "A1")
    api.post(f"/pim/products/{product}/score/")
    api.run_jobs()
    run("ALTER TABLE sandbox_product_schema RENAME TO away")
    api.control("POST", "/clock/", {"now": "2126-01-01T00:00:00Z"})
    (night,) = api.run_jobs(1)
    assert (night["kind"], night["status"], waiting(api)) == ("products.score_nightly", "failed", [night["kind"]])


def test_a_product_that_is_deleted_or_changed_before_its_scoring_does_not_break_the_job(api: Any) -> None:
    for sku in ("A1", "A2", "A3"):
        add(api, sku)
    api.jobs("manual")
    api.post("/pim/products/2/score/")
    api.post("/pim/score-all/")
    api.delete("/pim/products/2/")
    api.patch("/pim/products/3/", {"data": COMPLETE})
    assert [job["status"] for job in api.run_jobs()] == ["done", "done"]
    assert [api.get(f"/pim/products/{number}/score/").status_code for number in (1, 2, 3)] == [200, 404, 200]
    assert api.get("/pim/products/3/score/").json()["dimension_scores"]["schema_coverage"] == 25.0
    api.delete("/pim/products/3/")  # its score goes with it
    assert api.get("/pim/products/3/score/").status_code == 404


def test_scoring_an_unknown_product_is_a_404(api: Any, other_tenant: Any) -> None:
    theirs = add(other_tenant, "B1")
    for product in (4711, theirs):
        assert api.post(f"/pim/products/{product}/score/").status_code == 404
        assert api.get(f"/pim/products/{product}/score/").status_code == 404
    assert api.control("GET", "/jobs/")["jobs"] == []
    assert api.post("/pim/score-all/").json()["product_count"] == 0
