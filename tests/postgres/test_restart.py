"""The database is unavailable for a while and comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests
from postgres_cluster import PASSWORD, Cluster
from sandbox_servers import Server, until

DEFINITION = {"conditions": [{"type": "event_count", "event_type": "view", "operator": "gte", "value": 1}]}


@pytest.fixture
def server(own_cluster: Cluster, launched: Callable[..., Server]) -> Server:
    """A server on a database that may be restarted."""
    return launched(DATABASE_URL=own_cluster.url_with_password("postgres")).wait()


def test_a_server_says_503_while_its_database_is_away_and_goes_on_when_it_is_back(
    own_cluster: Cluster, server: Server
) -> None:
    segment = server("POST", "/segments/", {"name": "s", "definition": DEFINITION}).json()["id"]
    with requests.Session() as kept:
        kept.headers["Authorization"] = f"ApiKey {server.key}"

        def ask(method: str, path: str, **options: Any) -> requests.Response:
            return kept.request(method, server.url + path, timeout=30, **options)

        assert ask("GET", "/segments/").status_code == 200
        own_cluster.crash()
        for method, path, options in (
            ("GET", "/segments/", {}),
            ("POST", "/segments/", {"json": {"name": "t"}}),
            ("POST", "/segments/", {"json": {"name": "t"}, "headers": {"Idempotency-Key": "k"}}),
            ("POST", f"/segments/{segment}/preview/", {}),
        ):
            if path.endswith("preview/"):
                path, options = "/segments/preview/", {"json": {"definition": DEFINITION}}
            answer = ask(method, path, **options)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1"), answer.text
            assert answer.json() == {"detail": "The database does not answer. Try again."}
        own_cluster.start()
        # At once: every thread looks at its connection before it uses it.
        for _ in range(30):
            assert ask("GET", "/segments/").status_code == 200
        assert ask("POST", "/segments/", json={"name": "t"}, headers={"Idempotency-Key": "k"}).status_code == 201
        assert ask("POST", f"/segments/{segment}/compute/").status_code == 202
        until(lambda: ask("GET", f"/segments/{segment}/").json()["status"] == "computed")
    assert server.stop() == 0
    assert PASSWORD not in server.log.read_text(encoding="utf-8")
