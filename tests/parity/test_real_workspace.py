"""Recording and drift against a workspace that is not that of the scenarios: other ids, and little in it."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from segops_parity.cassettes import Interaction
from segops_parity.drift import classify, drift_lines, property_names
from segops_parity.record import record
from segops_parity.sandbox import running_sandbox
from segops_parity.suite import Suite

pytestmark = pytest.mark.needs_workspace

Ask = Callable[..., Any]
RULE = {"logic": "AND", "conditions": [{"type": "event_count", "event_type": "seen", "operator": "gte", "value": 1}]}


@pytest.fixture(scope="module")
def workspace() -> Iterator[tuple[tuple[str, str], Ask]]:
    """A workspace in which no segment has the id 1, and there is neither a product nor a schema."""
    with running_sandbox() as (url, key, *_):

        def ask(method: str, path: str, body: Any = None) -> Any:
            data = None if body is None else json.dumps(body).encode()
            headers = {"Authorization": f"ApiKey {key}", "Content-Type": "application/json"}
            request = urllib.request.Request(url + path, data, headers, method=method)
            with urllib.request.urlopen(request) as reply:
                return json.loads(reply.read() or b"null")

        for number in range(3):
            ask("POST", "/segments/", {"name": f"Segment {number}", "definition": RULE})
        ask("DELETE", "/segments/1/")
        yield (url, key), ask


def test_drift_looks_at_what_is_there_and_says_by_case_what_it_could_not_check(
    suite: Suite, workspace: tuple[tuple[str, str], Ask]
) -> None:
    api, ask = workspace
    lines, breaking = drift_lines(suite, "*", api)
    assert not breaking, [line for line in lines if line.startswith("breaking")]
    unchecked = dict(line.removeprefix("not checked  ").split(": ", 1) for line in lines if line.startswith("not "))
    assert unchecked["users.get/happy"] == "users.search is empty, and none can be made"
    assert unchecked["products.import_status/happy"] == "nothing in the contract lists what 'job_id' stands for"
    for looked_up_or_made in (
        "segments.get/happy",
        "segments.estimate/happy",
        "products.get/happy",
        "schemas.get/happy",
    ):
        assert looked_up_or_made not in unchecked
    assert [each["name"] for each in ask("GET", "/segments/")["results"]] != []
    assert ask("GET", "/pim/products/")["count"] == 0, "what was made there has been deleted again"


def test_ids_of_the_workspace_are_put_back_to_those_of_the_scenarios(
    suite: Suite, workspace: tuple[tuple[str, str], Ask]
) -> None:
    files = record(
        suite.contract, suite.scenarios, suite.project.cassettes, pattern="segments.get/happy", api=workspace[0]
    )
    (data,) = files.values()
    assert b"/api/segments/1/" in data
    assert b'"id":1,' in data
    assert b"recorded_from: api" in data


def test_what_another_workspace_holds_is_volatile_and_what_the_contract_names_is_not(suite: Suite) -> None:
    def reply(**body: Any) -> Interaction:
        text = json.dumps(body).encode()
        return Interaction("GET", "/segments/1/", (), b"", 200, (("Content-Type", "application/json"),), text)

    named = property_names(suite.contract)
    mine, theirs = reply(name="a", definition={"x": 1}), reply(name="b", definition={"y": 1})
    assert {kind for kind, _ in classify(mine, theirs, named)} == {"volatile"}
    assert "breaking" in {kind for kind, _ in classify(mine, reply(definition={"x": 1}), named)}
    assert "breaking" in {kind for kind, _ in classify(mine, theirs)}
