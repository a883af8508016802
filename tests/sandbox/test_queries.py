"""AI visibility: queries, simulated answers, their figures, competitors, win rate."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from conformance import contract

CONTRACT = contract()

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


def said(result: dict[str, Any]) -> str:
    """The text of an answer behind its first line, which quotes the question."""
    return str(result["raw_response"].split("\n", 1)[1])


def order_of_brands(result: dict[str, Any]) -> list[str]:
    """The brands in the text of an answer, in the order they appear, found in another way than the sandbox does."""
    return sorted((brand for brand in BRANDS if brand in said(result)), key=said(result).index)


def places_of_brands(result: dict[str, Any]) -> dict[str, int]:
    """The brands' places: by the number of their line, or counted."""
    brands = order_of_brands(result)
    numbered = [line for line in said(result).split("\n") if line[:1].isdigit()]
    if not numbered:
        return {brand: place for place, brand in enumerate(brands, start=1)}
    return {brand: int(re.split("[.)]", line)[0]) for brand in brands for line in numbered if brand in line}


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
        ({"query_text": " "}, {"query_text": ["This field may not be blank."]}),
        ({"query_text": None}, {"query_text": ["This field may not be null."]}),
        ({"query_text": ["x"]}, {"query_text": ["Not a valid string."]}),
        ({"query_text": "ü" * 1001}, {"query_text": ["Ensure this field has no more than 1000 characters."]}),
        ({"query_text": "x", "providers": ["bing"]}, {"providers": ['"bing" is not a valid choice.']}),
        ({"query_text": "x", "providers": ["Claude", 5]}, {"providers": None}),
        ({"query_text": "x", "providers": [["claude"]]}, {"providers": ["Not a valid string."]}),
        ({"query_text": "x", "providers": "claude"}, {"providers": ['Expected a list of items but got type "str".']}),
        ({"query_text": "x", "providers": None}, {"providers": ["This field may not be null."]}),
        ({"query_text": "x", "tags": {"a": 1}}, {"tags": ['Expected a list of items but got type "dict".']}),
        ({"query_text": "x", "tags": ["a", None]}, {"tags": ["This field may not be null."]}),
        ({"query_text": "x", "tags": [["a"], True]}, {"tags": ["Not a valid string."]}),
        ({"query_text": "x", "tags": [""]}, {"tags": ["This field may not be blank."]}),
        ({"query_text": "x", "category": 5.5 * 10**300, "schedule": []}, {"schedule": None}),
        ({"query_text": "x", "category": "c" * 256}, {"category": None}),
        ({"query_text": "x", "category": ["c"]}, {"category": ["Not a valid string."]}),
        ({"query_text": "x", "schedule": "yearly"}, {"schedule": ['"yearly" is not a valid choice.']}),
        ({"query_text": "x", "schedule": None}, {"schedule": ["This field may not be null."]}),
        ({"query_text": "x", "is_active": "perhaps"}, {"is_active": ["Must be a valid boolean."]}),
        ({"query_text": "x", "is_active": None}, {"is_active": ["This field may not be null."]}),
        ({"query_text": " taken"}, {"query_text": ["AI query with this query text already exists."]}),
        (["x"], {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
    ],
)
def test_a_wrong_query_is_refused_and_nothing_is_stored(api: Any, body: Any, expected: Any) -> None:
    api.post("/ai-reach/queries/", {"query_text": "taken"})
    other = api.post("/ai-reach/queries/", {"query_text": "other"}).json()
    before = [api.get("/ai-reach/queries/").json(), api.control("GET", "/jobs/")]
    for answer in (api.post("/ai-reach/queries/", body), api.patch(f"/ai-reach/queries/{other['id']}/", body)):
        if body == {} and answer.status_code == 200:
            continue  # a PATCH of nothing
        assert answer.status_code == 400
        assert CONTRACT.check("FieldErrors", answer.json()) == []
        assert list(answer.json()) == list(expected)
        assert all(value is None or answer.json()[key] == value for key, value in expected.items())
    if body != {}:
        assert [api.get("/ai-reach/queries/").json(), api.control("GET", "/jobs/")] == before


def test_texts_of_any_allowed_length_and_script_are_kept(api: Any) -> None:
    # 3,000 bytes that no compression makes shorter: more than an index of PostgreSQL takes
    long = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(1000))
    body = {"query_text": long, "category": "K" * 255, "tags": ["ü", "t" * 500], "providers": []}
    created = api.post("/ai-reach/queries/", body)
    assert created.status_code == 201
    assert {key: created.json()[key] for key in body} == body
    assert api.post("/ai-reach/queries/", {"query_text": long}).status_code == 400  # it is taken
    assert api.post("/ai-reach/queries/", {"query_text": "🦊" * 1000}).status_code == 201
    assert CONTRACT.check("AIQuery", created.json()) == []


