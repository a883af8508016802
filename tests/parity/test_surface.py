"""The surfaces of the SDKs are compared with the contract, and so with each other."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import Any

import pytest

from segops_parity.lanes import Lane, LaneRun
from segops_parity.project import find_lanes
from segops_parity.runner import check
from segops_parity.suite import Suite
from segops_parity.surface import help_pages, judge_surface, surface_cases

pytestmark = pytest.mark.needs_workspace


@pytest.fixture(scope="module")
def told(suite: Suite) -> dict[str, LaneRun]:
    """The surface that each lane reports."""
    outcome = check(suite, find_lanes(suite.project), pattern="surface/*")
    assert outcome.exit_code == 0, [vars(p) for each in outcome.failures for p in each.problems][:3] or outcome.faulty
    assert {each.case.id for each in outcome.verdicts} == {case.id for case in surface_cases(suite.contract)}
    return outcome.runs


def differences(suite: Suite, told: dict[str, LaneRun], lane: str, change: Any) -> dict[str, list[dict[str, Any]]]:
    """The failures by check when one lane reports something else."""
    run = told[lane]
    changed = change(run)
    runs = {**told, lane: dataclasses.replace(run, **changed)}
    lanes = [each for each in find_lanes(suite.project) if each.name in runs]
    verdicts = judge_surface(suite.contract, surface_cases(suite.contract), lanes, runs)
    return {problem.check: problem.differences for each in verdicts for problem in each.problems}


def without(value: dict[str, Any], *path: str) -> dict[str, Any]:
    name, *rest = path
    if not rest:
        return {key: item for key, item in value.items() if key != name}
    return {**value, name: without(value[name], *rest)}


def test_the_lanes_offer_what_the_contract_says(told: dict[str, LaneRun]) -> None:
    described = {name for name, run in told.items() if run.described}
    python = {"python", "python-http", "python-async", "python-requests", "python-traced"}
    typescript = {"typescript-node18", "typescript-fetch", "typescript-traced", "typescript-current"}
    assert described == python | typescript
    assert {name for name, run in told.items() if run.pages} == {"cli-python", "cli-typescript"}


def test_a_missing_method_is_named(suite: Suite, told: dict[str, LaneRun]) -> None:
    found = differences(
        suite,
        told,
        "typescript-current",
        lambda run: {"described": without(run.described, "namespaces", "segments", "recompute")},
    )
    assert found["surface.methods"] == [{"at": "/segments/recompute", "expected": "a method", "absent": "found"}]


def test_an_extra_argument_and_export_are_named(suite: Suite, told: dict[str, LaneRun]) -> None:
    def change(run: LaneRun) -> dict[str, Any]:
        described = dict(run.described)
        listing = [*described["namespaces"]["segments"]["list"], {"name": "extra", "required": False, "named": True}]
        segments = {**described["namespaces"]["segments"], "list": listing}
        described["namespaces"] = {**described["namespaces"], "segments": segments}
        described["exports"] = {**described["exports"], "main": [*described["exports"]["main"], "helper"]}
        return {"described": described}

    found = differences(suite, told, "python-http", change)
    at = "/segments.list/named extra?"
    assert found["surface.arguments"] == [{"at": at, "found": "by name", "absent": "expected"}]
    assert found["surface.exports"] == [{"at": "/main/helper", "found": "exported", "absent": "expected"}]


@pytest.mark.parametrize("lane", ["python-http", "python-async", "typescript-current"])
def test_an_argument_and_an_answer_of_other_types_are_named(lane: str, suite: Suite, told: dict[str, LaneRun]) -> None:
    def change(run: LaneRun) -> dict[str, Any]:
        signatures = dict(run.described["signatures"])
        signatures["schemas.infer"] = {**signatures["schemas.infer"], "events": "[Event]"}
        signatures["segments.versions"] = {**signatures["segments.versions"], "returns": "any"}
        return {"described": {**run.described, "signatures": signatures}}

    assert differences(suite, told, lane, change)["surface.arguments"] == [
        {"at": "/schemas.infer/of events", "expected": "[SampleEvent]", "found": "[Event]"},
        {"at": "/segments.versions/of returns", "expected": "[SegmentVersion]", "found": "any"},
    ]


@pytest.mark.parametrize(("lane", "number"), [("python", "integer"), ("typescript-current", "number")])
def test_a_key_that_is_no_longer_required_and_a_word_that_is_missing_are_named(
    lane: str, number: str, suite: Suite, told: dict[str, LaneRun]
) -> None:
    def change(run: LaneRun) -> dict[str, Any]:
        types = dict(run.described["types"])
        types["Segment"] = {**types["Segment"], "id": f"optional: {number}"}
        types["Provider"] = without(types["Provider"], "grok")
        return {"described": {**run.described, "types": without(types, "ProductRow", "*")}}

    assert differences(suite, told, lane, change)["types.records"] == [
        {"at": "/ProductRow/*", "expected": "open", "absent": "found"},
        {"at": "/Provider/grok", "expected": "a word", "absent": "found"},
        {"at": "/Segment/id", "expected": f"required: {number}", "found": f"optional: {number}"},
    ]


@pytest.mark.parametrize("lane", ["python", "typescript-current"])
@pytest.mark.parametrize(
    ("name", "key", "right", "wrong"),
    [
        ("SegmentPreview", "sample_user_ids", "required: [text]", "required: text"),
        ("UsersEventsParams", "since", "optional or null: moment | text", "optional or null: text"),
        ("ImportConfirmation", "mapping", "optional: {text or null}", "optional: {text}"),
        ("SegmentMembershipCondition", "operator", 'required: "in" | "not_in"', 'required: "in"'),
        ("SegmentVersion", "definition", "optional: SegmentDefinition", "optional: Segment"),
        ("UserProfile", "properties", "required: {any}", "required: {text}"),
    ],
)
def test_a_value_of_another_type_is_named(
    name: str, key: str, right: str, wrong: str, lane: str, suite: Suite, told: dict[str, LaneRun]
) -> None:
    def change(run: LaneRun) -> dict[str, Any]:
        types = dict(run.described["types"])
        types[name] = {**types[name], key: wrong}
        return {"described": {**run.described, "types": types}}

    at = f"/{name}/{key}"
    assert differences(suite, told, lane, change)["types.records"] == [{"at": at, "expected": right, "found": wrong}]


def test_a_missing_verb_and_flag_are_named(suite: Suite, told: dict[str, LaneRun]) -> None:
    def change(run: LaneRun) -> dict[str, Any]:
        pages = {
            words: page.replace("replace-schema", "").replace("--wait", "--stay") for words, page in run.pages.items()
        }
        return {"pages": pages}

    found = differences(suite, told, "cli-typescript", change)
    assert found["surface.commands"] == [{"at": "/products/replace-schema", "expected": "a verb", "absent": "found"}]
    assert {line["at"] for line in found["surface.flags"]} == {
        "/products confirm-import",
        "/products import",
        "/segments export",
        "/segments recompute",
    }


def test_a_method_that_is_missing_is_a_failure_of_the_sdk_and_none_of_the_driver(suite: Suite, tmp_path: Path) -> None:
    program = tmp_path / "driver.py"
    program.write_text(
        "from segops_admin.resources.segment_jobs import SegmentJobs\n"
        "del SegmentJobs.recompute\n"
        "from segops_parity.drivers.python.__main__ import main\n"
        "main()\n"
    )
    lanes = [
        Lane("python-http", "python", (sys.executable, "-m", "segops_parity.drivers.python")),
        Lane("less", "python", (sys.executable, str(program))),
    ]
    outcome = check(suite, lanes, pattern="s[eu][gr]*/[hm]*", whole=False)
    assert not outcome.faulty
    assert outcome.exit_code == 1
    failing = {each.case.id for each in outcome.failures}
    assert {"segments.recompute/happy", "surface/methods"} <= failing
    assert "segments.get/happy" not in failing


def test_the_pages_of_help_are_those_of_every_command(suite: Suite) -> None:
    pages = help_pages(suite.contract)
    assert {"", "segments", "segments list", "products import"} <= set(pages)
