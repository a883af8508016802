"""The demo data set: read without Django, loaded by `--demo`, the same through the API."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

from segops_sandbox import demo


def test_the_purchases_are_the_same_everywhere() -> None:
    purchases = list(demo.purchases())
    assert len(purchases) == 6960
    assert len({each.user_id for each in purchases}) == 2357
    assert (purchases[0].user_id, purchases[0].day.isoformat(), purchases[0].items, purchases[0].total) == (
        "customer-0001",
        "1997-01-22",
        2,
        30.47,
    )


def test_making_it_loads_no_django() -> None:
    code = (
        "import sys; from segops_sandbox import demo; demo.purchases();"
        "sys.exit(any(name.partition('.')[0] == 'django' for name in sys.modules))"
    )
    paths = [path for path in sys.path if path]
    assert (
        subprocess.run([sys.executable, "-c", f"import sys; sys.path[:0] = {paths!r}; {code}"], check=False).returncode
        == 0
    )


def test_the_demo_workspace_answers_what_the_log_says(start: Callable[..., Any]) -> None:
    api = start("--demo", "--now=1998-07-01", "--jobs=instant")
    purchases = list(demo.purchases())
    spent: dict[str, float] = {}
    latest: dict[str, str] = {}
    for each in purchases:
        spent[each.user_id] = spent.get(each.user_id, 0) + each.total
        latest[each.user_id] = max(latest.get(each.user_id, ""), each.day.isoformat())
    segments = {each["name"]: each for each in api.get("/segments/").json()["results"]}
    assert {each["status"] for each in segments.values()} == {"computed"}
    assert segments["Spent 100 or more"]["member_count"] == sum(round(each, 2) >= 100 for each in spent.values())
    # 90 days before 1998-07-01 is 1998-04-02.
    assert segments["Lapsed 90 days"]["member_count"] == sum(each < "1998-04-02" for each in latest.values())
    assert api.get("/explorer/users/").json()["count"] == 2357
    profile = api.get("/explorer/users/customer-0001/").json()
    assert (profile["event_count"], profile["properties"]["cohort"]) == (4, "1997-01")


def test_loading_it_twice_changes_nothing_and_the_api_takes_the_same_events(
    start: Callable[..., Any], tmp_path: Any
) -> None:
    database = f"--db={tmp_path / 'demo.sqlite3'}"
    first = start("--demo", "--now=1998-07-01", database)
    before = first.get("/explorer/users/?q=customer-0021").json()
    assert first.process.stop() == 0
    again = start("--demo", "--now=1998-07-01", database)
    assert again.get("/explorer/users/?q=customer-0021").json() == before
    assert again.get("/segments/").json()["count"] == len(demo.SEGMENTS)
    events = list(demo.events(demo.purchases()))[:500]
    assert again.post("/ingestion/track/batch/", {"events": events}).json() == {"queued": 500, "skipped": 0}