def test_no_category_is_the_empty_one(api: Any) -> None:
    assert api.post("/ai-reach/queries/", {"query_text": "a", "category": None}).json()["category"] == ""
    assert api.patch("/ai-reach/queries/1/", {"category": "brand awareness"}).json()["category"] == "brand awareness"
    assert api.patch("/ai-reach/queries/1/", {"category": None}).json()["category"] == ""
    assert api.get("/ai-reach/queries/").json()[0]["category"] == ""


def test_what_only_the_server_knows_cannot_be_written(api: Any) -> None:
    fixed = {"id": 99, "created_at": "2000-01-01T00:00:00Z", "updated_at": "2000-01-01T00:00:00Z"}
    fixed["last_run_at"] = "2000-01-01T00:00:00Z"
    created = api.post("/ai-reach/queries/", {"query_text": "a", **fixed}).json()
    assert not [key for key, value in fixed.items() if created[key] == value]
    changed = api.patch("/ai-reach/queries/1/", fixed).json()
    assert changed == created  # time stands still, so that updated_at does too


def test_a_query_may_keep_its_own_text(api: Any) -> None:
    api.post("/ai-reach/queries/", {"query_text": "a"})
    assert api.put("/ai-reach/queries/1/", {"query_text": "a", "category": "c"}).status_code == 200
    assert api.post("/ai-reach/queries/", {"query_text": "A"}).status_code == 201  # another text


@pytest.mark.parametrize(
    ("path", "body"), [("/ai-reach/queries/", {"query_text": "a"}), ("/ai-reach/competitors/", {"name": "a"})]
)
def test_of_many_at_the_same_time_one_gets_the_name(api: Any, path: str, body: dict[str, Any]) -> None:
    clients = [api.with_key(api.key) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda client: client.post(path, body), clients))
    assert sorted(answer.status_code for answer in answers) == [201, *[400] * 7]
    assert all("already exists" in str(answer.json()) for answer in answers if answer.status_code == 400)
    assert len(api.get(path).json()) == 1


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
        assert {brand["name"]: brand["position"] for brand in answer["mentioned_brands"]} == places_of_brands(answer)
        own = [brand for brand in answer["mentioned_brands"] if brand["name"] == "Acme"]
        assert answer["position"] == (own[0]["position"] if own else None)
        assert answer["sentiment"] == (own[0]["sentiment"] if own else None)
    assert CONTRACT.check("QueryResult[]", answers) == []
    assert {answer["position"] for answer in answers} >= {None, 1, 2, 3}
    sentiments = {brand["sentiment"] for answer in answers for brand in answer["mentioned_brands"]}
    assert sentiments == {"positive", "neutral", "negative"}
    assert len({tuple(order_of_brands(answer)) for answer in answers}) > 3  # not the same answer again and again


def test_the_sentiment_is_that_of_the_words_around_the_brand(market: Any) -> None:
    for answer in results(market):
        for brand in answer["mentioned_brands"]:
            sentence = next(part for part in re.split(r"\.\s|\.$|\n|\]\.", said(answer)) if brand["name"] in part)
            kind = re.search("praised|favourite|recommend", sentence)
            unkind = re.search("criticised|complaints", sentence)
            assert brand["sentiment"] == ("positive" if kind else "negative" if unkind else "neutral"), sentence


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
def test_a_simulation_asks_all_providers_by_default(api: Any, providers: Any) -> None:
    body = {"query_text": "best boots"} if providers is None else {"query_text": "best boots", "providers": providers}
    assert api.post("/ai-reach/simulate/", body).json()["providers"] == PROVIDERS


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"providers": ["claude"]}, ["query_text"]),
        ({"query_text": ""}, ["query_text"]),
        ({"query_text": "x" * 1001}, ["query_text"]),
        ({"query_text": {"a": 1}}, ["query_text"]),
        ({"query_text": "x", "providers": ["oracle"]}, ["providers"]),
        ({"query_text": "x", "providers": ["claude", None]}, ["providers"]),
        ({"query_text": "x", "providers": {"claude": True}}, ["providers"]),
        ([], ["non_field_errors"]),
        ("boots", ["non_field_errors"]),
    ],
)
def test_a_wrong_simulation_is_refused_and_costs_nothing(api: Any, body: Any, fields: list[str]) -> None:
    answer = api.post("/ai-reach/simulate/", body)
    assert (answer.status_code, list(answer.json())) == (400, fields)
    assert CONTRACT.check("FieldErrors", answer.json()) == []
    assert api.get("/analytics/usage/").json()["ai_credits_used"] == 0
    assert api.post("/ai-reach/simulate/", {"query_text": "x"}).json()["results"][0]["id"] == 1


