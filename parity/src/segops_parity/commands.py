"""The commands of the harness: one function each; they print for people and return the exit code."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import TemporaryFile

from segops_parity._files import ContractError
from segops_parity.beside import Beside
from segops_parity.coverage import measure, shown_by
from segops_parity.deviations import suggestions
from segops_parity.figure_lint import figure_problems, untested_figures
from segops_parity.lanes import Lane
from segops_parity.mutants.proofs import Standing, proof_problems, standing
from segops_parity.project import Project, find_lanes
from segops_parity.reports.first_lines import first_lines
from segops_parity.reports.ndjson import records, write_ndjson
from segops_parity.runner import EXITS, Outcome, today
from segops_parity.runner import check as run_check
from segops_parity.suite import Suite, open_suite
from segops_parity.surface import surface_cases

__all__ = [
    "check",
    "coverage",
    "deviations",
    "diff",
    "drift",
    "explain",
    "figures",
    "hygiene",
    "mutants",
    "probe",
    "record",
    "regressions",
    "serve",
]


PROVE = "segops-parity mutants --prove"


def chosen_lanes(project: Project, options: argparse.Namespace) -> list[Lane]:
    """The lanes that the options name."""
    lanes = find_lanes(project, sibling=options.sibling, drivers=options.driver, published=options.published)
    wanted = options.lane or ([text.partition("=")[0] for text in options.driver] if project.is_installed else ["*"])
    if not wanted:
        raise ContractError("--driver", "", "expected NAME=COMMAND: outside of its repository the harness has no SDK")
    for each in wanted:
        if not any(fnmatchcase(lane.name, each) for lane in lanes):
            raise ContractError("--lane", each, f"expected one of {', '.join(lane.name for lane in lanes)}")
    return [lane for lane in lanes if any(fnmatchcase(lane.name, each) for each in wanted)]


def _run(
    project: Project, options: argparse.Namespace, pattern: str, over: Callable[[], None] = lambda: None
) -> Outcome:
    lanes = chosen_lanes(project, options)  # a wrong option is reported before the suite is read, which takes longer
    today()
    suite = open_suite(project)
    names = [*suite.cases, *(case.id for case in surface_cases(suite.contract))]
    if not any(fnmatchcase(name, pattern) for name in names):
        raise ContractError("--case", pattern, "expected to match a case; `segops-parity coverage` lists them")
    return run_check(suite, lanes, pattern=pattern, whole=not options.lane, over=over)


def check(project: Project, options: argparse.Namespace) -> int:
    """Run, judge, report."""
    from segops_parity.reports import write_reports

    whole = not options.lane and options.case == "*"
    # The report of a part has a place of its own: it does not take that of the last report of everything.
    folder = options.report or (project.reports if whole else project.reports / "part")
    _prepare(folder)
    sibling = ["--sibling", options.sibling] if options.sibling else []
    words = [sys.executable, "-m", "segops_parity", "--root", str(project.root), "probe", *sibling]
    with Beside(words) as probing:
        # What follows the lanes keeps one processor busy of several.
        outcome = _run(project, options, options.case, probing.begin if options.probe else lambda: None)
        lines = list(records(outcome))
        for text in first_lines(outcome, lines):
            print(text)
        write_reports(folder, write_ndjson(folder / "report.ndjson", iter(lines)))
        _tell(outcome)
        print(f"reports: {folder}/report.html, report.ndjson, junit.xml, summary.md", flush=True)
        found = probing.result()
        return outcome.exit_code or found


def mutants(project: Project, options: argparse.Namespace) -> int:
    """Change the sources, and see what parity notices; exit 1 below the share that is asked for."""
    from segops_parity.mutants import run as source_mutants

    if options.prove:
        from segops_parity.mutants.proving import prove

        print("\n".join(prove(project, options.language, options.behaviours)))
        suite = open_suite(project)
        _coverage(suite, strict=True)
        own = [each for each in _standings(suite) if options.language in (None, each.language)]
        return int(any(each.missing or each.stale for each in own))
    asked = source_mutants.Options(
        language=options.language or "*",
        part=options.part,
        area=options.area,
        changed=options.changed,
        again=options.again,
        sample=options.sample,
        seed=options.seed,
        workers=options.workers,
        most=options.limit,
        each=options.each,
        cases=options.case,
    )
    return source_mutants.report(project, asked, options.report or project.root / "build" / "mutants.ndjson")


def _prepare(folder: Path) -> None:
    """Make the folder of the reports, before anything is run for them; raises `ContractError` where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        problem = f"expected a folder that can be written to: {error.strerror}"
        raise ContractError("--report", str(folder), problem) from None


