"""Proofs: for each behaviour a source mutant in each language that parity killed by it.

``parity/proofs.json`` is small, committed, and refreshed by ``make mutants``. A proof holds while the mutated file is
as it was; where it has changed the proof is stale, which is reported and is no failure: the next campaign decides.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segops_parity._files import read_yaml
from segops_parity.coverage import cells_of, excused_cells
from segops_parity.project import Project

if TYPE_CHECKING:
    from segops_parity.mutants.campaign import Result
    from segops_parity.suite import Suite

__all__ = ["Proofs", "Standing", "load_proofs", "proof_problems", "record_proofs", "standing"]

_SOURCES = {"python": "python/src/segops_admin", "typescript": "typescript-fixtures/admin/src"}
Proofs = dict[str, dict[str, dict[str, str]]]


@dataclass(frozen=True)
class Standing:
    """How many behaviours of a language are proven, by mutants of sources as they are, and as they were."""

    language: str
    proven: tuple[str, ...]
    stale: tuple[str, ...]
    missing: tuple[str, ...]


def load_proofs(project: Project) -> Proofs:
    """What was proven, by language and behaviour."""
    file = project.proofs
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def _digest(project: Project, language: str, file: str) -> str:
    path = project.root / _SOURCES[language] / file
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""


def record_proofs(project: Project, results: Iterable[Result]) -> None:
    """Add what a campaign has shown; a proof that still holds is kept, so that the file changes little."""
    proofs = load_proofs(project)
    for result in results:
        if not result.killed:
            continue
        mutant = result.mutant
        case = result.case.partition("/")[2]
        if not case:
            continue  # noticed by the comparison of the surfaces, which is no case
        known = proofs.setdefault(mutant.language, {})
        digest = _digest(project, mutant.language, mutant.file)
        for behaviour in (name for name in result.behaviours if "." in name and not name.startswith("case.")):
            held = known.get(behaviour)
            if held is None or held["digest"] != _digest(project, mutant.language, held["file"]):
                known[behaviour] = {"mutant": mutant.key, "case": case, "file": mutant.file, "digest": digest}
    text = json.dumps(
        {name: dict(sorted(proofs[name].items())) for name in sorted(proofs)}, indent=1, ensure_ascii=False
    )
    project.proofs.write_text(text + "\n", encoding="utf-8", errors="backslashreplace")


def standing(project: Project, suite: Suite) -> list[Standing]:
    """By language which behaviours of the contract are proven, of those that cases can show at all."""
    found = []
    contract = suite.contract
    shown = {behaviour for _, behaviour in cells_of(contract) - excused_cells(contract, suite.scenarios)}
    for language in sorted(_SOURCES):
        proofs = load_proofs(project).get(language, {})
        set_aside = _set_aside(project, language)
        wanted = [
            each.id
            for each in contract.behaviours.values()
            if language in each.languages and each.id in shown and each.id not in set_aside
        ]
        stale = [name for name in wanted if name in proofs and not _holds(project, language, proofs[name])]
        proven = [name for name in wanted if name in proofs and name not in stale]
        missing = [name for name in wanted if name not in proofs]
        found.append(Standing(language, tuple(proven), tuple(stale), tuple(missing)))
    return found


def _set_aside(project: Project, language: str) -> set[str]:
    """Behaviours that no change of a source of the language can break, by source-mutants.yaml."""
    if not project.source_mutants.is_file():
        return set()
    entries = read_yaml(project.source_mutants).get("unproven", ())
    return {name for each in entries if each["language"] in (language, "both") for name in each["behaviours"]}


def _holds(project: Project, language: str, proof: Mapping[str, str]) -> bool:
    return proof["digest"] == _digest(project, language, proof["file"])


def proof_problems(project: Project, cases: Iterable[str]) -> list[str]:
    """Proofs by cases that are not there any more: they prove nothing."""
    known = set(cases)
    return [
        f"{project.proofs}: {language}: {name}: expected a case; there is no {proof['case']}: run make mutants"
        for language, proofs in load_proofs(project).items()
        for name, proof in proofs.items()
        if proof["case"] not in known
    ]
