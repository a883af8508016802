"""Programs of users under the type checkers that users have: pyright's standard, mypy --strict, tsc --strict.

What the vendor's scripts, the guides and the docstrings show has to pass; each line of `fails.py` and `fails.ts` that
says ``error`` has to be found, with the word after it in what is said, and no other line.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from guide_programs import has_programs, is_named, write_django_project, write_programs
from repository import ROOT

pytestmark = pytest.mark.needs_workspace

HERE = Path(__file__).parent
LISTED = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
GUIDES = tuple(name for name in LISTED.split() if "```python\n" in (ROOT / name).read_text("utf-8"))
OF_TESTS = ("docs/testing.md", "sandbox/README.md", "sandbox/pytest-segops/README.md")
PACKAGE = ROOT / "python/src/segops_admin"
TYPESCRIPT = ROOT / "typescript-fixtures"
FENCE = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
MARK = re.compile(r"(?:#|//) error(?: by (\w+))?(?:: (.+))?$")

# Django's models need the plugin of django-stubs. celery and pandas come without types, and airflow is not installed
# here; any other import that is not found is an error. Decorators of the first and the last are untyped for that
# reason, so that the two programs that use them are let off that rule.
MYPY = """
[mypy]
plugins = mypy_django_plugin.main
[mypy.plugins.django-stubs]
django_settings_module = settings
[mypy-airflow.*,celery.*,pandas.*]
ignore_missing_imports = True
[mypy-segops_dag,tasks]
disallow_untyped_decorators = False
"""
NOT_INSTALLED = re.compile(r"^from airflow\..*$", re.MULTILINE)  # pyright says so by a comment in the line

Found = Mapping[str, Mapping[int, str]]
"""What a checker says, by file and line."""


def python_blocks() -> Iterator[tuple[str, str]]:
    """The Python blocks of the guides, and the indented blocks of the SDK's docstrings."""
    for guide in GUIDES:
        for number, match in enumerate(FENCE.finditer((ROOT / guide).read_text("utf-8"))):
            if "segops_" not in match[1]:  # another package's, such as testcontainers
                continue
            if guide.startswith("docs/guides/") and is_named(match[1]):  # written under its name
                continue
            # Tests are written without annotations; that is no mistake in what they do with the SDK.
            head = "# mypy: allow-untyped-defs, allow-untyped-calls\n" if guide in OF_TESTS else ""
            yield f"{guide.replace('/', '_').replace('.md', '')}_{number}.py", head + match[1]
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
                for number, block in enumerate(indented_blocks(ast.get_docstring(node) or "")):
                    name = "_".join([*path.relative_to(PACKAGE).with_suffix("").parts, getattr(node, "name", "module")])
                    yield f"docstring_{name}_{number}.py", block