def test_a_provider_asked_twice_answers_once(api: Any) -> None:
    answer = api.post("/ai-reach/simulate/", {"query_text": "x", "providers": ["grok", "claude", "grok"]}).json()
    assert answer["providers"] == [result["provider"] for result in answer["results"]] == ["grok", "claude"]


def test_a_provider_that_takes_too_long_is_missing_and_the_others_are_not(api: Any) -> None:
    api.post("/ai-reach/competitors/", {"name": "Rival"})
    set_to = api.control("POST", "/providers/", {"provider": "grok", "seconds": 28.5})
    assert {"provider": "grok", "seconds": 28.5} in set_to["providers"]
    api.control("POST", "/providers/", {"provider": "claude", "seconds": 28})
    body = {"query_text": "Acme or Rival?", "providers": ["grok", "claude", "gemini"]}
    late = api.post("/ai-reach/simulate/", body)
    assert late.status_code == 200
    assert CONTRACT.check("Simulation", late.json()) == []
    assert late.json()["timed_out"] is True
    assert late.json()["providers"] == body["providers"]
    assert [result["provider"] for result in late.json()["results"]] == ["claude", "gemini"]
    assert [(e["brand_name"], e["status"]) for e in late.json()["diff"]] == [("acme", "some"), ("rival", "some")]
    assert api.get("/analytics/usage/").json()["ai_credits_used"] == 2  # for what was answered
    api.control("DELETE", "/providers/")
    full = api.post("/ai-reach/simulate/", body).json()
    assert (full["timed_out"], len(full["results"])) == (False, 3)
    assert [entry["status"] for entry in full["diff"]] == ["all", "all"]  # brands of the question are never left out


def test_when_all_take_too_long_there_is_no_answer(api: Any) -> None:
    for provider in PROVIDERS:
        api.control("POST", "/providers/", {"provider": provider, "seconds": 3600})
    answer = api.post("/ai-reach/simulate/", {"query_text": "x"}).json()
    assert (answer["timed_out"], answer["results"]) == (True, [])
    assert answer["diff"] == [{"brand_name": "acme", "mentioned_by": [], "status": "none"}]
    api.control("POST", "/reset/")
    assert api.post("/ai-reach/simulate/", {"query_text": "x"}).json()["timed_out"] is False


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"provider": "bing", "seconds": 1},
        {"provider": "grok"},
        {"provider": "grok", "seconds": -1},
        {"provider": "grok", "seconds": "long"},
        {"provider": "grok", "seconds": 3601},
        {"provider": "grok", "second": 1},
        ["grok"],
    ],
)
def test_a_wrong_latency_is_refused(api: Any, body: Any) -> None:
    answer = api.ask_control("POST", "/providers/", body)
    assert answer.status_code == 400
    assert {entry["seconds"] for entry in api.control("GET", "/providers/")["providers"]} == {0.0}


def test_a_brand_of_the_question_is_no_mention_until_the_answer_names_it(api: Any) -> None:
    """The assistants quote the question first; what is counted stands behind that."""
    api.post("/ai-reach/competitors/", {"name": "Rival"})
    answer = api.post("/ai-reach/simulate/", {"query_text": "Rival, then Acme: who is awful?"}).json()
    for result in answer["results"]:
        assert "“Rival, then Acme: who is awful?”" in result["raw_response"].split("\n")[0]
        assert {b["name"]: b["position"] for b in result["mentioned_brands"]} == places_of_brands(result)


