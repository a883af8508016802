"""Where Node's http has been replaced or is traced, calls go through it: real nock, msw, OpenTelemetry, diagnostics."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Callable

import pytest
from runtimes import UNPATCHED
from scripted_server import Reply, ScriptedServer

pytestmark = pytest.mark.needs_workspace

Run = Callable[..., str]
WithRunner = Callable[..., None]

# A kept connection from before the mock begins is not used inside it, and the real server answers again afterwards.
MOCKED = """
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { SegOpsAdmin, SegOpsConnectionError, SegOpsNotFoundError, SegOpsServerError } from "@segops/admin";

let asked = 0;
const server = createServer((request, response) => {
  asked += 1;
  request.resume().on("end", () => response.end('{"from":"server"}'));
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const baseUrl = `http://127.0.0.1:${server.address().port}/api`;
const plain = new SegOpsAdmin({ apiKey: "sk_test_mocked", baseUrl, maxRetries: 0 });
const secure = new SegOpsAdmin({ apiKey: "sk_test_mocked", baseUrl: "https://segops.example/api", maxRetries: 0 });
const csv = new Blob(["sku\\n" + "A-1\\n".repeat(100_000)]);
const rejection = (promise) => promise.then(() => assert.fail("it did not fail"), (error) => error);

assert.deepEqual(await plain.segments.get(1), { from: "server" });
"""

AFTER = """
assert.deepEqual(await plain.segments.get(1), { from: "server" });
assert.equal(asked, 2);
server.closeAllConnections();
server.close();
console.log("done");
"""

NOCK = (
    'import nock from "nock";\n'
    + MOCKED.replace("assert.deepEqual(await plain", "nock.restore();\nassert.deepEqual(await plain")
    + """
nock.activate();
nock.disableNetConnect();
const [real, other] = [nock(new URL(baseUrl).origin), nock("https://segops.example")];
real.get("/api/segments/1/").matchHeader("authorization", "ApiKey sk_test_mocked").reply(200, { from: "nock" });
assert.deepEqual(await plain.segments.get(1), { from: "nock" });
other.post("/api/segments/", { name: "x" }).reply(201, { id: 1 });
assert.deepEqual(await secure.segments.create({ name: "x" }), { id: 1 });
other.post("/api/pim/import/csv/", /A-1\\nA-1/).reply(201, { job_id: 4 });
assert.deepEqual(await secure.products.importCsv(csv), { job_id: 4 });
real.get("/api/segments/2/").reply(404, { detail: "Not found." });
assert.ok((await rejection(plain.segments.get(2))) instanceof SegOpsNotFoundError);
other.get("/api/segments/3/").replyWithError(Object.assign(new Error("cut"), { code: "ECONNRESET" }));
assert.ok((await rejection(secure.segments.get(3))) instanceof SegOpsConnectionError);
assert.match((await rejection(plain.segments.get(9))).message, /No match for request/);
nock.cleanAll();
nock.restore();
"""
    + AFTER
)

MSW = (
    'import { http, HttpResponse } from "msw";\nimport { setupServer } from "msw/node";\n'
    + MOCKED
    + """
const mock = setupServer(
  http.get(`${baseUrl}/segments/1/`, ({ request }) => HttpResponse.json({ key: request.headers.get("authorization") })),
  http.post("https://segops.example/api/segments/", async ({ request }) => HttpResponse.json(await request.json())),
  http.post("https://segops.example/api/pim/import/csv/", async ({ request }) =>
    HttpResponse.json({ size: (await request.formData()).get("file").size })),
  http.get("https://segops.example/api/segments/2/", () => HttpResponse.json({ detail: "no" }, { status: 404 })),
  http.get("https://segops.example/api/segments/3/", () => HttpResponse.error()),
  http.get("https://segops.example/api/segments/4/", () => new HttpResponse("busy", { status: 500 })),
);
mock.listen({ onUnhandledRequest: "error" });
assert.deepEqual(await plain.segments.get(1), { key: "ApiKey sk_test_mocked" });
assert.deepEqual(await secure.segments.create({ name: "x" }), { name: "x" });
assert.deepEqual(await secure.products.importCsv(csv), { size: csv.size });
assert.ok((await rejection(secure.segments.get(2))) instanceof SegOpsNotFoundError);
assert.ok((await rejection(secure.segments.get(3))) instanceof SegOpsConnectionError);
assert.ok((await rejection(secure.segments.get(4))) instanceof SegOpsServerError);
mock.close();
"""
    + AFTER
)

TRACED = """
const assert = require("node:assert/strict");
const { propagation } = require("@opentelemetry/api");
const { W3CTraceContextPropagator } = require("@opentelemetry/core");
const { registerInstrumentations } = require("@opentelemetry/instrumentation");
const { HttpInstrumentation } = require("@opentelemetry/instrumentation-http");
const { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } = require("@opentelemetry/sdk-trace");

const exporter = new InMemorySpanExporter();
const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
propagation.setGlobalPropagator(new W3CTraceContextPropagator());
registerInstrumentations({
  tracerProvider,
  instrumentations: [new HttpInstrumentation({ disableIncomingRequestInstrumentation: true })],
});

const { SegOpsAdmin } = require("@segops/admin");
const client = new SegOpsAdmin({ apiKey: "sk_test_traced", maxRetries: 1 });
(async () => {
  await client.segments.get(7);
  await client.segments.create({ name: "x" }).catch(() => undefined);
  const spans = exporter.getFinishedSpans();
  const told = spans.map(({ attributes, events }) => JSON.stringify([attributes, events]));
  assert.ok(told.every((text) => !text.includes("sk_test")));
  console.log(JSON.stringify(spans.map(({ attributes }) => [
    attributes["http.request.method"] ?? attributes["http.method"],
    attributes["http.response.status_code"] ?? attributes["http.status_code"],
  ])));
})();
"""

# What Sentry does from Node 22 on: it replaces nothing, and listens to Node's diagnostics.
HEARD = """
import { subscribe } from "node:diagnostics_channel";
import { SegOpsAdmin } from "@segops/admin";

const client = new SegOpsAdmin({ apiKey: "sk_test_heard", maxRetries: 0 });
await client.segments.get(7);
const heard = [];
subscribe("http.client.request.start", ({ request }) => heard.push(`${request.method} ${request.path}`));
await client.segments.get(7);
console.log(JSON.stringify(heard));
"""

# A Node that does not tell what it has loaded: Node documents no such list.
UNTOLD = """
import http from "node:http";
import { SegOpsAdmin } from "@segops/admin";

delete process.moduleLoadList;
const { request } = http;
let asked = 0;
http.request = (...given) => {
  asked += 1;
  return request(...given);
};
await new SegOpsAdmin({ apiKey: "sk_test_untold", maxRetries: 0 }).segments.get(7);
console.log(asked);
"""

UNLOADED = """
import { SegOpsAdmin } from "@segops/admin";

await new SegOpsAdmin({ apiKey: "sk_test_unloaded", maxRetries: 0 }).segments.get(7);
console.log(process.moduleLoadList.includes("NativeModule http"));
"""


@pytest.mark.parametrize("mock", ["nock", "msw"])
def test_a_mock_of_http_is_asked_and_the_server_again_after_it(
    mock: str, run: Run, project: Path, with_runner: WithRunner
) -> None:
    with_runner(project, mock)
    (project / "it.mjs").write_text({"nock": NOCK, "msw": MSW}[mock])
    assert run("current", "node", "it.mjs", cwd=project) == "done\n"


def test_opentelemetry_traces_each_attempt_and_sends_the_trace_on(
    run: Run, project: Path, with_runner: WithRunner
) -> None:
    with_runner(project, "@opentelemetry")
    (project / "it.cjs").write_text(TRACED)
    with ScriptedServer(Reply(503, headers=[("Retry-After", "0")]), Reply(json={"id": 7}), Reply(400)) as server:
        out = run("current", "node", "it.cjs", cwd=project, SEGOPS_API_URL=server.url)
    assert json.loads(out) == [["GET", 503], ["GET", 200], ["POST", 400]]
    assert len({request.header("traceparent") for request in server.requests} - {None}) == 3


def test_http_diagnostics_see_calls_as_soon_as_somebody_subscribes(run: Run, project: Path) -> None:
    (project / "it.mjs").write_text(HEARD)
    with ScriptedServer(Reply(json={"id": 7}), Reply(json={"id": 7})) as server:
        out = run("current", "node", "it.mjs", cwd=project, SEGOPS_API_URL=server.url)
    assert json.loads(out) == ["GET /api/segments/7/"]


def test_a_replaced_http_is_found_where_node_does_not_tell_what_it_has_loaded(run: Run, project: Path) -> None:
    (project / "it.mjs").write_text(UNTOLD)
    with ScriptedServer(Reply(json={"id": 7})) as server:
        assert run("current", "node", "it.mjs", cwd=project, SEGOPS_API_URL=server.url) == "1\n"


def test_an_unpatched_http_module_is_not_loaded(which: str, run: Run, project: Path) -> None:
    """If Node's own functions were mistaken for a patch, calls would go through them, and load them."""
    (project / "it.mjs").write_text(UNLOADED)
    with ScriptedServer(Reply(json={"id": 7})) as server:
        assert run(which, "node", "it.mjs", cwd=project, SEGOPS_API_URL=server.url) == "false\n"
    (project / UNPATCHED.name).write_bytes(UNPATCHED.read_bytes())
    with ScriptedServer(Reply(json={"id": 7})) as server:
        assert run(which, "node", UNPATCHED.name, cwd=project, SEGOPS_API_URL=server.url) == "ours\n"
