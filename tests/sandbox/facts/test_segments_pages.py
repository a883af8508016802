"""docs/api/segments, docs/segments, docs/segments/conditions, docs/segments/rule-builder."""

from __future__ import annotations

from typing import Any

import pytest
from documented import NOW, computed, matching, members, segment, track

SEEN = {"type": "event_count", "event_type": "seen", "operator": "gte", "value": 1}


def body(**fields: Any) -> dict[str, Any]:
    return {"name": "High LTV", **fields}


def value_of(api: Any, condition: dict[str, Any], operator: str) -> bool:
    """Whether alice meets a condition with an operator."""
    return matching(api, {**condition, "operator": operator}) == ["alice"]


# The object and its calls


@pytest.mark.parametrize("name", ["id", "name", "description", "segment_type", "definition", "member_count"])
def test_a_segment_has_the_named_key(api: Any, name: str) -> None:
    assert name in api.get(f"/segments/{segment(api)}/").json()


def test_segments_are_listed(api: Any) -> None:
    assert api.get("/segments/").json()["count"] == 0


def test_a_segment_names_its_tenant_by_number(api: Any) -> None:
    own = api.get(f"/segments/{segment(api)}/").json()["tenant"]
    assert api.post("/segments/", body(tenant=own)).status_code == 201


def test_a_definition_may_be_set_afterwards(api: Any) -> None:
    number = api.post("/segments/", body(segment_type="rule", description="d")).json()["id"]
    changed = api.patch(f"/segments/{number}/", {"definition": {"logic": "AND", "conditions": [SEEN]}})
    assert changed.json()["definition"]["conditions"] == [SEEN]


@pytest.mark.parametrize("fields", [{}, {"segment_type": "rule"}])
def test_or_in_the_same_call_with_or_without_the_type(api: Any, fields: dict[str, Any]) -> None:
    made = api.post("/segments/", body(definition={"logic": "AND", "conditions": [SEEN]}, **fields))
    assert made.json()["definition"]["conditions"] == [SEEN]


@pytest.mark.parametrize("kind", ["rule", "ai", "lookalike"])
def test_the_three_types_hold_the_same_rules(api: Any, kind: str) -> None:
    made = api.post("/segments/", body(segment_type=kind, definition={"logic": "AND", "conditions": [SEEN]}))
    assert (made.status_code, made.json()["segment_type"]) == (201, kind)


@pytest.mark.parametrize("kind", ["ai", "lookalike"])
def test_and_stay_editable(api: Any, kind: str) -> None:
    number = api.post("/segments/", body(segment_type=kind)).json()["id"]
    assert api.patch(f"/segments/{number}/", {"definition": {"conditions": [SEEN]}}).status_code == 200


def test_a_segment_that_was_never_computed_is_a_draft(api: Any) -> None:
    assert api.get(f"/segments/{segment(api)}/").json()["status"] == "draft"


def test_while_its_task_runs_it_is_computing(api: Any) -> None:
    api.jobs("manual")
    assert api.get(f"/segments/{computed(api)}/").json()["status"] == "computing"


def test_afterwards_it_is_computed(api: Any) -> None:
    assert api.get(f"/segments/{computed(api)}/").json()["status"] == "computed"


def test_saving_a_definition_keeps_a_version(api: Any) -> None:
    number = segment(api)
    api.patch(f"/segments/{number}/", {"definition": {"conditions": [{**SEEN, "value": 2}]}})
    assert len(api.get(f"/segments/{number}/versions/").json()) == 2


def test_a_version_has_its_definition(api: Any) -> None:
    assert api.get(f"/segments/{segment(api)}/versions/").json()[0]["definition"]["conditions"] == [SEEN]


def test_saving_does_not_compute(api: Any) -> None:
    number = computed(api)
    track(api, "alice", "bought")
    api.patch(f"/segments/{number}/", {"definition": {"conditions": [{**SEEN, "event_type": "bought"}]}})
    assert members(api, number) == []


def test_a_compute_answers_that_it_is_queued(api: Any) -> None:
    assert api.post(f"/segments/{segment(api)}/compute/").json() == {"status": "queued"}


def test_a_compute_runs_over_the_whole_history(api: Any) -> None:
    track(api, "alice", "seen", days_ago=4000)
    assert members(api, computed(api)) == ["alice"]


def test_a_compute_replaces_the_members(api: Any) -> None:
    track(api, "alice", "seen")
    number = computed(api, {**SEEN, "operator": "eq"})
    track(api, "alice", "seen")
    track(api, "bob", "seen")
    api.post(f"/segments/{number}/compute/")
    assert members(api, number) == ["bob"]


