"""The segops-parity wheel holds contract, scenarios and cassettes, so that it runs in an empty folder."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from programs import program
from repository import ROOT

pytestmark = pytest.mark.needs_workspace


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the wheel holds; the wheel is built from the source distribution, as an installer would."""
    out = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT / "parity")]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = out.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(out / "installed")
    return out / "installed"


def test_it_holds_each_file_of_contract_scenarios_and_cassettes(installed: Path) -> None:
    data = installed / "segops_parity/data"
    for there, here in (("spec", "spec"), ("parity/scenarios",) * 2, ("parity/cassettes",) * 2):
        wanted = {file.relative_to(ROOT / here): file.read_bytes() for file in (ROOT / here).rglob("*.*")}
        assert {file.relative_to(data / there): file.read_bytes() for file in (data / there).rglob("*.*")} == wanted


def test_a_driver_is_judged_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    program("perl")
    driver = f"perl=perl {shlex.quote(str(ROOT / 'tests/parity/perl_driver.pl'))}"
    command = [sys.executable, "-m", "segops_parity", "check", "--driver", driver, "--case", "segments.*/happy"]
    env = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 of 3 cases equal: equal" in done.stdout
    assert (tmp_path / "build/parity/part/report.html").is_file()


def test_without_a_driver_it_says_that_it_needs_one(installed: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "segops_parity", "check"]
    env = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == (
        "segops-parity: --driver: expected NAME=COMMAND: outside of its repository the harness has no SDK\n"
    )
