"""Contract, scenarios and cases: everything that is read before anything is run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from segops_parity._files import ContractError
from segops_parity.cases import Case
from segops_parity.client_cases import client_cases
from segops_parity.contract import Contract, load
from segops_parity.family_cases import Builder
from segops_parity.hostile_cases import hostile_cases
from segops_parity.project import Project
from segops_parity.scenarios import Scenarios, load_scenarios
from segops_parity.shell_cases import shell_cases

__all__ = ["Suite", "build_cases", "open_suite"]


@dataclass(frozen=True)
class Suite:
    """Everything that is read before anything is run."""

    project: Project
    contract: Contract
    scenarios: Scenarios
    cases: dict[str, Case]

    @property
    def has_proofs(self) -> bool:
        """Whether the SDKs' sources are at hand, and what proves that cases can tell right from wrong."""
        return not self.project.is_installed and self.project.proofs.is_file()

    @property
    def hash(self) -> str:
        """Changes with the contract, the scenarios and the cassettes."""
        digest = hashlib.sha256()
        folders = (self.contract.path, self.project.scenarios, self.project.cassettes)
        for file in sorted(file for folder in folders for file in folder.rglob("*") if file.is_file()):
            digest.update(file.name.encode() + file.read_bytes())
        return digest.hexdigest()[:16]


def open_suite(project: Project) -> Suite:
    """Read contract, scenarios and cassettes; raises `ContractError` for the first thing that is broken."""
    contract = load(project.root / "spec")
    scenarios = load_scenarios(project.scenarios, contract)
    return Suite(project, contract, scenarios, build_cases(contract, scenarios, project.cassettes))


def build_cases(contract: Contract, scenarios: Scenarios, cassettes: Path) -> dict[str, Case]:
    """All cases by id; raises `ContractError` for a cassette that is missing or broken."""
    builder = Builder(contract, scenarios, cassettes)
    cases = {case.id: case for case in builder.cases()}
    written = (client_cases(contract, scenarios), hostile_cases(contract, scenarios))
    for case in chain(*written, shell_cases(contract, scenarios, builder.happy())):
        if case.id in cases:
            raise ContractError(scenarios.folder, case.id, "expected each case once; two are called so")
        cases[case.id] = case
    return cases
