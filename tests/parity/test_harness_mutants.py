"""Mutation tests of the harness: each of its parts is broken in one way, and must then miss a known mutant.

The unbroken harness notices each; with the part broken it must not: so the part is what notices, and
not another one by chance.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from segops_parity import contract_checks, verdicts
from segops_parity.cases import Case
from segops_parity.contract_checks import check_case
from segops_parity.coverage import ideal
from segops_parity.replay import ReplayServer
from segops_parity.replies import Reply
from segops_parity.suite import Suite

KEY = "11111111-1111-4111-8111-111111111111"


def good(case: Case) -> dict[str, Any]:
    """The observation of an SDK that meets every expectation of the case, headers included."""
    seen = json.loads(json.dumps(ideal(case)))
    for step, observed in zip(case.steps, seen["steps"], strict=True):
        for request in observed["requests"]:
            request["headers"] |= {
                "accept": "application/json",
                "accept-encoding": "gzip",
                "user-agent": "segops-admin-python/1",
            }
            if step.key:
                request["headers"]["idempotency-key"] = KEY if step.key == "uuid" else step.key
            if request["body"]:
                request["headers"]["content-type"] = "application/json"
                request["has-content-type"] = True
        observed.pop("log")
    return seen


def failing(suite: Suite, case: Case, seen: Mapping[str, Any]) -> set[str]:
    found = check_case(suite.contract, case, seen, "python")
    return {name for step in found.values() for name, problems in step.items() if problems} - {"error.message"}


def lose_auth(seen: Any) -> None:
    del seen["steps"][0]["requests"][0]["headers"]["authorization"]


def change_body(seen: Any) -> None:
    seen["steps"][0]["requests"][0]["body"]["json"]["name"] = "another"


def leave_unplayed(seen: Any) -> None:
    seen["steps"][0]["unplayed"] = 1


def wait_longer(seen: Any) -> None:
    seen["steps"][0]["delays"] = [1.01]


def lose_a_key(seen: Any) -> None:
    del seen["steps"][0]["outcome"]["ok"]["id"]


def another_key(seen: Any) -> None:
    seen["steps"][0]["requests"][1]["headers"]["idempotency-key"] = KEY.replace("1111-4", "2222-4")


def add_query(seen: Any) -> None:
    seen["steps"][0]["requests"][0]["query"]["debug"] = ["1"]


def leave_open(seen: Any) -> None:
    seen["left"] = ["socket"]


MUTANTS = [
    ("segments.get/happy", lose_auth, "request.authorization", "_header"),
    ("segments.create/happy", change_body, "request.body-as-contracted", "_compare"),
    ("segments.get/happy", leave_unplayed, "case.requests", "_request_problems"),
    ("segments.get/server-errors", wait_longer, "retry.delay", "_delay_problems"),
    ("segments.get/happy", lose_a_key, "response.json", "_outcome_problems"),
    ("segments.create/keys", another_key, "request.idempotency-key-kept-on-retry", "_keys"),
    ("segments.list/happy", add_query, "request.query-as-contracted", "_compare"),
    ("segments.get/happy", leave_open, "client.leaves-nothing-open", "_left_open_problems"),
]


@pytest.mark.parametrize(("name", "change", "check", "part"), MUTANTS, ids=[each[1].__name__ for each in MUTANTS])
def test_a_mutant_is_noticed_by_the_check_it_names_and_by_no_broken_harness(
    suite: Suite, monkeypatch: pytest.MonkeyPatch, name: str, change: Callable[[Any], None], check: str, part: str
) -> None:
    case = suite.cases[name]
    assert failing(suite, case, good(case)) == set(), "the control: nothing is broken"
    seen = good(case)
    change(seen)
    assert check in failing(suite, case, seen)
    monkeypatch.setattr(contract_checks, part, lambda *_args, **_kwargs: [])
    assert check not in failing(suite, case, seen), f"{part} is not what notices"


@pytest.mark.parametrize(("last", "wrong"), [(2, False), (1, True)])
def test_batches_that_differ_have_keys_of_their_own(suite: Suite, last: int, wrong: bool) -> None:
    case = suite.cases["cli/json-lines"]
    seen = good(case)
    for request, number in zip(seen["steps"][0]["requests"], (1, last), strict=True):
        request["headers"]["idempotency-key"] = f"upsert-{'a' * 32}-{'b' * 8}-{number}"
    assert ("cli.json-lines-resumes" in failing(suite, case, seen)) == wrong


@pytest.mark.parametrize(("place", "wrong"), [(1, True), (-1, False)])
def test_the_last_delay_of_a_wait_that_is_too_long_is_no_matter_of_how_delays_grow(
    suite: Suite, place: int, wrong: bool
) -> None:
    """It may be cut, which is another behaviour's rule."""
    case = suite.cases["segments.wait_for_recompute/recompute"]
    seen = good(case)
    delays = next(each for each, step in zip(seen["steps"], case.steps, strict=True) if step.name == "too slow")[
        "delays"
    ]
    delays[place] += 0.01
    assert ("wait.until-done" in failing(suite, case, seen)) == wrong


def test_a_difference_that_the_contract_does_not_mention_is_seen_between_the_languages(suite: Suite) -> None:
    one = {"case": "x", "steps": [good(suite.cases["segments.get/happy"])["steps"][0]]}
    other = json.loads(json.dumps(one))
    other["steps"][0]["outcome"]["ok"]["member_count"] = "5"
    case = suite.cases["segments.get/happy"]
    verdict = verdicts.CaseVerdict(case)
    left, right = (verdicts.comparable(each) for each in (one, other))
    assert verdicts._compare(case, "typescript-current", verdicts.LOCKSTEP, ("python-http", left), right, verdict)
    assert verdict.problems[0].differences[0]["at"] == "/outcome/ok/member_count"


def test_the_languages_may_differ_in_name_wording_and_random_keys(suite: Suite) -> None:
    one = good(suite.cases["segments.create/happy"])
    other = json.loads(json.dumps(one).replace(KEY, KEY.replace("11", "22")).replace("-python/", "-typescript/"))
    assert verdicts.comparable(one) == verdicts.comparable(other)


def test_the_replay_server_explains_a_request_that_is_not_due() -> None:
    import http.client

    due = Reply(200, (), b"{}", request={"method": "GET", "path": "/segments/1/", "query": {}, "body": None})
    with ReplayServer("sk_test_parity") as server:
        session = server.open()
        session.begin([due, replace(due, status=204)])
        connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1])
        connection.request("DELETE", session.base_url.split(str(server.server_address[1]))[1] + "/segments/2/?x=1")
        answer = connection.getresponse()
        told = json.loads(answer.read())
        connection.close()
    assert answer.status == 418
    assert [line["at"] for line in told["differences"]] == ["/method", "/path", "/query/x"]
    assert session.unplayed == 2, "what does not fit plays nothing"
    assert session.mismatches[0]["differences"] == told["differences"]
