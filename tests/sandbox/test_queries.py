"""AI visibility: queries, simulated answers, what is drawn from them, competitors, win rate."""

from __future__ import annotations

from typing import Any

import pytest

PROVIDERS = ["chatgpt", "perplexity", "claude", "gemini", "grok"]
BRANDS = ("Acme", "Rival", "Other")
QUESTIONS = [f"best boot for use {number}" for number in range(6)]


@pytest.fixture
def market(api: Any) -> Any:
    """Two competitors and six queries, each run once."""
    for name in BRANDS[1:]:
        assert api.post("/ai-reach/competitors/", {"name": name}).status_code == 201
    for number, text in enumerate(QUESTIONS, start=1):
        assert api.post("/ai-reach/queries/", {"query_text": text}).status_code == 201
        assert api.post(f"/ai-reach/queries/{number}/run/").status_code == 200
    return api


def results(api: Any) -> list[dict[str, Any]]:
    """The answers to all queries."""
    return [
        result
        for number in range(1, len(QUESTIONS) + 1)
        for result in api.get(f"/ai-reach/queries/{number}/results/").json()
    ]


def order_of_brands(result: dict[str, Any]) -> list[str]:
    """The brands in the text of an answer, in the order they appear, found in another way than the sandbox does."""
    text = result["raw_response"].split("\n", 2)[2]
    return sorted((brand for brand in BRANDS if brand in text), key=text.index)


def test_a_query_is_created_read_changed_and_deleted(api: Any) -> None:
    created = api.post("/ai-reach/queries/", {"query_text": "best boots"})
    assert created.status_code == 201
    assert created.json() == {
        "id": 1,
        "query_text": "best boots",
        "category": "",
        "tags": [],
        "providers": [],
        "is_active": True,
        "schedule": "daily",
        "last_run_at": None,
        "created_at": "2026-05-01T12:00:00Z",
        "updated_at": "2026-05-01T12:00:00Z",
    }
    assert api.get("/ai-reach/queries/").json() == [created.json()]  # a bare array
    changes = {"tags": ["a"], "providers": ["claude", "grok", "claude"], "schedule": "weekly", "is_active": False}
    changed = api.patch("/ai-reach/queries/1/", {**changes, "last_run_at": "2020-01-01T00:00:00Z"}).json()
    assert changed == {**created.json(), **changes, "providers": ["claude", "grok"]}
    assert api.get("/ai-reach/queries/").json() == [changed]  # paused ones too
    assert api.delete("/ai-reach/queries/1/").status_code == 204
    assert api.post("/ai-reach/queries/1/run/").status_code == 404


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {"query_text": ["This field is required."]}),
        ({"query_text": "x", "providers": ["bing"]}, {"providers": ['"bing" is not a valid choice.']}),
        ({"query_text": "x", "schedule": "yearly"}, {"schedule": ['"yearly" is not a valid choice.']}),
        ({"query_text": "taken"}, {"query_text": ["AI query with this query text already exists."]}),
    ],
)
def test_a_wrong_query_is_refused(api: Any, body: Any, expected: Any) -> None:
    api.post("/ai-reach/queries/", {"query_text": "taken"})
    answer = api.post("/ai-reach/queries/", body)
    assert (answer.status_code, answer.json()) == (400, expected)


def test_a_run_asks_each_provider_and_its_answers_are_marked_as_simulated(api: Any) -> None:
    api.post("/ai-reach/queries/", {"query_text": "best boots"})
    assert api.get("/ai-reach/queries/1/results/").json() == []
    queued = api.post("/ai-reach/queries/1/run/")
    assert (queued.status_code, queued.json()) == (200, {"status": "queued", "query_id": 1})
    answers = api.get("/ai-reach/queries/1/results/").json()
    assert [answer["provider"] for answer in answers] == PROVIDERS[::-1]  # newest first
    assert all(answer["is_simulated"] and answer["query"] == 1 for answer in answers)
    assert all("best boots" in answer["raw_response"] for answer in answers)
    assert api.get("/ai-reach/queries/1/").json()["last_run_at"] == "2026-05-01T12:00:00Z"


def test_only_the_querys_own_providers_are_asked(api: Any) -> None:
    api.post("/ai-reach/queries/", {"query_text": "best boots", "providers": ["grok", "claude"]})
    api.post("/ai-reach/queries/1/run/")
    assert [answer["provider"] for answer in api.get("/ai-reach/queries/1/results/").json()] == ["claude", "grok"]


