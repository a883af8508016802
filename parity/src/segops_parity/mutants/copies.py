"""Instrumented copies of both SDKs, and the lanes that drive them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from segops_parity._files import ContractError, read_yaml
from segops_parity.lanes import Lane
from segops_parity.mutants.mutant import Mutant, named
from segops_parity.mutants.python_schemata import instrument_python
from segops_parity.project import Project, find_lanes

__all__ = ["Copy", "Exceptions", "instrumented", "load_exceptions", "write_manifest"]

LANES = {
    "python": ("python-http", "cli-python", "python-requests", "python-async", "python-traced"),
    "typescript": ("typescript-current", "cli-typescript", "typescript-fetch", "typescript-traced"),
}


@dataclass(frozen=True)
class Copy:
    """An instrumented copy of one SDK. `functions` are those whose entry is noted: file and names mentioned."""

    language: str
    lanes: tuple[Lane, ...]
    mutants: tuple[Mutant, ...]
    functions: Mapping[int, tuple[str, frozenset[str]]]


@dataclass(frozen=True)
class Exceptions:
    """What is not mutated, the mutants that behave as the source does, and those that no case can show."""

    outside: tuple[Mapping[str, str], ...]
    equivalent: tuple[Mapping[str, str], ...]
    elsewhere: tuple[Mapping[str, str], ...]
    wanted: Mapping[str, float]
    """The percentage to be killed: of the SDKs, and of their command lines."""

    def skipped(self, language: str) -> list[str]:
        """Patterns of the files of a language that are not mutated."""
        end = ".py" if language == "python" else ".ts"
        return [each["files"].replace(".*", end) for each in self.outside if each["language"] in (language, "both")]


def load_exceptions(file: Path) -> Exceptions:
    """Read mutants.yaml."""
    content = read_yaml(file)
    return Exceptions(
        tuple(content["outside"]), tuple(content["equivalent"]), tuple(content["elsewhere"]), content["killed"]
    )


def instrumented(project: Project, language: str, folder: Path, exceptions: Exceptions) -> Copy:
    """Make the copy of one SDK in a folder."""
    lanes = [lane for lane in find_lanes(project) if lane.name in LANES[language]]
    for lane in lanes:
        if lane.missing:
            raise ContractError("mutants", lane.name, lane.missing)
    if language == "python":
        made = instrument_python(project.root / "python" / "src" / "segops_admin", folder, exceptions.skipped(language))
        env = {"PYTHONPATH": os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])}
        mutants, functions = made.mutants, made.functions
    else:
        mutants, functions = _typescript(project, folder, exceptions.skipped(language), lanes[0].argv[0])
        env = {"SEGOPS_ADMIN": str(folder)}
    driven = tuple(replace(lane, env={**lane.env, **env}) for lane in lanes)
    return Copy(language, driven, tuple(mutants), functions)


def _typescript(
    project: Project, folder: Path, skipped: list[str], node: str
) -> tuple[list[Mutant], dict[int, tuple[str, frozenset[str]]]]:
    workspace = project.root / "typescript-fixtures"
    target = folder / "dist" / "esm"
    target.mkdir(parents=True)
    words = [node, "tools/schemata.mjs", "admin/src", str(target), *skipped]
    done = subprocess.run(words, cwd=workspace, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ContractError("typescript-fixtures/tools/schemata.mjs", "", done.stderr.strip()[-600:])
    found = json.loads(done.stdout)
    write_manifest(project, folder)
    functions = {int(number): (file, frozenset(names)) for number, (file, names) in found["functions"].items()}
    return named(Mutant(**each) for each in found["mutants"]), functions


def write_manifest(project: Project, folder: Path) -> None:
    """The package.json of a copy that has been transpiled to ``dist/esm``."""
    manifest = json.loads((project.root / "typescript-fixtures" / "admin" / "package.json").read_text(encoding="utf-8"))
    entries = {name: entry for name, entry in manifest["exports"].items() if name != "./package.json"}
    exports = {name: {"import": entry["import"]["default"]} for name, entry in entries.items()}
    manifest |= {"exports": exports, "types": "./dist/esm/index.d.ts", "type": "module"}
    manifest |= {"bin": {"segops-admin": "dist/esm/cli/bin.js"}}
    (folder / "package.json").write_text(json.dumps(manifest), encoding="utf-8")
    # For the package that --select needs: it is found from where the copy is.
    (folder / "node_modules").symlink_to(project.root / "typescript-fixtures" / "node_modules")
