"""docs/identity-resolution, docs/learn/how-anonymous-users-are-reconciled, docs/billing/mtu."""

from __future__ import annotations

from typing import Any

import pytest
from documented import computed, matching, members, track

SEEN = {"type": "event_count", "event_type": "seen", "operator": "gte", "value": 1}


def seen(api: Any, user: str, visitor: str | None = None, agent: str = "Mozilla/5.0", number: int = 1) -> None:
    """Events of a user, or of a visitor that a user is tied to."""
    body = {"user_id": user, "event_type": "seen", **({"anonymous_id": visitor} if visitor else {})}
    for _ in range(number):
        assert api.post("/ingestion/track/", body, headers={"User-Agent": agent}).status_code == 202


def count(api: Any, user: str) -> int:
    """The events of a user; 0 for a user that is none."""
    return int(api.get(f"/explorer/users/{user}/events/").json()["count"])


def mtu(api: Any) -> int:
    """The meter of this period."""
    return int(api.get("/analytics/usage/").json()["mtu_computed"])


def test_an_alias_takes_a_visitor_and_a_user(api: Any) -> None:
    assert api.post("/identity/alias/", {"anonymous_id": "v", "user_id": "alice"}).status_code < 300


def test_a_visitors_id_has_a_prefix(api: Any) -> None:
    seen(api, "anon_v")
    api.post("/identity/alias/", {"anonymous_id": "v", "user_id": "alice"})
    assert count(api, "alice") == 1


def test_both_ids_of_one_event_tie_them(api: Any) -> None:
    seen(api, "anon_v")
    seen(api, "alice", "v")
    assert count(api, "alice") == 2


def test_identifying_ties_them_as_well(api: Any) -> None:
    seen(api, "anon_v")
    body = {"user_id": "alice", "event_type": "context_identified", "anonymous_id": "v"}
    api.post("/ingestion/track/", body)
    assert count(api, "alice") == 2


def test_the_first_user_of_a_visitor_wins(api: Any) -> None:
    seen(api, "alice", "v")
    seen(api, "bob", "v")
    seen(api, "anon_v")
    assert count(api, "alice") == 2


def test_an_explicit_alias_does_not_change_that(api: Any) -> None:
    seen(api, "alice", "v")
    assert api.post("/identity/alias/", {"anonymous_id": "v", "user_id": "bob"}).json()["canonical_id"] == "alice"


def test_two_known_users_are_never_merged_by_themselves(api: Any) -> None:
    seen(api, "alice", "v")
    seen(api, "bob", "v")
    assert count(api, "bob") == 1


def test_a_merge_makes_two_users_one(api: Any) -> None:
    seen(api, "alice")
    seen(api, "bob")
    api.post("/identity/merge/", {"from_user_id": "alice", "into_user_id": "bob"})
    assert count(api, "bob") == 2


def test_a_merge_overrides_an_edge(api: Any) -> None:
    seen(api, "anon_v")
    api.post("/identity/alias/", {"anonymous_id": "v", "user_id": "alice"})
    api.post("/identity/merge/", {"from_user_id": "anon_v", "into_user_id": "bob"})
    assert count(api, "bob") == 1


def test_segments_resolve_ids_when_they_are_computed(api: Any) -> None:
    seen(api, "anon_v")
    api.post("/identity/alias/", {"anonymous_id": "v", "user_id": "alice"})
    assert members(api, computed(api)) == ["alice"]


def test_the_explorer_resolves_ids_when_it_is_asked(api: Any) -> None:
    seen(api, "anon_v")
    api.post("/identity/alias/", {"anonymous_id": "v", "user_id": "alice"})
    assert api.get("/explorer/users/anon_v/").json()["user_id"] == "alice"


def test_what_was_done_before_the_login_counts(api: Any) -> None:
    track(api, "anon_v", "seen", days_ago=3)
    seen(api, "alice", "v")
    assert matching(api, {**SEEN, "value": 2}) == ["alice"]


@pytest.mark.parametrize("crawler", ["Googlebot", "Bingbot", "GPTBot", "ClaudeBot", "PerplexityBot"])
def test_events_of_crawlers_are_taken(api: Any, crawler: str) -> None:
    seen(api, "alice", agent=f"Mozilla/5.0 (compatible; {crawler}/2.1)")
    assert count(api, "alice") == 1


@pytest.mark.parametrize("crawler", ["Googlebot", "Bingbot", "GPTBot", "ClaudeBot", "PerplexityBot"])
def test_and_never_billed(api: Any, crawler: str) -> None:
    seen(api, "alice", agent=f"Mozilla/5.0 (compatible; {crawler}/2.1)")
    assert mtu(api) == 0


# The meter of monthly tracked users


def test_one_event_of_a_known_user_is_billed(api: Any) -> None:
    seen(api, "alice")
    assert mtu(api) == 1


@pytest.mark.parametrize(("number", "billed"), [(2, 0), (3, 1)])
def test_a_visitor_is_billed_from_three_events_on(api: Any, number: int, billed: int) -> None:
    seen(api, "anon_v", number=number)
    assert mtu(api) == billed


def test_a_visitor_who_became_a_user_counts_once(api: Any) -> None:
    seen(api, "anon_v", number=3)
    seen(api, "alice", "v")
    assert mtu(api) == 1


def test_a_program_that_acts_for_a_person_is_not_billed(api: Any) -> None:
    seen(api, "alice", agent="ChatGPT-User/1.0")
    assert mtu(api) == 0


def test_the_meter_never_goes_back_within_a_period(api: Any) -> None:
    seen(api, "alice")
    seen(api, "bob")
    before = mtu(api)
    api.post("/identity/merge/", {"from_user_id": "bob", "into_user_id": "alice"})
    assert (before, mtu(api)) == (2, 2)


def test_the_meter_restarts_each_period(api: Any) -> None:
    seen(api, "alice")
    api.control("POST", "/clock/", {"now": "2026-06-01T00:00:00Z"})
    assert mtu(api) == 0