def _tell(outcome: Outcome) -> None:
    for lane in outcome.lanes:
        run = outcome.runs[lane.name]
        told = run.missing or f"{len(run.observations)} cases in {run.seconds:.1f} s"
        rate = f", {len(run.observations) / run.seconds:.0f} a second" if run.seconds and not run.missing else ""
        print(f"{lane.name:20} {'UNTESTABLE: ' if run.missing else ''}{told}{rate}")
    for each in outcome.judged:
        if each.state != "ok":
            print(f"DEVIATION {each.state}: {each.deviation.match} (now {each.found})")
    for name in outcome.stale[:10]:
        print(f"STALE {name}: the contract's entry has changed since it was recorded; run segops-parity record")
    for language, found in outcome.coverage.items():
        print(
            f"coverage, {language}: {found.percent:.1f} % of {len(found.cells)} cells, "
            f"{len(found.excused)} with a reason"
        )
        for cell in found.empty[:5]:
            print(f"EMPTY {cell[0]} x {cell[1]}")
        for name in found.unproven[:5]:
            print(f"UNPROVEN {name} in {language}: run {PROVE}")
    passed = sum(not each.faults and all(p.deviation for p in each.problems) for each in outcome.verdicts)
    print(f"{passed} of {len(outcome.verdicts)} cases equal: {EXITS[outcome.exit_code]}")


def record(project: Project, options: argparse.Namespace) -> int:
    """Record, and replace what has changed."""
    from segops_parity.contract import load
    from segops_parity.record import record as run_record
    from segops_parity.record import replace_cassettes
    from segops_parity.scenarios import load_scenarios

    contract = load(project.root / "spec")
    scenarios = load_scenarios(project.scenarios, contract)
    unchecked: dict[str, str] = {}
    files = run_record(
        contract, scenarios, project.cassettes, pattern=options.pattern, api=_api(options), unchecked=unchecked
    )
    for name, reason in sorted(unchecked.items()):
        print(f"not recorded  {name}: {reason}")
    if options.check:
        changed = [file for file, data in files.items() if not file.is_file() or file.read_bytes() != data]
        for file in changed:
            print(f"would change: {file.relative_to(project.root)}")
        return 4 if changed else 0
    changed = replace_cassettes(files)
    for file in changed:
        print(f"recorded: {file.relative_to(project.root)}")
    print(f"{len(files)} cassettes recorded, {len(changed)} of them changed")
    return 0


def _api(options: argparse.Namespace) -> tuple[str, str] | None:
    if not options.api:
        return None
    key = os.environ.get("SEGOPS_API_KEY", "")
    if not key.startswith("sk_"):
        raise ContractError("SEGOPS_API_KEY", "", "expected a secret key (sk_…) of the workspace to record from")
    return options.api.rstrip("/"), key


def coverage(project: Project, options: argparse.Namespace) -> int:
    """Measure without running."""
    suite = open_suite(project)
    code = _coverage(suite, strict=options.strict)
    return code or int(any(each.missing or (options.strict and each.stale) for each in _standings(suite)))


def _standings(suite: Suite) -> list[Standing]:
    return standing(suite.project, suite) if suite.has_proofs else []


