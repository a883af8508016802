"""The pages at `/`, in a real browser: what is in the workspace, what happened, and forms that steer it."""

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


def follow(page: Any, selector: str) -> None:
    """Clicks what leads to another page, or sends a form, and waits until that page is there."""
    with page.expect_navigation():
        page.click(selector)


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
    number, request, answer, took, _ = rows(page, "requests")[0]
    assert request == "GET /api/segments/404/?why=not"
    assert answer == "404"
    assert took.endswith(" ms")
    assert int(number) > 5
    assert [row[1:4] for row in rows(page, "deliveries")] == [["segment.recomputed", receiver.url, "200"]] * 2


def test_a_job_that_waits_for_its_time_says_when_that_is(api: Any, open_page: Callable[..., Any]) -> None:
    api.post("/ai-reach/queries/", {"query_text": "best boots"})
    page = open_page(api.process.root + "/")
    assert [row[1:5] for row in rows(page, "jobs")] == [
        ["queries.scheduled", "query_id=1", "queued", "due 2026-05-02 12:00:00"]
    ]


def test_what_callers_sent_is_text_and_nothing_else(api: Any, open_page: Callable[..., Any]) -> None:
    hostile = '<script>document.title = "taken"</script><img src=x onerror=alert(1)>"\''
    api.post("/segments/", {"name": hostile})
    api.get(f"/segments/?{hostile}")
    page = open_page(api.process.root + "/")
    assert page.title() == "Acme · SegOps sandbox"
    assert rows(page, "segments")[0][1] == hostile
    assert page.locator("img").count() == 0
    assert page.locator("script").evaluate_all("all => all.map(each => each.getAttribute('src'))") == ["/ui/live.js"]


def test_faults_that_wait_stand_out(api: Any, open_page: Callable[..., Any]) -> None:
    api.control("POST", "/faults/", {"kind": "status", "status": 503, "path": "/segments/", "count": 2})
    api.get("/segments/")
    page = open_page(api.process.root + "/")
    assert "status * /segments/ × 1" in page.inner_text(".notice")
    assert rows(page, "requests")[0][2::2] == ["503", "status"]


def test_each_workspace_has_its_page(api: Any, other_tenant: Any, open_page: Callable[..., Any]) -> None:
    api.post("/segments/", {"name": "Ours"})
    other_tenant.post("/segments/", {"name": "Theirs"})
    page = open_page(api.process.root + "/")
    assert [row[1] for row in rows(page, "segments")] == ["Ours"]
    follow(page, ".tenants a")
    assert page.title() == "Globex · SegOps sandbox"
    assert [row[1] for row in rows(page, "segments")] == ["Theirs"]
    assert requests.get(api.process.root + "/?tenant=nobody", timeout=10).status_code == 404


def test_the_page_follows_what_happens_and_leaves_alone_what_is_in_use(api: Any, open_page: Callable[..., Any]) -> None:
    page = open_page(api.process.root + "/")
    api.post("/segments/", {"name": "Late"})
    page.wait_for_selector("text=Late", timeout=20_000)

    page.goto(api.process.root + "/controls")
    page.fill("#faults input[name=path]", "/half/typed")
    api.control("POST", "/faults/", {"kind": "reset"})
    page.evaluate("update()")  # as its clock does
    assert page.input_value("#faults input[name=path]") == "/half/typed"
    page.evaluate("document.activeElement.blur()")
    page.wait_for_selector("#faults td.wait", timeout=20_000)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_can_be_read_in_light_and_dark_on_a_desk_and_on_a_phone(
    api: Any, open_page: Callable[..., Any], dark: bool, width: int
) -> None:
    api.post("/segments/", {"name": "A segment whose name is long enough to need a second line on a telephone"})
    api.get("/nothing/" + "x" * 200)
    track(api, "a-user-whose-id-is-rather-long-and-has-no-blank-in-it-anywhere@example.com")
    api.control("POST", "/faults/", {"kind": "reset"})
    page = open_page(api.process.root + "/", dark=dark, width=width)
    for selector in ("h1", "header .soft", "nav a", "nav a[aria-current]", "dt", ".bad", ".good", "#segments td a"):
        assert contrast(page, selector) >= 4.5, selector
    for address in ("/", "/users", "/segments/1", "/requests", "/requests/1", "/jobs", "/deliveries", "/controls"):
        page.goto(api.process.root + address)
        assert sideways(page) == 0, address
        assert contrast(page, "main p, main td") >= 4.5, address
    page.click("summary")
    for selector in ("button.danger", "label", "#faults .wait", "#faults button"):
        assert contrast(page, selector) >= 4.5, selector


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_the_page_can_only_be_read(api: Any, method: str) -> None:
    answer = requests.request(method, api.process.root + "/", timeout=10)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    assert answer.json() == {"detail": f'Method "{method}" not allowed.'}


