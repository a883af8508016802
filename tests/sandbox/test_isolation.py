"""Tenants are isolated from each other, and refused requests change nothing."""

from __future__ import annotations

from typing import Any

QUERY = {"query_text": "good boots"}
CREATE = {
    "/pim/products/": {"sku": "A1", "name": "Boot"},
    "/product-segments/": {"name": "Boots"},
    "/schemas/": {"event_type": "bought", "properties": [{"name": "total", "type": "number"}]},
    "/ai-reach/queries/": QUERY,
    "/ai-reach/competitors/": {"name": "Rival"},
    "/ai-pages/pages/": {"slug": "boots"},
    "/webhooks/": {"url": "http://127.0.0.1:9/"},
    "/segments/": {"name": "Everyone"},
}
ACTIONS = [
    ("POST", "/pim/products/1/score/"),
    ("GET", "/pim/products/1/score/"),
    ("POST", "/product-segments/1/compute/"),
    ("GET", "/product-segments/1/members/"),
    ("POST", "/ai-reach/queries/1/run/"),
    ("GET", "/ai-reach/queries/1/results/"),
    ("POST", "/ai-pages/pages/1/build/"),
    ("POST", "/ai-pages/pages/1/regenerate/"),
    ("POST", "/ai-pages/pages/1/publish/"),
    ("POST", "/ai-pages/pages/1/export/"),
    ("GET", "/ai-pages/exports/1/"),
    ("GET", "/ai-pages/exports/1/download/"),
    ("GET", "/webhooks/1/deliveries/"),
    ("GET", "/activations/1/"),
    ("POST", "/activations/1/sync/"),
    ("GET", "/pim/import/1/"),
    ("POST", "/pim/import/1/confirm/"),
    ("POST", "/segments/1/compute/"),
    ("GET", "/segments/1/members/"),
]


def fill(api: Any) -> None:
    """One row of everything in the first tenant, and a finished page export."""
    for path, body in CREATE.items():
        assert api.post(path, body).status_code == 201, path
    config = {"list_id": "l", "api_key": "k"}
    body = {"segment": 1, "connector_type": "klaviyo", "config": config}
    assert api.post("/activations/", body).status_code == 201
    files = {"file": ("p.csv", b"sku,name\nA2,Shoe\n", "text/csv")}
    assert api.request("POST", "/pim/import/csv/", files=files).status_code == 201
    api.post("/ai-pages/pages/1/build/", {})
    assert api.post("/ai-pages/pages/1/export/", {"format": "json"}).status_code == 202
    assert api.post("/pim/products/1/score/").status_code == 202


def test_rows_of_another_tenant_are_neither_listed_nor_found(api: Any, other_tenant: Any) -> None:
    fill(api)
    for path in [*CREATE, "/activations/", "/pim/import/"]:
        listed = other_tenant.get(path).json()
        assert (listed if isinstance(listed, list) else listed["results"]) == [], path
    for path in [*CREATE, "/activations/"]:
        for method in ("GET", "PATCH", "PUT", "DELETE"):
            answer = other_tenant.request(method, f"{path}1/", json=None if method in ("GET", "DELETE") else {})
            assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."}), (method, path)
        assert api.get(f"{path}1/").status_code == 200, path


def test_actions_on_rows_of_another_tenant_find_nothing(api: Any, other_tenant: Any) -> None:
    fill(api)
    for method, path in ACTIONS:
        answer = other_tenant.request(method, path, json={} if method == "POST" else None)
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."}), (method, path)


def test_a_reference_cannot_name_a_row_of_another_tenant(api: Any, other_tenant: Any) -> None:
    fill(api)
    activation = {"segment": 1, "connector_type": "klaviyo", "config": {"list_id": "l", "api_key": "k"}}
    assert list(other_tenant.post("/activations/", activation).json()) == ["segment"]
    assert list(other_tenant.post("/ai-pages/pages/", {"slug": "s", "query": 1}).json()) == ["query"]
    assert other_tenant.get("/ai-pages/query?q=boot&segment_id=1").status_code == 404
    signal = {"type": "user_behavior_signal", "signal": "viewed_by_segment", "segment_id": "1"}
    answer = other_tenant.post("/product-segments/preview/", {"definition": {"conditions": [signal]}})
    assert answer.status_code == 400


def test_names_are_unique_in_a_tenant_and_free_in_another(api: Any, other_tenant: Any) -> None:
    fill(api)
    for path in ("/pim/products/", "/schemas/", "/ai-reach/queries/", "/ai-reach/competitors/", "/ai-pages/pages/"):
        again = api.post(path, CREATE[path])
        assert again.status_code == 400, path
        assert "already exists" in str(again.json()), path
        assert other_tenant.post(path, CREATE[path]).status_code == 201, path


def test_figures_count_the_own_tenant_only(api: Any, other_tenant: Any) -> None:
    empty = {name: other_tenant.get(f"/analytics/{name}/").json() for name in ("overview", "usage")}
    fill(api)
    api.post("/ai-reach/queries/1/run/")
    api.post("/ingestion/track/", {"user_id": "u", "event_type": "e"})
    assert api.get("/analytics/overview/").json() != empty["overview"]
    for name, figures in empty.items():
        assert other_tenant.get(f"/analytics/{name}/").json() == figures
    assert other_tenant.get("/ai-reach/dashboard/").json()["total_results"] == 0
    assert other_tenant.get("/pim/facets/").json() == {}