def indented_blocks(docstring: str) -> Iterator[str]:
    """The blocks of a docstring that are Python: indented by four, from the first import of this package on."""
    for block in re.findall(r"(?:^(?: {4}.*)?\n)+", docstring + "\n", re.MULTILINE):
        found = re.search(r"^(?:from|import) .*segops_admin(?s:.*)", textwrap.dedent(block), re.MULTILINE)
        if found:
            yield found[0].strip() + "\n"


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all Python programs, as of a user who has installed the SDK and its typing."""
    folder = tmp_path_factory.mktemp("programs")
    for path in (HERE / "python").glob("*.py"):
        (folder / path.name).write_bytes(path.read_bytes())
    for name, text in python_blocks():
        (folder / name).write_text(text, "utf-8")
    # What names a file stands there, so that the programs of a page import each other.
    for page in filter(has_programs, sorted((ROOT / "docs/guides").glob("*.md"))):
        (write_django_project if page.name == "django.md" else write_programs)(page, folder)
    schedule = folder / "segops_dag.py"
    text, imports = NOT_INSTALLED.subn(r"\g<0>  # pyright: ignore[reportMissingImports]", schedule.read_text("utf-8"))
    assert imports == 1
    schedule.write_text(text, "utf-8")
    (folder / "mypy.ini").write_text(MYPY, "utf-8")
    return folder


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.py"))


def marked(path: Path, checker: str) -> dict[int, str]:
    """The lines of a program that say what a checker has to find."""
    lines = enumerate(path.read_text("utf-8").splitlines(), 1)
    marks = ((number, match) for number, line in lines if (match := MARK.search(line)))
    return {number: match[2] or "" for number, match in marks if match[1] in (None, checker)}


def judge(found: Found, folder: Path, failing: str, checker: str) -> None:
    """Holds what a checker says against the marks, and against silence in all other files."""
    wanted = marked(folder / failing, checker)
    assert len(wanted) > 35
    said = found.get(failing, {})
    assert sorted(said) == sorted(wanted), {number: said[number] for number in sorted(set(said) - set(wanted))}
    for number, word in wanted.items():
        assert word in said[number], f"{failing}:{number}: {said[number]}"
    assert {name: lines for name, lines in found.items() if name != failing} == {}


def by_line(errors: Iterator[tuple[str, int, str]]) -> dict[str, dict[int, str]]:
    """Errors as (file, line, text), put together."""
    found: dict[str, dict[int, str]] = {}
    for name, line, text in errors:
        lines = found.setdefault(name, {})
        lines[line] = f"{lines.get(line, '')}\n{text}"
    return found


def test_there_are_blocks_in_every_guide_and_in_docstrings() -> None:
    names = [name for name, _ in python_blocks()]
    assert len(names) >= 15
    assert {name.split("_")[0] for name in names} >= {"README", "python", "docs", "docstring"}


def test_pyright_finds_what_is_marked_and_nothing_else(programs: Path) -> None:
    settings = {
        "include": ["."],
        "typeCheckingMode": "standard",
        "pythonVersion": "3.9",
        "extraPaths": [str(PACKAGE.parent)],
        "venvPath": str(ROOT),
        "venv": ".venv",
    }
    (programs / "pyrightconfig.json").write_text(json.dumps(settings), "utf-8")
    command = [sys.executable, "-m", "pyright", "--outputjson", "-p", str(programs)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] == len(files(programs))
    errors = [each for each in report["generalDiagnostics"] if each["severity"] == "error"]
    places = [(os.path.relpath(each["file"], programs), each["range"]["start"]["line"] + 1) for each in errors]
    found = by_line((*place, each["message"]) for place, each in zip(places, errors))
    judge(found, programs, "fails.py", "pyright")


def test_mypy_finds_what_is_marked_and_nothing_else(programs: Path) -> None:
    command = [sys.executable, "-m", "mypy", "--strict", f"--cache-dir={ROOT / '.mypy_cache'}"]  # settings: mypy.ini
    done = subprocess.run(
        [*command, "--no-error-summary", "--show-column-numbers", "--hide-error-context", *files(programs)],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        cwd=programs,
        env={"MYPYPATH": str(PACKAGE.parent), "PATH": ""},
    )
    assert done.returncode in (0, 1), done.stderr
    errors = re.findall(r"^([\w/-]+\.py):(\d+):\d+: error: (.+)$", done.stdout, re.MULTILINE)
    judge(by_line((name, int(line), text) for name, line, text in errors), programs, "fails.py", "mypy")


@pytest.fixture
def typescript(tmp_path: Path) -> Path:
    """A project of a user who has installed the package."""
    from build_typescript import build

    build()
    scope = tmp_path / "node_modules" / "@segops"
    scope.mkdir(parents=True)
    (scope / "admin").symlink_to(TYPESCRIPT / "admin")
    (tmp_path / "node_modules" / "@types").symlink_to(TYPESCRIPT / "node_modules" / "@types")
    (tmp_path / "package.json").write_text('{"type": "module"}', "utf-8")
    options = {"strict": True, "exactOptionalPropertyTypes": True, "noUncheckedIndexedAccess": True, "noEmit": True}
    options |= {"module": "node16", "target": "es2022", "types": ["node"], "lib": ["es2022"]}
    settings = {"compilerOptions": options, "include": ["*.ts"]}
    (tmp_path / "tsconfig.json").write_text(json.dumps(settings), "utf-8")
    return tmp_path


def test_typescript_hovers_show_the_documentation(typescript: Path) -> None:
    words = [
        "segments.recompute",
        "segment.member_count",
        "preview.matched_users",
        "segments.create",
        "page.builder_status",
    ]
    (typescript / "hover.ts").write_text(
        """import { SegOpsAdmin } from "@segops/admin";
const segops = new SegOpsAdmin({ apiKey: "sk_test_types" });
const segment = await segops.segments.create({ name: "x" });
await segops.segments.recompute(segment.id);
const preview = await segops.segments.preview({ conditions: [] });
const page = await segops.pages.get(1);
console.log(segment.member_count, preview.matched_users, page.builder_status);
""",
        "utf-8",
    )
    (TYPESCRIPT / "node_modules" / ".hover.mjs").write_bytes((HERE / "hover.mjs").read_bytes())
    command = [
        str(TYPESCRIPT / "tools/node.sh"),
        "node",
        "node_modules/.hover.mjs",
        str(typescript / "hover.ts"),
        *words,
    ]
    done = subprocess.run(command, cwd=TYPESCRIPT, capture_output=True, text=True, timeout=110, check=True)
    shown = json.loads(done.stdout.splitlines()[-1])
    assert [word for word in words if not shown[word].endswith(".")] == []
    assert shown["segment.member_count"] == "How many users were in it when it was last computed."


def test_the_typescript_compiler_finds_what_is_marked_and_nothing_else(typescript: Path) -> None:
    for path in (HERE / "typescript").glob("*.ts"):
        (typescript / path.name).write_bytes(path.read_bytes())
    readme = (TYPESCRIPT / "admin/README.md").read_text("utf-8")
    blocks = re.findall(r"^```ts\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    assert not [block for block in blocks if re.search(r"[\w)\]]!(?=[.,;)\]])", block)], "asserted not to be missing"
    for number, block in enumerate(blocks):
        (typescript / f"readme{number}.ts").write_text(block, "utf-8")
    command = [str(TYPESCRIPT / "tools/node.sh"), "node", "node_modules/typescript/lib/tsc.js", "--pretty", "false"]
    done = subprocess.run(
        [*command, "-p", str(typescript)], cwd=TYPESCRIPT, capture_output=True, text=True, timeout=110, check=False
    )
    found: dict[str, dict[int, str]] = {}
    lines: dict[int, str] = {}
    number = 0
    for line in done.stdout.splitlines():
        if match := re.match(r"(?:.*/)?([\w-]+\.ts)\((\d+),\d+\): error (.+)$", line):
            lines, number = found.setdefault(match[1], {}), int(match[2])
            lines[number] = f"{lines.get(number, '')}\n{match[3]}"
        elif line.startswith(" "):  # the rest of what is said
            lines[number] += f"\n{line}"
    judge(found, typescript, "fails.ts", "tsc")
