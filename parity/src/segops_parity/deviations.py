"""Known differences: ``parity/deviations.yaml``, each with reason, owner, expiry and a fingerprint.

A deviation is no skip: the case runs, and the difference must still be there, exactly as it was. One that is gone, has
expired, matches nothing, or differs in another way fails the run.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from segops_parity._files import ContractError, check_schema, read_yaml
from segops_parity.verdicts import CaseVerdict, Problem

__all__ = ["Deviation", "Judged", "apply_deviations", "fingerprint", "load_deviations", "suggestions"]

LONGEST_DAYS = 90


@dataclass(frozen=True)
class Deviation:
    """One entry of the file."""

    match: str
    lane: str
    kind: str
    reason: str
    owner: str
    added: date
    expires: date | None
    fingerprint: str
    docs: str = ""
    issue: str = ""

    def fits(self, problem: Problem) -> bool:
        """Whether a problem is meant."""
        case, _, check = self.match.partition(":")
        return (
            fnmatchcase(problem.case, case)
            and (not check or fnmatchcase(problem.check, check))
            and fnmatchcase(problem.lane, self.lane)
        )


@dataclass(frozen=True)
class Judged:
    """The state of a deviation: ok, gone, expired, different or redundant."""

    deviation: Deviation
    state: str
    found: str
    count: int


def load_deviations(file: Path, schema_file: Path) -> list[Deviation]:
    """The entries of a file; raises `ContractError` for a broken one."""
    content = read_yaml(file)
    check_schema(file, content, schema_file)
    entries = []
    for index, entry in enumerate(content["deviations"]):
        added = date.fromisoformat(entry["added"])
        expires = date.fromisoformat(entry["expires"]) if "expires" in entry else None
        if expires is not None and not 0 <= (expires - added).days <= LONGEST_DAYS:
            problem = f"expected a day within {LONGEST_DAYS} days after `added`, found {expires}"
            raise ContractError(file, f"deviations[{index}].expires", problem)
        rest = {name: value for name, value in entry.items() if name not in ("added", "expires")}
        entries.append(Deviation(**{"lane": "*", **rest}, added=added, expires=expires))
    return entries


def fingerprint(problems: Iterable[Problem]) -> str:
    """Twelve digits that change with what differs: where, what was expected, what was found."""
    told = sorted(json.dumps([p.case, p.lane, p.step, p.check, p.differences], sort_keys=True) for p in problems)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]


def apply_deviations(
    deviations: Sequence[Deviation], verdicts: Sequence[CaseVerdict], today: date, lanes: Sequence[str] | None = None
) -> list[Judged]:
    """Mark the problems that are known, and judge each deviation; those of lanes that did not run are left alone."""
    judged = []
    for entry in deviations:
        if lanes is not None and not any(fnmatchcase(lane, entry.lane) for lane in lanes):
            continue
        matched = [problem for verdict in verdicts for problem in verdict.problems if entry.fits(problem)]
        found = fingerprint(matched)
        state = "ok"
        if not matched:
            state = "gone"
        elif any(problem.deviation for problem in matched):
            state = "redundant"
        elif entry.expires is not None and entry.expires < today:
            state = "expired"
        elif found != entry.fingerprint:
            state = "different"
        if state == "ok":
            for problem in matched:
                problem.deviation = entry.match
        judged.append(Judged(entry, state, found, len(matched)))
    return judged


def suggestions(verdicts: Sequence[CaseVerdict], today: date) -> list[dict[str, Any]]:
    """Entries for the problems that are not known yet, by case, lane and check; reasons are left to people."""
    groups: dict[tuple[str, str, str], list[Problem]] = {}
    for verdict in verdicts:
        for problem in verdict.problems:
            if not problem.deviation:
                groups.setdefault((problem.case, problem.check, problem.lane), []).append(problem)
    return [_suggestion(key, problems, today) for key, problems in groups.items()]


def _suggestion(key: tuple[str, str, str], problems: Sequence[Problem], today: date) -> dict[str, Any]:
    case, check, lane = key
    expires = date.fromordinal(today.toordinal() + LONGEST_DAYS)
    return {
        "match": f"{case}:{check}",
        "lane": lane,
        "kind": "bug",
        "reason": "TODO: why they differ, in a sentence",
        "owner": "TODO",
        "added": today.isoformat(),
        "expires": expires.isoformat(),
        "fingerprint": fingerprint(problems),
    }
