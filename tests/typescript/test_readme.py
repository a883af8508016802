"""What the package's pages show works: every block is compiled and run against a sandbox."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Callable

import pytest
from repository import ROOT

pytestmark = pytest.mark.needs_workspace

Run = Callable[..., str]
PACKAGE = ROOT / "typescript-fixtures" / "admin"

README = (PACKAGE / "README.md").read_text(encoding="utf-8")
BIN = "node_modules/@segops/admin/dist/esm/cli/bin.js"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def compiled(shared_project: Path, tsc: Callable[[Path], None]) -> Path:
    """A project with every block of the page in it, compiled: the same program for every Node."""
    for number, text in enumerate(blocks("ts")):
        (shared_project / f"block{number}.ts").write_text(text, encoding="utf-8")
    options = {"strict": True, "module": "node16", "target": "es2022", "types": ["node"], "skipLibCheck": True}
    (shared_project / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "include": ["*.ts"]}))
    tsc(shared_project)
    return shared_project


def test_the_readme_compiles_and_runs(which: str, run: Run, compiled: Path, sandbox: dict[str, str]) -> None:
    count = len(blocks("ts"))
    assert count >= 9
    (compiled / "members.csv").unlink(missing_ok=True)
    printed = [run(which, "node", f"block{number}.js", cwd=compiled, **sandbox) for number in range(count)]
    first, webhook = printed[0], next(text for text in printed if "segment.recomputed" in text)
    assert re.search(r"^729 users$", first, re.MULTILINE)
    assert webhook.endswith("204 401\n")
    assert (compiled / "members.csv").read_text().startswith("user_id,")


def test_the_readmes_commands_run(run: Run, project: Path, sandbox: dict[str, str]) -> None:
    lines = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("segops-admin ")]
    assert len(lines) >= 7
    for line in lines:
        words = shlex.split(line.split(" > ")[0])
        out = run("current", "node", BIN, *words[1:], cwd=project, **sandbox)
        if words[1] != "help":
            assert [json.loads(each) for each in (out.splitlines() if "--all" in words else [out])]


def test_a_program_from_the_published_page_runs(which: str, run: Run, project: Path, sandbox: dict[str, str]) -> None:
    program = Path(__file__).with_name("published_program.mjs")
    (project / program.name).write_bytes(program.read_bytes())
    assert run(which, "node", program.name, cwd=project, **sandbox) == "done\n"