def test_a_member_is_stored_with_the_time_of_the_compute(api: Any) -> None:
    track(api, "alice", "seen")
    assert api.get(f"/segments/{computed(api)}/members/").json()["results"] == [
        {"user_id": "alice", "computed_at": NOW}
    ]


def test_a_compute_sets_the_count(api: Any) -> None:
    track(api, "alice", "seen")
    assert api.get(f"/segments/{computed(api)}/").json()["member_count"] == 1


def test_and_the_time(api: Any) -> None:
    assert api.get(f"/segments/{computed(api)}/").json()["last_computed_at"] == NOW


def test_one_users_memberships_are_looked_up(api: Any) -> None:
    track(api, "alice", "seen")
    number = computed(api)
    assert api.get("/segments/membership/?user_id=alice").json()["segment_ids"] == [number]


# Preview


def test_a_preview_counts_and_samples_and_shows_its_sql(api: Any) -> None:
    answer = api.post("/segments/preview/", {"definition": {"conditions": [SEEN]}, "limit": 10})
    assert set(answer.json()) == {"matched_users", "sample_user_ids", "sql"}


def test_a_preview_counts_beyond_its_sample(api: Any) -> None:
    for number in range(12):
        track(api, f"u{number}", "seen")
    answer = api.post("/segments/preview/", {"definition": {"conditions": [SEEN]}, "limit": 3}).json()
    assert (answer["matched_users"], len(answer["sample_user_ids"])) == (12, 3)


def test_a_preview_shows_ten_by_default(api: Any) -> None:
    for number in range(12):
        track(api, f"u{number}", "seen")
    assert len(matching(api, SEEN)) == 10


def test_a_preview_shows_a_query(api: Any) -> None:
    answer = api.post("/segments/preview/", {"definition": {"conditions": [SEEN]}}).json()
    assert answer["sql"].upper().lstrip().startswith(("SELECT", "WITH"))


def test_a_preview_keeps_nothing(api: Any) -> None:
    matching(api, SEEN)
    assert api.get("/segments/").json()["count"] == 0


# Logic


@pytest.mark.parametrize(("logic", "users"), [("AND", ["both"]), ("OR", ["both", "buyer", "seer"])])
def test_and_needs_all_conditions_or_one(api: Any, logic: str, users: list[str]) -> None:
    for user, event in (("both", "seen"), ("both", "bought"), ("seer", "seen"), ("buyer", "bought")):
        track(api, user, event)
    assert matching(api, SEEN, {**SEEN, "event_type": "bought"}, logic=logic) == users


def test_conditions_see_through_the_identity_map(api: Any) -> None:
    track(api, "anon_v", "seen")
    track(api, "alice", "bought")
    api.post("/identity/alias/", {"anonymous_id": "v", "user_id": "alice"})
    assert matching(api, SEEN, {**SEEN, "event_type": "bought"}) == ["alice"]


# event_count


@pytest.mark.parametrize(
    ("operator", "met"), [("eq", True), ("neq", False), ("gt", False), ("gte", True), ("lt", False), ("lte", True)]
)
def test_a_count_compares_by_each_of_six_operators(api: Any, operator: str, met: bool) -> None:
    track(api, "alice", "seen")
    track(api, "alice", "seen")
    assert value_of(api, {"type": "event_count", "event_type": "seen", "value": 2}, operator) is met


def test_a_count_can_look_at_the_last_days_only(api: Any) -> None:
    track(api, "alice", "seen", days_ago=31)
    track(api, "bob", "seen", days_ago=29)
    assert matching(api, {**SEEN, "window_days": 30}) == ["bob"]


@pytest.mark.parametrize("name", ["event_type", "operator", "value"])
def test_a_count_needs_its_fields(api: Any, name: str) -> None:
    condition = {key: value for key, value in SEEN.items() if key != name}
    assert api.post("/segments/preview/", {"definition": {"conditions": [condition]}}).status_code == 400


# recency


RECENT = {"type": "recency", "event_type": "seen", "window_days": 30}


@pytest.mark.parametrize(
    ("operator", "days", "met"),
    [("gt", 40, True), ("gt", 20, False), ("lt", 20, True), ("lt", 40, False), ("eq", 30.5, True), ("eq", 31.5, False)],
)
def test_recency_is_lapsed_active_or_exact(api: Any, operator: str, days: float, met: bool) -> None:
    track(api, "alice", "seen", days_ago=days)
    assert value_of(api, RECENT, operator) is met


def test_recency_counts_from_the_last_event(api: Any) -> None:
    track(api, "alice", "seen", days_ago=100)
    track(api, "alice", "seen", days_ago=1)
    assert value_of(api, RECENT, "lt")


