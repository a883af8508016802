"""Calls under the fake timers of Jest, Vitest and node:test: replies, retries, waits and timeouts."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Callable

import pytest

pytestmark = pytest.mark.needs_workspace

Run = Callable[..., str]
Attempt = Callable[..., "subprocess.CompletedProcess[str]"]
WithRunner = Callable[..., None]

# A server that is busy at first, has a job that is done at the second poll, and one segment that is never answered.
CALLS = """
async function calls() {
  const seen = [];
  const server = createServer((request, response) => {
    seen.push(request.url);
    if (request.url === "/api/segments/7/") return;
    const status = seen.length < 4 ? "importing" : "done";
    response.writeHead(seen.length === 1 ? 503 : 200, { "Content-Type": "application/json", "Retry-After": "0" });
    response.end(JSON.stringify({ count: 2, next: null, results: [], status }));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  let isFired = false;
  setTimeout(() => { isFired = true; }, 1);
  const baseUrl = `http://127.0.0.1:${server.address().port}/api`;
  const client = new SegOpsAdmin({ apiKey: "sk_test", baseUrl });
  const listed = await client.segments.list();
  const job = await client.products.waitForImport(4);
  const hasty = client.withOptions({ timeout: 0.3, maxRetries: 0 });
  const late = await hasty.segments.get(7).catch((error) => error.name);
  const script = new Script(reply({ detail: "busy" }, { status: 503 }), reply({ id: 3 }));
  const scripted = await script.client().segments.get(3);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return { count: listed.count, job: job.status, late, scripted: scripted.id, requests: seen.length, isFired };
}
const EXPECTED = { count: 2, job: "done", late: "SegOpsTimeoutError", scripted: 3, requests: 5, isFired: false };
"""

REQUIRED = """
const { createServer } = require("node:http");
const { SegOpsAdmin } = require("@segops/admin");
const { Script, reply } = require("@segops/admin/testing");
"""

IMPORTED = """
import { createServer } from "node:http";
import { SegOpsAdmin } from "@segops/admin";
import { Script, reply } from "@segops/admin/testing";
"""

JEST = """
test.each([[{}], [{ legacyFakeTimers: true }]])("%j", async (options) => {
  jest.useFakeTimers(options);
  expect(await calls()).toEqual(EXPECTED);
});
"""

VITEST = """
import { afterEach, expect, test, vi } from "vitest";
const EVERY = ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "setImmediate", "clearImmediate"];
afterEach(() => vi.useRealTimers());
test.each([[{}], [{ toFake: [...EVERY, "Date", "performance", "queueMicrotask"] }]])("%j", async (options) => {
  vi.useFakeTimers(options);
  expect(await calls()).toEqual(EXPECTED);
});
"""

NODE_TEST = """
import assert from "node:assert/strict";
import { test } from "node:test";
test("all timers and the date", async (context) => {
  context.mock.timers.enable();
  assert.deepEqual(await calls(), EXPECTED);
});
"""


# jsdom's globals: its Blob, File, AbortController, URLSearchParams, typed arrays and dates are not Node's.
JSDOM = """
const { parseWebhook, signWebhook } = require("@segops/admin/webhook");

test("what a page gives is taken as what it is", async () => {
  jest.useRealTimers();
  expect(window.document.title).toBe("");
  const seen = [];
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    seen.push([request.url, Buffer.concat(parts).toString()]);
    if (request.url !== "/api/segments/7/") response.end('{"ok":1}');
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${server.address().port}/api`;
  const client = new SegOpsAdmin({ apiKey: "sk_test", baseUrl });
  for (const file of [new Blob(["sku\\nA"]), new File(["sku\\nA"], "mine.csv"), new Uint8Array([115, 107, 117])]) {
    expect(await client.products.importCsv(file)).toEqual({ ok: 1 });
  }
  const names = seen.map(([, body]) => /filename="(.*?)"/.exec(body)[1]);
  expect(names).toEqual(["products.csv", "mine.csv", "products.csv"]);
  expect(seen.every(([, body]) => body.includes("sku"))).toBe(true);
  await client.users.search(new URLSearchParams("q=a&q=b"));
  await client.users.search({ since: new Date(0) });
  expect(seen.slice(3).map(([url]) => url.split("?")[1])).toEqual(["q=a&q=b", "since=1970-01-01T00%3A00%3A00Z"]);
  await client.segments.create({ at: new Date(0) });
  expect(seen[5][1]).toBe('{"at":"1970-01-01T00:00:00Z"}');
  for (const body of [new FormData(), new Blob([]), document.body, new URLSearchParams("a=1"), new Uint8Array(2)]) {
    await expect(client.segments.create({ body })).rejects.toMatchObject({ name: "SegOpsArgumentError" });
  }
  const controller = new AbortController();
  const call = client.segments.get(7, { signal: controller.signal });
  setTimeout(() => controller.abort("enough"), 30);
  await expect(call).rejects.toBe("enough");
  await expect(client.segments.get(7, { signal: AbortSignal.abort("enough") })).rejects.toBe("enough");
  const items = [];
  for await (const item of new Script(reply({ results: [1], next: "x" }), reply({ results: [2], next: null })).client()
    .segments.iterate({}, { prefetch: 2 })) items.push(item);
  expect(items).toEqual([1, 2]);
  const body = new Uint8Array(Buffer.from('{"event":"segment.recomputed"}'));
  expect(parseWebhook(body, signWebhook(body, "whsec_test"), "whsec_test").event).toBe("segment.recomputed");
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
"""


@pytest.mark.parametrize("environment", ["node", "jsdom"])
def test_under_jest(environment: str, attempt: Attempt, project: Path, with_runner: WithRunner) -> None:
    with_runner(project, "jest", "jest-circus", "jest-environment-jsdom")
    (project / "package.json").write_text('{"name": "user", "private": true}')
    # Fake from the start: the package is loaded when the timers are not real any more.
    config = {"testEnvironment": environment, "fakeTimers": {"enableGlobally": True}, "watchman": False}
    (project / "jest.config.json").write_text(json.dumps(config))
    (project / "it.test.js").write_text(REQUIRED + CALLS + JEST + (JSDOM if environment == "jsdom" else ""))
    done = attempt("current", "node", "node_modules/jest/bin/jest.js", "--ci", "--forceExit", cwd=project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ("3 passed" if environment == "jsdom" else "2 passed") in done.stderr


def test_under_vitest(attempt: Attempt, project: Path, with_runner: WithRunner) -> None:
    with_runner(project, "vitest", "vite")
    (project / "it.test.mjs").write_text(IMPORTED + CALLS + VITEST)
    done = attempt("current", "node", "node_modules/vitest/vitest.mjs", "run", cwd=project, CI="1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


def test_under_the_mock_timers_of_node(run: Run, project: Path) -> None:
    (project / "it.mjs").write_text(IMPORTED + CALLS + NODE_TEST)  # Node 18 has none
    assert "# pass 1\n" in run("current", "node", "--test", "--test-reporter=tap", "it.mjs", cwd=project)
