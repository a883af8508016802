import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { find, RESOURCES, verbs } from "../src/cli/commands.js";
import { candidates } from "../src/cli/completion.js";
import { examine, Watched } from "../src/cli/doctor.js";
import { kindOf, printable, report } from "../src/cli/failures.js";
import { helpText } from "../src/cli/help.js";
import { mistakeIn } from "../src/cli/json-place.js";
import { Profile } from "../src/cli/profiles.js";
import { Retries } from "../src/cli/retries.js";
import { closest } from "../src/cli/suggestions.js";
import { reply, Script } from "../src/testing.js";
import { BIN, cli, program } from "./support/commands.js";
import { operations } from "./support/contract.js";
import { KEY, withServer } from "./support/server.js";

test("every operation of the contract has its verb, with its arguments and flags", () => {
  for (const operation of operations()) {
    const [verb = "", ...words] = operation.cli.split(" ");
    const command = find(operation.namespace.replace("_", "-"), verb);
    assert.ok(command, `${operation.namespace} ${verb}`);
    const expected = words.filter((word) => word.startsWith("<")).map((word) => word.slice(1, -1));
    const shown = command.arguments.map((argument) => argument.shown);
    assert.deepEqual(shown, expected, operation.cli);
    const known = (command.known ?? []).map(([key]) => key);
    for (const flag of words
      .filter((word) => word.includes("--"))
      .map((word) => word.replace(/[[\]-]|=.*/g, (part) => (part === "-" ? "-" : "")))) {
      const name = flag.replace(/^--/, "");
      assert.ok(
        name === "KEY" || [...command.options.map((each) => each.name), ...known].includes(name),
        `${operation.cli}: ${flag}`,
      );
    }
  }
});

test("there is help at every level, in ASCII, with an example", () => {
  const levels = [[], ["environment"], ["exit-codes"], ["api"], ["doctor"], ["completion"]];
  for (const name of RESOURCES.keys()) {
    levels.push([name], ...[...verbs(name).keys()].map((verb) => [name, verb]));
  }
  assert.ok(levels.length > 80);
  for (const words of levels as string[][]) {
    const text = helpText(words);
    assert.match(text, /^[\x20-\x7e\n]+$/, words.join(" "));
    assert.match(text, /Examples?:\n {2}\S*segops-admin|SEGOPS_API_KEY=/, words.join(" "));
    assert.ok(
      text.split("\n").every((line) => line.length <= 130),
      words.join(" "),
    );
  }
});

test("an error that nobody foresaw is one line, and one of the system says what the system says", () => {
  const gone = Object.assign(new Error("ENOENT: no such file or directory, unlink 'x'"), { code: "ENOENT", path: "x" });
  const lines: string[] = [];
  const { write } = process.stderr;
  process.stderr.write = (text: unknown): boolean => lines.push(String(text)) > 0;
  try {
    assert.deepEqual([new TypeError("oops"), gone].map(report), [1, 1]);
  } finally {
    process.stderr.write = write;
  }
  assert.deepEqual(lines, [
    "error: unexpected TypeError: oops (SEGOPS_DEBUG=1 shows where; please report it)\n",
    "error: x: No such file or directory\n",
  ]);
  assert.deepEqual([new TypeError("oops"), gone].map(kindOf), ["unexpected", "system"]);
});

test('results go to standard output as JSON, and nothing is {"ok": true}', async () => {
  await withServer(
    [{ json: { id: 1, name: "Käse", list: [], n: [1] } }, { status: 204 }, { json: [] }],
    async (server) => {
      const got = await program(server, ["segments", "get", "1"]);
      assert.deepEqual(got, {
        code: 0,
        out: '{\n  "id": 1,\n  "name": "Käse",\n  "list": [],\n  "n": [\n    1\n  ]\n}\n',
        err: "",
      });
      assert.deepEqual(await cli(server, ["segments", "delete", "1"]), {
        code: 0,
        out: '{\n  "ok": true\n}\n',
        err: "",
      });
      assert.equal((await cli(server, ["--compact", "queries", "list", "--page=2", "--x", "y", "--flag"])).out, "[]\n");
      assert.equal(server.seen[2]?.target, "/api/ai-reach/queries/?page=2&x=y&flag=true");
    },
  );
});