def test_results_are_the_newest_50(api: Any) -> None:
    api.post("/ai-reach/queries/", {"query_text": "best boots"})
    for _ in range(11):
        api.post("/ai-reach/queries/1/run/")
    ids = [answer["id"] for answer in api.get("/ai-reach/queries/1/results/").json()]
    assert ids == list(range(55, 5, -1))


def test_brands_are_extracted_from_the_text_in_its_order(market: Any) -> None:
    answers = results(market)
    assert len(answers) == 30
    for answer in answers:
        assert [brand["name"] for brand in answer["mentioned_brands"]] == order_of_brands(answer)
        assert [b["position"] for b in answer["mentioned_brands"]] == list(
            range(1, len(answer["mentioned_brands"]) + 1)
        )
        own = [brand for brand in answer["mentioned_brands"] if brand["name"] == "Acme"]
        assert answer["position"] == (own[0]["position"] if own else None)
        assert answer["sentiment"] == (own[0]["sentiment"] if own else None)
    sentiments = {brand["sentiment"] for answer in answers for brand in answer["mentioned_brands"]}
    assert sentiments == {"positive", "neutral", "negative"}
    assert len({tuple(order_of_brands(answer)) for answer in answers}) > 3  # not the same answer again and again


def test_the_sentiment_is_that_of_the_words_around_the_brand(market: Any) -> None:
    for answer in results(market):
        for brand in answer["mentioned_brands"]:
            line = next(line for line in answer["raw_response"].split("\n") if line.startswith(brand["name"]))
            kind = any(word in line for word in ("praised", "favourite"))
            expected = "positive" if kind else "negative" if "criticised" in line else "neutral"
            assert brand["sentiment"] == expected


def test_products_of_the_catalogue_that_fit_are_mentioned(api: Any) -> None:
    api.post(
        "/pim/products/bulk/", {"products": [{"sku": "A1", "name": "Trail Boot"}, {"sku": "A2", "name": "Umbrella"}]}
    )
    answer = api.post("/ai-reach/simulate/", {"query_text": "boots for a trail", "providers": ["claude"]}).json()
    [result] = answer["results"]
    assert result["mentioned_products"] == [{"name": "Trail Boot", "sku": "A1", "position": 1}]
    assert "Trail Boot" in result["raw_response"]


def test_the_same_question_gets_the_same_answer(api: Any) -> None:
    body = {"query_text": "best boots", "providers": ["claude"]}
    one, other = (api.post("/ai-reach/simulate/", body).json()["results"][0] for _ in range(2))
    assert one["id"] != other["id"]
    assert one["raw_response"] == other["raw_response"]


def test_a_simulation_compares_the_providers_and_belongs_to_no_query(market: Any) -> None:
    body = {"query_text": "best boots", "providers": ["claude", "grok", "gemini"]}
    answer = market.post("/ai-reach/simulate/", body)
    assert answer.status_code == 200
    simulation = answer.json()
    assert (simulation["query_text"], simulation["providers"], simulation["timed_out"]) == (*body.values(), False)
    assert [result["query"] for result in simulation["results"]] == [None] * 3
    by_brand = {entry["brand_name"]: entry for entry in simulation["diff"]}
    assert set(by_brand) == {"acme", "rival", "other"}
    for name, entry in by_brand.items():
        naming = [r["provider"] for r in simulation["results"] if name in [b.lower() for b in order_of_brands(r)]]
        assert entry["mentioned_by"] == naming
        assert entry["status"] == {0: "none", 3: "all"}.get(len(naming), "some")
    before = market.get("/ai-reach/dashboard/").json()["total_results"]
    assert before == 30


@pytest.mark.parametrize("providers", [[], None])
def test_a_simulation_asks_all_providers_unless_told_otherwise(api: Any, providers: Any) -> None:
    body = {"query_text": "best boots"} if providers is None else {"query_text": "best boots", "providers": providers}
    assert api.post("/ai-reach/simulate/", body).json()["providers"] == PROVIDERS


def test_a_simulation_needs_a_question(api: Any) -> None:
    answer = api.post("/ai-reach/simulate/", {"providers": ["claude"]})
    assert (answer.status_code, answer.json()) == (400, {"query_text": ["This field is required."]})
    assert list(api.post("/ai-reach/simulate/", {"query_text": "x", "providers": ["x"]}).json()) == ["providers"]


