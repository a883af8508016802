"""The built files as their users have them: installed into clean environments, without the repository."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from built_files import DIST, SUPPORTED, run
from repository import ROOT

Environment = Callable[..., Path]
Built = Callable[[str], Path]

DISTRIBUTIONS = ("segops_admin", "segops_sandbox", "pytest_segops", "segops_parity")
LISTS = """
import segops_admin
with segops_admin.SegOpsAdmin() as client:
    print(sum(1 for each in client.segments.iterate({"page_size": 2})), segops_admin.__version__)
"""
PLUGIN = """
def test_a_clean_workspace(segops_sandbox, segops_client):
    assert segops_client.segments.list()["count"] == 0
    assert segops_client.segments.create({"name": "Built"})["id"]
    assert [each["method"] for each in segops_sandbox.requests()] == ["GET", "POST"]
"""
ESM = """
import { SegOpsAdmin, VERSION } from "@segops/admin";
import { verifyWebhook } from "@segops/admin/webhook";
const client = new SegOpsAdmin();
let segments = 0;
for await (const each of client.segments.iterate({ page_size: 2 })) segments += each.id > 0 ? 1 : 0;
console.log(segments, VERSION, verifyWebhook("{}", "no", "whsec_test"));
client.close();
"""
CJS = """
const { SegOpsAdmin } = require("@segops/admin");
const client = new SegOpsAdmin();
client.segments.list().then((page) => { console.log(page.count); client.close(); });
"""


def version() -> str:
    done = run(sys.executable, ROOT / "tools/release/version.py", folder=ROOT)
    return done.stdout.strip()


def reached(sandbox: dict[str, str]) -> dict[str, str]:
    return {"SEGOPS_API_URL": sandbox["url"], "SEGOPS_API_KEY": sandbox["api_key"]}


def test_dist_holds_the_files_of_this_version_and_no_other(built: Built) -> None:
    expected = {f"{name}-{version()}{end}" for name in DISTRIBUTIONS for end in ("-py3-none-any.whl", ".tar.gz")}
    assert {file.name for file in DIST.iterdir()} == expected | {f"segops-admin-{version()}.tgz"}


def test_each_file_holds_the_licence_and_no_data_of_others(built: Built) -> None:
    licence = (ROOT / "LICENSE").read_bytes()
    for file in DIST.iterdir():
        held: dict[str, bytes] = {}
        if file.suffix == ".whl":
            with zipfile.ZipFile(file) as wheel:
                held = {name: wheel.read(name) for name in wheel.namelist() if not name.endswith("/")}
        else:
            with tarfile.open(file) as archive:
                members = [member for member in archive.getmembers() if member.isfile()]
                held = {member.name: archive.extractfile(member).read() for member in members}  # type: ignore[union-attr]
        assert licence in [data for name, data in held.items() if name.rpartition("/")[2] == "LICENSE"], file.name
        data = [name for name in held if name.endswith((".txt", ".csv", ".parquet", ".zip", ".xlsx"))]
        assert [name for name in data if not name.endswith(("entry_points.txt", "top_level.txt"))] == [], file.name


def test_building_again_gives_the_same_bytes(tmp_path: Path) -> None:
    again = run(
        sys.executable, ROOT / "tools/release/build.py", tmp_path / "dist", "python", "sandbox", folder=tmp_path
    )
    assert again.returncode == 0, again.stderr
    for file in sorted((tmp_path / "dist").iterdir()):
        assert file.read_bytes() == (DIST / file.name).read_bytes(), file.name


@pytest.mark.parametrize("python", SUPPORTED)
def test_the_sdk_lists_segments_on_each_python(
    python: str, environment: Environment, sandbox: dict[str, str], tmp_path: Path
) -> None:
    bin_folder = environment(python, "segops_admin-*.whl")
    listed = run(bin_folder / "python", "-W", "error", "-c", LISTS, folder=tmp_path, **reached(sandbox))
    assert listed.stdout == f"3 {version()}\n", listed.stderr
    command = run(bin_folder / "segops-admin", "segments", "list", folder=tmp_path, **reached(sandbox))
    assert json.loads(command.stdout)["count"] == 3, command.stderr
    installed = {path.name.partition("-")[0] for path in bin_folder.parent.glob("lib/*/site-packages/*.dist-info")}
    assert installed == {"segops_admin"}, "it brought something along"


@pytest.mark.parametrize("python", ["3.9", "3.13"])
def test_the_pytest_plugin_runs_a_test_in_a_clean_workspace(
    python: str, environment: Environment, sandbox: dict[str, str], tmp_path: Path
) -> None:
    bin_folder = environment(python, "pytest_segops-*.whl", "segops_admin-*.whl")
    (tmp_path / "test_built.py").write_text(PLUGIN, encoding="utf-8")
    server = {
        "SEGOPS_SANDBOX_URL": sandbox["url"],
        "SEGOPS_API_KEY": sandbox["api_key"],
        "SEGOPS_SANDBOX_CONTROL_TOKEN": sandbox["control_token"],
    }
    tested = run(bin_folder / "python", "-m", "pytest", "-q", folder=tmp_path, **server)
    assert "1 passed" in tested.stdout, tested.stdout + tested.stderr


def test_the_harness_judges_a_driver_in_an_empty_folder(environment: Environment, newest: str, tmp_path: Path) -> None:
    if not shutil.which("perl"):
        pytest.skip("perl is not installed: the third driver is written in it")
    bin_folder = environment(newest, "segops_parity-*.whl")
    driver = f"perl=perl {shlex.quote(str(ROOT / 'tests/parity/perl_driver.pl'))}"
    command = (bin_folder / "segops-parity", "check", "--driver", driver, "--case", "segments.*/happy")
    judged = run(*command, folder=tmp_path)
    assert judged.returncode == 0, judged.stdout + judged.stderr
    assert "3 of 3 cases equal" in judged.stdout


@pytest.mark.parametrize("node", ["oldest", "current"])
def test_the_npm_package_works_as_module_and_as_commonjs_and_as_a_command(
    node: str, built: Built, sandbox: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "package.json").write_text('{"name": "stranger", "version": "1.0.0", "private": true}')
    (tmp_path / "list.mjs").write_text(ESM)
    (tmp_path / "count.cjs").write_text(CJS)
    tool = (ROOT / "typescript-fixtures/tools/node.sh", node)
    env = {"SEGOPS_NODE_QUIET": "1", "NODE_OPTIONS": "--throw-deprecation"}
    flags = ("--offline", "--no-audit", "--no-fund", "--silent")
    put = run(*tool, "npm", "install", *flags, built("segops-admin-*.tgz"), folder=tmp_path, SEGOPS_NODE_QUIET="1")
    assert put.returncode == 0, put.stdout + put.stderr
    assert [each.name for each in (tmp_path / "node_modules").iterdir() if each.name[0] != "."] == ["@segops"]
    esm = run(*tool, "node", "list.mjs", folder=tmp_path, **env, **reached(sandbox))
    assert esm.stdout == f"3 {version()} false\n", esm.stderr
    cjs = run(*tool, "node", "count.cjs", folder=tmp_path, **env, **reached(sandbox))
    assert cjs.stdout == "3\n", cjs.stderr
    command = tmp_path / "node_modules/.bin/segops-admin"
    listed = run(*tool, "node", command, "segments", "list", folder=tmp_path, **env, **reached(sandbox))
    assert json.loads(listed.stdout)["count"] == 3, listed.stderr
