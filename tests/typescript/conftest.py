"""What the TypeScript tests share: the Nodes, the built package, the package as its users install it, a sandbox."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Callable

import build_typescript
import pytest

from segops_parity.archives import unpack

ROOT = Path(__file__).resolve().parents[2]
WORKSPACE = ROOT / "typescript-fixtures"
PACKAGE = WORKSPACE / "admin"
NODES = ("oldest", "current")


def node(
    which: str, *words: str, cwd: Path = PACKAGE, stdin: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Runs ``node``, ``npm`` or ``npx`` of the oldest or the current Node."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("SEGOPS_API", "npm_"))}
    return subprocess.run(
        [str(WORKSPACE / "tools/node.sh"), which, *words],
        cwd=cwd,
        env={**own, "SEGOPS_NODE_QUIET": "1", **variables},
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


@pytest.fixture(params=NODES)
def which(request: pytest.FixtureRequest) -> str:
    """Each Node in turn."""
    return str(request.param)


@pytest.fixture(scope="session")
def attempt() -> Callable[..., subprocess.CompletedProcess[str]]:
    """``node``, above, as a fixture."""
    return node


@pytest.fixture(scope="session")
def run() -> Callable[..., str]:
    """The same for a command that must succeed; gives its output."""
    return lambda *words, **options: ok(node(*words, **options))


@pytest.fixture(scope="session")
def built() -> Path:
    """The package's folder, built from its sources as they are."""
    try:
        return build_typescript.build()
    except RuntimeError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def tarball(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ``npm pack`` makes of the package."""
    folder = tmp_path_factory.mktemp("pack")
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


@pytest.fixture
def project(tarball: Path, tmp_path: Path) -> Path:
    """A project with the package."""
    return installed(tarball, tmp_path)


@pytest.fixture(scope="module")
def shared_project(tarball: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the package that the tests of a module share: what takes long in it is done once."""
    return installed(tarball, tmp_path_factory.mktemp("shared"))


@pytest.fixture(scope="session")
def with_runner() -> Callable[..., None]:
    """Gives a project test runners, or other runtimes, by the names of their packages."""
    modules = WORKSPACE / "runners/node_modules"
    if not modules.exists():
        pytest.fail("typescript-fixtures/runners has no node_modules: run `make test`", pytrace=False)

    def give(project: Path, *names: str) -> None:
        # The runners look for their parts beside their own files.
        for name in names:
            (project / "node_modules" / name).symlink_to(modules / name)

    return give


@pytest.fixture(scope="session")
def tsc() -> Callable[[Path], None]:
    """Compiles a project, strictly."""

    def compile_(folder: Path) -> None:
        ok(
            node(
                "current", "node", str(WORKSPACE / "node_modules/typescript/lib/tsc.js"), "-p", str(folder), cwd=folder
            )
        )

    return compile_


@pytest.fixture(scope="session")
def segops_sandbox_options() -> tuple[str, ...]:
    """The server of these tests: its jobs take their time, as the commands that wait for them have to see."""
    return ("--jobs=background", "--now=1998-07-01")


@pytest.fixture
def sandbox(segops_sandbox: Any) -> dict[str, str]:
    """A sandbox with data, as the variables that a client reads."""
    segops_sandbox.reset(demo=True)
    return dict(segops_sandbox.env)
