"""The action `setup-segops-sandbox` and the container image, tested without GitHub and without a daemon."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil
import pytest
from repository import ROOT

pytestmark = pytest.mark.needs_workspace

START = ROOT / ".github/actions/setup-segops-sandbox/start.sh"


def run(folder: Path, options: str) -> subprocess.CompletedProcess[str]:
    given = {
        "COMMAND": str(Path(sys.executable).with_name("segops-sandbox")),
        "OPTIONS": options,
        "RUNNER_TEMP": str(folder),
        "GITHUB_ENV": str(folder / "env"),
        "GITHUB_OUTPUT": str(folder / "output"),
    }
    return subprocess.run(["bash", str(START)], env={**os.environ, **given}, capture_output=True, text=True, timeout=90)


def test_the_action_names_a_running_sandbox_to_the_steps_that_follow(tmp_path: Path) -> None:
    done = run(tmp_path, "--now 2026-05-01 --seed 1")
    assert done.returncode == 0, done.stderr
    named = dict(line.split("=", 1) for line in (tmp_path / "env").read_text().splitlines())
    port = int(named["SEGOPS_API_URL"].rpartition(":")[2].removesuffix("/api"))
    [server] = {each.pid for each in psutil.net_connections("tcp") if each.laddr[1] == port and each.status == "LISTEN"}
    try:
        # By what the pytest plugin reads, too: the controls answer to the token.
        root = named["SEGOPS_SANDBOX_URL"].removesuffix("/api")
        asked = urllib.request.Request(
            f"{root}/_sandbox/clock/", headers={"X-Sandbox-Token": named["SEGOPS_SANDBOX_CONTROL_TOKEN"]}
        )
        with urllib.request.urlopen(asked, timeout=10) as answer:
            assert b"2026-05-01T00:00:00Z" in answer.read()
        assert f"::add-mask::{named['SEGOPS_API_KEY']}\n" in done.stdout
        outputs = (tmp_path / "output").read_text().splitlines()
        assert outputs[:2] == [f"url={named['SEGOPS_API_URL']}", f"api-key={named['SEGOPS_API_KEY']}"]
    finally:
        psutil.Process(server).terminate()


def test_a_sandbox_that_does_not_start_fails_the_step_with_its_log(tmp_path: Path) -> None:
    done = run(tmp_path, "--now yesterday")
    assert done.returncode == 1
    assert re.search(r"::error title=segops-sandbox::.*'yesterday' is not an ISO 8601 time", done.stdout)
    assert not (tmp_path / "env").exists()


LINTED = {
    "hadolint": ["sandbox/Dockerfile"],
    "shellcheck": [".github/actions/setup-segops-sandbox/start.sh", ".ci/run", "tools/need.sh"],
}


@pytest.mark.parametrize("name", LINTED)
def test_linters_find_nothing_in_the_dockerfile_and_in_shell_scripts(name: str) -> None:
    program = str(Path(sys.executable).with_name(name))
    found = subprocess.run([program, *LINTED[name]], cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr


def test_the_image_contains_only_what_dockerignore_lets_through() -> None:
    """Everything that the Dockerfile copies passes .dockerignore, and everything is pinned by hash."""
    dockerfile = (ROOT / "sandbox/Dockerfile").read_text(encoding="utf-8")
    copied = re.findall(r"^COPY (?!--from)(\S+)", dockerfile, re.MULTILINE)
    seen = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert copied
    assert [f"!{name}" for name in copied] == [line for line in seen if line.startswith("!")]
    assert "--require-hashes" in dockerfile
    assert re.search(r"^USER [1-9]", dockerfile, re.MULTILINE)
    assert "HEALTHCHECK" in dockerfile


@pytest.mark.skipif(
    not (os.environ.get("SEGOPS_TEST_IMAGE_BASE") and shutil.which("buildah")),
    reason="takes minutes: SEGOPS_TEST_IMAGE_BASE names the base to build on (debian makes one), buildah builds",
)
def test_the_image_is_built_step_by_step_and_serves() -> None:
    command = [sys.executable, str(ROOT / "tools/check_image.py"), "--base", os.environ["SEGOPS_TEST_IMAGE_BASE"]]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ok: with one it is" in done.stdout


def test_the_lock_of_the_image_holds_what_the_sandbox_asks_for() -> None:
    project = (ROOT / "sandbox/pyproject.toml").read_text(encoding="utf-8")
    asked = re.search(r"^dependencies = \[\n(.*?)^\]", project, re.MULTILINE | re.DOTALL)
    assert asked
    names = {name.lower() for name in re.findall(r'^  "([A-Za-z0-9-]+)', asked[1], re.MULTILINE)} | {"psycopg"}
    lock = (ROOT / "requirements/sandbox.txt").read_text(encoding="utf-8")
    assert names <= set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