def _coverage(suite: Suite, *, strict: bool = False) -> int:
    standings = _standings(suite)
    unproven = {name for each in standings for name in (each.missing + each.stale if strict else each.missing)}
    found = measure(suite.contract, suite.scenarios, shown_by(suite.contract, suite.cases.values()), unproven)
    for cell in found.empty:
        print(f"EMPTY {cell[0]} x {cell[1]}")
    for reason in found.idle_reasons:
        print(f"REASON without an empty cell: {reason}")
    for each in standings:
        for name in each.missing:
            print(f"UNPROVEN {name} in {each.language}: no killed source mutant stands behind it; run {PROVE}")
        for name in each.stale if strict else ():
            print(f"STALE {name} in {each.language}: the source of its proof has changed since; run {PROVE}")
    print(
        f"{len(suite.cases)} cases show {len(found.shown)} of {len(found.cells)} cells; "
        f"{len(found.excused)} have a reason; {found.percent:.1f} % of what can be shown"
    )
    for each in standings:
        print(
            f"{each.language}: a killed source mutant stands behind {len(each.proven) + len(each.stale)} behaviours "
            f"({len(each.stale)} of sources that have changed since), behind {len(each.missing)} none"
        )
    return 0 if found.complete else 1


def explain(project: Project, options: argparse.Namespace) -> int:
    """Run one case and print all of it."""
    from segops_parity.explain import explanation

    suite = open_suite(project)
    if options.case not in suite.cases:
        from difflib import get_close_matches

        near = ", ".join(get_close_matches(options.case, suite.cases, 3)) or "see segops-parity coverage"
        raise ContractError("explain", options.case, f"expected a case; close to it: {near}")
    outcome = run_check(suite, chosen_lanes(project, options), pattern=options.case, whole=False)
    print("\n".join(explanation(outcome, suite.cases[options.case])))
    return outcome.exit_code


def regressions(project: Project, options: argparse.Namespace) -> int:
    """Replay the known regressions; exit 1 if one goes unnoticed or is not named in the first line."""
    from segops_parity.regressions import replay

    counts = {"named": 0, "noticed": 0, "unnoticed": 0}
    for each in replay(project, options.ids, workers=options.workers, whole=options.whole):
        counts[each.verdict] += 1
        known = each.regression
        if each.verdict != "named" or options.verbose:
            print(f"{each.verdict} {known.language} {known.id} ({known.about}; breaks {', '.join(known.breaks)})")
            print(f"     {each.line[:300] or 'nothing differs'}", flush=True)
    made = sum(counts.values())
    noticed = made - counts["unnoticed"]
    print(f"{made} regressions: {noticed} noticed, {counts['named']} named by their behaviour in the first line")
    return 0 if counts["named"] == made else 1


def figures(project: Project, options: argparse.Namespace) -> int:
    """Raise each figure of the contract; exit 1 if a language stays green with one."""
    from segops_parity.figure_proofs import FIGURE_LANES, prove_figures

    lanes = [lane for lane in find_lanes(project) if lane.name in FIGURE_LANES]
    for lane in lanes:
        if lane.missing:
            print(f"UNTESTABLE {lane.name}: {lane.missing}")
            return 3
    proofs = prove_figures(open_suite(project), lanes, options.figure)
    if not proofs:
        raise ContractError("figures", options.figure, "expected to match a figure, such as retry.delay.longest")
    green = [each for each in proofs if each.green and each.is_number and not each.held_by_tests]
    for each in proofs:
        what = f"{each.name}: {json.dumps(each.was)} raised to {json.dumps(each.becomes)}"
        if each in green:
            told = ", ".join(each.cases) or "no case"
            print(f"GREEN {what} fails nothing in {' and '.join(each.green)}; played: {told}")
        elif each.held_by_tests and each.green:
            print(f"left to tests  {what}: no case can show its behaviour (reasons.yaml)")
        elif each.green and options.verbose:
            print(f"name  {what} fails nothing in {' and '.join(each.green)}")
        elif options.verbose:
            print(f"red  {what}: {', '.join(f'{name} in {case}' for name, case in each.red.items())}")
    numbers = [each for each in proofs if each.is_number]
    red = sum(not each.green for each in numbers)
    print(f"{len(numbers)} numbers: {red} fail a case in each language, {len(green)} fail none in one of them")
    names = [each for each in proofs if not each.is_number]
    print(
        f"{len(names)} names: a letter more fails a case in each language for {sum(not each.green for each in names)}"
    )
    return int(bool(green))


