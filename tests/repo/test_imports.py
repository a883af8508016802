"""The permitted imports between the parts of the repository, read from the files themselves."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from repository import ROOT, called_with, modules, parsed, source

SDK = ROOT / "python/src/segops_admin"
SANDBOX = ROOT / "sandbox/src/segops_sandbox"
PARITY = ROOT / "parity/src/segops_parity"
PLUGIN = ROOT / "sandbox/pytest-segops/src/pytest_segops"
OURS = {"segops_admin", "segops_sandbox", "pytest_segops", "segops_parity"}
# What is used where it is installed: by the modules of the extras, and so that pydantic reads the records.
OPTIONAL = {
    "opentelemetry.py": {"opentelemetry"},
    "requests.py": {"requests", "urllib3"},
    "requests_failures.py": {"requests", "urllib3"},
    "requests_reading.py": {"requests", "urllib3"},
    "selecting.py": {"jmespath"},
    # For type checkers only, which bring it along; tests/python/test_imports.py runs without it.
    "types.py": {"typing_extensions"},
    "_client.py": {"typing_extensions"},
    "_async_client.py": {"typing_extensions"},
}
CONTRACT = re.compile(r"\bspec/|\b(admin|behaviours|webhooks)\.yaml|\bspec\b.*\brecords\b")


def top_level(imports: Iterable[ast.Import | ast.ImportFrom], called: Iterable[tuple[str, str]] = ()) -> set[str]:
    """Top-level names of these imports, and of those made by a call with a literal name."""
    names: set[str] = set()
    for node in imports:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif node.level == 0:
            names.add(node.module or "")
    makers = {"import_module", "importlib.import_module", "__import__"}
    names |= {text for name, text in called if name in makers and not text.startswith(".")}
    return {name.split(".")[0] for name in names}


def imported(path: Path) -> set[str]:
    return top_level(source(path).imports, source(path).called)


def strangers(path: Path, allowed: set[str]) -> list[str]:
    return sorted(f"{path.relative_to(ROOT)}: {name}" for name in imported(path) - allowed)


def test_the_sdk_imports_the_standard_library_only() -> None:
    allowed = set(sys.stdlib_module_names) | {"segops_admin"}
    wrong = [line for path in modules(SDK) for line in strangers(path, allowed | OPTIONAL.get(path.name, set()))]
    assert not wrong


@pytest.mark.parametrize("name", ["opentelemetry", "requests", "jmespath"])
def test_nothing_in_the_sdk_but_the_module_of_an_extra_needs_its_package(name: str) -> None:
    allowed = {file for file, packages in OPTIONAL.items() if name in packages}
    assert {path.name for path in modules(SDK) if name in imported(path)} == allowed


def lint(sources: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("lint-imports"), ROOT / "python/pyproject.toml", "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(sources), "COLUMNS": "200"}
    return subprocess.run(command, env=environment, cwd=sources, capture_output=True, text=True, check=False)


def test_no_import_in_the_sdk_goes_round_in_a_circle() -> None:
    found = lint(SDK.parent)
    assert found.returncode == 0, found.stdout + found.stderr


def test_a_circle_of_imports_is_found(tmp_path: Path) -> None:
    shutil.copytree(SDK.parent, tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "src/segops_admin/_wire/heads.py").open("a", encoding="utf-8") as file:
        file.write("\n\ndef lazily() -> None:\n    from .http1 import ReplyReader as ReplyReader\n")
    found = lint(tmp_path / "src")
    assert found.returncode == 1, found.stdout + found.stderr


GENERATED = ("types.py", "_async_client.py", "cli/table.py", "async_resources/")
GENERATED_TYPESCRIPT = {"types/records.ts", "types/inputs.ts", "cli/table.ts", "cli/bodies.ts"}


def test_no_module_of_the_sdks_is_longer_than_250_lines() -> None:
    paths = {path.relative_to(SDK).as_posix(): path for path in modules(SDK)}
    lines = {name: path.read_text(encoding="utf-8").count("\n") for name, path in paths.items()}
    written = {name: count for name, count in lines.items() if not name.startswith(GENERATED)}
    assert {name: count for name, count in written.items() if count > 250} == {}

    folder = ROOT / "typescript-fixtures/admin/src"
    typescript = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.ts")}
    assert set(typescript) >= GENERATED_TYPESCRIPT
    lines = {name: path.read_text(encoding="utf-8").count("\n") for name, path in typescript.items()}
    assert {name: n for name, n in lines.items() if n > 250 and name not in GENERATED_TYPESCRIPT} == {}


def test_the_sandbox_imports_neither_the_sdk_nor_the_harness() -> None:
    assert not [(path, name) for path in modules(SANDBOX) for name in imported(path) & (OURS - {"segops_sandbox"})]


def test_the_pytest_plugin_imports_pytest_and_for_its_client_the_sdk() -> None:
    allowed = set(sys.stdlib_module_names) | {"pytest", "pytest_segops"}
    wrong = [line for path in modules(PLUGIN) for line in strangers(path, allowed)]
    # Its fixture `segops_client`; it drives the sandbox from outside.
    assert wrong == [f"{(PLUGIN / '__init__.py').relative_to(ROOT)}: segops_admin"]


@pytest.mark.parametrize("path", modules(PLUGIN), ids=lambda path: path.name)
def test_a_module_of_the_plugin_is_written_in_the_syntax_of_its_floor_version(path: Path) -> None:
    ast.parse(path.read_text(encoding="utf-8"), filename=str(path), feature_version=(3, 9))


def test_the_harness_imports_the_sdk_in_its_python_driver_only() -> None:
    users = [str(path.relative_to(PARITY)) for path in modules(PARITY) if "segops_admin" in imported(path)]
    assert not [name for name in users if not ("driver" in name and "python" in name)]


def test_the_harness_drives_the_sandbox_from_outside() -> None:
    assert not [str(path) for path in modules(PARITY) if "segops_sandbox" in imported(path)]


def test_the_sdk_does_not_read_the_contract() -> None:
    texts = [(path.name, *text) for path in modules(SDK) for text in source(path).texts]
    wrong = [f"{name}:{line}" for name, line, text in texts if CONTRACT.search(text)]
    assert not wrong


@pytest.mark.parametrize("path", modules(SDK), ids=lambda path: str(path.relative_to(SDK)))
def test_an_sdk_module_is_written_in_the_syntax_of_the_floor_version(path: Path) -> None:
    ast.parse(path.read_text(encoding="utf-8"), filename=str(path), feature_version=(3, 9))


def at_module_level(path: Path) -> set[str]:
    """What a module imports outside its functions: what is needed when a test file is collected."""
    module = parsed(path)
    within = [node for node in ast.walk(module) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    left_out = {id(node) for function in within for node in ast.walk(function)}
    nodes = [node for node in ast.walk(module) if id(node) not in left_out]
    imports = [node for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom))]
    return top_level(imports, [call for node in nodes for call in called_with(node)])


@pytest.mark.parametrize("folder", ["python", "cli"])
def test_the_sdk_tests_are_collected_without_the_workspace(folder: str) -> None:
    """`make test-all` gives them requirements/sdk-tests.txt and the SDK only."""
    lines = (ROOT / "requirements/sdk-tests.in").read_text(encoding="utf-8").splitlines()
    wanted = [Requirement(line).name for line in lines if line and not line.startswith("#")]
    allowed = set(sys.stdlib_module_names) | {"segops_admin"} | {{"pyyaml": "yaml"}.get(n, n) for n in wanted}
    allowed |= {path.stem for path in (ROOT / "tests/support").glob("*.py")}
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules(ROOT / "tests" / folder)
        for name in at_module_level(path) - allowed
    ]
    assert not wrong, "import it inside a test marked needs_workspace, or move the file to another folder of tests"


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("import a.b as c", {"a"}),
        ("from a.b import c", {"a"}),
        ("from . import c", set()),
        ("def f():\n    import a", {"a"}),
        ("import importlib\nimportlib.import_module('a.b')", {"importlib", "a"}),
        ("__import__('a')", {"a"}),
    ],
)
def test_an_import_is_seen_however_it_is_written(code: str, names: set[str], tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(code, encoding="utf-8")
    assert imported(tmp_path / "module.py") == names


def imports_within(package: Path) -> dict[str, set[str]]:
    """Each module of a package with the modules of it that it imports anywhere, within functions and for types too."""
    names = {
        str(path.relative_to(package.parent).with_suffix("")).replace("/", ".").removesuffix(".__init__"): path
        for path in modules(package)
    }
    found: dict[str, set[str]] = {name: set() for name in names}
    for name, path in names.items():
        for node in source(path).imports:
            if isinstance(node, ast.Import):
                wanted = {alias.name for alias in node.names}
            elif node.module:
                wanted = {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
            else:
                continue
            found[name] |= wanted & names.keys() - {name, package.name}
    return found


def test_no_module_of_the_harness_imports_itself_by_way_of_others() -> None:
    left = imports_within(PARITY)
    while free := {name for name, needed in left.items() if not needed & left.keys()}:
        left = {name: needed for name, needed in left.items() if name not in free}
    assert not left, "these import each other in a circle, or need modules that do"
