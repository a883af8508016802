"""The npm package for tests: the Nodes that run it, the tarball of `npm pack`, projects that have it installed."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import build_typescript
import pytest
from repository import ROOT

from segops_parity.archives import unpack

WORKSPACE = ROOT / "typescript-fixtures"
PACKAGE = WORKSPACE / "admin"
NODES = ("oldest", "current")


def clean_environment(**variables: str) -> dict[str, str]:
    """This process's variables without those that a client or npm would read, and with some more."""
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SEGOPS_API", "npm_")) and not name.lower().endswith("_proxy")
    }
    return {**own, "SEGOPS_NODE_QUIET": "1", **variables}


def node(
    which: str, *words: str, cwd: Path = PACKAGE, stdin: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Runs ``node``, ``npm`` or ``npx`` of the oldest or the current Node."""
    return subprocess.run(
        [str(WORKSPACE / "tools/node.sh"), which, *words],
        cwd=cwd,
        env=clean_environment(**variables),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )


def ok(done: subprocess.CompletedProcess[str]) -> str:
    """The output of a command that must have succeeded."""
    assert done.returncode == 0, f"{' '.join(done.args[1:])} exited {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def built_package() -> Path:
    """The package's folder, built from its sources as they are."""
    try:
        return build_typescript.build()
    except RuntimeError as error:
        pytest.fail(str(error), pytrace=False)


def packed(folder: Path) -> Path:
    """The tarball of ``npm pack``."""
    built_package()
    out = ok(node("current", "npm", "pack", "--ignore-scripts", "--json", "--pack-destination", str(folder)))
    return folder / str(json.loads(out)[0]["filename"])


def installed(tarball: Path, folder: Path) -> Path:
    """Makes a folder a project that has the package installed, and nothing else but the compiler and Node's types."""
    modules = folder / "node_modules"
    home = modules / "@segops" / "admin"
    home.parent.mkdir(parents=True)
    unpack(tarball, modules)
    (modules / "package").rename(home)
    (modules / "@types").symlink_to(WORKSPACE / "node_modules" / "@types")
    (modules / "undici-types").symlink_to(WORKSPACE / "node_modules" / "undici-types")
    (folder / "package.json").write_text('{"name": "user", "private": true, "type": "module"}')
    return folder