test("errors go to standard error with what to do, and exit 1, usage 2", async () => {
  await withServer({ status: 404, json: { detail: "a\u001b[2J\nb" } }, async (server) => {
    const failed = await program(server, ["segments", "get", "9"]);
    assert.deepEqual([failed.code, failed.out], [1, ""]);
    assert.equal(
      failed.err,
      "error: GET /segments/9/ answered 404 Not Found: a\\x1b[2J b.\n" +
        "Possible cause: nothing in the key's workspace has the id '9' (segops-admin segments list shows what it has).\n",
    );
    const cases: [string[], RegExp][] = [
      [["segments", "lst"], /unknown segments command 'lst'\.\nDid you mean segops-admin segments list\?/],
      [["segments", "get"], /segments get needs <id>\.\nusage: segops-admin segments get <id>/],
      [["segments", "get", "1", "--frmat=x"], /unknown flag --frmat/],
      [["segments", "export", "1", "--format=xlsx"], /format must be csv or parquet, not 'xlsx'/],
      [["segments", "create", "/missing.json"], /cannot read '\/missing\.json': No such file or directory\./],
      [["segments", "create", '{"a": }'], /the argument is not valid JSON: line 1, column 7: a value is expected/],
      [["products", "import", "-", "--confirm=-"], /standard input can be read only once/],
      [["segments"], /usage: segops-admin segments <verb>/],
    ];
    for (const [words, message] of cases) {
      const result = await cli(server, words);
      assert.deepEqual([result.code, result.out], [2, ""], words.join(" "));
      assert.match(result.err, message);
    }
    assert.equal((await program(server, ["segments", "lst"])).code, 2);
    const keyless = await cli(server, ["segments", "list"], { SEGOPS_API_KEY: "" });
    assert.deepEqual([keyless.code, keyless.err.split("\n")[0]], [2, "error: SEGOPS_API_KEY is not set."]);
    assert.equal(server.seen.length, 1);
  });
});

test("--all prints every item on a line of its own, as it comes", async () => {
  const pages = [
    { results: [{ id: 1 }, { id: 2 }], next: "x" },
    { results: [{ id: 3 }], next: null },
  ];
  await withServer(
    pages.map((json) => ({ json })),
    async (server) => {
      const result = await cli(server, ["segments", "list", "--all", "--page_size=2"]);
      assert.deepEqual(result, { code: 0, out: '{"id":1}\n{"id":2}\n{"id":3}\n', err: "" });
    },
  );
});

test("--wait prints the job's last answer, --to writes the file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "segops-cli-"));
  const answers = [
    { json: { export_id: 9, status: "queued" } },
    { json: { status: "running" } },
    { json: { status: "ready" } },
    { text: "user_id\nu-1\n" },
  ];
  await withServer(answers, async (server) => {
    const path = join(folder, "members.csv");
    const result = await cli(server, ["segments", "export", "3", "--to", path, "--interval=0.01"]);
    assert.equal(result.code, 0, result.err);
    assert.deepEqual(JSON.parse(result.out), { status: "ready" });
    assert.equal(result.err, `export 9 of segment 3 started\nrunning\nready\n12 bytes written to ${path}\n`);
    assert.equal(readFileSync(path, "utf8"), "user_id\nu-1\n");
  });
  rmSync(folder, { recursive: true });
});

test("an import is uploaded, confirmed and waited for", async () => {
  const folder = mkdtempSync(join(tmpdir(), "segops-cli-"));
  const path = join(folder, "p.csv");
  writeFileSync(path, "sku\nA\n");
  const answers = [
    { json: { job_id: 4 } },
    { json: { status: "importing" } },
    { json: { status: "done", imported_count: 1, row_count: 1 } },
  ];
  await withServer(answers, async (server) => {
    const result = await cli(server, ["products", "import", path, "--confirm={}", "--wait"]);
    assert.deepEqual([result.code, result.err], [0, "import 4 uploaded\ndone 1/1\n"]);
    assert.deepEqual(
      server.seen.map(({ method, path }) => `${method} ${path}`),
      ["POST /pim/import/csv/", "POST /pim/import/4/confirm/", "GET /pim/import/4/"],
    );
  });
  await withServer({ json: {} }, async (server) => {
    await program(server, ["products", "import", "-"], { stdin: "sku\nB\n" });
    assert.match(server.seen[0]?.body ?? "", /filename="products\.csv"[\s\S]*\r\n\r\nsku\nB\n\r\n/);
  });
  rmSync(folder, { recursive: true });
});

