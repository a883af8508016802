"""The sandbox of the conformance tests: a process with a full workspace, which is restored for every test.

The workspace is made once, over HTTP, and kept as a copy of the SQLite file; `restore` puts the copy back while the
server runs, and `fingerprint` tells whether anything in any table has changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import requests

NOW = "2026-05-01T12:00:00Z"
USERS = ("u-1", "u-2", "u-3", "zoë/5")
_ORDER = {"type": "event_count", "event_type": "order_placed", "operator": "gte"}
_TOTAL = {"name": "total", "type": "number", "required": True}
_CSV = b"sku,name,price\nMAT-1,Sleeping mat,39.9\nMAT-2,Air mat,59\n"
_FIELDS = [
    {"name": "brand", "type": "string", "required": False},
    {"name": "price", "type": "number", "required": False},
]
_EVENTS = [
    {"user_id": "u-1", "event_type": "context_identified", "payload": {"city": "Köln", "vip": True}},
    {"user_id": "u-1", "event_type": "order_placed", "payload": {"total": 120.5, "product_id": "TENT-1"}},
    {"user_id": "u-1", "event_type": "order_placed", "payload": {"total": 80}},
    {"user_id": "u-2", "event_type": "order_placed", "payload": {"total": 15}},
    {"user_id": "zoë/5", "event_type": "order_placed", "payload": {"total": 7}},
    {"user_id": "u-3", "event_type": "page_viewed", "payload": {"url": "/tents"}},
]


def _definition(count: int) -> dict[str, Any]:
    return {"logic": "AND", "conditions": [{**_ORDER, "value": count}]}


def _tents(value: str) -> dict[str, Any]:
    condition = {"type": "product_attribute", "property": "brand", "operator": "eq", "value": value}
    return {"logic": "AND", "conditions": [condition]}


# In order; ids count from 1 within each kind. Three of each, so that one may be deleted and pages have a next one.
_REQUESTS: list[tuple[str, Any]] = [
    ("/ingestion/track/batch/", {"events": [{**event, "occurred_at": "2026-04-20T10:00:00Z"} for event in _EVENTS]}),
    ("/segments/", {"name": "Customers", "definition": _definition(1)}),
    ("/segments/", {"name": "Regulars", "definition": _definition(2)}),
    ("/segments/", {"name": "Draft"}),
    ("/segments/1/compute/", None),
    ("/segments/2/compute/", None),
    ("/segments/1/export/", {"format": "csv"}),
    ("/pim/products/bulk/", {"products": [
        {"sku": "TENT-1", "name": "Two-person tent", "brand": "Nordlicht", "price": 249.5},
        {"sku": "TENT-2", "name": "Family tent", "brand": "Nordlicht", "price": 399},
        {"sku": "BOOT-1", "name": "Trekking boots", "brand": "Søren", "price": 129},
        {"sku": "MUG-1", "name": 'Mug "Élan"', "brand": "Lumen", "price": 12}]}),
    ("/pim/products/1/score/", None),
    ("/product-segments/", {"name": "Nordlicht", "definition": _tents("Nordlicht")}),
    ("/product-segments/", {"name": "Søren", "definition": _tents("Søren")}),
    ("/product-segments/", {"name": "All"}),
    ("/product-segments/1/compute/", None),
    ("/schemas/", {"event_type": "order_placed", "properties": [_TOTAL]}),
    ("/schemas/", {"event_type": "page_viewed", "properties": [{"name": "url", "type": "string", "required": False}]}),
    ("/schemas/", {"event_type": "signed_up", "properties": []}),
    ("/activations/", {"segment": 1, "connector_type": "klaviyo", "config": {"api_key": "k-1", "list_id": "L1"}}),
    ("/activations/", {"segment": 2, "connector_type": "klaviyo", "config": {"api_key": "k-2", "list_id": "L2"}}),
    ("/activations/", {"segment": 1, "connector_type": "klaviyo", "config": {"api_key": "k-3", "list_id": "L3"}}),
    ("/activations/1/sync/", None),
    ("/ai-reach/queries/", {"query_text": "Which tent is best for two?", "providers": ["chatgpt"]}),
    ("/ai-reach/queries/", {"query_text": "Where do I buy trekking boots?", "providers": ["claude"]}),
    ("/ai-reach/queries/", {"query_text": "Which mug keeps coffee warm?"}),
    ("/ai-reach/competitors/", {"name": "Zeltwerk"}),
    ("/ai-reach/queries/1/run/", None),
    ("/ai-pages/pages/", {"slug": "best-tent", "title": "The best tent for two", "query": 1}),
    ("/ai-pages/pages/", {"slug": "boots", "title": "Trekking boots"}),
    ("/ai-pages/pages/", {"slug": "mugs", "title": "Mugs", "query": 3}),
    ("/ai-pages/pages/1/build/", {}),
    ("/ai-pages/pages/1/publish/", None),
    ("/ai-pages/pages/3/build/", {}),
]  # fmt: skip


class PreparedSandbox:
    """A running sandbox with the workspace above; `key`, `public_key` and `other_key` (of a second tenant) open it."""

    def __init__(self, popen: subprocess.Popen[str], ready: dict[str, str], database: Path) -> None:
        self.popen = popen
        self.url = ready["url"]
        self.root = self.url.removesuffix("/api")
        self.key = ready["api_key"]
        self.controls = {"X-Sandbox-Token": ready["control_token"]}
        self.session = requests.Session()
        self.session.trust_env = False  # no proxy, and no lookup of one at every request
        self._database = database
        self._copy = sqlite3.connect(":memory:", check_same_thread=False)
        self.other_key, self.public_key = self._prepare()
        with closing(sqlite3.connect(database)) as live:
            live.backup(self._copy)

    def send(self, method: str, path: str, *, key: str | None = "", **options: Any) -> requests.Response:
        """Send one request to a path behind `/api`; `key` replaces the workspace's own, None sends none."""
        headers = dict(options.pop("headers", {}))
        if key is not None:
            headers["Authorization"] = f"ApiKey {key or self.key}"
        return self.session.request(method, self.url + path, headers=headers, timeout=30, **options)

    def restore(self) -> None:
        """Put the workspace back as it was made."""
        with closing(sqlite3.connect(self._database, timeout=30)) as live:
            self._copy.backup(live)

    def fingerprint(self) -> str:
        """A hash of every row of every table."""
        uri = f"file:{self._database}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=30)) as live:
            digest = hashlib.sha256()
            for line in live.iterdump():
                digest.update(line.encode("utf-8", "surrogatepass"))
        return digest.hexdigest()

    def rows(self, table: str) -> int:
        """How many rows a table of the sandbox has."""
        with closing(sqlite3.connect(self._database, timeout=30)) as live:
            return int(live.execute(f"SELECT count(*) FROM segops_sandbox_{table}").fetchone()[0])

    def _prepare(self) -> tuple[str, str]:
        fill_workspace(self.send)
        tenants, wanted = f"{self.root}/_sandbox/tenants/", {"slug": "globex", "name": "Globex"}
        other = _done(self.session.post(tenants, json=wanted, headers=self.controls))
        account = {"email": "demo@acme.test", "password": "sandbox-demo"}
        access = _done(self.send("POST", "/auth/token/", key=None, json=account))["access"]
        wanted = {"name": "web", "tenant_slug": "acme", "key_type": "pk"}
        bearer = {"Authorization": f"Bearer {access}"}
        public = _done(self.send("POST", "/auth/api-keys/", key=None, headers=bearer, json=wanted))
        return other["api_key"], public["key"]


