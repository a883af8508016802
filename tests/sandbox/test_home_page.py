"""Does the page at `/` show a person what is in the workspace, in a real browser?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests
from browser import chromium, contrast, open_page, sideways

__all__ = ["chromium", "open_page"]  # fixtures

RULES = {"logic": "AND", "conditions": [{"type": "event_count", "event_type": "visit", "operator": "gte", "value": 1}]}


def track(api: Any, *users: str) -> None:
    events = [{"user_id": user, "event_type": "visit"} for user in users]
    assert api.post("/ingestion/track/batch/", {"events": events}).status_code == 202


def rows(page: Any, section: str) -> list[list[str]]:
    """The texts of a section's table."""
    return [row.locator("td").all_inner_texts() for row in page.locator(f"#{section} tbody tr").all()]


def counts(page: Any) -> dict[str, str]:
    return dict(zip(page.locator("dt").all_inner_texts(), page.locator("dd").all_inner_texts(), strict=True))


def test_an_empty_workspace_says_how_to_begin(api: Any, open_page: Callable[..., Any]) -> None:
    page = open_page(api.process.root + "/")
    assert page.title() == "Acme · SegOps sandbox"
    assert counts(page) == dict.fromkeys(
        ("Segments", "Users", "Events", "Products", "Jobs waiting", "Jobs failed"), "0"
    )
    assert f"POST {api.url}/segments/" in page.inner_text("#segments")
    assert f"POST {api.url}/webhooks/" in page.inner_text("#deliveries")


def test_segments_jobs_requests_and_deliveries_are_shown(
    api: Any, open_page: Callable[..., Any], receiver: Any
) -> None:
    segment = api.post("/segments/", {"name": "Visitors", "definition": RULES}).json()
    api.post("/segments/", {"name": "Nobody yet", "is_active": False})
    api.post("/webhooks/", {"url": receiver.url})
    track(api, "ann")
    api.post(f"/segments/{segment['id']}/compute/")
    api.advance(86400)
    track(api, "bob", "eve")
    api.post(f"/segments/{segment['id']}/compute/")
    api.get("/segments/404/?why=not")

    page = open_page(api.process.root + "/")
    assert counts(page) | {"Segments": "2", "Users": "3", "Events": "3"} == counts(page)
    visitors, nobody = rows(page, "segments")
    assert visitors[1:4] == ["Visitors", "computed", "3"]
    assert visitors[5] == "2026-05-02 12:00:00"
    assert nobody[1:4] == ["Nobody yet", "draft, inactive", "0"]
    assert nobody[5] == "never"
    title = page.locator("#segments svg title").text_content()
    assert title == "1 day ago: 1; today: 3"
    low, high = (tuple(map(float, point.split(","))) for point in page.get_attribute("polyline", "points").split())
    assert low[0] < high[0], "time goes to the right"
    assert low[1] > high[1], "more is higher"

    jobs = [(row[1], row[3]) for row in rows(page, "jobs")]
    assert [job for job in jobs if job[0] == "segments.compute"] == [("segments.compute", "done")] * 2
    number, request, answer, _ = rows(page, "requests")[0]
    assert request == "GET /api/segments/404/?why=not"
    assert answer == "404"
    assert int(number) > 5
    assert [row[1:4] for row in rows(page, "deliveries")] == [["segment.recomputed", receiver.url, "200"]] * 2


def test_what_callers_sent_is_text_and_nothing_else(api: Any, open_page: Callable[..., Any]) -> None:
    hostile = '<script>document.title = "taken"</script><img src=x onerror=alert(1)>"\''
    api.post("/segments/", {"name": hostile})
    api.get(f"/segments/?{hostile}")
    page = open_page(api.process.root + "/")
    assert page.title() == "Acme · SegOps sandbox"
    assert rows(page, "segments")[0][1] == hostile
    assert page.locator("script, img").count() == 0


def test_faults_that_wait_stand_out(api: Any, open_page: Callable[..., Any]) -> None:
    api.control("POST", "/faults/", {"kind": "status", "status": 503, "path": "/segments/", "count": 2})
    api.get("/segments/")
    page = open_page(api.process.root + "/")
    assert "status * /segments/ × 1" in page.inner_text("#requests .wait")
    assert rows(page, "requests")[0][2:] == ["503", "status"]


def test_each_workspace_has_its_page(api: Any, other_tenant: Any, open_page: Callable[..., Any]) -> None:
    api.post("/segments/", {"name": "Ours"})
    other_tenant.post("/segments/", {"name": "Theirs"})
    page = open_page(api.process.root + "/")
    assert [row[1] for row in rows(page, "segments")] == ["Ours"]
    page.click("nav a")
    assert page.title() == "Globex · SegOps sandbox"
    assert [row[1] for row in rows(page, "segments")] == ["Theirs"]
    assert requests.get(api.process.root + "/?tenant=nobody", timeout=10).status_code == 404


def test_the_page_loads_again_by_itself_when_asked_to(api: Any, open_page: Callable[..., Any]) -> None:
    page = open_page(api.process.root + "/?refresh=1")
    api.post("/segments/", {"name": "Late"})
    page.wait_for_selector("text=Late", timeout=20_000)


@pytest.mark.parametrize("refresh", ["", "x", "-1", "٣", "1e3"])
def test_a_refresh_that_is_no_number_is_none(api: Any, refresh: str) -> None:
    page = requests.get(api.process.root + "/", params={"refresh": refresh}, timeout=10)
    assert page.status_code == 200
    assert "http-equiv" not in page.text


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_can_be_read_in_light_and_dark_on_a_desk_and_on_a_phone(
    api: Any, open_page: Callable[..., Any], dark: bool, width: int
) -> None:
    api.post("/segments/", {"name": "A segment whose name is long enough to need a second line on a telephone"})
    api.get("/nothing/" + "x" * 200)
    page = open_page(api.process.root + "/", dark=dark, width=width)
    for selector in ("h1", "header .soft", "dt", "#requests .good", "#requests .bad", "#segments td"):
        assert contrast(page, selector) >= 4.5, selector
    assert sideways(page) == 0


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_the_page_can_only_be_read(api: Any, method: str) -> None:
    answer = requests.request(method, api.process.root + "/", timeout=10)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    assert answer.json() == {"detail": f'Method "{method}" not allowed.'}


def test_the_page_is_one_file_that_may_run_nothing(api: Any) -> None:
    page = requests.get(api.process.root + "/", timeout=10)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")
    head = requests.head(api.process.root + "/", timeout=10)
    assert (head.status_code, head.text) == (200, "")
