"""Proofs of behaviours by killed source mutants: kept while the source is as it was, told when it is not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from segops_parity.coverage import measure, shown_by
from segops_parity.mutants.campaign import Result
from segops_parity.mutants.mutant import Mutant
from segops_parity.mutants.proofs import proof_problems, record_proofs, standing
from segops_parity.project import Project
from segops_parity.suite import Suite

KILLED = Result(
    Mutant(1, "python", "_call/retry.py", 7, "delay", "figure", "30.0", "31.0"),
    "difference",
    "python-http/client/delays",
    ("case.outcome", "retry.delay"),
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    source = tmp_path / "python" / "src" / "segops_admin" / "_call" / "retry.py"
    source.parent.mkdir(parents=True)
    source.write_text("LONGEST = 30.0\n")
    (tmp_path / "parity").mkdir()
    return Project(tmp_path)


def test_a_killed_mutant_proves_the_behaviours_that_noticed_it(project: Project) -> None:
    record_proofs(project, [KILLED])
    kept = json.loads(project.proofs.read_text())["python"]
    assert list(kept) == ["retry.delay"]
    assert kept["retry.delay"]["mutant"] == "python _call/retry.py delay: 30.0 => 31.0"


def test_a_change_that_no_case_has_noticed_proves_nothing(project: Project) -> None:
    record_proofs(project, [replace(KILLED, case="", behaviours=("surface.commands",))])
    assert json.loads(project.proofs.read_text()) == {}


def test_a_proof_is_stale_once_its_source_has_changed_and_is_then_replaced(project: Project, suite: Suite) -> None:
    record_proofs(project, [KILLED])
    python = standing(project, suite)[0]
    assert (python.proven, python.stale) == (("retry.delay",), ())
    (project.root / "python/src/segops_admin/_call/retry.py").write_text("LONGEST = 20.0\n")
    python = standing(project, suite)[0]
    assert (python.proven, python.stale) == ((), ("retry.delay",))
    record_proofs(project, [KILLED])
    assert standing(project, suite)[0].proven == ("retry.delay",)


def test_a_proof_by_a_case_that_is_gone_is_an_error_with_the_way_out(project: Project) -> None:
    record_proofs(project, [KILLED])
    assert proof_problems(project, ["client/delays"]) == []
    (problem,) = proof_problems(project, ["client/others"])
    assert "there is no client/delays: run make mutants" in problem


def test_a_behaviour_without_a_proof_counts_as_not_shown(suite: Suite) -> None:
    shown = shown_by(suite.contract, suite.cases.values())
    whole = measure(suite.contract, suite.scenarios, shown)
    fewer = measure(suite.contract, suite.scenarios, shown, unproven=["retry.delay"])
    assert whole.percent == 100
    assert fewer.percent < whole.percent
    assert fewer.unproven == ("retry.delay",)


def test_a_new_behaviour_is_wanting_a_proof_until_it_is_set_aside_with_a_reason(project: Project, suite: Suite) -> None:
    python, typescript = standing(project, suite)
    assert "retry.delay" in python.missing
    assert "transport.proxies" in python.missing
    assert "types.typed" not in {*python.missing, *typescript.missing}, "no case can show it at all"
    entry = "{language: both, behaviours: [retry.delay], reason: No change of a source can break it alone.}"
    project.source_mutants.write_text(f"unproven:\n  - {entry}\n")
    assert all("retry.delay" not in each.missing for each in standing(project, suite))
