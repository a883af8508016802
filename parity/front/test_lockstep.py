"""One test for each case and lane, for pytest's own tools: ``-k``, ``--lf``, ``--junit-xml``.

    pytest parity/front -k "segments.get and typescript"

Lanes are run once, with the cases that were chosen, when the first test asks for them.
"""

from __future__ import annotations

import sys

import pytest

from segops_parity.project import Project, find_lanes
from segops_parity.runner import Outcome, check
from segops_parity.suite import open_suite

sys.setrecursionlimit(20_000)
SUITE = open_suite(Project.find())
LANES = {lane.name: lane for lane in find_lanes(SUITE.project)}
PAIRS = [
    pytest.param(name, lane.name, id=f"{name}-{lane.name}")
    for name, case in SUITE.cases.items()
    for lane in LANES.values()
    if lane.takes(case)
]


@pytest.fixture(scope="session")
def outcome(request: pytest.FixtureRequest) -> Outcome:
    chosen = [item.callspec.params for item in request.session.items if hasattr(item, "callspec")]
    names = {params["case"] for params in chosen}
    lanes = [LANES[name] for name in LANES if name in {params["lane"] for params in chosen}]
    suite = type(SUITE)(SUITE.project, SUITE.contract, SUITE.scenarios, {n: SUITE.cases[n] for n in names})
    return check(suite, lanes, whole=False)


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("case", "lane"), PAIRS)
def test_lockstep(outcome: Outcome, case: str, lane: str) -> None:
    run = outcome.runs[lane]
    assert not run.missing, f"untestable: {run.missing}"
    assert case not in run.faults, run.faults.get(case)
    verdict = next(each for each in outcome.verdicts if each.case.id == case)
    problems = [each for each in verdict.problems if each.lane == lane]
    if problems and all(each.deviation for each in problems):
        pytest.xfail(f"known deviation: {problems[0].deviation}")
    assert not problems, "\n".join(f"{p.step}: {p.check}: {p.differences[:3]}" for p in problems)
