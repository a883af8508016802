"""The runtimes that the npm package is tested on besides the oldest Node and a current one."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from repository import ROOT
from typescript_package import clean_environment

PROGRAM = Path(__file__).with_name("runtime_program.mjs")
UNPATCHED = Path(__file__).with_name("unpatched_http.mjs")
_MODULES = ROOT / "typescript-fixtures/runtimes/node_modules"

_BUN = "@oven/bun-linux-x64/bin/bun"
_DENO = "@deno/linux-x64-glibc/deno"
_DENO_MAY = ("-A", "--no-remote", "--no-check")

# What each is run with: a program, and the package's own tests (None: Node's own way, admin/scripts/test.mjs).
_COMMANDS: dict[str, tuple[str, Sequence[str], Sequence[str] | None]] = {
    "Node 18.20": ("node-18.20/bin/node", (), None),
    "Node 20": ("node-20/bin/node", (), None),
    "Node 22": ("node-22/bin/node", (), None),
    "Node 24": ("node-24/bin/node", (), None),
    "Node 26": ("node-26/bin/node", (), None),
    "Bun": (_BUN, (), ("test", "--timeout", "60000")),
    "Deno": (_DENO, ("run", *_DENO_MAY), ("test", *_DENO_MAY)),
}
RUNTIMES = tuple(_COMMANDS)


class Runtime:
    """One of them, as a command."""

    def __init__(self, name: str) -> None:
        self.name = name
        path, self._run, self._test = _COMMANDS[name]
        self._path = _MODULES / path
        if not self._path.exists():
            pytest.fail(f"no {name}: `make test-runtimes` installs it, on Linux on x64", pytrace=False)

    def program(self, *words: str) -> list[str]:
        """The command line of a program."""
        return [str(self._path), *self._run, *words]

    def environment(self, **variables: str) -> dict[str, str]:
        """The variables of a program. An authority goes by the name that each runtime reads."""
        certificate = variables.get("NODE_EXTRA_CA_CERTS")
        others = {"DENO_CERT": certificate} if certificate else {}
        return clean_environment(**{"DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1", **others, **variables})

    def run(self, *words: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """Runs a program to its end."""
        return self._done(self.program(*words), cwd, self.environment(**variables))

    def test(self, package: Path) -> subprocess.CompletedProcess[str]:
        """Runs the package's own tests."""
        if self._test is None:
            return self._done(self.program("scripts/test.mjs", "--no-compile"), package, self.environment())
        files = sorted(f"./{path.relative_to(package)}" for path in (package / "build/test").glob("*.test.js"))
        return self._done([str(self._path), *self._test, *files], package, self.environment())

    def _done(self, command: list[str], cwd: Path, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=cwd, env=variables, capture_output=True, text=True, timeout=580, check=False)
