"""`segops-parity mutants`: make the copies, record what reaches what, try the mutants, tell the figures."""

from __future__ import annotations

import json
import pickle
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import as_completed
from dataclasses import asdict, dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from segops_parity._files import ContractError
from segops_parity.cases import Case
from segops_parity.ending import leave_in_order
from segops_parity.mutants.bench import Bench
from segops_parity.mutants.campaign import (
    FRESH,
    Baseline,
    Result,
    Tried,
    baseline,
    kind_of,
    reaching,
    try_mutant,
    using,
)
from segops_parity.mutants.copies import Copy, Exceptions, instrumented, load_exceptions
from segops_parity.mutants.mutant import Mutant
from segops_parity.mutants.probing import probes_of
from segops_parity.mutants.proofs import record_proofs
from segops_parity.project import Project
from segops_parity.suite import Suite, open_suite
from segops_parity.workers import worker_pool

__all__ = ["Options", "is_equivalent", "is_excepted", "played_cases", "report", "run", "summary", "write"]

CHUNK = 24
SECONDS = 4.0


@dataclass(frozen=True)
class Options:
    """What is asked for.

    Attributes:
        part: `sdk` or `cli`, if not both.
        area: patterns of files, or of places in them, such as `call/retry.ts:4?`.
        cases: patterns of the cases that are played: a survivor is tried quickly with a case that was written for it.
        changed: a commit: only files that differ from it.
        again: the results of a campaign: only the mutants that survived it.
        sample: so many, drawn by `seed`.
        most: cases for each mutant.
        each: cases of each family for each kind of operation, none for all of them; `happy` is played for all.
    """

    language: str = "*"
    part: str = ""
    area: str = "*"
    changed: str | None = None
    again: Path | None = None
    sample: int | None = None
    seed: int = 0
    workers: int = 2
    most: int = 400
    each: int | None = None
    cases: str = "*"


@dataclass
class Plan:
    """What a worker needs."""

    project: Project
    copies: tuple[Copy, ...]
    known: Baseline
    places: dict[tuple[str, int], list[tuple[str, str]]]
    users: dict[tuple[str, int], list[tuple[str, str]]]
    most: int


def run(project: Project, options: Options, file: Path) -> list[Result]:
    """Try the mutants that the options choose. Results go to the file as they come: a campaign may be ended early."""
    suite = open_suite(project)
    exceptions = load_exceptions(project.source_mutants)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="parity-mutants-") as folder:
        copies = tuple(
            instrumented(project, language, Path(folder) / language, exceptions)
            for language in ("python", "typescript")
        )
        chosen = _chosen(project, copies, options)
        copies = tuple(_needed(copy, chosen) for copy in copies)
        patterns = options.cases.split(",")
        probes = probes_of(suite, patterns)
        cases = played_cases(suite, options.each, patterns, optional=bool(probes.cases))
        with Bench(project.protocol, 20.0) as bench:
            known = baseline(copies, cases, suite.contract, bench, probes)
        for where, problems in sorted(known.red.items())[:5]:
            print(f"RED without a mutant: {'/'.join(where)}: {', '.join(sorted(problems))[:200]}")
        counts = {copy.language: sum(each.language == copy.language for each in chosen) for copy in copies}
        told = f"{len(known.observations)} observations, {len(known.red)} red, {len(probes.cases)} probes"
        print(f"baseline: {told}; mutants: {counts}", flush=True)
        places: dict[tuple[str, int], list[tuple[str, str]]] = {}
        users: dict[tuple[str, int], list[tuple[str, str]]] = {}
        for copy in copies:
            own = [each.number for each in chosen if each.language == copy.language]
            reached = reaching(copy, known)
            used = using(copy, known, {number for number in own if len(reached[number]) < FRESH})
            places |= {(copy.language, number): reached[number] for number in own}
            users |= {(copy.language, number): used.get(number, []) for number in own}
        plan = Path(folder) / "plan"
        plan.write_bytes(pickle.dumps(Plan(project, copies, known, places, users, options.most)))
        results = []
        last = started
        for result in _tried(plan, chosen, options.workers):
            results.append(result)
            if time.monotonic() - last > 30:
                last = time.monotonic()
                write(results, file)
                killed = sum(each.killed for each in results)
                print(f"{len(results)} of {len(chosen)} tried, {killed} killed, {last - started:.0f} s", flush=True)
    return sorted(results, key=lambda each: (each.mutant.language, each.mutant.number))


