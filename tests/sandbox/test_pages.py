"""AI pages: created, changed, built in the background, published, generated for all queries, and read by the public."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from conformance import contract

PUBLIC = "/ai-pages/public/pages/acme/boots/"


@pytest.fixture
def page(api: Any) -> Any:
    """A page with a query, and products that fit it."""
    rows = [
        {"sku": "A1", "name": "Trail Boot", "description": "A boot for trails.", "price": 129.99},
        {"sku": "A2", "name": "City Boot", "price": {"amount": 59, "currency": "EUR"}},
        {"sku": "A3", "name": "Umbrella"},
    ]
    api.post("/pim/products/bulk/", {"products": rows})
    api.post("/ai-reach/queries/", {"query_text": "good boots"})
    created = api.post("/ai-pages/pages/", {"slug": "boots", "query": 1})
    assert created.status_code == 201
    return created.json()


def test_a_page_is_created_read_changed_and_deleted(api: Any, page: Any) -> None:
    assert page == {
        "id": 1,
        "slug": "boots",
        "title": "good boots",
        "query": 1,
        "published": False,
        "builder_status": "draft",
        "view_count": 0,
        "last_ai_crawl_at": None,
        "created_at": "2026-05-01T12:00:00Z",
        "updated_at": "2026-05-01T12:00:00Z",
        "intro_copy": "",
        "product_skus": [],
        "blocks": [],
    }
    light = {key: value for key, value in page.items() if key not in ("intro_copy", "product_skus", "blocks")}
    assert api.get("/ai-pages/pages/").json() == [light]  # a bare array
    assert api.get("/ai-pages/pages/1/").json() == page
    changed = api.patch("/ai-pages/pages/1/", {"slug": "shoes", "title": "Shoes", "intro_copy": "mine"}).json()
    assert (changed["slug"], changed["title"], changed["intro_copy"]) == ("shoes", "Shoes", "")
    assert api.delete("/ai-pages/pages/1/").status_code == 204
    assert api.get("/ai-pages/pages/1/").status_code == 404


def test_a_page_takes_its_query_as_a_text_as_the_platforms_own_script_sends_it(api: Any, page: Any) -> None:
    known = api.post("/ai-reach/queries/", {"query_text": "warm boots"}).json()["id"]
    by_text = api.post("/ai-pages/pages/", {"slug": "warm", "query": " warm boots "})
    assert (by_text.status_code, by_text.json()["query"], by_text.json()["title"]) == (201, known, "warm boots")
    assert api.post("/ai-pages/pages/", {"slug": "by-id", "query": str(known)}).json()["query"] == known
    new = api.post("/ai-pages/pages/", {"slug": "dry", "query": "dry boots", "title": "Dry"}).json()
    assert new["title"] == "Dry"
    query = api.get(f"/ai-reach/queries/{new['query']}/").json()
    assert (query["query_text"], query["is_active"], query["schedule"]) == ("dry boots", True, "daily")
    before = len(api.get("/ai-reach/queries/").json())
    assert api.post("/ai-pages/pages/", {"slug": "dry", "query": "no page, no query"}).status_code == 400
    assert len(api.get("/ai-reach/queries/").json()) == before
    assert api.post(f"/ai-pages/pages/{new['id']}/build/", {}).status_code == 202
    assert api.get(f"/ai-pages/pages/{new['id']}/").json()["builder_status"] == "built"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {"slug": ["This field is required."]}),
        ({"slug": "boots"}, {"slug": ["Page with this slug already exists."]}),
        ({"slug": "x", "query": ["good boots"]}, {"query": ["Incorrect type. Expected pk value, received list."]}),
        ({"slug": "x", "query": "b" * 1001}, {"query": ["Ensure this field has no more than 1000 characters."]}),
        ({"slug": "x", "query": 9}, {"query": ['Invalid pk "9" - object does not exist.']}),
    ],
)
def test_a_wrong_page_is_refused(api: Any, page: Any, body: Any, expected: Any) -> None:
    answer = api.post("/ai-pages/pages/", body)
    assert (answer.status_code, answer.json()) == (400, expected)


def test_a_build_fills_the_page_from_the_catalogue(api: Any, page: Any) -> None:
    queued = api.post("/ai-pages/pages/1/build/", {"template": "default"})
    assert (queued.status_code, queued.json()) == (202, {"status": "queued", "page_id": 1})
    built = api.get("/ai-pages/pages/1/").json()
    assert built["builder_status"] == "built"
    assert built["product_skus"] == ["A1", "A2"]
    assert "good boots" in built["intro_copy"]
    assert [block["type"] for block in built["blocks"]] == ["hero", "product_grid", "comparison_table", "faq"]
    assert contract().check("GeneratedPage", built) == []


def test_its_states_are_seen_in_their_order(api: Any, page: Any) -> None:
    api.jobs("manual")
    seen = ["draft"]
    for step in (
        lambda: api.post("/ai-pages/pages/1/build/", {}),
        api.run_jobs,
        lambda: api.post("/ai-pages/pages/1/publish/"),
    ):
        step()
        seen.append(api.get("/ai-pages/pages/1/").json()["builder_status"])
    assert seen == ["draft", "building", "built", "published"]


def test_only_a_built_page_is_published_or_exported(api: Any, page: Any) -> None:
    for action in ("publish", "export"):
        answer = api.post(f"/ai-pages/pages/1/{action}/")
        assert (answer.status_code, answer.json()) == (400, {"detail": "Page has not been built."})
    api.post("/ai-pages/pages/1/build/", {})
    published = api.post("/ai-pages/pages/1/publish/")
    assert (published.status_code, published.json()["published"]) == (200, True)
    assert published.json()["builder_status"] == "published"


def test_regenerating_follows_the_catalogue_and_keeps_the_page_public(api: Any, page: Any) -> None:
    api.post("/ai-pages/pages/1/build/", {})
    api.post("/ai-pages/pages/1/publish/")
    api.post("/pim/products/", {"sku": "A4", "name": "Another boot, good"})
    answer = api.post("/ai-pages/pages/1/regenerate/")
    assert (answer.status_code, answer.json()) == (202, {"status": "queued"})
    again = api.get("/ai-pages/pages/1/").json()
    assert "A4" in again["product_skus"]
    assert (again["published"], again["builder_status"]) == (True, "published")


def test_bulk_generation_makes_a_page_for_each_active_query(api: Any, page: Any) -> None:
    api.post("/ai-reach/queries/", {"query_text": "Good boots!"})
    api.post("/ai-reach/queries/", {"query_text": "paused", "is_active": False})
    api.post("/ai-pages/pages/", {"slug": "good-boots"})
    answer = api.post("/ai-pages/pages/bulk-generate/", {"queries": ["ignored"]})
    assert (answer.status_code, answer.json()) == (202, {"job_id": 1, "status": "queued"})
    pages = api.get("/ai-pages/pages/").json()
    assert [(p["slug"], p["query"], p["builder_status"]) for p in pages] == [
        ("boots", 1, "built"),
        ("good-boots", None, "draft"),
        ("good-boots-2", 2, "built"),
    ]
    assert api.post("/ai-pages/pages/bulk-generate/").status_code == 202
    assert len(api.get("/ai-pages/pages/").json()) == 3


def test_the_public_page_needs_no_key_and_counts_its_views(api: Any, page: Any) -> None:
    public = "/ai-pages/public/pages/acme/boots/"
    anonymous = {"Authorization": None}
    assert api.get(public, headers=anonymous).status_code == 404  # not published yet
    api.post("/ai-pages/pages/1/build/", {})
    api.post("/ai-pages/pages/1/publish/")
    seen = api.get(public, headers=anonymous).json()
    assert (seen["view_count"], seen["product_skus"], seen["last_ai_crawl_at"]) == (1, ["A1", "A2"], None)
    assert api.get(public, headers={"Authorization": "ApiKey sk_wrong"}).json()["view_count"] == 2
    bot = {"User-Agent": "Mozilla/5.0 (compatible; gptbot/1.2)", **anonymous}
    assert api.get(public, headers=bot).json()["last_ai_crawl_at"] == "2026-05-01T12:00:00Z"
    assert api.get("/ai-pages/public/pages/globex/boots/").status_code == 404
    assert api.get("/ai-pages/public/pages/acme/shoes/").status_code == 404


@pytest.mark.parametrize("slug", ["", " ", "two words", "schön", "a/b", "a.b", "x" * 256, 7.5, ["a"], None])
def test_a_slug_is_of_letters_numbers_hyphens_and_underscores(api: Any, page: Any, slug: Any) -> None:
    for answer in (api.post("/ai-pages/pages/", {"slug": slug}), api.patch("/ai-pages/pages/1/", {"slug": slug})):
        assert (answer.status_code, list(answer.json())) == (400, ["slug"])
    assert [one["slug"] for one in api.get("/ai-pages/pages/").json()] == ["boots"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": "x" * 1001}, "title"),
        ({"title": None}, "title"),
        ({"title": {"a": 1}}, "title"),
        ({"published": "perhaps"}, "published"),
        ({"published": None}, "published"),
        ({"query": True}, "query"),
        ({"query": 10**30}, "query"),
        ({"query": [1]}, "query"),
        (["slug"], "non_field_errors"),
    ],
)
def test_a_change_that_makes_no_sense_changes_nothing(api: Any, page: Any, body: Any, field: str) -> None:
    changed = api.patch("/ai-pages/pages/1/", body)
    assert (changed.status_code, list(changed.json())) == (400, [field])
    assert api.get("/ai-pages/pages/1/").json() == page


def test_a_slug_is_free_for_its_own_page_and_for_other_workspaces(api: Any, page: Any, other_tenant: Any) -> None:
    put = api.put("/ai-pages/pages/1/", {"slug": "boots", "title": "Mine"})
    assert (put.status_code, put.json()["title"], put.json()["query"]) == (200, "Mine", 1)
    assert other_tenant.post("/ai-pages/pages/", {"slug": "boots"}).status_code == 201
    foreign = other_tenant.post("/ai-pages/pages/", {"slug": "x", "query": 1})
    assert (foreign.status_code, foreign.json()) == (400, {"query": ['Invalid pk "1" - object does not exist.']})
    assert api.put("/ai-pages/pages/1/", {"title": "No slug"}).json() == {"slug": ["This field is required."]}


def test_of_many_who_take_a_slug_at_once_one_gets_it(api: Any) -> None:
    answers: list[Any] = []
    threads = [
        threading.Thread(
            target=lambda: answers.append(api.with_key(api.key).post("/ai-pages/pages/", {"slug": "wanted"}))
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [201] + [400] * 7
    refused = [answer.json() for answer in answers if answer.status_code == 400]
    assert refused == [{"slug": ["Page with this slug already exists."]}] * 7
    assert len(api.get("/ai-pages/pages/").json()) == 1


def test_a_page_without_a_title_takes_its_querys(api: Any, page: Any) -> None:
    assert api.post("/ai-pages/pages/", {"slug": "a", "query": 1, "title": "Own"}).json()["title"] == "Own"
    untitled = api.post("/ai-pages/pages/", {"slug": "b"}).json()
    assert (untitled["title"], untitled["query"]) == ("", None)
    assert api.patch("/ai-pages/pages/3/", {"query": 1}).json()["title"] == "good boots"
    api.delete("/ai-reach/queries/1/")  # the page stays
    assert api.get("/ai-pages/pages/3/").json()["query"] is None


def test_a_page_is_not_built_twice_at_once(api: Any, page: Any) -> None:
    api.jobs("manual")
    assert api.post("/ai-pages/pages/1/build/", {}).status_code == 202
    before = api.get("/ai-pages/pages/1/").json()
    for action in ("build", "regenerate"):
        again = api.post(f"/ai-pages/pages/1/{action}/")
        assert (again.status_code, again.json()) == (400, {"detail": "Page is being built."})
    assert api.get("/ai-pages/pages/1/").json() == before
    assert len(api.run_jobs()) == 1
    assert api.post("/ai-pages/pages/1/regenerate/").status_code == 202


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"template": "fancy"}, {"template": ['"fancy" is not a template. Known: default.']}),
        ({"template": ["default"]}, {"template": ["\"['default']\" is not a template. Known: default."]}),
        ({"template": None}, {"template": ["This field may not be null."]}),
        (["default"], {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
    ],
)
def test_an_unknown_build_is_refused(api: Any, page: Any, body: Any, expected: Any) -> None:
    answer = api.post("/ai-pages/pages/1/build/", body)
    assert (answer.status_code, answer.json()) == (400, expected)
    assert api.get("/ai-pages/pages/1/").json() == page


def test_what_is_changed_while_a_page_waits_to_be_built_stays(api: Any, page: Any) -> None:
    api.jobs("manual")
    api.post("/ai-pages/pages/1/build/", {})
    api.patch("/ai-pages/pages/1/", {"slug": "shoes", "title": "Shoes", "published": True})
    assert api.get("/ai-pages/pages/1/").json()["builder_status"] == "building"
    api.run_jobs()
    built = api.get("/ai-pages/pages/1/").json()
    assert (built["slug"], built["title"], built["builder_status"]) == ("shoes", "Shoes", "published")
    assert built["blocks"][0]["title"] == "Shoes"


def test_a_page_may_be_deleted_during_its_build(api: Any, page: Any) -> None:
    api.jobs("manual")
    api.post("/ai-pages/pages/1/build/", {})
    api.delete("/ai-pages/pages/1/")
    assert [job["status"] for job in api.run_jobs()] == ["done"]


def test_taking_a_page_back_shows_in_its_status(api: Any, page: Any) -> None:
    assert api.patch("/ai-pages/pages/1/", {"published": True}).json()["builder_status"] == "draft"
    api.post("/ai-pages/pages/1/build/", {})
    assert api.get("/ai-pages/pages/1/").json()["builder_status"] == "published"
    assert api.patch("/ai-pages/pages/1/", {"published": False}).json()["builder_status"] == "built"
    assert api.get(PUBLIC).status_code == 404
    assert api.patch("/ai-pages/pages/1/", {"published": True}).json()["builder_status"] == "published"
    assert api.get(PUBLIC).status_code == 200


def test_a_build_that_fails_says_why_and_can_be_tried_again(breakable: Any) -> None:
    api, run = breakable
    api.post("/pim/products/", {"sku": "A1", "name": "Boot"})
    for slug in ("boot", "boots"):
        api.post("/ai-pages/pages/", {"slug": slug})
    api.post("/ai-pages/pages/1/build/", {})
    run("ALTER TABLE sandbox_product RENAME TO hidden")
    assert [job["status"] for job in api.run_jobs()] == ["failed"]
    failed = api.get("/ai-pages/pages/1/").json()
    assert failed["builder_status"] == "failed"
    assert "sandbox_product" in failed["builder_error"]
    assert contract().check("GeneratedPage", failed) == []
    assert api.post("/ai-pages/pages/1/publish/").status_code == 400
    run("ALTER TABLE hidden RENAME TO sandbox_product")
    assert api.post("/ai-pages/pages/1/build/", {}).status_code == 202
    assert "builder_error" not in api.get("/ai-pages/pages/1/").json()
    api.run_jobs()
    assert api.get("/ai-pages/pages/1/").json()["product_skus"] == ["A1"]


def test_an_export_that_fails_says_why(breakable: Any) -> None:
    api, run = breakable
    api.post("/ai-pages/pages/", {"slug": "boot"})
    api.post("/ai-pages/pages/1/build/", {})
    api.run_jobs()
    api.post("/ai-pages/pages/1/export/", {"format": "html"})
    run("""UPDATE sandbox_generated_page SET blocks = '[{"type": "product_grid", "products": [7]}]'""")
    assert [job["status"] for job in api.run_jobs()] == ["failed"]
    failed = api.get("/ai-pages/exports/1/").json()
    assert (failed["status"], failed["download_url"]) == ("failed", None)
    assert failed["error"].startswith("TypeError: ")
    assert contract().check("ExportJob", failed) == []
    assert api.get("/ai-pages/exports/1/download/").json() == {"detail": "The export is failed."}


def test_slugs_of_generated_pages_come_from_the_queries_in_any_script(api: Any) -> None:
    texts = ["Größe & Füße?", "grosse fusse", "最高の靴", "🥾", "x" * 300, "--", "Crème brûlée / 50%"]
    for text in texts:
        assert api.post("/ai-reach/queries/", {"query_text": text}).status_code == 201
    api.post("/ai-pages/pages/", {"slug": "query-4"})
    assert api.post("/ai-pages/pages/bulk-generate/").status_code == 202
    pages = {page["title"]: page for page in api.get("/ai-pages/pages/").json()}
    assert [pages[text]["slug"] for text in texts] == [
        "grosse-fusse",
        "grosse-fusse-2",
        "query-3",
        "query-4-2",
        "x" * 200,
        "query-6",
        "creme-brulee-50",
    ]
    assert {pages[text]["builder_status"] for text in texts} == {"built"}


def test_bulk_generation_rewrites_every_page_of_a_query_and_leaves_those_that_are_being_built(
    api: Any, page: Any
) -> None:
    api.post("/ai-pages/pages/", {"slug": "more-boots", "query": 1})
    api.post("/ai-reach/queries/", {"query_text": "umbrella"})
    api.jobs("manual")
    api.post("/ai-pages/pages/1/build/", {})
    assert api.post("/ai-pages/pages/bulk-generate/", "whatever").status_code == 400
    assert api.post("/ai-pages/pages/bulk-generate/", {"what": "ever"}).status_code == 202
    statuses = {one["slug"]: one["builder_status"] for one in api.get("/ai-pages/pages/").json()}
    assert statuses == {"boots": "building", "more-boots": "building", "umbrella": "building"}
    assert len(api.run_jobs()) == 2
    assert {one["builder_status"] for one in api.get("/ai-pages/pages/").json()} == {"built"}
    assert api.get("/analytics/usage/").json()["ai_credits_used"] == 3  # each page was written once


def test_asked_many_times_at_once_bulk_generation_makes_one_page_for_each_query(api: Any) -> None:
    for text in ("boots", "shoes", "Boots!"):
        api.post("/ai-reach/queries/", {"query_text": text})
    statuses: list[int] = []

    def generate() -> None:
        statuses.append(api.with_key(api.key).post("/ai-pages/pages/bulk-generate/").status_code)

    threads = [threading.Thread(target=generate) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [202] * 6
    pages = api.get("/ai-pages/pages/").json()
    assert [(page["slug"], page["builder_status"]) for page in pages] == [
        ("boots", "built"),
        ("shoes", "built"),
        ("boots-2", "built"),
    ]


def test_one_page_that_fails_does_not_keep_the_others_from_being_generated(breakable: Any) -> None:
    api, run = breakable
    for text in ("boots", "shoes"):
        api.post("/pim/products/", {"sku": text, "name": text})
        api.post("/ai-reach/queries/", {"query_text": text})
    api.post("/ai-pages/pages/bulk-generate/")
    run("UPDATE sandbox_product SET data = '[7]' WHERE sku = 'boots'")
    ran = api.run_jobs()
    assert [job["status"] for job in ran] == ["failed"]
    assert "1 of 2 pages failed" in ran[0]["error"]
    assert [one["builder_status"] for one in api.get("/ai-pages/pages/").json()] == ["failed", "built"]


def test_a_visit_is_counted_and_a_look_at_the_headers_is_not(api: Any, page: Any) -> None:
    api.post("/ai-pages/pages/1/build/", {})
    api.post("/ai-pages/pages/1/publish/")
    anonymous = {"Authorization": None, "Accept": "text/html"}
    before = api.get("/ai-pages/pages/1/").json()["updated_at"]
    api.advance(60)
    head = api.request("HEAD", PUBLIC, headers={"User-Agent": "GPTBot/1.0", **anonymous})
    assert (head.status_code, head.content, head.headers["Content-Type"]) == (200, b"", "application/json")
    unseen = api.get("/ai-pages/pages/1/").json()
    assert (unseen["view_count"], unseen["last_ai_crawl_at"]) == (0, None)
    answer = api.get(PUBLIC, headers=anonymous)
    assert (answer.headers["Content-Type"], answer.json()["view_count"]) == ("application/json", 1)
    assert answer.json()["updated_at"] == before  # to be read is no change
    assert api.request("HEAD", PUBLIC.replace("boots", "none"), headers=anonymous).status_code == 404
    assert api.post(PUBLIC, {}, headers=anonymous).status_code == 405


@pytest.mark.parametrize(
    ("agent", "is_crawler"),
    [
        ("Mozilla/5.0 AppleWebKit/537.36; compatible; GPTBot/1.1", True),
        ("OAI-SearchBot/1.0", True),
        ("ChatGPT-User/1.0", True),
        ("claudebot", True),
        ("PerplexityBot/1.0", True),
        ("Google-Extended", True),
        ("Googlebot/2.1", False),
        ("Mozilla/5.0 Firefox/140.0", False),
        ("", False),
    ],
)
def test_only_ai_crawlers_are_noted(api: Any, agent: str, is_crawler: bool) -> None:
    api.post("/ai-pages/pages/", {"slug": "boots", "published": True})
    seen = api.get(PUBLIC, headers={"User-Agent": agent, "Authorization": None}).json()
    assert seen["last_ai_crawl_at"] == ("2026-05-01T12:00:00Z" if is_crawler else None)
    assert seen["view_count"] == 1


def test_no_view_is_lost_when_many_read_at_once(api: Any) -> None:
    api.post("/ai-pages/pages/", {"slug": "boots", "published": True})

    def read() -> None:
        reader = api.with_key(api.key)
        for _ in range(10):
            assert reader.get(PUBLIC).status_code == 200

    threads = [threading.Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert api.get("/ai-pages/pages/1/").json()["view_count"] == 60


def test_pages_are_not_seen_from_another_workspace(api: Any, page: Any, other_tenant: Any) -> None:
    for method, path in [
        ("GET", ""),
        ("PATCH", ""),
        ("PUT", ""),
        ("DELETE", ""),
        *(("POST", action) for action in ("build/", "regenerate/", "publish/", "export/")),
    ]:
        answer = other_tenant.request(method, f"/ai-pages/pages/1/{path}", json={})
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
    assert other_tenant.get("/ai-pages/pages/").json() == []
    assert api.get("/ai-pages/pages/1/").json() == page