def probe(project: Project, options: argparse.Namespace) -> int:
    """Draw probes and print what differs."""
    from segops_parity.probes.areas import AREAS
    from segops_parity.probes.run import LANES, lines, run_probes

    areas = options.area or list(AREAS)
    for name in areas:
        if name not in AREAS:
            raise ContractError("--area", name, f"expected one of {', '.join(AREAS)}")
    options.lane = list(LANES)
    lanes = chosen_lanes(project, options)
    for lane in lanes:
        if lane.missing:
            print(f"UNTESTABLE {lane.name}: {lane.missing}")
            return 3
    found = run_probes(project, lanes, seed=options.seed, count=options.count, areas=areas)
    print("\n".join(lines(found, options.seed)))
    return 2 if any(area.has_faults for area in found) else 1 if any(area.findings for area in found) else 0


def diff(project: Project, options: argparse.Namespace) -> int:
    """Compare two reports."""
    from segops_parity.reports.difference import compare, read_report

    lines = compare(read_report(options.old), read_report(options.new))
    print("\n".join(lines) or "no difference")
    return 1 if any(line.startswith(("newly failing", "no longer tested")) for line in lines) else 0


def serve(project: Project, options: argparse.Namespace) -> int:
    """Play a case until interrupted, or until it has been played."""
    from segops_parity.serve import serve_case

    return serve_case(open_suite(project), options.cassette, options.port)


def deviations(project: Project, options: argparse.Namespace) -> int:
    """Print an entry for each unknown difference, or check the file."""
    outcome = _run(project, options, options.case)
    if options.action == "suggest":
        for entry in suggestions(outcome.verdicts, today()):
            print("  - " + json.dumps(entry, ensure_ascii=False))
        return 0
    for each in outcome.judged:
        print(f"{each.state:10} {each.deviation.match} ({each.count} problems, now {each.found})")
    return 0 if all(each.state == "ok" for each in outcome.judged) else 1


def drift(project: Project, options: argparse.Namespace) -> int:
    """Record to the side and classify the differences."""
    from segops_parity.drift import drift_lines

    suite = open_suite(project)
    lines, breaking = drift_lines(suite, options.pattern, _api(options))
    print("\n".join(lines) or "the server answers as it was recorded")
    return 1 if breaking else 0


def hygiene(project: Project, options: argparse.Namespace) -> int:
    """Offline checks for a commit."""
    wanted: Sequence[str] = (
        [options.only] if options.only else ["contract", "secrets", "orphans", "figures", "coverage"]
    )
    suite = open_suite(project)  # a broken contract, scenario or cassette ends here, with file and place
    problems: list[str] = []
    if "secrets" in wanted:
        problems += _secrets(project)
    if "orphans" in wanted:
        problems += _orphans(project, suite)
    if "contract" in wanted:
        problems += proof_problems(project, suite.cases)
    if "figures" in wanted:
        problems += figure_problems(suite.contract, suite.cases.values(), suite.scenarios.reasons)
        if (project.root / "tests").is_dir():  # a checkout; a contract of one's own has no tests of these SDKs
            problems += untested_figures(suite.contract, project.root)
    if "contract" in wanted and (project.root / "tests").is_dir():
        from segops_parity.regressions import stale_regressions

        problems += stale_regressions(project)
    for line in problems:
        print(line, file=sys.stderr)
    code = _coverage(suite) if "coverage" in wanted else 0
    return 1 if problems else code


def _secrets(project: Project) -> list[str]:
    from segops_parity.redaction import scan_files

    return scan_files([file for file in project.cassettes.rglob("*") if file.is_file()])


def _orphans(project: Project, suite: Suite) -> list[str]:
    from segops_parity.cassettes import cassette_file

    used = {cassette_file(project.cassettes, name) for name in suite.cases}
    return [
        f"{file}: no case plays it"
        for file in sorted(project.cassettes.rglob("*"))
        if file.is_file() and file not in used
    ]