def played_cases(suite: Suite, each: int | None, patterns: Sequence[str], *, optional: bool = False) -> list[Case]:
    """The cases that are played: those of the patterns, and so many of each kind where a number is given.

    Raises:
        ContractError: there is none, unless they are optional.
    """
    chosen = [case for case in suite.cases.values() if any(fnmatchcase(case.id, pattern) for pattern in patterns)]
    if not chosen and not optional:
        raise ContractError(
            "--case", ",".join(patterns), "expected to match a case; `segops-parity coverage` lists them"
        )
    if each is None:
        return chosen
    kinds: Counter[tuple[str, ...]] = Counter()
    found = []
    for case in chosen:
        kind = kind_of(case, suite.contract)
        kinds[kind] += 1
        if kinds[kind] <= each or case.family == "happy":
            found.append(case)
    return found


def _needed(copy: Copy, chosen: Sequence[Mutant]) -> Copy:
    """A copy with the lanes that the mutants need: command lines for theirs, a further transport for its own files."""
    kinds = {"shell" if mutant.is_shell else "sdk" for mutant in chosen}
    if any(mutant.file in ("client.ts", "wire/numerals.ts") for mutant in chosen):
        kinds.add("shell")  # which alone asks for numbers as they are written
    special = {
        "python-requests": ("requests", "exact_reply", "_config"),
        "python-async": (
            "async",
            "testing.py",
            "_call/course",
            "_call/driver",
            "_transport/bodies",
            "_transport/failures",
        ),
        "python-traced": ("instrumented", "standard_library", "exact_reply"),
        "typescript-fetch": ("fetch", "undici", "client.ts", "call/reply"),
        "typescript-traced": ("instrumented", "standard-library", "transport/agents"),
    }
    lanes = [
        lane
        for lane in copy.lanes
        if lane.kind in kinds
        and (lane.name not in special or any(each in mutant.file for mutant in chosen for each in special[lane.name]))
    ]
    return replace(copy, lanes=tuple(lanes))


def _chosen(project: Project, copies: Sequence[Copy], options: Options) -> list[Mutant]:
    found = [
        mutant
        for copy in copies
        for mutant in copy.mutants
        if fnmatchcase(copy.language, options.language)
        and any(fnmatchcase(place, each) for each in options.area.split(",") for place in (mutant.file, _place(mutant)))
        and options.part in ("", "cli" if mutant.is_shell else "sdk")
    ]
    if options.changed is not None:
        files = _changed(project, options.changed)
        roots = {"python": "python/src/segops_admin/", "typescript": "typescript-fixtures/admin/src/"}
        found = [mutant for mutant in found if roots[mutant.language] + mutant.file in files]
    if options.again is not None:
        survivors = _survivors(options.again)
        found = [mutant for mutant in found if mutant.key in survivors]
    if options.sample is not None and options.sample < len(found):
        found = random.Random(options.seed).sample(found, options.sample)
    return sorted(found, key=lambda mutant: (mutant.language, mutant.file, mutant.number))


def _place(mutant: Mutant) -> str:
    return f"{mutant.file}:{mutant.line}"


def _changed(project: Project, commit: str) -> set[str]:
    words = ["git", "diff", "--name-only", commit, "--", "python/src", "typescript-fixtures/admin/src"]
    done = subprocess.run(words, cwd=project.root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ContractError("--changed", commit, done.stderr.strip()[-200:])
    return set(done.stdout.split())


def _survivors(report: Path) -> set[str]:
    try:
        lines = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]
        return {line["key"] for line in lines if not line["killed"]}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ContractError("--again", str(report), f"expected the results of a campaign: {error}") from None


def _tried(plan: Path, chosen: Sequence[Mutant], workers: int) -> Iterator[Result]:
    """Mutants of one file stay together, those that take effect at loading last: a process is kept while it can be."""
    ordered = sorted(chosen, key=lambda each: (each.language, each.early))
    chunks = [ordered[at : at + CHUNK] for at in range(0, len(ordered), CHUNK)]
    with worker_pool(workers, _begin, str(plan)) as pool:
        for future in as_completed([pool.submit(_chunk, chunk) for chunk in chunks]):
            yield from future.result()


