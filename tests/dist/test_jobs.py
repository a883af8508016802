"""What people do with the built packages, as the pages of the built site tell them: one test a person.

The fifth, the maintainer who cuts the next version, is in test_release_recipe.py.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from built_files import run
from guide_programs import blocks, write_django_project
from repository import ROOT

Environment = Callable[..., Path]

NIGHT = """
import django
from django.core.management import call_command
django.setup()
call_command("migrate", run_syncdb=True, verbosity=0)
call_command("nightly_segments")
from shop.models import Membership
print(Membership.objects.count())
"""


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


def reached(sandbox: dict[str, str]) -> dict[str, str]:
    return {"SEGOPS_API_URL": sandbox["url"], "SEGOPS_API_KEY": sandbox["api_key"]}


def test_a_django_engineer_stores_members_each_night(
    page: Callable[[str], Path], environment: Environment, newest: str, sandbox: dict[str, str], tmp_path: Path
) -> None:
    bin_folder = environment(newest, "segops_admin-*.whl", more=["django"])
    write_django_project(page("guides/django.md"), tmp_path)
    env = reached(sandbox) | {"DJANGO_SETTINGS_MODULE": "settings"}
    night = run(bin_folder / "python", "-W", "error", "-c", NIGHT, folder=tmp_path, **env)
    assert night.returncode == 0, night.stderr
    counts = [int(count) for count in re.findall(r": (\d+) members", night.stdout)]
    assert len(counts) == 3
    assert night.stdout.splitlines()[-1] == str(sum(counts))


def test_marketing_operations_walk_the_tutorial_in_a_shell(
    page: Callable[[str], Path], environment: Environment, newest: str, sandbox: dict[str, str], tmp_path: Path
) -> None:
    bin_folder = environment(newest, "segops_admin-*.whl")
    shell = shutil.which("bash")
    assert shell
    path = {"PATH": f"{bin_folder}:/usr/bin:/bin"}
    for number, text in enumerate(blocks(page("guides/tutorial.md"), "sh")):
        lines = [line for line in text.splitlines() if not line.startswith(("make ", "export "))]
        done = run(shell, "-euo", "pipefail", "-c", "\n".join(lines), folder=tmp_path, **reached(sandbox), **path)
        assert done.returncode == 0, f"block {number}: {done.stderr}"
    for number, text in enumerate(blocks(page("guides/tutorial.md"), "python")):
        done = run(bin_folder / "python", "-W", "error", "-c", text, folder=tmp_path, **reached(sandbox))
        assert done.returncode == 0, f"block {number}: {done.stderr}"
    members = (tmp_path / "win-back.csv").read_text(encoding="utf-8").splitlines()
    assert members[0].startswith("user_id,")
    assert len(members) > 100


@pytest.mark.parametrize("node", ["oldest", "current"])
def test_a_typescript_developer_compiles_and_runs_the_first_steps(
    node: str, page: Callable[[str], Path], built: Callable[[str], Path], sandbox: dict[str, str], tmp_path: Path
) -> None:
    tool = (ROOT / "typescript-fixtures/tools/node.sh", node)
    (tmp_path / "package.json").write_text(json.dumps({"name": "shop", "version": "1.0.0", "type": "module"}))
    flags = ("--offline", "--no-audit", "--no-fund", "--silent")
    quiet = {"SEGOPS_NODE_QUIET": "1"}
    put = run(*tool, "npm", "install", *flags, built("segops-admin-*.tgz"), folder=tmp_path, **quiet)
    assert put.returncode == 0, put.stderr
    (tmp_path / "node_modules/@types").symlink_to(ROOT / "typescript-fixtures/node_modules/@types")
    (tmp_path / "first.ts").write_text(blocks(page("typescript.md"), "ts")[0], encoding="utf-8")
    options = {"strict": True, "module": "node16", "target": "es2022", "types": ["node"], "skipLibCheck": True}
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "include": ["*.ts"]}))
    compiler = ROOT / "typescript-fixtures/node_modules/typescript/bin/tsc"
    compiled = run(*tool, "node", compiler, "-p", ".", folder=tmp_path, **quiet)
    assert compiled.returncode == 0, compiled.stdout
    done = run(*tool, "node", "first.js", folder=tmp_path, **quiet, **reached(sandbox))
    assert done.returncode == 0, done.stderr
    assert re.search(r"^\d+ users$", done.stdout, re.MULTILINE)


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
