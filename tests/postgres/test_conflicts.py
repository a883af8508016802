"""Concurrent requests on one database: no duplicates, no lost changes, and no 500."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

import psycopg
import pytest
import requests
from sandbox_servers import at_once, until

DEFINITION = {"conditions": [{"type": "event_count", "event_type": "view", "operator": "gte", "value": 1}]}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/pim/products/", {"sku": "A1", "name": "Boot"}),
        ("/schemas/", {"event_type": "view", "properties": []}),
        ("/ai-reach/queries/", {"query_text": "best boots"}),
        ("/ai-reach/competitors/", {"name": "Globex"}),
        ("/ai-pages/pages/", {"slug": "boots", "title": "Boots"}),
    ],
)
def test_when_many_create_the_same_thing_one_succeeds_and_the_others_learn_that_it_exists(
    team: Any, path: str, body: dict[str, Any]
) -> None:
    answers = at_once([partial(each, "POST", path, body) for each in team.servers * 6])
    assert Counter(answer.status_code for answer in answers) == {201: 1, 400: 11}, answers[0].text
    # With the message that a later request gets.
    late = team.servers[0]("POST", path, body)
    assert late.status_code == 400
    assert {answer.text for answer in answers if answer.status_code == 400} == {late.text}
    listed = team.servers[1]("GET", path).json()
    assert len(listed if isinstance(listed, list) else listed["results"]) == 1


def test_of_two_tenants_with_one_slug_one_is_made(team: Any) -> None:
    def make(server: Any) -> int:
        url = server.url.removesuffix("/api") + "/_sandbox/tenants/"
        headers = {"X-Sandbox-Token": server.token}
        return requests.post(url, json={"slug": "globex", "name": "Globex"}, headers=headers, timeout=30).status_code

    assert sorted(at_once([partial(make, each) for each in team.servers * 3])) == [201, 400, 400, 400, 400, 400]


def test_a_catalogue_schema_that_is_first_put_by_several_is_one_of_theirs(team: Any) -> None:
    bodies = [{"fields": [{"name": f"field_{n}", "type": "string"}]} for n in range(8)]
    answers = at_once([partial(team.servers[n % 2], "PUT", "/pim/schema/", body) for n, body in enumerate(bodies)])
    assert [answer.status_code for answer in answers] == [200] * 8
    names = [field["name"] for field in team.servers[0]("GET", "/pim/schema/").json()["fields"]]
    assert names in [[body["fields"][0]["name"]] for body in bodies]


@pytest.mark.parametrize(
    ("path", "body", "changes"),
    [
        ("/segments/", {"name": "s"}, ({"name": "new"}, {"description": "new"})),
        ("/pim/products/", {"sku": "A1", "name": "Boot"}, ({"name": "new"}, {"data": {"new": 1}})),
        ("/ai-reach/competitors/", {"name": "Globex"}, ({"domain": "globex.test"}, {"is_active": False})),
        ("/product-segments/", {"name": "s"}, ({"name": "new"}, {"description": "new"})),
    ],
)
def test_changes_of_different_fields_at_the_same_time_are_both_kept(
    team: Any, path: str, body: dict[str, Any], changes: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    one, other = team.servers
    made = one("POST", path, body)
    assert made.status_code == 201, made.text
    table = {"/segments/": "segment", "/pim/products/": "product", "/ai-reach/competitors/": "competitor"}
    url = f"{path}{made.json()['id']}/"
    with psycopg.connect(team.database) as bystander:  # so that both are inside it at the same time
        bystander.execute(f"SELECT 1 FROM sandbox_{table.get(path, 'product_segment')} FOR UPDATE")  # type: ignore[call-overload]

        def let_go() -> None:
            wait_until_waiting(team, 2)
            bystander.rollback()

        first, second, _ = at_once(
            [partial(one, "PATCH", url, changes[0]), partial(other, "PATCH", url, changes[1]), let_go]
        )
    assert (first.status_code, second.status_code) == (200, 200)
    stored = one("GET", url).json()
    assert {name: stored[name] for name in {**changes[0], **changes[1]}} == {**changes[0], **changes[1]}


def test_each_saved_definition_is_a_version_of_its_own(team: Any) -> None:
    segment = team.servers[0]("POST", "/segments/", {"name": "s"}).json()["id"]

    def change(number: int) -> int:
        condition = {**DEFINITION["conditions"][0], "value": number}
        body = {"definition": {"conditions": [condition]}}
        return int(team.servers[number % 2]("PATCH", f"/segments/{segment}/", body).status_code)

    assert at_once([partial(change, number) for number in range(1, 13)]) == [200] * 12
    versions = team.servers[0]("GET", f"/segments/{segment}/versions/").json()
    assert [each["version"] for each in versions] == list(range(12, 0, -1))
    values = [each["definition"]["conditions"][0]["value"] for each in versions]
    assert sorted(values) == list(range(1, 13))


def test_views_of_a_page_are_counted_exactly(team: Any) -> None:
    one = team.servers[0]
    page = one("POST", "/ai-pages/pages/", {"slug": "boots", "title": "Boots"}).json()["id"]
    team.query("UPDATE sandbox_generated_page SET published = true, builder_status = 'published' WHERE id = %s", page)

    def look(server: Any) -> list[int]:
        return [server("GET", "/ai-pages/public/pages/acme/boots/").status_code for _ in range(5)]

    assert at_once([partial(look, each) for each in team.servers * 5]) == [[200] * 5] * 10
    assert team.query("SELECT view_count FROM sandbox_generated_page WHERE id = %s", page) == [(50,)]


def test_rows_upserted_by_two_servers_are_merged_and_counted_once(team: Any) -> None:
    skus = [f"sku-{n}" for n in range(40)]

    def upsert(number: int) -> Any:
        order = skus if number % 3 else skus[::-1]
        rows = [{"sku": sku, "name": "Boot", f"from_{number}": number} for sku in order]
        return team.servers[number % 2]("POST", "/pim/products/bulk/", {"products": rows})

    answers = at_once([partial(upsert, number) for number in range(6)])
    assert [answer.status_code for answer in answers] == [200] * 6, [answer.text for answer in answers]
    counted = [answer.json() for answer in answers]
    assert (sum(each["created"] for each in counted), sum(each["updated"] for each in counted)) == (40, 200)
    stored = [row[0] for row in team.query("SELECT data FROM sandbox_product")]
    assert stored == [{f"from_{number}": number for number in range(6)}] * 40


def test_one_idempotency_key_makes_one_row_whichever_servers_are_asked(team: Any) -> None:
    for round_ in range(3):
        body = {"name": f"segment-{round_}"}
        key = f"00000000-0000-4000-8000-00000000000{round_}"
        answers = at_once([partial(each, "POST", "/segments/", body, Idempotency_Key=key) for each in team.servers * 5])
        codes = Counter(answer.status_code for answer in answers)
        assert set(codes) <= {201, 409}
        assert codes[201] >= 1
        bodies = {answer.text for answer in answers if answer.status_code == 201}
        assert len(bodies) == 1
        for each in team.servers:
            again = each("POST", "/segments/", body, Idempotency_Key=key)
            assert (again.status_code, again.text) == (201, bodies.copy().pop())
            assert again.headers["Idempotency-Replayed"] == "true"
    assert team.servers[0]("GET", "/segments/").json()["count"] == 3


def test_events_of_the_same_people_from_two_servers_make_each_person_once(team: Any) -> None:
    def batch(number: int) -> Any:
        events = [
            {
                "event_type": "view",
                "user_id": f"user-{(n * 7 + number) % 50}",
                "anonymous_id": f"visitor-{(n * 3 + number) % 40}",
            }
            for n in range(100)
        ]
        return team.servers[number % 2]("POST", "/ingestion/track/batch/", {"events": events})

    for _ in range(2):
        answers = at_once([partial(batch, number) for number in range(8)])
        assert {answer.status_code for answer in answers} <= {200, 201, 202}, [answer.text for answer in answers]
    assert team.query("SELECT COUNT(*) FROM sandbox_event") == [(1600,)]
    assert team.query("SELECT COUNT(*), COUNT(DISTINCT external_id) FROM sandbox_subject") == [(90, 90)]
    # A visitor belongs to one user, however many claimed it at once.
    assert team.query("SELECT COUNT(*), COUNT(DISTINCT source_id) FROM sandbox_identity_edge") == [(40, 40)]
    assert broken_identities(team) == []


def test_aliases_and_merges_at_the_same_time_leave_everybody_where_the_edges_lead(team: Any) -> None:
    users = [f"user-{n}" for n in range(8)]

    def work(number: int) -> set[int]:
        server, codes = team.servers[number % 2], set()
        for step in range(10):
            a, b = users[(number * 3 + step) % 8], users[(number * 5 + step * 3 + 1) % 8]
            if step % 2:
                body = {"anonymous_id": f"visitor-{(number + step) % 12}", "user_id": a}
                codes.add(server("POST", "/identity/alias/", body).status_code)
            else:
                body = {"from_user_id": a, "into_user_id": b}
                codes.add(server("POST", "/identity/merge/", body).status_code)
        return codes

    seen = set().union(*at_once([partial(work, number) for number in range(8)]))
    assert seen <= {200, 201, 400, 409}, seen
    assert team.query("SELECT COUNT(*), COUNT(DISTINCT source_id) FROM sandbox_identity_edge")[0][0] > 5
    assert broken_identities(team) == []


def test_an_alias_that_is_made_in_the_middle_of_a_merge_follows_it(team: Any) -> None:
    one, other = team.servers
    one("POST", "/identity/merge/", {"from_user_id": "b", "into_user_id": "c"})
    one("POST", "/ingestion/track/", {"event_type": "view", "user_id": "d"})
    with psycopg.connect(team.database) as bystander:
        bystander.execute("SELECT 1 FROM sandbox_subject WHERE external_id = 'c' FOR NO KEY UPDATE")

        def then_alias() -> Any:
            wait_until_waiting(team, 1)  # the merge knows who follows, and has not moved them yet
            return other("POST", "/identity/alias/", {"anonymous_id": "a", "user_id": "b"})

        def let_go() -> None:
            added = "SELECT 1 FROM sandbox_identity_edge AS e JOIN sandbox_subject AS s ON s.id = e.source_id "
            until(lambda: waiting(team) == 2 or team.query(added + "WHERE s.external_id = 'anon_a'"))
            bystander.rollback()

        merge = partial(one, "POST", "/identity/merge/", {"from_user_id": "c", "into_user_id": "d"})
        merged, aliased, _ = at_once([merge, then_alias, let_go])
    assert (merged.status_code, aliased.status_code) == (200, 201), (merged.text, aliased.text)
    assert broken_identities(team) == []


def broken_identities(team: Any) -> list[tuple[Any, ...]]:
    """Ids that are not where their edges lead, ids with two edges, and circles."""
    edges: dict[int, int] = {}
    for source, target in team.query("SELECT source_id, target_id FROM sandbox_identity_edge"):
        assert source not in edges, "two edges from one id"
        edges[source] = target
    found = []
    for subject, canonical in team.query("SELECT id, canonical_id FROM sandbox_subject"):
        end, steps = subject, 0
        while end in edges:
            end, steps = edges[end], steps + 1
            assert steps <= len(edges), "a circle"
        if end != canonical:
            found.append((subject, canonical, end))
    return found


def test_what_refers_to_a_row_that_is_deleted_meanwhile_is_refused_and_never_a_crash(team: Any) -> None:
    one, other = team.servers
    config = {"list_id": "L", "api_key": "k"}
    for _ in range(10):
        segment = one("POST", "/segments/", {"name": "s"}).json()["id"]
        body = {"segment": segment, "connector_type": "klaviyo", "config": config}
        created, deleted = at_once(
            [partial(other, "POST", "/activations/", body), partial(one, "DELETE", f"/segments/{segment}/")]
        )
        assert created.status_code in {201, 400}, created.text
        assert deleted.status_code == 204, deleted.text
    assert team.query("SELECT COUNT(*) FROM sandbox_activation") == [(0,)]


def test_a_request_that_is_chosen_to_end_a_deadlock_starts_over(team: Any) -> None:
    one = team.servers[0]
    segment = one("POST", "/segments/", {"name": "s"}).json()["id"]
    # The other connection locks what the request needs, and then needs what the request holds. The one that detects the
    # deadlock first is aborted: with this timeout that is the request.
    with psycopg.connect(team.database) as bystander:
        bystander.execute("SET deadlock_timeout = '60s'")
        bystander.execute("LOCK TABLE sandbox_segment_version IN ACCESS EXCLUSIVE MODE")

        def change() -> Any:
            return one("PATCH", f"/segments/{segment}/", {"definition": DEFINITION})

        def entangle() -> None:
            wait_until_waiting(team, 1)
            bystander.execute("UPDATE sandbox_segment SET description = 'x' WHERE id = %s", [segment])
            bystander.commit()

        answer, _ = at_once([change, entangle])
    assert answer.status_code == 200, answer.text
    stored = one("GET", f"/segments/{segment}/").json()
    assert (stored["description"], stored["definition"]) == ("x", DEFINITION)
    versions = one("GET", f"/segments/{segment}/versions/").json()
    assert [each["definition"] for each in versions] == [DEFINITION]
    assert "starts over" in one.log.read_text(encoding="utf-8")


def waiting(team: Any) -> int:
    """How many connections of the servers wait for a lock."""
    return len(
        team.query(
            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'segops-sandbox' "
            "AND datname = current_database()"
        )
    )


def wait_until_waiting(team: Any, number: int) -> None:
    """Waits until that many connections wait for a lock."""
    until(lambda: waiting(team) >= number)