def fill_workspace(send: Callable[..., requests.Response]) -> None:
    """Make the workspace in an empty one; `send` takes a method, a path behind `/api`, and options of `requests`."""
    _done(send("PUT", "/pim/schema/", json={"fields": _FIELDS}))
    for path, body in _REQUESTS:
        _done(send("POST", path, json=body))
    for name in ("mats.csv", "more-mats.csv"):
        _done(send("POST", "/pim/import/csv/", files={"file": (name, _CSV, "text/csv")}))
    _done(send("POST", "/pim/import/2/confirm/", json={}))


@contextmanager
def prepared_sandbox(folder: Path) -> Iterator[PreparedSandbox]:
    """Start one with its files in a folder; it is stopped, and has to stop cleanly, at the end."""
    database, log = folder / "conformance.sqlite3", folder / "conformance.log"
    options = [f"--db={database}", "--jobs=instant", f"--now={NOW}", "--seed=1"]
    environ = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    with log.open("w") as stderr:
        command = [sys.executable, "-m", "segops_sandbox", *options]
        popen = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True, env=environ)
    with popen:
        try:
            assert popen.stdout is not None
            line = popen.stdout.readline()
            assert line, f"the sandbox did not start:\n{log.read_text()}"
            sandbox = PreparedSandbox(popen, json.loads(line), database)
            yield sandbox
            sandbox.session.close()
        finally:
            popen.terminate()
            status = popen.wait(15)
    assert status == 0, log.read_text()
    assert "Traceback" not in log.read_text(), log.read_text()


def _done(response: requests.Response) -> Any:
    assert response.ok, f"{response.request.method} {response.request.path_url}: {response.text}"
    return response.json()
