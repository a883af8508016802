"""`@segops/admin/sandbox` in a script of any Node, and under real Vitest and Jest."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable

import psutil
import pytest
from repository import ROOT

pytestmark = pytest.mark.needs_workspace

COMMAND = Path(sys.executable).with_name("segops-sandbox")
Run = Callable[..., str]
Attempt = Callable[..., "subprocess.CompletedProcess[str]"]
WithRunner = Callable[..., None]


@pytest.fixture(scope="session")
def search_path() -> str:
    """A search path with the sandbox's command on it, as `uv tool install segops-sandbox` has it."""
    assert COMMAND.exists(), "run `make setup`"
    return f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}"


SCRIPT = """
import assert from "node:assert/strict";
import { cleanSandbox, SandboxError, startSandbox } from "@segops/admin/sandbox";

const sandbox = await startSandbox({ options: ["--now=2026-05-01T12:00:00Z"] });
const client = sandbox.client({ maxRetries: 0 });
await client.segments.create({ name: "Buyers" });
assert.equal((await client.segments.list()).count, 1);
await sandbox.fault({ kind: "status", status: 429, path: "/segments/" });
await assert.rejects(client.segments.list(), /429/);
const requests = await sandbox.requests();
assert.deepEqual(requests.map((each) => each.status), [201, 200, 429]);
await sandbox.advance(60);
assert.equal(await sandbox.now(), "2026-05-01T12:01:00Z");
await sandbox.reset({ jobs: "manual", now: "2027-01-01" });
assert.equal((await client.segments.list()).count, 0);
const other = await sandbox.addTenant("globex");
assert.match(other, /^sk_/);
await client.products.create({ sku: "A1", name: "Boot" });
await client.products.score(1);
assert.deepEqual((await sandbox.runJobs()).map((job) => job.status), ["done"]);
assert.equal((await sandbox.jobs()).length, 1);
const isOurs = (error) => error instanceof SandboxError && /gold/.test(error.message);
await assert.rejects(sandbox.reset({ plan: "gold" }), isOurs);
await sandbox.stop();
await assert.rejects(sandbox.now(), /No sandbox answers at/);

await assert.rejects(startSandbox({ options: ["--now=yesterday"] }), /exit status 2.*is not an ISO 8601 time/s);
process.env.PATH = "/nowhere";
await assert.rejects(startSandbox(), /none of segops-sandbox, uvx \\(uv\\) and pipx is on the PATH/);
process.env.SEGOPS_SANDBOX_URL = "http://127.0.0.1:9";
await assert.rejects(cleanSandbox(), /No sandbox answers at http:\\/\\/127.0.0.1:9/);
console.log("done");
"""


def test_a_script_starts_steers_and_stops_a_sandbox(which: str, run: Run, project: Path, search_path: str) -> None:
    (project / "it.mjs").write_text(SCRIPT)
    assert run(which, "node", "it.mjs", cwd=project, PATH=search_path) == "done\n"


def test_a_process_that_ends_takes_its_sandbox_with_it(run: Run, project: Path, search_path: str) -> None:
    (project / "it.cjs").write_text(
        'const { cleanSandbox } = require("@segops/admin/sandbox");\n'
        "cleanSandbox().then((sandbox) => console.log(sandbox.url));\n"
    )
    port = int(run("oldest", "node", "it.cjs", cwd=project, PATH=search_path).rpartition(":")[2].removesuffix("/api\n"))

    def listens() -> bool:
        found = psutil.net_connections("tcp")
        return any(each.status == psutil.CONN_LISTEN and each.laddr[1] == port for each in found)

    deadline = 200
    while listens():
        deadline -= 1
        assert deadline, "the server outlives its process"
        psutil.wait_procs([], timeout=0.05)


# Two files, so that two workers run at once; the second waits for the first to have made its segment.
CASES = """
test("a test has a clean workspace and says what it holds", async () => {
  const sandbox = await cleanSandbox({ demo: true, now: "1998-07-01" });
  expect(await sandbox.now()).toBe("1998-07-01T00:00:00Z");
  expect((await sandbox.client().segments.list()).count).toBe(3);
});

test("the next one as well, and code that reads the environment finds it", async () => {
  const sandbox = await cleanSandbox();
  Object.assign(process.env, sandbox.env);
  const client = new SegOpsAdmin();
  expect((await client.segments.list()).count).toBe(0);
  await client.segments.create({ name: "Buyers" });
  // The other worker has a server of its own: its clean workspaces do not empty this one.
  writeFileSync(`${FOLDER}/${NAME}.url`, sandbox.url);
  while (readdirSync(FOLDER).filter((name) => name.endsWith(".url")).length < 2) await new Promise(setImmediate);
  expect((await client.segments.list()).count).toBe(1);
});
"""


def cases(folder: Path, name: str, head: str) -> str:
    names = f"const FOLDER = {json.dumps(str(folder))};\nconst NAME = {json.dumps(name)};\n"
    return head + names + CASES


def readme(name: str) -> str:
    """A file that the package's page shows."""
    text = (ROOT / "typescript-fixtures/admin/README.md").read_text(encoding="utf-8")
    found = re.search(rf"^```js\n// {re.escape(name)}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found, f"the page shows no {name}"
    return found[1]


def servers_ended(project: Path) -> bool:
    urls = [int(path.read_text().rpartition(":")[2].removesuffix("/api")) for path in project.glob("*.url")]
    assert len(set(urls)) == 2, "each worker has a server of its own"
    found = psutil.net_connections("tcp")
    return not any(each.status == psutil.CONN_LISTEN and each.laddr[1] in urls for each in found)


def test_vitest_gives_each_worker_a_server_and_each_test_a_clean_workspace(
    attempt: Attempt, project: Path, search_path: str, with_runner: WithRunner
) -> None:
    with_runner(project, "vitest", "vite")
    config = readme("vitest.config.mjs").replace("globalSetup:", "maxWorkers: 2, globalSetup:")
    (project / "vitest.config.mjs").write_text(config)
    head = (
        'import { readdirSync, writeFileSync } from "node:fs";\nimport { expect, test } from "vitest";\n'
        'import { SegOpsAdmin } from "@segops/admin";\nimport { cleanSandbox } from "@segops/admin/sandbox";\n'
    )
    for name in ("one", "two"):
        (project / f"{name}.test.ts").write_text(cases(project, name, head))
    (project / "segments.test.mjs").write_text(readme("segments.test.mjs"))
    done = attempt("current", "node", "node_modules/vitest/vitest.mjs", "run", cwd=project, PATH=search_path, CI="1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 passed" in done.stdout
    assert servers_ended(project)


def test_jest_gives_each_worker_a_server_and_each_test_a_clean_workspace(
    attempt: Attempt, project: Path, search_path: str, with_runner: WithRunner
) -> None:
    with_runner(project, "jest", "jest-circus")
    (project / "package.json").write_text('{"name": "user", "private": true}')
    config: dict[str, Any] = {"globalSetup": "@segops/admin/sandbox/global-setup", "maxWorkers": 2, "watchman": False}
    (project / "jest.config.json").write_text(json.dumps(config))
    head = (
        'const { readdirSync, writeFileSync } = require("node:fs");\n'
        'const { SegOpsAdmin } = require("@segops/admin");\n'
        'const { cleanSandbox } = require("@segops/admin/sandbox");\n'
    )
    for name in ("one", "two"):
        (project / f"{name}.test.js").write_text(cases(project, name, head))
    done = attempt("current", "node", "node_modules/jest/bin/jest.js", "--ci", cwd=project, PATH=search_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stderr
    assert "did not exit" not in done.stderr