test("--dry-run shows the request with the key masked, and sends nothing", async () => {
  await withServer({ json: {} }, async (server) => {
    const result = await program(server, ["segments", "create", "-", "--dry-run"], { stdin: '{"name":"é"}' });
    const request = JSON.parse(result.out) as Record<string, unknown> & { headers: Record<string, string> };
    assert.deepEqual([request.method, request.url, request.body], ["POST", `${server.url}/segments/`, { name: "é" }]);
    assert.equal(request.headers.Authorization, "ApiKey sk_...6789");
    assert.equal(result.err, "dry run: nothing was sent.\n");
    assert.ok(!(result.out + result.err).includes(KEY));
    const upload = JSON.parse(
      (await program(server, ["products", "import", "-", "--dry-run"], { stdin: "12345" })).out,
    ) as { multipart: unknown };
    assert.deepEqual(upload.multipart, { field: "file", filename: "products.csv", content_type: "text/csv", bytes: 5 });
    assert.equal(server.seen.length, 0);
  });
});

test("api reaches what is not wrapped, doctor reports, -v logs without secrets", async () => {
  await withServer({ json: { ok: 1 } }, async (server) => {
    const raw = await cli(server, [
      "api",
      "post",
      "/new/",
      "--body={}",
      "--query",
      "a=1",
      "--query=a=2",
      "-v",
      "--idempotency-key=k",
    ]);
    assert.deepEqual(
      [raw.code, server.seen[0]?.target, server.seen[0]?.headers["idempotency-key"]],
      [0, "/api/new/?a=1&a=2", "k"],
    );
    assert.match(raw.err, /^[\d-]+ [\d:,]+ DEBUG POST \/new\/ 200 \d+ ms attempt 1\n$/);
    const report = JSON.parse((await cli(server, ["doctor"])).out) as Record<string, unknown>;
    assert.deepEqual(
      [report.ok, report.reachable, report.api_key, report.base_url],
      [true, true, "sk_...6789", server.url],
    );
  });
});

/** Has a property say something else while `run` runs: the oldest Node has no mocks. */
async function withProperties(changed: [object, string, unknown][], run: () => Promise<void>): Promise<void> {
  const before = changed.map(([owner, name]) => Object.getOwnPropertyDescriptor(owner, name));
  for (const [owner, name, value] of changed) {
    Object.defineProperty(owner, name, { value, configurable: true, writable: true });
  }
  try {
    await run();
  } finally {
    for (const [index, [owner, name]] of changed.entries()) {
      const descriptor = before[index];
      if (descriptor === undefined) {
        Reflect.deleteProperty(owner, name);
      } else {
        Object.defineProperty(owner, name, descriptor);
      }
    }
  }
}

test("the doctor's latency is the median of its calls, each timed by itself", async () => {
  const took = [10, 30, 20, 50, 40];
  const moments = took.flatMap((milliseconds, number) => [number * 1000, number * 1000 + milliseconds]);
  const script = new Script(...took.map(() => reply({ results: [] })));
  const { signal } = new AbortController();
  await withProperties([[performance, "now", () => moments.shift() ?? Number.NaN]], async () => {
    const found = await examine(script.client(), new Watched(), new Profile(), () => [], signal);
    assert.deepEqual([found.ok, found.latency_ms, moments.length], [true, 30, 0]);
  });
  script.assertDone();
});

