"""The figures of the contract: cases are derived from them, and one that no case reads is reported."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from segops_parity.figure_lint import figure_problems
from segops_parity.figure_proofs import FIGURE_LANES, prove_figures, raised
from segops_parity.figures import Figures
from segops_parity.project import Project, find_lanes
from segops_parity.suite import Suite, open_suite


@pytest.fixture(scope="module")
def suite() -> Suite:
    sys.setrecursionlimit(20_000)  # a reply may be nested 500 levels deep
    return open_suite(Project.find())


def test_every_figure_is_read_by_a_case_or_a_check(suite: Suite) -> None:
    assert figure_problems(suite.contract, suite.cases.values(), suite.scenarios.reasons) == []


def test_a_figure_that_no_case_depends_on_is_reported_with_its_place(suite: Suite) -> None:
    known = suite.contract.behaviours["retry.delay"]
    more = replace(known, figures=Figures({"forgotten": 7}))
    contract = replace(suite.contract, behaviours={**suite.contract.behaviours, "x.y": replace(more, id="x.y")})
    (problem,) = figure_problems(contract, [], [{"behaviours": [each]} for each in suite.contract.behaviours])
    assert "behaviours.yaml: x.y.forgotten: no case depends on this figure" in problem


def test_changing_a_figure_changes_what_is_expected(tmp_path: Path) -> None:
    root = Project.find().root
    for folder in ("spec", "parity"):
        shutil.copytree(root / folder, tmp_path / folder, ignore=shutil.ignore_patterns("src", "__pycache__"))
    file = tmp_path / "spec" / "behaviours.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("base: 2, longest: 30, jitter", "base: 2, longest: 20, jitter"), encoding="utf-8")
    delays = open_suite(Project.find(tmp_path)).cases["client/delays"].steps[0].delays
    assert delays == (1, 2, 4, 8, 16, 20, 20, 20, 20)


@pytest.mark.parametrize(
    ("figure", "more"),
    [
        (3, 4),
        (0.25, 1.25),
        ("sk_", "sk_x"),
        ([301, 302], [302, 302]),
        ({"400": "A", "401": "B"}, {"400": "Ax", "401": "B"}),
    ],
)
def test_a_figure_is_raised_by_one_or_by_a_letter(figure: Any, more: Any) -> None:
    assert raised(figure) == more


@pytest.mark.needs_workspace
def test_a_raised_figure_fails_a_case_in_each_language_and_an_unused_one_is_reported(suite: Suite) -> None:
    lanes = [lane for lane in find_lanes(suite.project) if lane.name in FIGURE_LANES]
    known = suite.contract.behaviours["retry.delay"]
    idle = replace(known, figures=Figures({**known.figures, "idle": 7}))
    contract = replace(suite.contract, behaviours={**suite.contract.behaviours, "retry.delay": idle})
    proofs = prove_figures(replace(suite, contract=contract), lanes, "retry.delay.[bi]*")
    found = {each.name: (set(each.red), each.green) for each in proofs}
    assert found == {
        "retry.delay.base": ({"python", "typescript"}, ()),
        "retry.delay.idle": (set(), ("python", "typescript")),
    }