def test_the_dashboard_is_empty_at_first(api: Any) -> None:
    assert api.get("/ai-reach/dashboard/").json() == {
        "total_queries": 0,
        "active_queries": 0,
        "total_results": 0,
        "mention_rate": 0.0,
        "avg_position": None,
        "share_of_voice": 0.0,
        "sentiment_score": None,
        "by_provider": [],
        "trend": [],
        "top_brands": [],
    }


def test_the_dashboard_rolls_up_the_stored_answers(market: Any) -> None:
    market.patch("/ai-reach/queries/1/", {"is_active": False})
    answers = results(market)
    named = [answer for answer in answers if answer["position"]]
    mentions = [brand["name"] for answer in answers for brand in answer["mentioned_brands"]]
    board = market.get("/ai-reach/dashboard/").json()
    assert (board["total_queries"], board["active_queries"], board["total_results"]) == (6, 5, 30)
    assert board["mention_rate"] == round(len(named) / 30, 4)
    assert board["avg_position"] == round(sum(answer["position"] for answer in named) / len(named), 2)
    assert board["share_of_voice"] == round(mentions.count("Acme") / len(mentions), 4)
    value = {"negative": 0, "neutral": 0.5, "positive": 1}
    assert board["sentiment_score"] == round(sum(value[a["sentiment"]] for a in named) / len(named), 4)
    assert [entry["provider"] for entry in board["by_provider"]] == sorted(PROVIDERS)
    assert sum(entry["result_count"] for entry in board["by_provider"]) == 30
    assert board["trend"] == [{"day": "2026-05-01", "mention_rate": board["mention_rate"]}]
    counts = {brand: mentions.count(brand) for brand in BRANDS}
    assert {entry["name"]: entry["mentions"] for entry in board["top_brands"]} == counts


def test_the_trend_has_a_point_a_day(market: Any) -> None:
    market.advance(86_400)
    market.post("/ai-reach/queries/1/run/")
    assert [point["day"] for point in market.get("/ai-reach/dashboard/").json()["trend"]] == [
        "2026-05-01",
        "2026-05-02",
    ]


def test_a_competitor_is_created_read_changed_and_deleted(api: Any) -> None:
    created = api.post("/ai-reach/competitors/", {"name": "Rival", "domain": "rival.test", "brand_aliases": ["R"]})
    assert (created.status_code, created.json()["brand_aliases"], created.json()["is_active"]) == (201, ["R"], True)
    assert api.get("/ai-reach/competitors/").json() == [created.json()]
    again = api.post("/ai-reach/competitors/", {"name": "Rival"})
    assert again.json() == {"name": ["Competitor with this name already exists."]}
    assert api.patch("/ai-reach/competitors/1/", {"is_active": False}).json()["is_active"] is False
    assert api.delete("/ai-reach/competitors/1/").status_code == 204
    assert api.get("/ai-reach/competitors/1/").status_code == 404


def test_the_win_rate_counts_who_ranks_ahead(market: Any) -> None:
    expected = {}
    for competitor in BRANDS[1:]:
        wins = losses = 0
        for answer in results(market):
            order = order_of_brands(answer)
            pair = [brand for brand in order if brand in ("Acme", competitor)]
            wins += pair[:1] == ["Acme"]
            losses += pair[:1] == [competitor]
        expected[competitor] = (wins, losses, 0, round(wins / (wins + losses), 4))
    rates = market.get("/ai-reach/win-rate/?unknown=1").json()
    found = {r["competitor_name"]: (r["wins"], r["losses"], r["ties"], r["win_rate"]) for r in rates}
    assert found == expected
    assert [rate["win_rate"] for rate in rates] == sorted((rate["win_rate"] for rate in rates), reverse=True)
    market.patch("/ai-reach/competitors/1/", {"is_active": False})
    assert [rate["competitor_name"] for rate in market.get("/ai-reach/win-rate/").json()] == ["Other"]


def test_without_answers_nothing_is_won(api: Any) -> None:
    assert api.get("/ai-reach/win-rate/").json() == []
    api.post("/ai-reach/competitors/", {"name": "Rival"})
    assert api.get("/ai-reach/win-rate/").json() == [
        {"competitor_id": 1, "competitor_name": "Rival", "wins": 0, "losses": 0, "ties": 0, "win_rate": 0.0}
    ]