def test_the_page_may_run_and_load_its_own_files_and_nothing_else(api: Any) -> None:
    page = requests.get(api.process.root + "/", timeout=10)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self';")
    assert "unsafe" not in policy
    head = requests.head(api.process.root + "/", timeout=10)
    assert (head.status_code, head.text) == (200, "")


# --- the other pages ----------------------------------------------------------------------------------------------


def test_from_a_segment_to_its_members_and_their_events(api: Any, open_page: Callable[..., Any]) -> None:
    segment = api.post("/segments/", {"name": "Visitors", "definition": RULES}).json()["id"]
    track(api, "ann/with a slash", "bob")
    page = open_page(api.process.root + "/")
    follow(page, "#segments a")
    assert page.inner_text("#members") == "Members\n\nNone, by the last compute."
    follow(page, "text=Compute now")
    assert page.locator("#members a").all_inner_texts() == ["ann/with a slash", "bob"]
    assert '"event_type": "visit"' in page.inner_text("#definition")
    assert "SELECT" in page.inner_text("#sql")
    follow(page, "#members a >> nth=0")
    assert page.inner_text("h1") == "ann/with a slash"
    assert rows(page, "events")[0][1:] == ["visit", "{}"]
    assert page.inner_text("#memberships a") == "Visitors"
    assert api.get(f"/segments/{segment}/").json()["member_count"] == 2

    page.goto(api.process.root + "/users")
    page.fill("input[type=search]", "BO")
    follow(page, "text=Search")
    assert [row[0] for row in rows(page, "users")] == ["bob"]


def test_a_request_is_shown_with_its_answer_and_without_its_key(api: Any, open_page: Callable[..., Any]) -> None:
    api.post("/segments/", {"name": "Seen"}, headers={"X-Note": "<b>"})
    page = open_page(api.process.root + "/requests")
    follow(page, "#requests a")
    assert page.inner_text("h1") == "POST /api/segments/"
    shown = page.inner_text("main")
    assert "X-Note\t<b>" in page.inner_text("#headers")
    assert '"name": "Seen"' in page.inner_text("#body")
    assert '"member_count": 0' in page.inner_text("#answer")
    assert api.key not in shown
    assert f"***{api.key[-4:]}" in page.inner_text("#headers")
    assert requests.get(api.process.root + "/requests/999", timeout=10).status_code == 404


def test_a_delivery_can_be_sent_again(api: Any, open_page: Callable[..., Any], receiver: Any) -> None:
    segment = api.post("/segments/", {"name": "Visitors", "definition": RULES}).json()["id"]
    api.post("/webhooks/", {"url": receiver.url, "secret": "whsec-test"})
    receiver.status = 500
    api.post(f"/segments/{segment}/compute/")
    page = open_page(api.process.root + "/deliveries")
    follow(page, "#deliveries a")
    assert "The receiver answered 500." in page.inner_text("main")
    receiver.status = 200
    follow(page, "text=Send again")
    assert page.inner_text("dd >> nth=0") == "200"
    first, second = receiver.wait(2)
    assert first.body == second.body
    assert f"X-SegOps-Signature: {second.headers['X-SegOps-Signature']}" == page.inner_text("#signature pre")
    assert [delivery["status_code"] for delivery in api.get("/webhooks/1/deliveries/").json()["results"]] == [200, 500]


