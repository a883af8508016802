"""Exports of AI pages: valid files, whatever the products are called."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conformance import contract
from tinyhtml5.parser import HTMLParser

ROOT = Path(__file__).parents[2]
NODE = ROOT / "typescript-fixtures/tools/node.sh"
MODULES = ROOT / "typescript-fixtures/node_modules"
SCHEMA = ROOT / "sandbox/src/segops_sandbox/pages/page.schema.json"
XHTML = "{http://www.w3.org/1999/xhtml}"
TEXTS = ("title", "h1", "h2", "h3", "p", "th", "td", "dt", "dd")

HOSTILE = [
    "Boot </script><script>alert(1)</script><!--",
    "Boot \"double\" 'single' & &amp; &#0; `${1}` \\u003c */ ]]>",
    "Boot 🥾 👩‍👩‍👧 \u202e\u200f حذاء \u2028\u2029",
    "Boot {{ page }} {% now %} __CONTENT__ </style></title>",
    "Boot \x01\x0b\x85\ufdd0\ufffe\U0001ffff\r\nnext\rline\ttab",
    "  Boot <b>  spaced\n\n  ",
]
RENDER = """
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import Page from "./out/boots.js";
const markup = renderToStaticMarkup(createElement(Page));
const head = `<meta charset="utf-8"><title>t</title>`;
process.stdout.write(`<!DOCTYPE html><html lang="en"><head>${head}</head><body>${markup}</body></html>`);
"""
# Compiles only while the component's props have types that refuse this.
MISUSE = """
import Page from "./boots.js";
// @ts-expect-error
export const wrong = <Page content={{ title: 7 }} />;
export const right = <Page className="wide" />;
"""


@pytest.fixture
def page(api: Any) -> Any:
    """A built page over products with hostile texts."""
    rows = [
        {"sku": f"</sku>{number}", "name": name, "description": name[::-1], "<i>": name, "price": 9.5 + number}
        for number, name in enumerate(HOSTILE)
    ]
    rows[0] |= {"url": "javascript://shop.test/%0aalert(1)", "image": "data:text/html,x"}
    rows[1] |= {"url": 'https://shop.test/?a="><script>&b=1', "image": "https://shop.test/i.png?'\"<"}
    rows[2] |= {"price": {"amount": "7.10", "currency": "<b>"}}
    assert api.post("/pim/products/bulk/", {"products": rows}).json()["created"] == len(rows)
    title = '</title><script>alert("boots")</script>'
    assert api.post("/ai-pages/pages/", {"slug": "boots", "title": title}).status_code == 201
    api.post("/ai-pages/pages/1/build/", {})
    return api.get("/ai-pages/pages/1/").json()


def download(api: Any, file_format: str) -> Any:
    """Export the first page, and fetch the file."""
    export = api.post("/ai-pages/pages/1/export/", {"format": file_format}).json()
    ready = api.get(f"/ai-pages/exports/{export['id']}/").json()
    assert ready["status"] == "ready", ready
    answer = api.get(ready["download_url"].removeprefix("/api"))
    assert answer.status_code == 200
    return answer


def parsed(content: bytes) -> Any:
    """The tree of a document in which the parser finds no error."""
    parser = HTMLParser()
    tree = parser.parse(content)
    assert parser.errors == []
    return tree


def texts(tree: Any) -> list[tuple[str, str]]:
    """The texts of a document's body with the elements that they are in."""
    body = tree.find(f"{XHTML}body")
    found = [(element.tag.removeprefix(XHTML), "".join(element.itertext())) for element in body.iter()]
    return [(tag, text) for tag, text in found if tag in TEXTS]


def as_shown(name: str) -> str:
    """A text without what no document may hold."""
    for character in "\x01\x0b\x85\ufdd0\ufffe\U0001ffff":
        name = name.replace(character, "\ufffd")
    return name.replace("\r\n", "\n").replace("\r", "\n")


