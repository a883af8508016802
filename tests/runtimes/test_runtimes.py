"""The npm package on the further runtimes of its page: Nodes between the oldest and a current one, Bun, Deno.

Not part of `make test`: `make test-runtimes` fetches them, half a gigabyte, and the weekly workflow runs it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hostile_typescript import wrong_outcomes
from runtimes import PROGRAM, RUNTIMES, UNPATCHED, Runtime
from scripted_server import Reply, ScriptedServer
from typescript_package import built_package, installed, packed

pytestmark = pytest.mark.needs_workspace

# The package's own tests that a runtime cannot pass, and why. Each must fail there: one that passes is no exception.
CANNOT = {
    "Bun": {
        "a call that is aborted while it waits leaves no timer behind": "its process.getActiveResourcesInfo() names no "
        "timers",
    },
    "Deno": {
        "an interrupt exits 130, and a reader that goes away is no error": "its child.kill() tells the signal that was "
        "sent, not the status that the program ended with",
    },
}


@pytest.fixture(params=RUNTIMES)
def runtime(request: pytest.FixtureRequest) -> Runtime:
    """Each runtime in turn."""
    return Runtime(request.param)


@pytest.fixture(scope="module")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as it is published."""
    return packed(tmp_path_factory.mktemp("pack"))


@pytest.fixture
def project(tarball: Path, tmp_path: Path) -> Path:
    """A project with the package."""
    return installed(tarball, tmp_path)


@pytest.fixture(scope="session")
def segops_sandbox_options() -> tuple[str, ...]:
    """The options of the sandbox of these tests: background jobs, so that calls have something to wait for."""
    return ("--jobs=background", "--now=1998-07-01")


def test_a_users_program_works_against_a_sandbox(runtime: Runtime, project: Path, segops_sandbox: Any) -> None:
    segops_sandbox.reset(demo=True)
    (project / PROGRAM.name).write_bytes(PROGRAM.read_bytes())
    folder = project / "temporary"  # the program reads the files that it left there
    folder.mkdir()
    done = runtime.run(PROGRAM.name, cwd=project, TMPDIR=str(folder), **segops_sandbox.env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("\ndone\n")


def test_calls_do_not_go_through_a_node_http_that_nobody_has_replaced(runtime: Runtime, project: Path) -> None:
    (project / UNPATCHED.name).write_bytes(UNPATCHED.read_bytes())
    heard = ["heard"] if runtime.name in ("Bun", "Deno") else []  # theirs is never used, even if somebody listens in
    with ScriptedServer(Reply(json={"id": 7})) as server:
        done = runtime.run(UNPATCHED.name, *heard, cwd=project, SEGOPS_API_URL=server.url)
    assert (done.returncode, done.stdout) == (0, "".join(f"{each}\n" for each in [*heard, "ours"])), done.stderr


def test_the_own_tests_pass(runtime: Runtime) -> None:
    done = runtime.test(built_package())
    failed = set(_failed(done.stdout + done.stderr))
    assert failed == set(CANNOT.get(runtime.name, ())), (done.stdout + done.stderr)[-4000:]
    assert _passed(done.stdout + done.stderr) >= (18 if runtime.name == "Node 18.20" else 300)  # that one counts files


def _failed(out: str) -> list[str]:
    """The names of the tests that failed, as node:test, Bun or Deno tells them."""
    marked = r"^(?:\s*not ok \d+ - |\s*✖ |\(fail\) )(.*?)(?: \[.*\]| \(.*ms\))?$"
    return re.findall(marked, out, re.MULTILINE) + re.findall(r"^(.*) \.\.\. FAILED", out, re.MULTILINE)


def _passed(out: str) -> int:
    counts = re.findall(r"^\s*(?:[#ℹ] pass )?(\d+)(?: pass)?$|(\d+) passed", out, re.MULTILINE)
    return max((int(one or other) for one, other in counts), default=0)


def test_what_a_server_may_answer_comes_to_what_the_table_says(runtime: Runtime, project: Path) -> None:
    played, wrong = wrong_outcomes(runtime.program(), project, runtime.environment)
    if runtime.name in ("Bun", "Deno"):
        # Their TLS does not tell whether a connection was ended or cut: a reply that ends with it is never taken.
        in_doubt = [each for each in wrong if re.search(r"'connection', 'said': .*cut short after \d+ bytes'", each)]
        assert in_doubt
        wrong = [each for each in wrong if each not in in_doubt]
    assert "\n".join(wrong) == ""
    assert played > 400
