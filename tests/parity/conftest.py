"""The suite as it stands in the repository, read once; and small copies of it to break."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from repository import ROOT

from segops_parity.project import Project
from segops_parity.suite import Suite, open_suite

pytestmark = pytest.mark.needs_workspace


@pytest.fixture(scope="session")
def suite() -> Suite:
    sys.setrecursionlimit(20_000)
    return open_suite(Project(ROOT))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A repository of the harness's own files, to break one of them."""
    for folder in ("spec", "parity/scenarios", "parity/cassettes"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "parity/deviations.yaml", tmp_path / "parity/deviations.yaml")
    return tmp_path
