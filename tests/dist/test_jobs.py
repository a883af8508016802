"""The jobs of four users, done with the built packages as the built site describes: one test each.

The fifth, the maintainer who cuts the next version, is in test_release_recipe.py.
"""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from built_files import clean, run
from guide_programs import blocks, write_programs
from repository import ROOT

Environment = Callable[..., Path]
WORKSPACE = ROOT / "typescript-fixtures"


@pytest.fixture(scope="session")
def page() -> Callable[[str], Path]:
    """The Markdown of a page of the site, as llms.txt names it."""
    site = ROOT / "build/site"
    if not (site / "llms.txt").is_file():
        pytest.fail("there is no build/site: run `make docs` first", pytrace=False)
    listed = re.findall(r"^- \[.+?\]\((.+?)\)", (site / "llms.txt").read_text(encoding="utf-8"), re.MULTILINE)

    def find(name: str) -> Path:
        assert name in listed
        return site / name

    return find


@pytest.fixture
def npm_project(built: Callable[[str], Path], tmp_path: Path) -> Callable[[str], Path]:
    """Makes a project with the npm package installed, by the npm of a given Node."""

    def make(node: str) -> Path:
        project = tmp_path / "project"
        project.mkdir()
        (project / "package.json").write_text(json.dumps({"name": "shop", "version": "1.0.0", "type": "module"}))
        flags = ("--offline", "--no-audit", "--no-fund", "--silent")
        words = (WORKSPACE / "tools/node.sh", node, "npm", "install", *flags, built("segops-admin-*.tgz"))
        put = run(*words, folder=project, SEGOPS_NODE_QUIET="1")
        assert put.returncode == 0, put.stderr
        return project

    return make


def reached(sandbox: dict[str, str]) -> dict[str, str]:
    return {"SEGOPS_API_URL": sandbox["url"], "SEGOPS_API_KEY": sandbox["api_key"]}


def paste(text: str, folder: Path, **env: str) -> str:
    """Runs the lines of a block in a shell, but those that are done here; what they print."""
    shell = shutil.which("bash")
    assert shell
    lines = [line for line in text.splitlines() if not line.startswith(("make ", "export ", "pip "))]
    done = run(shell, "-euo", "pipefail", "-c", "\n".join(lines), folder=folder, **env)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_django_engineer_stores_members_each_night(
    page: Callable[[str], Path], environment: Environment, newest: str, sandbox: dict[str, str], tmp_path: Path
) -> None:
    """In an empty folder, by what the guide says to type."""
    bin_folder = environment(newest, "segops_admin-*.whl", more=["django"])
    env = reached(sandbox) | {"PATH": f"{bin_folder}:/usr/bin:/bin"}
    guide = page("guides/django.md")
    project, first_night, schedule = blocks(guide, "text")
    paste(project, tmp_path, **env)
    write_programs(guide, tmp_path)
    counts = [int(count) for count in re.findall(r": (\d+) members", paste(first_night, tmp_path, **env))]
    assert len(counts) == 3
    last = first_night.splitlines()[-1]
    assert last in schedule
    again = paste(last, tmp_path, PYTHONWARNINGS="error", **env)
    assert again.count(" members") == 3
    count = "from shop.models import Membership; print(Membership.objects.count())"
    stored = run(bin_folder / "python", "manage.py", "shell", "-c", count, folder=tmp_path, **env)
    assert stored.stdout.splitlines()[-1] == str(sum(counts))


SHELL_GUIDES = ("tutorial", "daily-work", "command-line", "ci")


@pytest.fixture
def by_wheel(environment: Environment, newest: str) -> Path:
    """A folder with the `segops-admin` of the wheel."""
    return environment(newest, "segops_admin-*.whl", more=["jmespath"])


@pytest.fixture
def by_npm(npm_project: Callable[[str], Path], tmp_path: Path) -> Path:
    """A folder with the `segops-admin` of the npm package, on a current Node."""
    project = npm_project("current")
    (project / "node_modules/jmespath").symlink_to(WORKSPACE / "node_modules/jmespath")
    command = tmp_path / "bin/segops-admin"
    command.parent.mkdir()
    node = f"{WORKSPACE}/tools/node.sh current node"
    command.write_text(
        f'#!/bin/sh\nexec env SEGOPS_NODE_QUIET=1 {node} {project}/node_modules/.bin/segops-admin "$@"\n'
    )
    command.chmod(0o755)
    return command.parent