_PLAN: Plan
_SUITE: Suite
_CASES: dict[str, Case]
_ORDER: Tried
_BENCH: Bench


def _begin(plan: str) -> None:
    global _PLAN, _SUITE, _CASES, _ORDER, _BENCH
    leave_in_order()
    sys.setrecursionlimit(20_000)
    _PLAN = pickle.loads(Path(plan).read_bytes())
    _SUITE = open_suite(_PLAN.project)
    _CASES = {**_SUITE.cases, **_PLAN.known.probes.cases}
    _ORDER = Tried(_CASES, _SUITE.contract, _PLAN.most)
    _BENCH = Bench(_PLAN.project.protocol, SECONDS)
    _BENCH.__enter__()


def _chunk(mutants: Sequence[Mutant]) -> list[Result]:
    lanes = {lane.name: lane for copy in _PLAN.copies for lane in copy.lanes}
    results = []
    for mutant in mutants:
        places, users = (
            _ORDER.order(mutant, kept[(mutant.language, mutant.number)]) for kept in (_PLAN.places, _PLAN.users)
        )
        result = try_mutant(mutant, places, lanes, _CASES, _SUITE.contract, _PLAN.known, _BENCH, users)
        if result.killed and result.case:
            lane, _, case = result.case.partition("/")
            _ORDER.killed(mutant, (lane, case))
        results.append(result)
    _BENCH.stop()
    return results


def report(project: Project, options: Options, file: Path) -> int:
    """Try the mutants, write the results, print what survived and the figures."""
    results = run(project, options, file)
    write(results, file)
    record_proofs(project, results)
    exceptions = load_exceptions(project.source_mutants)
    alive = [each for each in results if not each.killed and not is_excepted(each.mutant, exceptions)]
    for each in alive[:40]:
        mutant = each.mutant
        print(f"{each.verdict} ({each.tried} cases): {mutant.file}:{mutant.line}: {mutant.was} => {mutant.becomes}")
    if len(alive) > 40:
        print(f"… and {len(alive) - 40} more: {file}")
    enough = True
    for line, share, wanted in summary(results, exceptions):
        enough = enough and share >= wanted
        print(line)
    return 0 if enough else 1


def write(results: Sequence[Result], file: Path) -> None:
    """One line of JSON for each mutant."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps({**asdict(each), "key": each.mutant.key, "killed": each.killed}) for each in results]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def is_equivalent(mutant: Mutant, exceptions: Exceptions) -> bool:
    """Whether it is listed as one that behaves as the source does."""
    return any(fnmatchcase(mutant.key, each["match"]) for each in exceptions.equivalent)


def is_excepted(mutant: Mutant, exceptions: Exceptions) -> bool:
    """Whether it is listed as equivalent, or as one that no case can show."""
    return is_equivalent(mutant, exceptions) or any(
        fnmatchcase(mutant.key, each["match"]) for each in exceptions.elsewhere
    )


def summary(results: Sequence[Result], exceptions: Exceptions) -> Iterator[tuple[str, float, float]]:
    """By language and part: a line, the share killed of those that are not equivalent, and the share asked for."""
    for language in ("python", "typescript"):
        for shell in (False, True):
            own = [each for each in results if each.mutant.language == language and each.mutant.is_shell == shell]
            if not own:
                continue
            alive = [each.mutant for each in own if not each.killed]
            equal = [each for each in alive if is_equivalent(each, exceptions)]
            hidden = [each for each in alive if each not in equal and is_excepted(each, exceptions)]
            killed = len(own) - len(alive)
            counted = killed + len(alive) - len(equal) - len(hidden)
            kinds = {kind: sum(each.verdict == kind for each in own) for kind in sorted({each.verdict for each in own})}
            share = 100 * killed / counted if counted else 100.0
            part = "command line" if shell else "SDK"
            line = f"{language} {part}: {killed} of {counted} killed, {share:.1f} %"
            beyond = (
                f"{len(hidden)} that no case can show: {100 * killed / max(1, counted + len(hidden)):.1f} % with them"
            )
            line += f" ({len(equal)} equivalent, {beyond}; {kinds})"
            yield line, share, exceptions.wanted["cli" if shell else "sdk"]