def test_the_own_brand_and_its_aliases_can_be_set(api: Any, other_tenant: Any) -> None:
    assert api.control("GET", "/tenants/acme/brand/") == {"name": "Acme", "aliases": []}
    brand = {"name": "Zeltwerk GmbH", "aliases": ["Zeltwerk", "ZW"]}
    assert api.control("PUT", "/tenants/acme/brand/", brand) == brand
    api.post("/ai-reach/competitors/", {"name": "Zeltwerk"})  # the own brand's alias: it has the name first
    [result] = api.post("/ai-reach/simulate/", {"query_text": "Zeltwerk?", "providers": ["claude"]}).json()["results"]
    assert [mention["name"] for mention in result["mentioned_brands"]] == ["Zeltwerk GmbH"]
    assert result["position"] == 1
    assert result["sentiment"] == result["mentioned_brands"][0]["sentiment"]
    elsewhere = other_tenant.post("/ai-reach/simulate/", {"query_text": "Zeltwerk or Globex?"}).json()
    assert [entry["brand_name"] for entry in elsewhere["diff"]] == ["globex"]
    assert api.control("PUT", "/tenants/acme/brand/", {"name": ""})["name"] == "Acme"  # the workspace's own


@pytest.mark.parametrize(
    "body", [{"name": 5.5, "alias": []}, {"aliases": "ZW"}, {"aliases": [""]}, {"name": "x" * 256}]
)
def test_a_wrong_brand_is_refused(api: Any, body: Any) -> None:
    path = "/tenants/acme/brand/"
    assert api.ask_control("PUT", path, body).status_code == 400
    assert api.ask_control("GET", path).json() == {"name": "Acme", "aliases": []}
    assert api.ask_control("GET", path.replace("acme", "nobody")).status_code == 404


def test_answers_cost_a_credit_each(api: Any) -> None:
    api.post("/ai-reach/queries/", {"query_text": "best boots", "providers": ["grok", "claude"]})
    api.post("/ai-reach/queries/1/run/")
    api.post("/ai-reach/simulate/", {"query_text": "best boots"})
    assert api.get("/analytics/usage/").json()["ai_credits_used"] == 7


def test_another_workspace_sees_neither_brands_nor_products_nor_answers(market: Any, other_tenant: Any) -> None:
    market.post("/pim/products/bulk/", {"products": [{"sku": "A1", "name": "Trail Boot"}]})
    answer = other_tenant.post("/ai-reach/simulate/", {"query_text": "Trail boot of Acme or Rival?"}).json()
    for result in answer["results"]:
        assert {brand["name"] for brand in result["mentioned_brands"]} <= {"Globex"}
        assert result["mentioned_products"] == []
    assert other_tenant.get("/ai-reach/win-rate/").json() == []
    assert other_tenant.get("/ai-reach/dashboard/").json()["total_results"] == 0


def test_products_with_awkward_names_are_found_with_their_sku(api: Any) -> None:
    rows = [{"sku": "A1", "name": "Boot (XL) [new]*"}, {"sku": "A2", "name": "Boot"}, {"sku": "A3", "name": ""}]
    api.post("/pim/products/bulk/", {"products": rows})
    answer = api.post("/ai-reach/simulate/", {"query_text": "boot xl new", "providers": ["claude"]}).json()
    [result] = answer["results"]
    assert sorted(product["sku"] for product in result["mentioned_products"]) == ["A1", "A2"]
    assert [product["position"] for product in result["mentioned_products"]] == [1, 2]
    assert CONTRACT.check("Simulation", answer) == []


def test_a_run_of_a_query_that_is_gone_stores_nothing(api: Any) -> None:
    api.jobs("manual")
    api.post("/ai-reach/queries/", {"query_text": "best boots"})
    api.post("/ai-reach/queries/1/run/")
    assert api.get("/ai-reach/queries/1/").json()["last_run_at"] is None
    api.delete("/ai-reach/queries/1/")
    assert [(job["kind"], job["status"]) for job in api.run_jobs()] == [("queries.run", "done")]
    assert api.get("/analytics/usage/").json()["ai_credits_used"] == 0


def test_sandboxes_of_one_seed_answer_alike_and_of_another_seed_differently(api: Any, start: Any) -> None:
    def answers(of: Any) -> list[bytes]:
        of.post("/ai-reach/competitors/", {"name": "Rival"})
        of.post("/ai-reach/queries/", {"query_text": "best boots"})
        of.post("/ai-reach/queries/1/run/")
        paths = ("/ai-reach/queries/1/results/", "/ai-reach/dashboard/", "/ai-reach/win-rate/")
        simulated = of.post("/ai-reach/simulate/", {"query_text": "best shoes"}).content
        return [simulated, *(of.get(path).content for path in paths)]

    same, other = (start("--jobs=instant", "--now=2026-05-01T12:00:00Z", f"--seed={seed}") for seed in (1, 2))
    expected = answers(api)
    assert answers(same) == expected
    assert answers(other)[:2] != expected[:2]