def test_an_export_is_queued_polled_and_downloaded(api: Any, page: Any) -> None:
    api.jobs("manual")
    queued = api.post("/ai-pages/pages/1/export/", {"format": "json"})
    assert queued.status_code == 202
    assert queued.json() == {
        "id": 1,
        "export_id": 1,
        "status": "pending",
        "format": "json",
        "download_url": None,
        "expires_at": None,
        "error": "",
        "created_at": "2026-05-01T12:00:00Z",
    }
    early = api.get("/ai-pages/exports/1/download/")
    assert (early.status_code, early.json()) == (404, {"detail": "The export is pending."})
    api.run_jobs()
    ready = api.get("/ai-pages/exports/1/").json()
    assert (ready["status"], ready["download_url"]) == ("ready", "/api/ai-pages/exports/1/download/")
    assert ready["expires_at"] == "2026-05-01T13:00:00Z"
    assert contract().check("ExportJob", ready) == []
    assert api.get("/ai-pages/exports/2/").status_code == 404
    assert api.get("/ai-pages/exports/1/download/", headers={"Authorization": None}).status_code == 401


def test_html_is_the_format_unless_another_is_named(api: Any, page: Any) -> None:
    assert api.post("/ai-pages/pages/1/export/").json()["format"] == "html"
    for wrong in ("pdf", ["html"], None, 7):
        refused = api.post("/ai-pages/pages/1/export/", {"format": wrong})
        assert (refused.status_code, refused.json()) == (400, {"format": [f'"{wrong}" is not a valid choice.']})
    assert api.get("/ai-pages/exports/2/").status_code == 404


def test_a_file_can_be_had_for_an_hour(api: Any, page: Any) -> None:
    api.post("/ai-pages/pages/1/export/")
    api.advance(3599)
    assert api.get("/ai-pages/exports/1/download/").status_code == 200
    api.advance(1)
    gone = api.get("/ai-pages/exports/1/download/")
    assert (gone.status_code, gone.json()) == (410, {"detail": "The export has expired. Start a new one."})
    assert api.get("/ai-pages/exports/1/").status_code == 200


def test_a_file_is_not_seen_from_another_workspace(api: Any, page: Any, other_tenant: Any) -> None:
    api.post("/ai-pages/pages/1/export/")
    for path in ("/ai-pages/exports/1/", "/ai-pages/exports/1/download/"):
        assert other_tenant.get(path).status_code == 404


def test_a_file_goes_with_its_page_and_is_named_after_it(api: Any, page: Any) -> None:
    api.post("/ai-pages/pages/1/export/", {"format": "tsx"})
    api.patch("/ai-pages/pages/1/", {"slug": "Other_boots-2"})
    answer = api.get("/ai-pages/exports/1/download/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Other_boots-2.tsx"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    api.delete("/ai-pages/pages/1/")
    assert api.get("/ai-pages/exports/1/download/").status_code == 404


def test_the_json_export_has_the_shape_that_its_schema_says(api: Any, page: Any) -> None:
    answer = download(api, "json")
    assert answer.headers["Content-Type"] == "application/json"
    document = json.loads(answer.content)
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).validate(document)
    assert document == {name: page[name] for name in ("slug", "title", "intro_copy", "product_skus", "blocks")}
    assert {product["name"] for product in document["blocks"][1]["products"]} == set(HOSTILE)  # as they are stored


def test_a_page_without_products_has_files_too(api: Any) -> None:
    api.post("/ai-pages/pages/", {"slug": "boots"})
    api.post("/ai-pages/pages/1/build/", {})
    document = json.loads(download(api, "json").content)
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).validate(document)
    assert [block["type"] for block in document["blocks"]] == ["hero"]
    assert [tag for tag, _ in texts(parsed(download(api, "html").content))] == ["h1", "p"]


def test_the_html_export_is_a_document_without_a_parse_error(api: Any, page: Any) -> None:
    answer = download(api, "html")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.content.startswith(b"<!DOCTYPE html>\n")
    tree = parsed(answer.content)
    assert tree.get("lang") == "en"
    head = tree.find(f"{XHTML}head")
    assert head.find(f"{XHTML}title").text == page["title"]
    metas = {meta.get("name"): meta.get("content") for meta in head.iter(f"{XHTML}meta")}
    assert metas["description"].startswith("[Simulated copy] Acme on “</title><script>")
    assert len(metas["description"]) <= 160
    assert "main {" in head.find(f"{XHTML}style").text


