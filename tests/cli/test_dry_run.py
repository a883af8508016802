"""``--dry-run`` shows the request and sends nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


def test_a_request_is_shown_whole_with_the_key_masked(server: Any, cli: Any) -> None:
    result = cli("segments", "create", '{"name":"é"}', "--idempotency-key=run-1", "--dry-run")
    shown = result.json
    agent = shown["headers"].pop("User-Agent")
    assert agent.startswith("segops-admin-python/")
    assert shown == {
        "method": "POST",
        "url": f"{server.url}/segments/",
        "query": {},
        "headers": {
            "Authorization": "ApiKey sk_...cdef",
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "Content-Type": "application/json",
            "Idempotency-Key": "run-1",
        },
        "body": {"name": "é"},
    }
    assert (result.code, server.requests) == (0, [])
    assert result.err == "dry run: nothing was sent.\n"


def test_a_short_key_is_masked_whole(cli: Any) -> None:
    shown = cli("segments", "list", "--dry-run", SEGOPS_API_KEY="sk_short").json
    assert shown["headers"]["Authorization"] == "ApiKey sk_..."


def test_what_is_shown_is_what_goes_out(server: Any, cli: Any) -> None:
    words = ["segments", "list", "--page-size=5", "--tag=a b", "--tag=ü", "--x"]
    shown = cli(*words, "--dry-run").json
    server.reply({})
    cli(*words)
    (sent,) = server.requests
    assert sent.method == shown["method"]
    assert sent.query == {key: value if isinstance(value, list) else [value] for key, value in shown["query"].items()}
    for name, value in shown["headers"].items():
        if name != "Authorization":
            assert sent.headers[name] == value


def test_a_generated_key_is_shown_as_it_would_be(cli: Any) -> None:
    keys = {cli("segments", "recompute", "1", "--dry-run").json["headers"]["Idempotency-Key"] for _ in range(2)}
    assert len(keys) == 2
    assert all(len(key) == 36 for key in keys)


def test_an_upload_is_shown_by_its_name_and_size(cli: Any, server: Any, tmp_path: Path) -> None:
    (tmp_path / "katalog.csv").write_bytes(b"sku\n" * 1000)
    shown = cli("products", "import", str(tmp_path / "katalog.csv"), "--dry-run").json
    assert shown["multipart"] == {
        "field": "file",
        "filename": "katalog.csv",
        "content_type": "text/csv",
        "bytes": 4000,
    }
    assert server.requests == []


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (["segments", "list", "--all"], "GET /segments/"),
        (["segments", "list", "--all", "--prefetch=4"], "GET /segments/"),
        (["segments", "members", "12", "--all"], "GET /segments/12/members/"),
        (["segments", "recompute", "12", "--wait"], "GET /segments/12/"),
        (["segments", "export", "12", "--wait"], "POST /segments/12/export/"),
        (["segments", "export", "12", "--to=-"], "POST /segments/12/export/"),
        (["products", "import", "/dev/null", "--confirm={}"], "POST /pim/import/csv/"),
        (["products", "confirm-import", "3", "{}", "--wait"], "POST /pim/import/3/confirm/"),
        (["doctor"], "GET /segments/"),
    ],
)
def test_of_several_requests_the_first_is_shown_and_standard_error_says_so(
    words: list[str], first: str, server: Any, cli: Any
) -> None:
    result = cli(*words, "--dry-run")
    assert f"{result.json['method']} {result.json['url'].split('/api')[1].split('?')[0]}" == first
    assert (result.code, server.requests) == (0, [])
    assert "More requests would follow" in result.err


def test_a_download_writes_no_file(server: Any, cli: Any, tmp_path: Path) -> None:
    result = cli("segments", "download-export", "14", str(tmp_path / "x.csv"), "--dry-run")
    assert result.json["url"].endswith("/segments/exports/14/download/")
    assert list(tmp_path.iterdir()) == []


def test_bad_input_is_found_all_the_same(cli: Any) -> None:
    assert cli("segments", "create", "{", "--dry-run").code == 2
    assert cli("segments", "get", "..", "--dry-run").code == 2
    assert cli("segments", "list", "--dry-run", SEGOPS_API_KEY="pk_x").code == 2


def test_compact_goes_with_it(cli: Any) -> None:
    assert json.loads(cli("segments", "get", "1", "--dry-run", "--compact").out.rstrip("\n"))["method"] == "GET"
    assert cli("segments", "get", "1", "--dry-run", "--compact").out.count("\n") == 1
