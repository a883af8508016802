"""The search for products: GET /ai-pages/query."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conformance import contract

SOURCE = Path(__file__).parents[2] / "sandbox" / "src"
ROWS = [
    {"sku": "B-1001", "name": "Trail Boot", "description": "A sturdy boot for trails.", "brand": "Acme"},
    {"sku": "B-1002", "name": "City Boot", "description": "For the street.", "brand": "Globex", "tags": ["sale"]},
    {"sku": "U-1", "name": "Umbrella", "description": "Keeps the rain off.", "brand": "Acme"},
    {"sku": "K-1", "name": "登山靴", "description": "防水"},
    {"sku": "R-1", "name": "Größe wählbar", "description": "Crème brûlée"},
    {"sku": "C-1", "name": "Camera", "description": "Running battery: 8 hours. Women and men."},
]


@pytest.fixture
def catalogue(api: Any) -> Any:
    """A small catalogue with a schema."""
    fields = [
        {"name": "brand", "type": "string"},
        {"name": "tags", "type": "array"},
        {"name": "price", "type": "price"},
    ]
    assert api.put("/pim/schema/", {"fields": fields}).status_code == 200
    assert api.post("/pim/products/bulk/", {"products": ROWS}).json()["created"] == len(ROWS)
    return api


def found(api: Any, question: str, **params: Any) -> list[str]:
    """The SKUs that a question finds, in their order."""
    answer = api.get("/ai-pages/query", params={"q": question, **params})
    assert answer.status_code == 200, answer.text
    return [product["sku"] for product in answer.json()["products"]]


def test_an_answer_has_the_documented_shape(catalogue: Any) -> None:
    for path in ("/ai-pages/query", "/ai-pages/query/"):
        answer = catalogue.get(path, params={"q": " boots on a trail "})
        assert answer.status_code == 200
        body = answer.json()
        assert contract().check("ProductQuery", body) == []
        assert body["query"] == "boots on a trail"
        assert [product["sku"] for product in body["products"]] == ["B-1001", "B-1002"]
        assert body["products"][0]["data"] == {"description": "A sturdy boot for trails.", "brand": "Acme"}
        assert body["filters"] == {"brand": ["Acme", "Globex"], "tags": ["sale"]}
        assert body["metadata"] == {"match_count": 2, "latency_ms": 0, "method": "tf-idf"}  # time stands still


def test_scores_are_cosines_with_four_decimals_the_best_first(catalogue: Any) -> None:
    for question in ("trail boot", "umbrella", "boots", "sturdy women"):
        products = catalogue.get("/ai-pages/query", params={"q": question}).json()["products"]
        scores = [product["relevance_score"] for product in products]
        assert scores == sorted(scores, reverse=True)
        assert all(0 < score <= 1 and score == round(score, 4) for score in scores)


def test_a_product_that_says_nothing_but_the_question_scores_one(api: Any) -> None:
    api.post("/pim/products/", {"sku": "lamp", "name": "Lamp"})
    api.post("/pim/products/", {"sku": "tent", "name": "Tent"})
    (product,) = api.get("/ai-pages/query?q=lamp").json()["products"]
    assert (product["sku"], product["relevance_score"]) == ("lamp", 1.0)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("boots", ["B-1001", "B-1002"]),  # a plural
        ("umbrellas", ["U-1"]),
        ("camra", ["C-1"]),  # slips
        ("umbrela", ["U-1"]),
        ("runing", ["C-1"]),
        ("BOOT", ["B-1001", "B-1002"]),
        ("grosse", ["R-1"]),  # other spellings
        ("GRÖSSE", ["R-1"]),
        ("creme brulee", ["R-1"]),
        ("靴", ["K-1"]),  # a word that no space sets apart
        ("防水の靴", ["K-1"]),
        ("B-1002", ["B-1002", "B-1001"]),
        ("1001", ["B-1001"]),  # a number is no slip for another
        ("1003", []),
        ("what is the best umbrella for me", ["U-1"]),
        ("the", ["U-1", "B-1002"]),  # nothing else is asked for
        ("zzz", []),
        ("🥾", []),
        ("%", []),
        ("x" * 2000, []),
        ("' OR 'x'='x", []),
    ],
)
def test_a_question_finds_what_it_means(catalogue: Any, question: str, expected: list[str]) -> None:
    assert found(catalogue, question) == expected


def test_words_that_no_product_has_make_a_question_less_near(catalogue: Any) -> None:
    def best(question: str) -> float:
        score: float = catalogue.get("/ai-pages/query", params={"q": question}).json()["products"][0]["relevance_score"]
        return score

    assert best("umbrella") > best("umbrella quantum") > best("umbrella quantum flux") > 0


def test_a_rare_word_counts_more_than_a_common_one(api: Any) -> None:
    rows = [{"sku": f"P{number}", "name": "red shirt"} for number in range(5)] + [{"sku": "P9", "name": "blue hat"}]
    api.post("/pim/products/bulk/", {"products": rows})
    assert found(api, "blue shirt")[0] == "P9"


def test_equally_good_products_come_in_the_order_of_their_ids(api: Any) -> None:
    skus = ["d", "b", "c", "a"]
    api.post("/pim/products/bulk/", {"products": [{"sku": sku * 3, "name": "same lamp"} for sku in skus]})
    assert found(api, "lamp") == [sku * 3 for sku in skus]


def test_an_answer_holds_twenty_products_or_as_many_as_asked_for_but_no_more_than_a_hundred(api: Any) -> None:
    api.post("/pim/products/bulk/", {"products": [{"sku": f"P{n}", "name": "lamp"} for n in range(120)]})
    assert len(found(api, "lamp")) == 20
    assert len(found(api, "lamp", limit=3)) == 3
    assert len(found(api, "lamp", limit=100)) == 100
    assert len(found(api, "lamp", limit=1000)) == 100


def test_a_search_can_be_narrowed_to_a_product_segment(catalogue: Any, other_tenant: Any) -> None:
    only = {"type": "product_attribute", "property": "sku", "operator": "eq", "value": "B-1002"}
    segment = {"name": "x", "definition": {"logic": "AND", "conditions": [only]}}
    segment_id = catalogue.post("/product-segments/", segment).json()["id"]
    catalogue.post(f"/product-segments/{segment_id}/compute/")
    answer = catalogue.get("/ai-pages/query", params={"q": "boot", "segment_id": segment_id, "limit": 1}).json()
    assert [product["sku"] for product in answer["products"]] == ["B-1002"]
    assert answer["filters"] == {"brand": ["Globex"], "tags": ["sale"]}
    assert found(catalogue, "umbrella", segment_id=segment_id) == []
    assert other_tenant.get(f"/ai-pages/query?q=boot&segment_id={segment_id}").status_code == 404


@pytest.mark.parametrize(
    ("query", "status", "key"),
    [
        ("", 400, "detail"),
        ("?q=", 400, "detail"),
        ("?q=%20", 400, "detail"),
        ("?q=%00", 400, "detail"),
        ("?q=x&limit=x", 400, "limit"),
        ("?q=x&limit=0", 400, "limit"),
        ("?q=x&limit=-1", 400, "limit"),
        ("?q=x&limit=1.5", 400, "limit"),
        ("?q=x&limit=", 400, "limit"),
        ("?q=x&limit=" + "9" * 5000, 400, "limit"),
        ("?q=x&segment_id=" + "9" * 5000, 404, "detail"),
        ("?q=x&segment_id=9", 404, "detail"),
        ("?q=x&segment_id=x", 404, "detail"),
        ("?q=x&segment_id=", 404, "detail"),
    ],
)
def test_a_search_that_makes_no_sense_is_refused(catalogue: Any, query: str, status: int, key: str) -> None:
    answer = catalogue.get(f"/ai-pages/query{query}")
    assert (answer.status_code, list(answer.json())) == (status, [key])


def test_bytes_that_are_no_text_find_nothing(catalogue: Any) -> None:
    answer = catalogue.get("/ai-pages/query?q=%ff%fe")
    assert (answer.status_code, answer.json()["products"]) == (200, [])


def test_a_search_needs_a_key_and_only_reads(catalogue: Any) -> None:
    assert catalogue.get("/ai-pages/query?q=boot", headers={"Authorization": None}).status_code == 401
    assert catalogue.post("/ai-pages/query", {"q": "boot"}).status_code == 405
    head = catalogue.request("HEAD", "/ai-pages/query?q=boot")
    assert (head.status_code, head.content) == (200, b"")


def test_a_search_sees_the_own_catalogue_only(catalogue: Any, other_tenant: Any) -> None:
    assert found(other_tenant, "boot") == []
    other_tenant.post("/pim/products/", {"sku": "X", "name": "Other boot"})
    assert found(other_tenant, "boot") == ["X"]
    assert "X" not in found(catalogue, "boot")


def test_an_empty_catalogue_and_one_without_words_answer_too(api: Any) -> None:
    empty = api.get("/ai-pages/query?q=boot").json()
    assert (empty["products"], empty["filters"], empty["metadata"]["match_count"]) == ([], {}, 0)
    api.post("/pim/products/", {"sku": "--", "name": "!"})
    assert found(api, "boot") == []


def test_the_service_can_be_made_unavailable(catalogue: Any) -> None:
    catalogue.control("POST", "/faults/", {"kind": "status", "status": 503, "path": "/ai-pages/query", "count": 1})
    down = catalogue.get("/ai-pages/query?q=boot")
    assert (down.status_code, down.json()) == (503, {"detail": "Service Unavailable."})
    assert catalogue.get("/ai-pages/query?q=boot").status_code == 200


def change_and_look(writer: Any, reader: Any) -> None:
    """Check that the next search sees each kind of write."""
    product = writer.post("/pim/products/", {"sku": "S-1", "name": "Lantern"}).json()["id"]
    assert found(reader, "lantern") == ["S-1"]
    writer.patch(f"/pim/products/{product}/", {"name": "Kettle"})
    assert (found(reader, "lantern"), found(reader, "kettle")) == ([], ["S-1"])
    writer.post("/pim/products/bulk/", {"products": [{"sku": "S-1", "name": "Teapot"}]})
    assert (found(reader, "kettle"), found(reader, "teapot")) == ([], ["S-1"])
    upload = writer.post("/pim/import/csv/", files={"file": ("x.csv", b"sku,name\nS-1,Skillet\n", "text/csv")}).json()
    writer.post(f"/pim/import/{upload['job_id']}/confirm/", {"mapping": {"sku": "sku", "name": "name"}})
    assert (found(reader, "teapot"), found(reader, "skillet")) == ([], ["S-1"])
    writer.delete(f"/pim/products/{product}/")
    assert found(reader, "skillet") == []
    writer.post("/pim/products/", {"sku": "S-2", "name": "Lantern"})
    assert found(reader, "lantern") == ["S-2"]


def test_no_answer_is_stale_while_the_clock_stands_still(catalogue: Any) -> None:
    change_and_look(catalogue, catalogue)


def test_no_answer_of_another_server_on_the_database_is_stale(
    start: Callable[..., Any], segops_sandbox_environment: dict[str, str], tmp_path: Path
) -> None:
    database = segops_sandbox_environment or {"DATABASE_URL": f"sqlite:///{tmp_path / 'shared.sqlite3'}"}
    writer = start("--jobs=instant", env=database)
    reader = start("--jobs=manual", env=database)
    writer.control("POST", "/reset/")
    change_and_look(writer.with_key(writer.key), reader.with_key(writer.key))


def test_a_server_that_nobody_searches_on_does_not_load_the_library() -> None:
    code = (
        "import django, sys; django.setup(); import segops_sandbox.urls, segops_sandbox.runtime;"
        "sys.exit(', '.join(sorted({'sklearn', 'scipy'} & sys.modules.keys())) or 0)"
    )
    settings = {"DJANGO_SETTINGS_MODULE": "segops_sandbox.settings", "PYTHONPATH": str(SOURCE)}
    done = subprocess.run([sys.executable, "-c", code], env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