def test_no_other_writer_waits_while_assistants_are_asked(api: Any) -> None:
    """Many simulations and writes at the same time: all are answered, and every simulation is stored."""
    clients = [api.with_key(api.key) for _ in range(12)]

    def work(number: int) -> int:
        if number % 2:
            return int(clients[number].post("/ai-reach/competitors/", {"name": f"Rival {number}"}).status_code)
        return int(clients[number].post("/ai-reach/simulate/", {"query_text": "x"}).status_code)

    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(work, range(12))) == [200, 201] * 6
    assert api.get("/analytics/usage/").json()["ai_credits_used"] == 30


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


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {"name": ["This field is required."]}),
        ({"name": ""}, {"name": ["This field may not be blank."]}),
        ({"name": None}, {"name": ["This field may not be null."]}),
        ({"name": "x" * 256}, {"name": ["Ensure this field has no more than 255 characters."]}),
        ({"name": "Rival"}, {"name": ["Competitor with this name already exists."]}),
        (
            {"name": "x", "brand_aliases": "R"},
            {"brand_aliases": ['Expected a list of items but got type "str".']},
        ),
        ({"name": "x", "brand_aliases": ["R", ""]}, {"brand_aliases": ["This field may not be blank."]}),
        ({"name": "x", "brand_aliases": [{}]}, {"brand_aliases": ["Not a valid string."]}),
        ({"name": "x", "is_active": 7}, {"is_active": ["Must be a valid boolean."]}),
        ({"name": "x", "domain": []}, {"domain": ["Not a valid string."]}),
        ([{"name": "x"}], {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
    ],
)
def test_a_wrong_competitor_is_refused_and_nothing_is_stored(api: Any, body: Any, expected: Any) -> None:
    for name in ("Rival", "Other"):
        api.post("/ai-reach/competitors/", {"name": name})
    before = api.get("/ai-reach/competitors/").json()
    for answer in [api.post("/ai-reach/competitors/", body), api.put("/ai-reach/competitors/2/", body)]:
        assert (answer.status_code, answer.json()) == (400, expected)
        assert CONTRACT.check("FieldErrors", answer.json()) == []
    assert api.get("/ai-reach/competitors/").json() == before


def test_a_competitor_that_is_not_tracked_keeps_its_history(market: Any) -> None:
    before = results(market)
    assert any(brand["name"] == "Rival" for answer in before for brand in answer["mentioned_brands"])
    rate = market.get("/ai-reach/win-rate/").json()
    market.patch("/ai-reach/competitors/1/", {"is_active": False})
    assert results(market) == before
    simulated = market.post("/ai-reach/simulate/", {"query_text": "Rival?"}).json()
    assert {entry["brand_name"] for entry in simulated["diff"]} == {"acme", "other"}
    market.patch("/ai-reach/competitors/1/", {"is_active": True})
    assert market.get("/ai-reach/win-rate/").json() == rate


def test_the_win_rate_counts_who_ranks_ahead(market: Any) -> None:
    expected = {}
    for competitor in BRANDS[1:]:
        ranks = [places_of_brands(answer) for answer in results(market)]
        pairs = [(rank.get("Acme", 99), rank.get(competitor, 99)) for rank in ranks]
        wins, losses = sum(a < b for a, b in pairs), sum(a > b for a, b in pairs)
        ties = sum(a == b < 99 for a, b in pairs)
        expected[competitor] = (wins, losses, ties, round(wins / (wins + losses + ties), 4))
    answer = market.get("/ai-reach/win-rate/?unknown=1").json()
    assert CONTRACT.check("WinRate[]", answer) == []
    assert {r["competitor_name"]: (r["wins"], r["losses"], r["ties"], r["win_rate"]) for r in answer} == expected
    assert [rate["win_rate"] for rate in answer] == sorted((rate["win_rate"] for rate in answer), reverse=True)
    market.patch("/ai-reach/competitors/1/", {"is_active": False})
    assert [rate["competitor_name"] for rate in market.get("/ai-reach/win-rate/").json()] == ["Other"]


def test_without_answers_nothing_is_won(api: Any) -> None:
    assert api.get("/ai-reach/win-rate/").json() == []
    api.post("/ai-reach/competitors/", {"name": "Rival"})
    assert api.get("/ai-reach/win-rate/").json() == [
        {"competitor_id": 1, "competitor_name": "Rival", "wins": 0, "losses": 0, "ties": 0, "win_rate": 0.0}
    ]