@pytest.mark.parametrize("name", ["event_type", "operator", "window_days"])
def test_recency_needs_its_fields(api: Any, name: str) -> None:
    condition = {key: value for key, value in {**RECENT, "operator": "lt"}.items() if key != name}
    assert api.post("/segments/preview/", {"definition": {"conditions": [condition]}}).status_code == 400


def test_recency_has_no_value(api: Any) -> None:
    track(api, "alice", "seen", days_ago=1)
    assert value_of(api, RECENT, "lt")


# monetary


SPENT = {"type": "monetary", "event_type": "bought", "property": "total"}


@pytest.mark.parametrize(("metric", "value"), [("sum", 30), ("avg", 15), ("max", 20)])
def test_an_amount_is_a_sum_an_average_or_a_maximum(api: Any, metric: str, value: int) -> None:
    track(api, "alice", "bought", total=10)
    track(api, "alice", "bought", total=20)
    assert value_of(api, {**SPENT, "metric": metric, "value": value}, "eq")


@pytest.mark.parametrize(
    ("operator", "met"), [("eq", True), ("neq", False), ("gt", False), ("gte", True), ("lt", False), ("lte", True)]
)
def test_an_amount_compares_by_each_of_six_operators(api: Any, operator: str, met: bool) -> None:
    track(api, "alice", "bought", total=10)
    assert value_of(api, {**SPENT, "metric": "sum", "value": 10}, operator) is met


@pytest.mark.parametrize("name", ["event_type", "property", "metric", "operator", "value"])
def test_an_amount_needs_its_fields(api: Any, name: str) -> None:
    full = {**SPENT, "metric": "sum", "operator": "gte", "value": 1}
    condition = {key: value for key, value in full.items() if key != name}
    assert api.post("/segments/preview/", {"definition": {"conditions": [condition]}}).status_code == 400


def test_an_amount_counts_all_events_of_its_type(api: Any) -> None:
    track(api, "alice", "bought", days_ago=3000, total=10)
    assert value_of(api, {**SPENT, "metric": "sum", "value": 10}, "eq")


# event_property, user_property


def test_a_property_is_that_of_the_latest_event_of_its_type(api: Any) -> None:
    track(api, "alice", "seen", days_ago=2, colour="red")
    track(api, "alice", "seen", days_ago=1, colour="blue")
    condition = {"type": "event_property", "event_type": "seen", "property": "colour", "value": "blue"}
    assert value_of(api, condition, "eq")


@pytest.mark.parametrize("name", ["event_type", "property", "operator", "value"])
def test_a_property_needs_its_fields(api: Any, name: str) -> None:
    full = {"type": "event_property", "event_type": "e", "property": "p", "operator": "eq", "value": 1}
    condition = {key: value for key, value in full.items() if key != name}
    assert api.post("/segments/preview/", {"definition": {"conditions": [condition]}}).status_code == 400


def test_a_trait_is_read_from_the_identifying_event(api: Any) -> None:
    track(api, "alice", "context_identified", plan="pro")
    assert value_of(api, {"type": "user_property", "property": "plan", "value": "pro"}, "eq")


# event_sequence


@pytest.mark.parametrize(("order", "met"), [(["seen", "bought"], True), (["bought", "seen"], False)])
def test_a_sequence_is_in_its_order(api: Any, order: list[str], met: bool) -> None:
    for days, event in enumerate(reversed(order)):
        track(api, "alice", event, days_ago=days)
    assert (matching(api, {"type": "event_sequence", "events": ["seen", "bought"]}) == ["alice"]) is met


@pytest.mark.parametrize(("strict", "met"), [(False, True), (True, False)])
def test_a_strict_sequence_allows_nothing_between(api: Any, strict: bool, met: bool) -> None:
    for days, event in enumerate(["bought", "noise", "seen"]):
        track(api, "alice", event, days_ago=days)
    condition = {"type": "event_sequence", "events": ["seen", "bought"], "strict": strict}
    assert (matching(api, condition) == ["alice"]) is met


# segment_membership


@pytest.mark.parametrize(("operator", "users"), [("in", ["alice"]), ("not_in", ["bob"])])
@pytest.mark.parametrize("form", [int, str])
def test_a_membership_is_in_or_not_in_another_segment(api: Any, operator: str, users: list[str], form: Any) -> None:
    track(api, "alice", "seen")
    track(api, "bob", "bought")
    condition = {"type": "segment_membership", "segment_id": form(computed(api)), "operator": operator}
    assert matching(api, condition) == users


@pytest.mark.parametrize("kind", ["product_attribute", "user_behavior_signal", "ai_visibility_metric"])
def test_conditions_of_product_segments_are_none_of_users(api: Any, kind: str) -> None:
    assert api.post("/segments/", body(definition={"conditions": [{"type": kind}]})).status_code == 400