def test_the_html_export_shows_every_text_as_it_is(api: Any, page: Any) -> None:
    tree = parsed(download(api, "html").content)
    shown = texts(tree)
    assert ("h1", page["title"]) in shown
    assert {text for tag, text in shown if tag == "h3"} == set(map(as_shown, HOSTILE))
    table = page["blocks"][2]
    assert [text for tag, text in shown if tag == "th"] == table["columns"]
    assert [text for tag, text in shown if tag == "td"] == [as_shown(c) for row in table["rows"] for c in row["cells"]]
    assert [text for tag, text in shown if tag == "dt"] == [as_shown(i["question"]) for i in page["blocks"][3]["items"]]
    assert {element.tag.removeprefix(XHTML) for element in tree.find(f"{XHTML}body").iter()} >= {"a", "img", "table"}
    assert not list(tree.find(f"{XHTML}body").iter(f"{XHTML}script"))


def test_only_web_addresses_become_links(api: Any, page: Any) -> None:
    tree = parsed(download(api, "html").content)
    assert [a.get("href") for a in tree.iter(f"{XHTML}a")] == ['https://shop.test/?a="><script>&b=1']
    assert [image.get("src") for image in tree.iter(f"{XHTML}img")] == ["https://shop.test/i.png?'\"<"]


def test_the_html_export_carries_the_products_as_json_ld(api: Any, page: Any) -> None:
    content = download(api, "html").content
    (script,) = parsed(content).iter(f"{XHTML}script")
    assert script.get("type") == "application/ld+json"
    listing, questions = json.loads(script.text)["@graph"]
    products = [entry["item"] for entry in listing["mainEntity"]["itemListElement"]]
    assert {product["name"] for product in products} == set(map(as_shown, HOSTILE))
    by_sku = {product["sku"]: product for product in products}
    assert by_sku["</sku>0"]["offers"] == {"@type": "Offer", "price": "9.50", "priceCurrency": "USD"}
    assert "url" not in by_sku["</sku>0"]
    assert by_sku["</sku>1"]["url"] == 'https://shop.test/?a="><script>&b=1'
    assert questions["@type"] == "FAQPage"
    assert content.count(b"<script") == content.count(b"</script") == 1


@pytest.fixture
def node(tmp_path: Path) -> Callable[..., str]:
    """Runs Node in a folder that sees React and the TypeScript compiler."""
    assert (MODULES / "react-dom").is_dir(), "React is not installed: run `make built`"
    (tmp_path / "node_modules").symlink_to(MODULES)
    (tmp_path / "package.json").write_text('{"type": "module"}')

    def run(*words: str) -> str:
        command = [str(NODE), "oldest", "node", *words]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=110)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def test_the_tsx_export_compiles_and_renders_the_same_texts_as_the_html_export(
    api: Any, page: Any, node: Callable[..., str], tmp_path: Path
) -> None:
    answer = download(api, "tsx")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    (tmp_path / "boots.tsx").write_bytes(answer.content)
    (tmp_path / "misuse.tsx").write_text(MISUSE)
    strict = ("--strict", "--noUnusedLocals", "--noUnusedParameters", "--noUncheckedIndexedAccess", "--skipLibCheck")
    target = ("--jsx", "react-jsx", "--module", "nodenext", "--target", "es2022", "--types", "react")
    node("node_modules/typescript/bin/tsc", *strict, *target, "--outDir", "out", "boots.tsx", "misuse.tsx")
    (tmp_path / "render.mjs").write_text(RENDER)
    rendered = parsed(node("render.mjs").encode())
    written = parsed(download(api, "html").content)
    assert texts(rendered) == texts(written)
    for tag, attribute in (("a", "href"), ("img", "src")):
        assert [e.get(attribute) for e in rendered.iter(XHTML + tag)] == [
            e.get(attribute) for e in written.iter(XHTML + tag)
        ]
    (data,) = rendered.iter(f"{XHTML}script")
    (same,) = written.iter(f"{XHTML}script")
    assert json.loads(data.text) == json.loads(same.text)
