"""The wheels of the sandbox and of its pytest plugin: their contents and requirements."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from repository import ROOT, files

pytestmark = pytest.mark.needs_workspace

PARTS = {"sandbox": "segops_sandbox", "sandbox/pytest-segops": "pytest_segops"}


@pytest.fixture(scope="module", params=PARTS)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A folder of the repository, and the wheel made of it."""
    out = tmp_path_factory.mktemp("wheels")
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(out)]
    subprocess.run([*command, str(ROOT / request.param)], check=True, capture_output=True)
    [wheel] = out.iterdir()
    return request.param, wheel


def metadata(archive: zipfile.ZipFile) -> Message:
    [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
    return message_from_bytes(archive.read(name))


def test_a_wheel_holds_every_file_of_its_package_pages_and_reference_included(built: tuple[str, Path]) -> None:
    part, wheel = built
    package = ROOT / part / "src" / PARTS[part]
    wanted = {f"{PARTS[part]}/{path.relative_to(package)}" for path in files() if path.is_relative_to(package)}
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert wanted
    assert {name for name in names if ".dist-info/" not in name} == wanted
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_plugin_asks_for_pytest_and_nothing_else_and_the_plain_server_for_nothing_large(
    built: tuple[str, Path],
) -> None:
    part, wheel = built
    with zipfile.ZipFile(wheel) as archive:
        asked = metadata(archive).get_all("Requires-Dist") or []
    plain = [each for each in asked if "extra ==" not in each]
    if part == "sandbox":
        assert not [each for each in plain if each.startswith(("pyarrow", "scikit", "numpy", "pytest"))]
    else:
        assert asked == ["pytest>=7.0"]
