"""Shared fixtures of the TypeScript tests: the Nodes, the built package, projects that have it installed, a sandbox."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any, Callable

import pytest
from typescript_package import NODES, WORKSPACE, built_package, installed, node, ok, packed


@pytest.fixture(params=NODES)
def which(request: pytest.FixtureRequest) -> str:
    """Each Node in turn."""
    return str(request.param)


@pytest.fixture(scope="session")
def attempt() -> Callable[..., subprocess.CompletedProcess[str]]:
    """``node`` of the support module, as a fixture."""
    return node


@pytest.fixture(scope="session")
def run() -> Callable[..., str]:
    """The same for a command that must succeed; gives its output."""
    return lambda *words, **options: ok(node(*words, **options))


@pytest.fixture(scope="session")
def built() -> Path:
    """The package's folder, built from its sources as they are."""
    return built_package()


@pytest.fixture(scope="session")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tarball of ``npm pack``."""
    return packed(tmp_path_factory.mktemp("pack"))


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
    """The options of the sandbox of these tests: background jobs, so that commands have something to wait for."""
    return ("--jobs=background", "--now=1998-07-01")


@pytest.fixture
def sandbox(segops_sandbox: Any) -> dict[str, str]:
    """A sandbox with data, as the variables that a client reads."""
    segops_sandbox.reset(demo=True)
    return dict(segops_sandbox.env)
