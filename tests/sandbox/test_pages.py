"""AI pages: created, built, published, exported; and the product search."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

import pytest

TRICKY = 'Boot "<b>&{x}</script>` ${1}'


@pytest.fixture
def page(api: Any) -> Any:
    """A page with a query, and products that fit it."""
    rows = [
        {"sku": "A1", "name": "Trail Boot", "description": "A boot for trails.", "price": 129.99},
        {"sku": "A2", "name": TRICKY, "price": {"amount": 59, "currency": "EUR"}},
        {"sku": "A3", "name": "Umbrella"},
    ]
    api.post("/pim/products/bulk/", {"products": rows})
    api.post("/ai-reach/queries/", {"query_text": "good boots"})
    created = api.post("/ai-pages/pages/", {"slug": "boots", "query": 1})
    assert created.status_code == 201
    return created.json()


def download(api: Any, file_format: str) -> Any:
    """Build the first page, export it, and fetch the file."""
    api.post("/ai-pages/pages/1/build/", {})
    export = api.post("/ai-pages/pages/1/export/", {"format": file_format}).json()
    ready = api.get(f"/ai-pages/exports/{export['id']}/").json()
    assert ready["status"] == "ready"
    return api.get(ready["download_url"].removeprefix("/api"))


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


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {"slug": ["This field is required."]}),
        ({"slug": "boots"}, {"slug": ["Page with this slug already exists."]}),
        ({"slug": "x", "query": "good boots"}, {"query": ["Incorrect type. Expected pk value, received str."]}),
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
    assert [block["type"] for block in built["blocks"]] == ["hero", "product", "product"]


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


def test_an_export_is_queued_polled_and_downloaded(api: Any, page: Any) -> None:
    api.post("/ai-pages/pages/1/build/", {})
    api.jobs("manual")
    queued = api.post("/ai-pages/pages/1/export/", {"format": "json"})
    assert queued.status_code == 202
    assert queued.json() == {
        "id": 1,
        "export_id": 1,
        "status": "pending",
        "format": "json",
        "download_url": None,
        "error": "",
        "created_at": "2026-05-01T12:00:00Z",
    }
    assert api.get("/ai-pages/exports/1/download/").status_code == 404
    api.run_jobs()
    ready = api.get("/ai-pages/exports/1/").json()
    assert (ready["status"], ready["download_url"]) == ("ready", "/api/ai-pages/exports/1/download/")
    assert api.get("/ai-pages/exports/2/").status_code == 404
    assert api.get(ready["download_url"].removeprefix("/api"), headers={"Authorization": None}).status_code == 401
    assert api.post("/ai-pages/pages/1/export/").json()["format"] == "html"
    assert api.post("/ai-pages/pages/1/export/", {"format": "pdf"}).json() == {
        "format": ['"pdf" is not a valid choice.']
    }
    assert api.post("/ai-pages/pages/1/export/", {"format": ["html"]}).status_code == 400


def test_the_json_export_is_the_blocks(api: Any, page: Any) -> None:
    answer = download(api, "json")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="boots.json"'
    document = json.loads(answer.content)
    assert document["blocks"] == api.get("/ai-pages/pages/1/").json()["blocks"]


class Texts(HTMLParser):
    """The texts of a document by the tag they are in, and the tags that were left open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self.open[-1], data))


def test_the_html_export_parses_and_shows_texts_as_they_are(api: Any, page: Any) -> None:
    answer = download(api, "html")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    parser = Texts()
    parser.feed(answer.content.decode())
    assert parser.open == []
    assert ("title", "good boots") in parser.texts
    headings = [text for tag, text in parser.texts if tag in ("h1", "h2")]
    assert headings == ["good boots", "Trail Boot", TRICKY]
    assert [text for tag, text in parser.texts if tag == "strong"] == ["129.99", "59 EUR"]


def test_the_tsx_export_is_a_component_that_no_text_breaks_out_of(api: Any, page: Any) -> None:
    source = download(api, "tsx").content.decode()
    assert source.startswith("export default function Page() {")
    assert "<h2>{" + json.dumps(TRICKY) + "}</h2>" in source
    assert source.count("<section>") == source.count("</section>") == 3


def test_the_search_finds_products_by_their_words(api: Any, page: Any) -> None:
    api.put("/pim/schema/", {"fields": [{"name": "brand", "type": "string"}]})
    api.patch("/pim/products/1/", {"data": {"brand": "Acme", "description": "A boot for trails."}})
    for path in ("/ai-pages/query", "/ai-pages/query/"):
        answer = api.get(path, params={"q": "boots on a trail"})
        assert answer.status_code == 200
        body = answer.json()
        assert body["query"] == "boots on a trail"
        assert [product["sku"] for product in body["products"]] == ["A1", "A2"]
        assert set(body["products"][0]) == {"id", "sku", "name", "data", "relevance_score"}
        scores = [product["relevance_score"] for product in body["products"]]
        assert 1 >= scores[0] > scores[1] > 0
        assert body["filters"] == {"brand": ["Acme"]}
        assert body["metadata"]["match_count"] == 2
    assert api.get("/ai-pages/query?q=zzz").json()["products"] == []


def test_the_search_can_be_limited_and_narrowed_to_a_product_segment(api: Any, page: Any) -> None:
    assert len(api.get("/ai-pages/query?q=boot&limit=1").json()["products"]) == 1
    assert len(api.get("/ai-pages/query?q=boot&limit=1000").json()["products"]) == 2
    only = {"type": "product_attribute", "property": "sku", "operator": "eq", "value": "A2"}
    api.post("/product-segments/", {"name": "x", "definition": {"conditions": [only]}})
    api.post("/product-segments/1/compute/")
    found = api.get("/ai-pages/query?q=boot&segment_id=1").json()["products"]
    assert [product["sku"] for product in found] == ["A2"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("?q=", 400),
        ("?q=%20", 400),
        ("?q=x&limit=x", 400),
        ("?q=x&limit=0", 400),
        ("?q=x&limit=" + "9" * 5000, 400),
        ("?q=x&segment_id=" + "9" * 5000, 404),
        ("?q=x&segment_id=9", 404),
        ("?q=x&segment_id=x", 404),
    ],
)
def test_a_search_that_makes_no_sense_is_refused(api: Any, query: str, status: int) -> None:
    assert api.get(f"/ai-pages/query{query}").status_code == status
