"""The report's page in a real browser, in light and in dark."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from browser import chromium, contrast, open_page, sideways

from segops_parity import runner
from segops_parity.project import find_lanes
from segops_parity.reports import ndjson, write_reports
from segops_parity.suite import Suite

__all__ = ["chromium", "open_page"]  # fixtures

pytestmark = pytest.mark.needs_workspace

HOSTILE = '<img src=x onerror="document.title = 1">'
HALF = "\ud800"
CASES = ("segments.get/happy", "segments.list/rate-limited", "products.create/happy")


@pytest.fixture(scope="module")
def report(suite: Suite, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a run of a few cases in two lanes, in which one case differs."""
    chosen = {name: suite.cases[name] for name in CASES if name in suite.cases}
    chosen |= {name: case for name, case in suite.cases.items() if name.startswith("segments.get/")}
    wrong = chosen["segments.get/happy"]
    chosen[wrong.id] = replace(wrong, steps=(replace(wrong.steps[0], outcome={"ok": {"id": HOSTILE, "name": HALF}}),))
    lanes = [each for each in find_lanes(suite.project) if each.name in ("python-http", "typescript-current")]
    outcome = runner.check(type(suite)(suite.project, suite.contract, suite.scenarios, chosen), lanes, whole=False)
    folder: Path = tmp_path_factory.mktemp("report")
    write_reports(folder, ndjson.write_ndjson(folder / "report.ndjson", ndjson.records(outcome)))
    return (folder / "report.html").as_uri()


def test_a_difference_is_seen_at_a_glance_and_led_to(report: str, open_page: Callable[..., Any]) -> None:
    page = open_page(report)
    assert page.title() == "Parity: parity failure"
    assert page.inner_text("h1 .badge") == "parity failure"
    assert page.locator("h2").first.inner_text() == "What differs"
    assert page.locator(".map:not([hidden]) td.bad[title='segments.get/happy: bad']").count() == 1
    page.click("text=segments.get/happy >> nth=0")
    shown = page.locator("#w-segments-get-happy")
    assert shown.get_attribute("open") is not None
    assert json.dumps(HOSTILE) in page.inner_text("body")
    assert page.locator("img").count() == 0


def test_each_lane_has_its_map(report: str, open_page: Callable[..., Any]) -> None:
    page = open_page(report)
    assert page.locator(".map:visible").count() == 1
    page.click("button[data-map=typescript-current]")
    assert page.locator(".map:visible").get_attribute("id") == "map-typescript-current"
    assert page.get_attribute("button[data-map=typescript-current]", "aria-pressed") == "true"
    assert page.get_attribute("button[data-map=python-http]", "aria-pressed") == "false"


def test_a_case_is_found_by_a_part_of_its_name(report: str, open_page: Callable[..., Any]) -> None:
    page = open_page(report)
    every = page.locator(".case:visible").count()
    page.fill("#find", "segments.get/happy")
    assert [each.get_attribute("data-name") for each in page.locator(".case:visible").all()] == ["segments.get/happy"]
    page.fill("#find", "")
    assert page.locator(".case:visible").count() == every > 1


def test_what_differs_is_marked_side_by_side(report: str, open_page: Callable[..., Any]) -> None:
    page = open_page(report)
    retried = page.locator(".case:has(.timeline)").first
    retried.locator("summary").click()
    assert retried.locator(".timeline:visible").count() >= 1
    python, typescript = retried.locator(".sides").first.locator("> div").all()
    assert python.bounding_box()["y"] == typescript.bounding_box()["y"]
    narrow = open_page(report, width=390)
    retried = narrow.locator(".case:has(.timeline)").first
    retried.locator("summary").click()
    python, typescript = retried.locator(".sides").first.locator("> div").all()
    assert python.bounding_box()["y"] < typescript.bounding_box()["y"]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_can_be_read_in_light_and_dark_on_a_desk_and_on_a_phone(
    report: str, open_page: Callable[..., Any], dark: bool, width: int
) -> None:
    page = open_page(report, dark=dark, width=width)
    for selector in (
        "h1",
        "h1 .badge",
        "header p",
        "button[aria-pressed=true]",
        "button[aria-pressed=false]",
        "th",
        "td",
    ):
        assert contrast(page, selector) >= 4.5, selector
    assert sideways(page) == 0