@pytest.mark.parametrize("command", ["by_wheel", "by_npm"])
@pytest.mark.parametrize("guide", SHELL_GUIDES)
def test_marketing_operations_paste_the_guides_into_a_shell(
    guide: str,
    command: str,
    page: Callable[[str], Path],
    sandbox: dict[str, str],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    path = {"PATH": f"{request.getfixturevalue(command)}:/usr/bin:/bin"}
    folder = tmp_path / "work"
    folder.mkdir()
    pasted = 0
    for text in blocks(page(f"guides/{guide}.md"), "sh"):
        pasted += len(text.splitlines())
        paste(text, folder, **reached(sandbox), **path)
    assert pasted >= 4
    if guide == "daily-work":
        loaded = json.loads((folder / "loaded.json").read_text(encoding="utf-8"))
        assert loaded["imported_count"] == 250_000
        assert len((folder / "members.csv").read_text(encoding="utf-8").splitlines()) == 2059


def test_a_data_engineer_runs_the_programs_of_the_guides(
    page: Callable[[str], Path], environment: Environment, newest: str, sandbox: dict[str, str], tmp_path: Path
) -> None:
    bin_folder = environment(newest, "segops_admin-*.whl", more=["pandas", "pyarrow"])
    for guide in ("tutorial", "dataframes", "large-catalogues"):
        programs = blocks(page(f"guides/{guide}.md"), "python")
        assert len(programs) >= 3
        for number, text in enumerate(programs):
            done = run(bin_folder / "python", "-W", "error", "-c", text, folder=tmp_path, **reached(sandbox))
            assert done.returncode == 0, f"{guide}, block {number}: {done.stderr}"


@pytest.mark.parametrize("node", ["oldest", "current"])
def test_a_typescript_developer_compiles_and_runs_what_the_page_shows(
    node: str, page: Callable[[str], Path], npm_project: Callable[[str], Path], sandbox: dict[str, str]
) -> None:
    tool, project = (WORKSPACE / "tools/node.sh", node), npm_project(node)
    for name in ("@types", "undici-types"):
        (project / "node_modules" / name).symlink_to(WORKSPACE / "node_modules" / name)
    programs = blocks(page("typescript.md"), "ts")
    assert len(programs) >= 9
    for number, text in enumerate(programs):
        (project / f"block{number}.ts").write_text(text, encoding="utf-8")
    options = {"strict": True, "module": "node16", "target": "es2022", "types": ["node"], "skipLibCheck": True}
    (project / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "include": ["*.ts"]}))
    compiler = WORKSPACE / "node_modules/typescript/bin/tsc"
    compiled = run(*tool, "node", compiler, "-p", ".", folder=project, SEGOPS_NODE_QUIET="1")
    assert compiled.returncode == 0, compiled.stdout
    printed = []
    for number in range(len(programs)):
        words = (*tool, "node", f"block{number}.js")
        done = run(*words, folder=project, SEGOPS_NODE_QUIET="1", **reached(sandbox))
        assert done.returncode == 0, f"block {number}: {done.stderr}"
        printed.append(done.stdout)
    assert re.search(r"^729 users$", printed[0], re.MULTILINE)
    assert (project / "members.csv").read_text(encoding="utf-8").startswith("user_id,")


def test_a_typescript_developer_receives_webhooks_with_express(
    page: Callable[[str], Path], by_npm: Path, sandbox: dict[str, str], tmp_path: Path
) -> None:
    """By the guide's program and the commands of its page, all from the npm package."""
    project = tmp_path / "project"
    (project / "node_modules/express").symlink_to(WORKSPACE / "runners/node_modules/express")
    guide = page("guides/webhooks.md")
    write_programs(guide, project)
    env = clean() | reached(sandbox) | {"SEGOPS_WEBHOOK_SECRET": "whsec_test_1", "PORT": "0", "SEGOPS_NODE_QUIET": "1"}
    (start,) = re.findall(r"^\| `express_hooks\.mjs` \| `([^`]+)` \|$", guide.read_text("utf-8"), re.MULTILINE)
    (listen,) = re.findall(r"^\$ segops-admin (listen .+)$", guide.read_text("utf-8"), re.MULTILINE)
    pipes: dict[str, Any] = {
        "cwd": project,
        "env": env,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "text": True,
    }
    command = str(by_npm / "segops-admin")
    with subprocess.Popen([str(WORKSPACE / "tools/node.sh"), "current", *start.split()], **pipes) as program:
        port = program.stderr.readline().split()[-1]  # type: ignore[union-attr]
        words = listen.replace("localhost:3000", f"127.0.0.1:{port}").split()
        with subprocess.Popen([command, *words], **pipes) as listening:
            assert "is registered" in listening.stderr.readline()  # type: ignore[union-attr]
            assert run(command, "segments", "recompute", "1", folder=project, **reached(sandbox)).returncode == 0
            line = listening.stdout.readline()  # type: ignore[union-attr]
            listening.send_signal(signal.SIGINT)
            assert listening.wait(60) in (0, 130)
        program.terminate()
        assert program.stdout.readline().startswith("recomputed: 1 ")  # type: ignore[union-attr]
    assert json.loads(line) == {"body.segment_id": 1, "status": 204, "error": None}


ROWS = 2_000_000
PEAK = """
import re, sys
from segops_admin import SegOpsAdmin
with SegOpsAdmin() as client:
    done = client.products.import_csv_in_parts(sys.argv[1])
peak = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())
print(done["imported_count"], int(peak[1]) // 1024)
"""


@pytest.mark.timeout(7200)  # minutes of import, on whatever machine this is
def test_a_data_engineer_imports_two_million_rows(
    page: Callable[[str], Path], environment: Environment, newest: str, sandbox: dict[str, str], tmp_path: Path
) -> None:
    bin_folder = environment(newest, "segops_admin-*.whl")
    assert "import_csv_in_parts" in page("guides/large-catalogues.md").read_text(encoding="utf-8")
    with (tmp_path / "catalogue.csv").open("w", encoding="utf-8") as file:
        file.write("sku,name,brand,price\n")
        file.writelines(f"SKU-{number},Product {number},Brand {number % 97},9.99\n" for number in range(ROWS))
    done = run(bin_folder / "python", "-c", PEAK, "catalogue.csv", folder=tmp_path, **reached(sandbox))
    assert done.returncode == 0, done.stderr
    imported, peak = map(int, done.stdout.split())
    assert imported == ROWS
    assert peak < 100, f"{peak} MiB: memory grows with the file"
    counted = run(bin_folder / "segops-admin", "products", "list", "--page_size=1", folder=tmp_path, **reached(sandbox))
    assert json.loads(counted.stdout)["count"] == ROWS