test("a wait before a retry is counted down each second on a terminal", async () => {
  let now = 0;
  const told: string[] = [];
  const ticks: (() => void)[] = [];
  const changed: [object, string, unknown][] = [
    [performance, "now", (): number => now],
    [process.stderr, "write", (text: unknown): boolean => told.push(String(text)) > 0],
    [process.stderr, "isTTY", true],
    [
      globalThis,
      "setInterval",
      (tick: () => void, after: number): void => void ticks.push(after === 1000 ? tick : assert.fail),
    ],
  ];
  await withProperties(changed, async () => {
    const retries = new Retries(false);
    const script = new Script(reply({}, { status: 503, headers: { "Retry-After": "3" } }), reply({ id: 1 }));
    script.time.sleep = (): Promise<void> => {
      for (now of [1000, 2000, 3000]) {
        ticks[0]?.();
      }
      return Promise.resolve();
    };
    await script.client({ onReply: retries.onReply }).segments.get(1);
  });
  const drawn = told.map((text) => text.replace("\r", "").trim().replace(/.*; /, ""));
  assert.deepEqual(drawn, ["retrying in 3 s", "retrying in 2 s", "retrying in 1 s", "retrying in 1 s", ""]);
});

test("an interrupt exits 130, and a reader that goes away is no error", async () => {
  await withServer({ fault: "silence" }, async (server) => {
    const child = spawn(process.execPath, [BIN, "segments", "recompute", "1"], {
      env: { ...process.env, SEGOPS_API_KEY: KEY, SEGOPS_API_URL: server.url },
    });
    let err = "";
    child.stderr.on("data", (chunk) => {
      err += chunk;
    });
    while (server.seen.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    child.kill("SIGINT");
    assert.deepEqual(await once(child, "close"), [130, null]);
    assert.equal(err, "error: interrupted. What was under way may have been executed.\n");
  });
  const page = {
    json: { results: Array.from({ length: 500 }, (_, id) => ({ id, text: "x".repeat(500) })), next: "more" },
  };
  await withServer(page, async (server) => {
    const child = spawn(process.execPath, [BIN, "segments", "list", "--all"], {
      env: { ...process.env, SEGOPS_API_KEY: KEY, SEGOPS_API_URL: server.url },
    });
    let err = "";
    child.stderr.on("data", (chunk) => {
      err += chunk;
    });
    await once(child.stdout, "data");
    child.stdout.destroy();
    assert.deepEqual([await once(child, "close"), err], [[0, null], ""]);
  });
});

test("completion offers words, flags, values and files", () => {
  assert.ok(candidates(["seg"]).some((line) => line.startsWith("segments\t")));
  assert.deepEqual(candidates(["segments", "export", "1", "--format="]), ["--format=csv\t", "--format=parquet\t"]);
  assert.ok(
    candidates(["segments", "exp"])
      .map((line) => line.split("\t")[0])
      .includes("export-status"),
  );
  assert.deepEqual(candidates(["segments", "create", ""]), [":files"]);
  assert.deepEqual(candidates([]), []);
});

test("a mistyped word gets the suggestion that is most like it", () => {
  assert.equal(closest("lst", ["list", "get"]), "list");
  assert.equal(closest("zzz", ["list", "get"]), "");
  assert.equal(closest("EXPORT_STATUS", ["export", "export-status"]), "export-status");
});

test("the place of a mistake in JSON is found", () => {
  const cases: [string, number, RegExp][] = [
    ["{", 1, /name in double quotes/],
    ['{"a" 1}', 5, /colon/],
    ["[1 2]", 3, /comma/],
    ["[1,]", 3, /value/],
    ['{"a":1,}', 7, /name/],
    ["1 2", 2, /nothing more/],
    ["[NaN]", 1, /NaN is not a JSON number/],
    ['{"a":"\n"}', 5, /value/],
    ["[1}", 2, /comma/],
  ];
  for (const [text, position, reason] of cases) {
    assert.throws(() => JSON.parse(text));
    const mistake = mistakeIn(text);
    assert.equal(mistake.position, position, text);
    assert.match(mistake.reason, reason);
  }
});

test("what would steer a terminal is escaped", () => {
  assert.equal(printable("a\u001b[2J\nb\u202e\u{e0001} ü"), "a\\x1b[2J b\\u202e\\U000e0001 ü");
});
