"""The files in dist/, and clean environments that they are installed into; `make test-dist` runs these tests."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import interpreters
import pytest
from built_files import DIST, SUPPORTED, clean, run
from repository import ROOT

LOCKS = {"3.9": ROOT / "requirements/sdk-tests.txt"}  # the others start at 3.10


@pytest.fixture(scope="session")
def built() -> Callable[[str], Path]:
    """The one file in dist/ that a pattern names."""
    if not DIST.is_dir():
        pytest.fail("there is no dist/: run `make dist` first", pytrace=False)

    def find(pattern: str) -> Path:
        found = list(DIST.glob(pattern))
        assert len(found) == 1, f"dist/{pattern}: {len(found)} files; expected one"
        return found[0]

    return find


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory, built: Callable[[str], Path]) -> Callable[..., Path]:
    """The bin folder of a new environment with those wheels and packages; skips if the machine lacks the Python."""

    def make(version: str, *wheels: str, more: Sequence[str] = ()) -> Path:
        python = interpreters.find(version)
        if python is None:
            pytest.skip(f"Python {version} is not on this machine")
        home = tmp_path_factory.mktemp(f"python-{version}") / "venv"
        uv = str(Path(sys.executable).with_name("uv"))
        subprocess.run([uv, "venv", "--quiet", "--python", python, str(home)], check=True)
        wanted = [*(str(built(wheel)) for wheel in wheels), *more]
        command = [uv, "pip", "install", "--quiet", "--python", str(home / "bin/python")]
        lock = LOCKS.get(version, ROOT / "requirements/dev.txt")
        done = run(*command, "--constraint", lock, *wanted, folder=home)
        assert done.returncode == 0, done.stderr
        return home / "bin"

    return make


@pytest.fixture(scope="session")
def newest() -> str:
    """The newest Python of this machine that we support."""
    return next(version for version in reversed(SUPPORTED) if interpreters.find(version))


@pytest.fixture(scope="session")
def server(
    environment: Callable[..., Path], newest: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """The ready line of a sandbox that was installed from its wheel."""
    bin_folder = environment(newest, "segops_sandbox-*.whl", more=["pyarrow"])
    folder = tmp_path_factory.mktemp("sandbox")
    command = [str(bin_folder / "segops-sandbox"), "--demo", "--now", "1998-07-01"]
    with subprocess.Popen(
        command, cwd=folder, env=clean(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        ready = process.stdout.readline()
        assert ready, process.stderr.read()
        yield json.loads(ready)
        process.terminate()


@pytest.fixture
def sandbox(server: dict[str, str]) -> dict[str, str]:
    """The same, with the demo data as they were at its start."""
    url = server["url"].removesuffix("/api") + "/_sandbox/reset/"
    headers = {"X-Sandbox-Token": server["control_token"], "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url, b'{"demo": true}', headers)) as reset:
        assert reset.status == 200
    return server
