"""The distributions hold exactly the SDK: complete, typed, without tests, without dependencies."""

from __future__ import annotations

import email
import email.message
import os
import re
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest
from programs import program
from repository import ROOT, files

PACKAGE = ROOT / "python/src/segops_admin"
_found = re.search(r'__version__ = "(.+)"', (PACKAGE / "_version.py").read_text(encoding="utf-8"))
assert _found
VERSION = _found[1]
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "SEGOPS_"))}


@pytest.fixture(scope="session")
def sources() -> set[str]:
    """The files of the package that belong to the repository."""
    return {path.relative_to(PACKAGE).as_posix() for path in files() if path.is_relative_to(PACKAGE)}


def metadata(wheel: Path) -> email.message.Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        return email.message_from_bytes(archive.read(name))


def run(program: Path, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(program), *arguments], cwd=folder, env=CLEAN, capture_output=True, text=True, check=False, timeout=60
    )


def test_the_wheel_holds_the_package_and_its_metadata_and_nothing_else(wheel: Path, sources: set[str]) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    info = f"segops_admin-{VERSION}.dist-info"
    manual = f"segops_admin-{VERSION}.data/data/share/man/man1/segops-admin.1"
    others = {name for name in names if not name.startswith(f"{info}/")}
    assert others == {manual} | {f"segops_admin/{n}" for n in sources}
    assert {name.removeprefix(f"{info}/") for name in names if name.startswith(f"{info}/")} == {
        "METADATA",
        "WHEEL",
        "RECORD",
        "entry_points.txt",
        "licenses/LICENSE",
    }


def test_the_package_says_that_it_is_typed(sources: set[str]) -> None:
    assert "py.typed" in sources
    assert "__init__.py" in sources


def test_the_package_holds_code_and_its_type_marker_only(sources: set[str]) -> None:
    assert not [name for name in sources if not name.endswith(".py") and name != "py.typed"]


def test_the_source_distribution_holds_what_a_build_needs_and_no_tests(sdist: Path, sources: set[str]) -> None:
    with tarfile.open(sdist) as archive:
        names = {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}
    # hatchling adds the ignore file that it applied, where it finds one.
    expected = {"pyproject.toml", "PKG-INFO", "README.md", "LICENSE", "man/segops-admin.1"}
    expected |= {f"src/segops_admin/{n}" for n in sources}
    assert names - {".gitignore"} == expected


def test_the_wheel_runs_on_every_platform_and_every_supported_python(wheel: Path) -> None:
    assert wheel.name == f"segops_admin-{VERSION}-py3-none-any.whl"
    assert metadata(wheel)["Requires-Python"] == ">=3.9"


def test_the_wheel_has_no_runtime_dependency_and_three_extras(wheel: Path) -> None:
    facts = metadata(wheel)
    assert facts["Name"] == "segops_admin"
    assert facts.get_all("Provides-Extra") == ["cli", "opentelemetry", "requests"]
    required = facts.get_all("Requires-Dist") or []
    asked = sorted((re.split("[<>=]", line)[0], line.partition(";")[2].strip()) for line in required)
    assert asked == [
        ("jmespath", "extra == 'cli'"),
        ("opentelemetry-api", "extra == 'opentelemetry'"),
        ("opentelemetry-instrumentation", "extra == 'opentelemetry'"),
        ("requests", "extra == 'requests'"),
    ]


def test_the_license_of_the_package_is_that_of_the_repository() -> None:
    assert (ROOT / "python/LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_the_installed_package_knows_its_version(installed: Path, tmp_path: Path) -> None:
    code = "import segops_admin, importlib.metadata as m; print(segops_admin.__version__, m.version('segops_admin'))"
    done = run(installed / "python", "-W", "error", "-c", code, folder=tmp_path)
    assert done.stdout.split() == [VERSION, VERSION], done.stderr


def test_every_module_of_the_installed_package_imports_without_the_repository(
    installed: Path, tmp_path: Path, sources: set[str]
) -> None:
    wanted = sorted(
        "segops_admin." + name.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        for name in sources
        if name.endswith(".py") and name not in {"__init__.py", "__main__.py", "opentelemetry.py"}
    )
    code = f"import importlib\nfor name in {wanted!r}: importlib.import_module(name)\nprint('imported')"
    done = run(installed / "python", "-W", "error", "-c", code, folder=tmp_path)
    assert done.stdout == "imported\n", done.stderr


def test_man_finds_the_page_beside_the_installed_program(installed: Path) -> None:
    environment = {**CLEAN, "PATH": f"{installed}:{CLEAN['PATH']}", "MANWIDTH": "72", "LC_ALL": "C"}
    environment.pop("MANPATH", None)
    ask = [program("man"), "--warnings", "segops-admin"]
    done = subprocess.run(ask, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"segops-admin {VERSION}" in done.stdout
    assert "       segops-admin segments recompute id" in done.stdout


@pytest.mark.parametrize("words", ["segops-admin", "python -m segops_admin"])
def test_the_installed_command_line_starts(installed: Path, tmp_path: Path, words: str) -> None:
    name, *rest = words.split()
    done = run(installed / name, *rest, "--help", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "segments" in done.stdout


def test_the_installed_command_line_reports_a_usage_error_with_exit_code_2(installed: Path, tmp_path: Path) -> None:
    done = run(installed / "segops-admin", "no-such-resource", folder=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "no-such-resource" in done.stderr


def test_the_optional_transport_says_what_to_install_when_requests_is_missing(installed: Path, tmp_path: Path) -> None:
    done = run(installed / "python", "-c", "import segops_admin; segops_admin.RequestsTransport()", folder=tmp_path)
    assert done.returncode != 0
    assert "segops_admin[requests]" in done.stderr
