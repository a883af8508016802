"""The commands of the published package 0.2.2 work verbatim: same words, same request, same output."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from segops_admin.cli.commands import find

ANSWER = {"id": 12, "name": "Big spenders", "nested": {"list": [1, None, True]}}
BODY = {"name": "x", "definition": {"logic": "AND", "conditions": []}}
ROWS = [{"sku": "A-1", "name": "Shoe"}]

# Words, with BODY, ROWS and CSV standing for files; the request; its query; its body.
PUBLISHED: list[tuple[str, str, dict[str, list[str]], Any]] = [
    ("segments list", "GET /segments/", {}, None),
    ("segments list --page=2 --page_size 5", "GET /segments/", {"page": ["2"], "page_size": ["5"]}, None),
    ("segments get 12", "GET /segments/12/", {}, None),
    ("segments create BODY", "POST /segments/", {}, BODY),
    ("segments recompute 12", "POST /segments/12/compute/", {}, None),
    ("segments members 12", "GET /segments/12/members/", {}, None),
    (
        "segments members 12 --limit=10 --cursor abc",
        "GET /segments/12/members/",
        {"limit": ["10"], "cursor": ["abc"]},
        None,
    ),
    ("segments membership user-1", "GET /segments/membership/", {"user_id": ["user-1"]}, None),
    ("segments export 12", "POST /segments/12/export/", {}, {"format": "csv"}),
    ("segments export 12 --format=parquet", "POST /segments/12/export/", {}, {"format": "parquet"}),
    ("segments export 12 --format parquet", "POST /segments/12/export/", {}, {"format": "parquet"}),
    ("products list --page=3", "GET /pim/products/", {"page": ["3"]}, None),
    ("products get 7", "GET /pim/products/7/", {}, None),
    ("products import CSV", "POST /pim/import/csv/", {}, b"sku,name\nA-1,Shoe\n"),
    ("products bulk-upsert ROWS", "POST /pim/products/bulk/", {}, {"products": ROWS}),
    ("products score 7", "POST /pim/products/7/score/", {}, None),
    ("products score-all", "POST /pim/score-all/", {}, None),
    ("products facets", "GET /pim/facets/", {}, None),
    ("schemas list", "GET /schemas/", {}, None),
    ("schemas validate purchase BODY", "POST /schemas/validate/", {}, {"event_type": "purchase", "payload": BODY}),
    ("activations list", "GET /activations/", {}, None),
    ("activations sync 4", "POST /activations/4/sync/", {}, None),
    ("queries list", "GET /ai-reach/queries/", {}, None),
    ("queries run 5", "POST /ai-reach/queries/5/run/", {}, None),
    ("queries simulate BODY", "POST /ai-reach/simulate/", {}, BODY),
    ("queries dashboard", "GET /ai-reach/dashboard/", {}, None),
    ("pages list", "GET /ai-pages/pages/", {}, None),
    ("pages get 8", "GET /ai-pages/pages/8/", {}, None),
    ("pages export 8", "POST /ai-pages/pages/8/export/", {}, {"format": "html"}),
    ("pages export 8 --format=tsx", "POST /ai-pages/pages/8/export/", {}, {"format": "tsx"}),
    ("pages publish 8", "POST /ai-pages/pages/8/publish/", {}, None),
    ("pages regenerate 8", "POST /ai-pages/pages/8/regenerate/", {}, None),
    ("users search", "GET /explorer/users/", {}, None),
    ("users search --q=ann --limit 5", "GET /explorer/users/", {"q": ["ann"], "limit": ["5"]}, None),
    ("users get user-1", "GET /explorer/users/user-1/", {}, None),
    (
        "users events user-1 --event_type=purchase",
        "GET /explorer/users/user-1/events/",
        {"event_type": ["purchase"]},
        None,
    ),
    ("analytics overview", "GET /analytics/overview/", {}, None),
    ("analytics usage", "GET /analytics/usage/", {}, None),
]

VERBS = {
    "segments": "list get create recompute members membership export delete",
    "products": "list get import bulk-upsert score score-all facets",
    "schemas": "list validate",
    "activations": "list sync",
    "queries": "list run simulate dashboard",
    "pages": "list get export publish regenerate",
    "users": "search get events",
    "analytics": "overview usage",
}


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "body.json").write_text(json.dumps(BODY))
    (tmp_path / "rows.json").write_text(json.dumps(ROWS))
    (tmp_path / "catalogue.csv").write_bytes(b"sku,name\nA-1,Shoe\n")
    names = {"BODY": "body.json", "ROWS": "rows.json", "CSV": "catalogue.csv"}
    return {word: str(tmp_path / name) for word, name in names.items()}


@pytest.mark.parametrize(("words", "line", "query", "body"), PUBLISHED, ids=[entry[0] for entry in PUBLISHED])
def test_a_published_command_works_verbatim(
    words: str, line: str, query: dict[str, list[str]], body: Any, server: Any, cli: Any, files: dict[str, str]
) -> None:
    server.reply(ANSWER)
    result = cli(*[files.get(word, word) for word in words.split()])
    sent = server.requests[0]
    assert (sent.line, sent.query) == (line, query)
    if isinstance(body, bytes):
        assert b'name="file"; filename="catalogue.csv"' in sent.content
        assert body in sent.content
    elif body is not None:
        assert sent.json == body
    else:
        assert sent.content == b""
    assert result.out == json.dumps(ANSWER, indent=2) + "\n"
    assert (result.code, result.err) == (0, "")


def test_a_deletion_does_not_ask_and_prints_ok(server: Any, cli: Any) -> None:
    server.reply(status=204)
    result = cli("segments", "delete", "12", stdin=b"")
    assert server.lines == ["DELETE /segments/12/"]
    assert (result.code, result.out, result.err) == (0, '{\n  "ok": true\n}\n', "")


def test_no_published_command_is_missing() -> None:
    published = [(resource, verb) for resource, verbs in VERBS.items() for verb in verbs.split()]
    assert len(published) == 33
    assert [words for words in published if find(*words) is None] == []
    shown = {tuple(words.split()[:2]) for words, *_ in PUBLISHED} | {("segments", "delete")}
    assert shown == set(published)


@pytest.mark.parametrize("words", [[], ["help"], ["--help"], ["-h"]])
def test_the_published_ways_to_ask_for_help_exit_0(words: list[str], cli: Any) -> None:
    result = cli(*words, SEGOPS_API_KEY=None)
    assert (result.code, result.err) == (0, "")
    assert "segops-admin segments recompute 12" in result.out


def test_the_published_usage_errors_exit_2(cli: Any) -> None:
    assert cli("segments").code == 2
    assert cli("segments", "bogus").code == 2
    assert cli("bogus", "list").code == 2
    assert cli("segments", "list", SEGOPS_API_KEY=None).code == 2


def test_an_api_error_exits_1_with_nothing_on_stdout(server: Any, cli: Any) -> None:
    server.reply({"detail": "Not found."}, status=404)
    result = cli("segments", "get", "99")
    assert (result.code, result.out) == (1, "")
    assert "404" in result.err