def test_clock_faults_and_jobs_are_steered_by_forms(api: Any, open_page: Callable[..., Any]) -> None:
    page = open_page(api.process.root + "/controls")
    follow(page, "text=Move >> nth=-1")
    assert api.control("GET", "/clock/")["now"] == "2026-05-02T12:00:00Z"
    form = {"now": "yesterday", "sandbox_token": api.process.control_token}
    refused = requests.post(api.process.root + "/ui/clock", data=form, timeout=10)
    assert refused.status_code == 400
    assert "now: Datetime has wrong format" in refused.text
    page.select_option("select[name=kind]", "delay")
    page.fill("input[name=delay_ms]", "250")
    page.fill("input[name=path]", "/segments/*")
    follow(page, "text=Add")
    [fault] = api.control("GET", "/faults/")
    assert (fault["kind"], fault["delay_ms"], fault["path"]) == ("delay", 250, "/segments/*")
    follow(page, "text=Forget them")
    assert api.control("GET", "/faults/") == []
    page.goto(api.process.root + "/jobs")
    page.select_option("select[name=mode]", "manual")
    follow(page, "text=Set")
    segment = api.post("/segments/", {"name": "Visitors", "definition": RULES}).json()["id"]
    api.post(f"/segments/{segment}/compute/")
    assert api.control("GET", "/jobs/")["jobs"][-1]["status"] == "queued"
    follow(page, "text=Run what is queued")
    assert rows(page, "jobs")[0][3] == "done"


def test_a_reset_asks_first(api: Any, open_page: Callable[..., Any]) -> None:
    api.post("/segments/", {"name": "Kept until then"})
    page = open_page(api.process.root + "/controls")
    assert not page.is_visible("button.danger")
    page.click("summary")
    page.click("button.danger")  # the browser asks for the tick
    assert api.get("/segments/").json()["count"] == 1
    page.check("input[name=confirm]")
    follow(page, "button.danger")
    page.wait_for_url(api.process.root + "/")
    assert api.get("/segments/").json()["count"] == 0


def test_a_form_without_the_token_or_from_elsewhere_does_nothing(api: Any) -> None:
    token = api.process.control_token
    api.post("/segments/", {"name": "Kept"})
    for form, headers, status in (
        ({"confirm": "yes"}, {}, 403),
        ({"confirm": "yes", "sandbox_token": "guess"}, {}, 403),
        ({"confirm": "yes", "sandbox_token": token}, {"Origin": "http://evil.example"}, 403),
        ({"confirm": "yes", "sandbox_token": token}, {"Sec-Fetch-Site": "cross-site"}, 403),
        ({"sandbox_token": token}, {}, 400),
    ):
        answer = requests.post(api.process.root + "/ui/reset", data=form, headers=headers, timeout=10)
        assert answer.status_code == status
    assert api.get("/segments/").json()["count"] == 1
    away = requests.post(
        api.process.root + "/ui/faults/clear",
        data={"sandbox_token": token, "next": "//evil.example/"},
        allow_redirects=False,
        timeout=10,
    )
    assert (away.status_code, away.headers["Location"]) == (302, "/")


def test_everything_can_be_reached_by_keyboard(api: Any, open_page: Callable[..., Any]) -> None:
    page = open_page(api.process.root + "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    for _ in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Users"
    page.keyboard.press("Enter")
    page.wait_for_url("**/users")


def test_the_api_reference_lists_every_operation_and_tries_one_without_a_network(
    api: Any, open_page: Callable[..., Any]
) -> None:
    api.post("/segments/", {"name": "Tried"})
    page = open_page(api.process.root + "/docs")
    page.wait_for_selector(".opblock")
    document = requests.get(api.process.root + "/docs/openapi.json", timeout=10).json()
    operations = sum(len([name for name in each if name != "parameters"]) for each in document["paths"].values())
    assert page.locator(".opblock").count() == operations + len(document["webhooks"])
    block = page.locator('.opblock-get:has([data-path="/segments/"])')
    block.locator(".opblock-summary-control").click()
    block.locator(".try-out__btn").click()
    block.locator(".execute").click()
    page.wait_for_selector("text=Tried", timeout=20_000)
