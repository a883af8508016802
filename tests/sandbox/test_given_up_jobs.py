"""A job that took down every server that tried it shows that it failed."""

from __future__ import annotations

from typing import Any

SEEN = {"logic": "AND", "conditions": [{"type": "event_count", "event_type": "x", "operator": "gte", "value": 1}]}
WHY = "ServerDied: The server died while it ran, 3 times."
DIED_THREE_TIMES = (
    "UPDATE sandbox_job SET status = 'running', worker = 'gone', attempts = 3, "
    "lease_until = '2000-01-01 00:00:00+00:00' WHERE status = 'queued'"
)


# What each job works on, and what that shows while the job waits and when it is given up.
WORK = [
    ("/segments/1/", {"status": "computing"}, {"status": "draft"}),
    ("/segments/1/export/?export_id=1", {"status": "pending"}, {"status": "failed", "error": WHY}),
    ("/activations/1/", {"status": "inactive"}, {"status": "error", "last_error": WHY}),
    ("/pim/import/1/", {"status": "importing"}, {"status": "failed"}),
    ("/ai-pages/pages/3/", {"builder_status": "building"}, {"builder_status": "failed"}),
    ("/ai-pages/pages/2/", {"builder_status": "building"}, {"builder_status": "failed"}),
    ("/ai-pages/exports/1/", {"status": "pending"}, {"status": "failed"}),
]

KINDS = {
    "segments.compute",
    "segments.export",
    "activations.sync",
    "products.import",
    "pages.build",
    "pages.bulk_generate",
    "pages.export",
    "queries.scheduled",
}


def ask_for_everything(api: Any) -> None:
    """One job of each kind that somebody may wait for. Only a page that was built can be exported."""
    api.post("/ai-pages/pages/", {"slug": "hats"})
    api.post("/ai-pages/pages/1/build/", {})
    assert [job["status"] for job in api.run_jobs()] == ["done"]
    api.post("/ai-pages/pages/1/export/", {"format": "html"})
    api.post("/segments/", {"name": "Seen", "definition": SEEN})
    api.post("/segments/1/compute/")
    api.post("/segments/1/export/", {"format": "csv"})
    config = {"api_key": "k", "list_id": "l"}
    api.post("/activations/", {"segment": 1, "connector_type": "klaviyo", "config": config})
    api.post("/activations/1/sync/")
    api.request("POST", "/pim/import/csv/", files={"file": ("p.csv", b"sku,name\nA1,x\n", "text/csv")})
    api.post("/pim/import/1/confirm/", {"mapping": {"sku": "sku", "name": "name"}})
    api.post("/ai-reach/queries/", {"query_text": "good boots"})
    api.post("/ai-pages/pages/", {"slug": "boots", "query": 1})
    api.post("/ai-pages/pages/", {"slug": "shoes"})
    api.post("/ai-pages/pages/bulk-generate/")  # of the page with a query
    api.post("/ai-pages/pages/3/build/", {})


def test_it_shows_that_nobody_is_working_on_it(breakable: Any) -> None:
    api, run = breakable
    ask_for_everything(api)
    for path, waiting, _ in WORK:
        found = api.get(path).json()
        assert {name: found[name] for name in waiting} == waiting, path
    run(DIED_THREE_TIMES)
    assert api.run_jobs() == []
    jobs = [job for job in api.control("GET", "/jobs/")["jobs"] if job["status"] not in ("done", "queued")]
    assert {job["kind"] for job in jobs} == KINDS
    assert {(job["status"], job["error"]) for job in jobs} == {("failed", WHY.removeprefix("ServerDied: "))}
    for path, _, given_up in WORK:
        found = api.get(path).json()
        assert {name: found[name] for name in given_up} == given_up, path


def test_a_page_queued_for_another_build_is_left_to_it(breakable: Any) -> None:
    api, run = breakable
    api.post("/ai-pages/pages/", {"slug": "boots"})
    api.post("/ai-pages/pages/1/build/", {})
    run(DIED_THREE_TIMES)
    run(
        "INSERT INTO sandbox_job (tenant_id, kind, args, resource, status, error, run_at, worker, attempts) "
        "SELECT tenant_id, kind, args, 'next', 'queued', '', '2999-01-01', '', 0 FROM sandbox_job"
    )
    assert api.run_jobs() == []
    found = api.control("GET", "/jobs/")
    assert [[job["status"] for job in found[part]] for part in ("jobs", "planned")] == [["failed"], ["queued"]]
    assert api.get("/ai-pages/pages/1/").json()["builder_status"] == "building"
