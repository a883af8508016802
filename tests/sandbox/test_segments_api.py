"""Segments over HTTP: saving, previewing, computing, paging members, exporting; and refusals."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

import pyarrow.parquet
import pytest

SPENT = {
    "type": "monetary",
    "event_type": "order_placed",
    "property": "total",
    "metric": "sum",
    "operator": "gte",
    "value": 100,
}
RULES = {"logic": "AND", "conditions": [SPENT]}
NOW = "2026-05-01T12:00:00Z"


def track(api: Any, user_id: str, total: float = 150, **fields: Any) -> None:
    body = {"user_id": user_id, "event_type": "order_placed", "payload": {"total": total}, **fields}
    assert api.post("/ingestion/track/", body).status_code == 202


def create(api: Any, definition: Any = RULES, name: str = "Spenders") -> dict[str, Any]:
    response = api.post("/segments/", {"name": name, "definition": definition})
    assert response.status_code == 201, response.text
    segment: dict[str, Any] = response.json()
    return segment


def compute(api: Any, segment: dict[str, Any]) -> dict[str, Any]:
    response = api.post(f"/segments/{segment['id']}/compute/")
    assert (response.status_code, response.json()) == (202, {"status": "queued"})
    read: dict[str, Any] = api.get(f"/segments/{segment['id']}/").json()
    return read


def member_ids(api: Any, segment: dict[str, Any]) -> list[str]:
    return [each["user_id"] for each in api.get(f"/segments/{segment['id']}/members/").json()["results"]]


def refused(response: Any, status: int, body: Any) -> None:
    assert (response.status_code, response.json()) == (status, body)


def test_a_new_segment_is_a_draft_with_the_documented_keys(api: Any) -> None:
    segment = api.post("/segments/", {"name": "Only a name"}).json()
    tenant = segment.pop("tenant")
    assert isinstance(tenant, int)
    assert segment == {
        "id": segment["id"],
        "name": "Only a name",
        "description": "",
        "segment_type": "rule",
        "definition": {"logic": "AND", "conditions": []},
        "is_active": True,
        "status": "draft",
        "member_count": 0,
        "last_computed_at": None,
        "created_at": NOW,
        "updated_at": NOW,
    }
    assert api.post("/segments/", {"name": "Named", "tenant": tenant}).status_code == 201
    assert api.get("/segments/").json()["count"] == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": "x", "tenant": 10**6}, "tenant"),
        ({"name": "x", "segment_type": "magic"}, "segment_type"),
        ({"name": "x", "is_active": "perhaps"}, "is_active"),
        ({"name": "x", "definition": None}, "definition"),
        ({"name": "x", "definition": "AND"}, "definition"),
        ({"name": "x", "definition": {"conditions": [{"type": "nope"}]}}, "definition"),
        ([], "non_field_errors"),
    ],
)
def test_a_bad_segment_is_refused_and_nothing_is_stored(api: Any, body: Any, field: str) -> None:
    response = api.post("/segments/", body)
    assert response.status_code == 400
    assert list(response.json()) == [field]
    assert api.get("/segments/").json()["count"] == 0
    assert api.post("/segments/", {}).json() == {"name": ["This field is required."]}


def test_malformed_json_is_a_400_and_changes_nothing(api: Any) -> None:
    segment = create(api)
    headers = {"Content-Type": "application/json"}
    for method, path in [
        ("POST", "/segments/"),
        ("PATCH", f"/segments/{segment['id']}/"),
        ("POST", "/segments/preview/"),
    ]:
        response = api.request(method, path, data=b'{"name": ', headers=headers)
        assert response.status_code == 400
        assert response.json()["detail"].startswith("JSON parse error")
    assert api.get("/segments/").json()["results"] == [segment]


def test_patch_changes_what_it_names_and_put_needs_a_name(api: Any) -> None:
    segment = create(api)
    path = f"/segments/{segment['id']}/"
    patched = api.patch(path, {"description": "new", "member_count": 99, "status": "computed", "id": 5}).json()
    assert patched == {**segment, "description": "new"}
    refused(api.put(path, {"description": "no name"}), 400, {"name": ["This field is required."]})
    assert api.put(path, {"name": "Renamed", "is_active": False}).json() == {
        **patched,
        "name": "Renamed",
        "is_active": False,
    }
    assert api.patch(path, {"definition": {"logic": "NOT"}}).status_code == 400
    assert api.get(path).json()["definition"] == RULES
    assert api.delete(path).status_code == 204
    refused(api.get(path), 404, {"detail": "Not found."})
    refused(api.delete(path), 404, {"detail": "Not found."})


def test_another_tenants_segment_does_not_exist(api: Any, other_tenant: Any) -> None:
    segment = create(api)
    path = f"/segments/{segment['id']}/"
    for suffix in ("", "versions/", "members/", "export/?export_id=1"):
        refused(other_tenant.get(path + suffix), 404, {"detail": "Not found."})
    for suffix in ("compute/", "estimate/", "export/"):
        refused(other_tenant.post(path + suffix), 404, {"detail": "Not found."})
    refused(other_tenant.patch(path, {"name": "stolen"}), 404, {"detail": "Not found."})
    assert other_tenant.get("/segments/").json()["count"] == 0
    assert api.get(path).json() == segment


def test_a_version_is_written_when_the_definition_changes_and_only_then(api: Any) -> None:
    segment = create(api)
    path = f"/segments/{segment['id']}/"
    api.patch(path, {"name": "Same rules", "definition": RULES})
    changed = {**RULES, "logic": "OR"}
    api.patch(path, {"definition": changed})
    versions = api.get(path + "versions/").json()
    assert [(each["version"], each["definition"], each["created_at"]) for each in versions] == [
        (2, changed, NOW),
        (1, RULES, NOW),
    ]
    bare = api.post("/segments/", {"name": "No rules"}).json()
    assert api.get(f"/segments/{bare['id']}/versions/").json() == []


def test_preview_evaluates_without_storing_anything(api: Any) -> None:
    for user_id in ("u3", "u1", "u2"):
        track(api, user_id)
    track(api, "poor", 5)
    preview = api.post("/segments/preview/", {"definition": RULES, "limit": 2}).json()
    assert (preview["matched_users"], preview["sample_user_ids"]) == (3, ["u1", "u2"])
    assert "'order_placed'" in preview["sql"]
    assert "%s" not in preview["sql"]
    assert api.get("/segments/").json()["count"] == 0


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({}, {"definition": ["This field is required."]}),
        ([], {"definition": ["This field is required."]}),
        ({"definition": RULES, "limit": 0}, {"limit": ["Ensure this value is between 1 and 100."]}),
        ({"definition": RULES, "limit": 101}, {"limit": ["Ensure this value is between 1 and 100."]}),
        ({"definition": RULES, "limit": "10"}, {"limit": ["A valid integer is required."]}),
        (
            {"definition": {"conditions": [{**SPENT, "operator": "like"}]}},
            {"definition": ['conditions[0].operator: "like" is not a valid choice.']},
        ),
        (
            {"definition": {"conditions": [{"type": "segment_membership", "segment_id": 999, "operator": "in"}]}},
            {"definition": ["conditions[0].segment_id: Unknown segment."]},
        ),
    ],
)
def test_a_preview_that_cannot_be_evaluated_says_why(api: Any, body: Any, answer: Any) -> None:
    refused(api.post("/segments/preview/", body), 400, answer)


def test_estimate_counts_as_compute_does(api: Any) -> None:
    segment = create(api)
    track(api, "u1")
    assert api.post(f"/segments/{segment['id']}/estimate/").json() == {
        "segment_id": segment["id"],
        "estimated_count": 1,
        "matched_users": 1,
        "sampled": False,
    }
    assert api.get(f"/segments/{segment['id']}/").json() == segment


def test_compute_replaces_the_stored_members(api: Any) -> None:
    segment = create(api)
    assert api.get(f"/segments/{segment['id']}/members/").json() == {
        "count": 0,
        "results": [],
        "members": [],
        "next_cursor": None,
    }
    track(api, "u1")
    read = compute(api, segment)
    assert (read["status"], read["member_count"], read["last_computed_at"]) == ("computed", 1, NOW)
    track(api, "u2")
    track(api, "u1", -100)
    api.advance(60)
    compute(api, segment)
    assert api.get(f"/segments/{segment['id']}/members/").json()["results"] == [
        {"user_id": "u2", "computed_at": "2026-05-01T12:01:00Z"}
    ]


def test_computing_is_visible_while_the_job_waits_and_a_second_request_is_served_by_it(api: Any) -> None:
    api.jobs("manual")
    segment = create(api)
    assert compute(api, segment)["status"] == "computing"
    track(api, "u1")
    assert compute(api, segment)["status"] == "computing"
    ran = [job["kind"] for job in api.run_jobs()]
    assert ran.count("segments.compute") == 1
    read = api.get(f"/segments/{segment['id']}/").json()
    assert (read["status"], read["member_count"]) == ("computed", 1)


def test_an_invalid_definition_cannot_be_computed_and_the_segment_stays_as_it_was(api: Any) -> None:
    short = {"conditions": [{"type": "monetary", "operator": "gte", "value": 100}]}
    segment = create(api, short)  # the published sample leaves the other fields out
    response = api.post(f"/segments/{segment['id']}/compute/")
    assert response.status_code == 400
    assert response.json()["definition"][0] == "conditions[0].event_type: This field is required."
    assert api.get(f"/segments/{segment['id']}/").json() == segment
    assert api.post(f"/segments/{segment['id']}/estimate/").status_code == 400


def test_a_compute_that_fails_falls_back_to_the_state_before(api: Any) -> None:
    other, segment = create(api, name="other"), create(api)
    track(api, "u1")
    before = compute(api, segment)
    draft = create(api, name="draft")
    api.jobs("manual")
    within = {"conditions": [{"type": "segment_membership", "segment_id": other["id"], "operator": "in"}]}
    for each in (segment, draft):
        api.patch(f"/segments/{each['id']}/", {"definition": within})
        assert compute(api, each)["status"] == "computing"
    api.delete(f"/segments/{other['id']}/")  # the reference dangles when the job runs
    assert {job["status"] for job in api.run_jobs()} == {"failed"}
    after = api.get(f"/segments/{segment['id']}/").json()
    assert (after["status"], after["member_count"]) == ("computed", before["member_count"])
    assert member_ids(api, segment) == ["u1"]
    assert api.get(f"/segments/{draft['id']}/").json()["status"] == "draft"


def test_a_segment_may_be_deleted_before_its_job_runs(api: Any) -> None:
    api.jobs("manual")
    segment = create(api)
    compute(api, segment)
    api.delete(f"/segments/{segment['id']}/")
    assert [job["status"] for job in api.run_jobs()] == ["done"]


def test_membership_of_another_segment_is_read_as_stored(api: Any) -> None:
    first = create(api)
    track(api, "in")
    track(api, "out", 1)
    inside = create(
        api, {"conditions": [{"type": "segment_membership", "segment_id": str(first["id"]), "operator": "in"}]}
    )
    outside = create(
        api, {"conditions": [{"type": "segment_membership", "segment_id": first["id"], "operator": "not_in"}]}
    )
    compute(api, inside)
    assert member_ids(api, inside) == []
    for each in (first, inside, outside):
        compute(api, each)
    assert (member_ids(api, inside), member_ids(api, outside)) == (["in"], ["out"])


def test_a_segment_cannot_lead_back_to_itself(api: Any) -> None:
    def within(number: int) -> dict[str, Any]:
        return {"conditions": [SPENT, {"type": "segment_membership", "segment_id": number, "operator": "in"}]}

    a, b, c = create(api, name="a"), create(api, name="b"), create(api, name="c")
    path = f"/segments/{a['id']}/"
    refused(
        api.patch(path, {"definition": within(a["id"])}),
        400,
        {"definition": ["conditions[1].segment_id: A segment cannot refer to itself."]},
    )
    assert api.patch(f"/segments/{b['id']}/", {"definition": within(a["id"])}).status_code == 200
    assert api.patch(f"/segments/{c['id']}/", {"definition": within(b["id"])}).status_code == 200
    refused(
        api.patch(path, {"definition": within(c["id"])}),
        400,
        {"definition": [f"conditions[1].segment_id: Segment {c['id']} refers back to this segment."]},
    )
    assert api.get(path).json()["definition"] == RULES


def test_members_are_paged_by_cursor_each_once_and_in_order(api: Any) -> None:
    segment = create(api)
    ids = sorted([f"u{number:02}" for number in range(20)] + ["Ü", "a/b", "Z", "~"])
    batch = [{"user_id": each, "event_type": "order_placed", "payload": {"total": 200}} for each in ids]
    assert api.post("/ingestion/track/batch/", {"events": batch}).json() == {"queued": 24, "skipped": 0}
    compute(api, segment)
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 7}
    while True:
        page = api.get(f"/segments/{segment['id']}/members/", params=query).json()
        assert page["count"] == 24
        assert page["members"] == [each["user_id"] for each in page["results"]]
        seen += page["members"]
        if page["next_cursor"] is None:
            break
        assert len(page["results"]) == 7
        query["cursor"] = page["next_cursor"]
    assert seen == ids
    for limit in ("0", "-3", "x", "5000"):
        page = api.get(f"/segments/{segment['id']}/members/", params={"limit": limit, "page": 9}).json()
        assert page["members"] == ids


def test_a_foreign_or_damaged_cursor_is_a_404(api: Any) -> None:
    segment, other = create(api), create(api, name="other")
    for user_id in ("u1", "u2"):
        track(api, user_id)
    for each in (segment, other):
        compute(api, each)
    cursor = api.get(f"/segments/{other['id']}/members/", params={"limit": 1}).json()["next_cursor"]
    for bad in (cursor, cursor[:-3], "", "e30=", "W10=", "***", "é"):
        response = api.get(f"/segments/{segment['id']}/members/", params={"cursor": bad})
        refused(response, 404, {"detail": "Invalid cursor"})


def test_a_page_past_the_end_is_a_404(api: Any) -> None:
    create(api)
    refused(api.get("/segments/", params={"page": 2}), 404, {"detail": "Invalid page."})


def test_the_membership_check_resolves_aliases_and_knows_nobody_as_nobody(api: Any) -> None:
    segment = create(api)
    track(api, "u1", anonymous_id="phone")
    compute(api, segment)
    expected = [{"segment_id": segment["id"], "segment_name": "Spenders", "computed_at": NOW}]
    for user_id in ("u1", "anon_phone"):
        assert api.get("/segments/membership/", params={"user_id": user_id}).json() == {
            "user_id": user_id,
            "segment_ids": [segment["id"]],
            "segments": expected,
        }
    nobody = api.get("/segments/membership/", params={"user_id": "nobody"})
    refused(nobody, 200, {"user_id": "nobody", "segment_ids": [], "segments": []})
    refused(api.get("/segments/membership/"), 400, {"user_id": ["This query parameter is required."]})


def export(api: Any, segment: dict[str, Any], body: Any = None) -> dict[str, Any]:
    response = api.post(f"/segments/{segment['id']}/export/", body)
    assert response.status_code == 202, response.text
    started = response.json()
    assert (started["id"], started["status"]) == (started["export_id"], "pending")
    return started  # type: ignore[no-any-return]


def poll(api: Any, segment: dict[str, Any], started: dict[str, Any]) -> dict[str, Any]:
    polled = api.get(f"/segments/{segment['id']}/export/", params={"export_id": started["export_id"]})
    assert polled.status_code == 200, polled.text
    return polled.json()  # type: ignore[no-any-return]


def test_an_export_is_pending_then_complete_then_expired(api: Any) -> None:
    segment = create(api)
    for user_id in ("u2", "u,1", 'quo"te', "日本"):
        track(api, user_id)
    compute(api, segment)
    api.jobs("manual")
    started = export(api, segment)
    waiting = poll(api, segment, started)
    assert (waiting["status"], waiting["download_url"], waiting["expires_at"]) == ("pending", None, None)
    download = f"/segments/exports/{started['id']}/download/"
    assert api.get(download).status_code == 404
    api.run_jobs()
    done = poll(api, segment, started)
    assert done == {
        "id": started["id"],
        "export_id": started["id"],
        "status": "complete",
        "format": "csv",
        "download_url": f"/api{download}",
        "expires_at": "2026-05-01T13:00:00Z",
    }
    file = api.get(download)
    assert file.headers["Content-Disposition"].startswith("attachment; filename=")
    assert list(csv.reader(io.StringIO(file.content.decode("utf-8"), newline=""))) == [
        ["user_id", "computed_at"],
        *[[user_id, NOW] for user_id in sorted(["u2", "u,1", 'quo"te', "日本"])],
    ]
    api.advance(3600)
    assert api.get(download).status_code == 410


def test_a_parquet_export_has_a_text_and_a_time_in_snappy(api: Any) -> None:
    segment = create(api)
    empty = export(api, segment, {"format": "parquet"})
    track(api, "u1")
    compute(api, segment)
    full = export(api, segment, {"format": "parquet"})
    tables = []
    for started in (empty, full):
        content = api.get(f"/segments/exports/{started['id']}/download/").content
        file = pyarrow.parquet.ParquetFile(io.BytesIO(content))
        assert [(field.name, str(field.type)) for field in file.schema_arrow] == [
            ("user_id", "string"),
            ("computed_at", "timestamp[us, tz=UTC]"),
        ]
        tables.append(file.read().to_pylist())
    assert tables == [[], [{"user_id": "u1", "computed_at": datetime.fromisoformat(NOW.replace("Z", "+00:00"))}]]
    assert file.metadata.row_group(0).column(0).compression == "SNAPPY"


def test_an_export_that_cannot_be_is_refused(api: Any, other_tenant: Any) -> None:
    segment, other = create(api), create(api, name="other")
    path = f"/segments/{segment['id']}/export/"
    refused(api.post(path, {"format": "xlsx"}), 400, {"format": ['"xlsx" is not a valid choice.']})
    assert api.post(path, {"format": ["csv"]}).status_code == 400
    started = export(api, segment)
    refused(api.get(path), 400, {"export_id": ["This query parameter is required."]})
    refused(api.get(path, params={"export_id": "one"}), 400, {"export_id": ["A valid integer is required."]})
    for number in ("999", "99999999999999999999"):
        assert api.get(path, params={"export_id": number}).status_code in (400, 404)
    foreign = api.get(f"/segments/{other['id']}/export/", params={"export_id": started["id"]})
    refused(foreign, 404, {"detail": "Not found."})
    assert other_tenant.get(f"/segments/exports/{started['id']}/download/").status_code == 404


def test_a_successful_recompute_is_sent_to_the_webhooks_and_a_failed_one_is_not(api: Any) -> None:
    api.jobs("manual")
    assert api.post("/webhooks/", {"url": "http://127.0.0.1:9/hook"}).status_code == 201
    segment = create(api)
    compute(api, segment)
    assert [job["kind"] for job in api.run_jobs()] == ["segments.compute", "webhooks.recomputed"]
    api.patch(
        f"/segments/{segment['id']}/",
        {
            "definition": {
                "conditions": [{"type": "segment_membership", "segment_id": segment["id"] + 1, "operator": "in"}]
            }
        },
    )
    other = create(api, name="other")
    compute(api, segment)
    api.delete(f"/segments/{other['id']}/")
    assert [job["kind"] for job in api.run_jobs()] == ["segments.compute"]


def test_two_computations_on_a_frozen_clock_are_distinguishable(api: Any) -> None:
    track(api, "u-1")
    segment = create(api)
    first, second = compute(api, segment), compute(api, segment)
    assert (first["last_computed_at"], second["last_computed_at"]) == (NOW, "2026-05-01T12:00:01Z")


def test_an_event_that_is_still_to_come_is_none_of_the_last_days(api: Any) -> None:
    for user, when in (
        ("past", "2026-04-30"),
        ("future", "2026-06-01"),
        ("both", "2026-04-01"),
        ("both", "2026-06-01"),
    ):
        api.post("/ingestion/track/", {"user_id": user, "event_type": "trip", "occurred_at": when})
    trip = {"event_type": "trip"}
    windowed = {"type": "event_count", **trip, "operator": "gte", "value": 1, "window_days": 7}
    expected = [
        (windowed, ["past"]),
        ({**windowed, "window_days": 31}, ["both", "past"]),
        ({"type": "recency", **trip, "operator": "lt", "window_days": 7}, ["past"]),
        ({"type": "recency", **trip, "operator": "gt", "window_days": 7}, ["both", "future"]),
        ({"type": "recency", **trip, "operator": "eq", "window_days": 30}, ["both"]),
        ({"type": "event_count", **trip, "operator": "gte", "value": 1}, ["both", "future", "past"]),
    ]
    for condition, users in expected:
        answer = api.post("/segments/preview/", {"definition": {"conditions": [condition]}}).json()
        assert sorted(answer["sample_user_ids"]) == users, condition
    recent = create(api, definition={"conditions": [{"type": "recency", **trip, "operator": "lt", "window_days": 40}]})
    [why] = api.get(f"/explorer/users/both/segments/{recent['id']}/explain/").json()
    assert (why["actual_value"], why["matches"]) == (30, True)
    [why] = api.get(f"/explorer/users/future/segments/{recent['id']}/explain/").json()
    assert (why["actual_value"], why["matches"]) == (None, False)
    assert api.get("/analytics/overview/").json()["events_30d"] == 1  # not those of June, and not the one of 1 April