BAD = [
    ("POST", "/pim/products/", {"sku": "", "name": "x"}),
    ("POST", "/pim/products/", {"name": "x"}),
    ("POST", "/pim/products/", {"sku": "B", "name": ["x"]}),
    ("POST", "/pim/products/", {"sku": "B", "name": "x", "data": []}),
    ("POST", "/pim/products/", {"sku": "B" * 300, "name": "x"}),
    ("PATCH", "/pim/products/1/", {"data": "text"}),
    ("PUT", "/pim/products/1/", {"data": {}}),
    ("POST", "/pim/products/bulk/", {"rows": []}),
    ("POST", "/pim/products/bulk/", {"products": {"sku": "B"}}),
    ("PUT", "/pim/schema/", {}),
    ("PUT", "/pim/schema/", {"fields": [{"name": "a", "type": "blob"}]}),
    ("PUT", "/pim/schema/", {"fields": [{"name": "a"}, {"name": "a"}]}),
    ("PUT", "/pim/schema/", {"fields": [], "default_currency": "euro"}),
    ("POST", "/pim/import/1/confirm/", {"mapping": {"sku": None}}),
    ("POST", "/pim/import/1/confirm/", {"mapping": {"nope": "sku"}}),
    ("POST", "/pim/import/1/confirm/", {"mapping": ["sku"]}),
    ("POST", "/pim/import/1/confirm/", {"mapping": {"sku": "sku"}, "schema": [{"name": "a", "type": "?"}]}),
    ("POST", "/product-segments/", {}),
    ("POST", "/product-segments/", {"name": "x", "definition": []}),
    ("POST", "/product-segments/", {"name": "x", "definition": {"logic": "XOR", "conditions": []}}),
    ("PATCH", "/product-segments/1/", {"definition": {"conditions": [{"type": "event_count"}]}}),
    ("POST", "/schemas/", {"properties": []}),
    ("POST", "/schemas/", {"event_type": "x", "properties": {"a": "string"}}),
    ("POST", "/schemas/", {"event_type": "x", "properties": [{"name": "a", "type": "url"}]}),
    ("PATCH", "/schemas/1/", {"properties": [{"type": "string"}]}),
    ("POST", "/schemas/infer/", {}),
    ("POST", "/schemas/infer/", {"events": [5]}),
    ("POST", "/schemas/validate/", {"event_type": "bought"}),
    ("POST", "/ai-reach/queries/", {"query_text": "x" * 1001}),
    ("POST", "/ai-reach/queries/", {"query_text": "x", "providers": ["bing"]}),
    ("POST", "/ai-reach/queries/", {"query_text": "x", "schedule": "yearly"}),
    ("POST", "/ai-reach/queries/", {"query_text": "x", "tags": "t"}),
    ("POST", "/ai-reach/simulate/", {}),
    ("POST", "/ai-reach/simulate/", {"query_text": "x", "providers": "claude"}),
    ("POST", "/ai-reach/competitors/", {"name": "", "brand_aliases": []}),
    ("POST", "/ai-pages/pages/", {"slug": "not a slug"}),
    ("POST", "/ai-pages/pages/", {"slug": "x", "query": ["good boots"]}),
    ("POST", "/ai-pages/pages/", {"slug": "x", "query": 99}),
    ("POST", "/ai-pages/pages/1/build/", []),
    ("POST", "/ai-pages/pages/1/export/", {"format": "pdf"}),
    ("POST", "/activations/", {"segment": 1, "connector_type": "fax", "config": {}}),
    ("POST", "/activations/", {"segment": 1, "connector_type": "klaviyo", "config": {"list_id": "l"}}),
    ("POST", "/activations/", {"segment": 99, "connector_type": "klaviyo", "config": {}}),
    ("PATCH", "/activations/1/", {"status": "error"}),
    ("PATCH", "/activations/1/", {"config": {"list_id": "l", "api_key": "k", "extra": "x"}}),
    ("POST", "/webhooks/", {"url": "ftp://127.0.0.1/"}),
    ("POST", "/webhooks/", {"secret": "s"}),
    ("PATCH", "/webhooks/1/", {"url": "nothing"}),
]


def snapshot(api: Any) -> list[Any]:
    """Everything that a client can see."""
    paths = [*CREATE, "/activations/", "/pim/import/", "/pim/schema/", "/analytics/overview/"]
    jobs = api.control("GET", "/jobs/")["jobs"]
    return [*[api.get(path).json() for path in paths], jobs]


def test_bad_input_is_a_400_and_changes_nothing(api: Any) -> None:
    """All on one workspace: what none of them changes needs no fresh one each time."""
    fill(api)
    before = snapshot(api)
    for method, path, body in BAD:
        answer = api.request(method, path, json=body)
        assert answer.status_code == 400, (method, path, body, answer.text)
        assert isinstance(answer.json(), dict), (method, path, body)
        assert answer.json(), (method, path, body)
        assert snapshot(api) == before, (method, path, body)
