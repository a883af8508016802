import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { SegOpsAdmin, type SegOpsAdminOptions, SegOpsConfigError } from "../src/index.js";
import { KEY, rejection, withServer } from "./support/server.js";

function refusal(options: SegOpsAdminOptions): SegOpsConfigError {
  try {
    new SegOpsAdmin(options);
  } catch (error) {
    assert.ok(error instanceof SegOpsConfigError, inspect(error));
    return error;
  }
  return assert.fail(`not refused: ${inspect(options)}`);
}

function withEnvironment(values: Record<string, string | undefined>, run: () => void): void {
  const before = { ...process.env };
  try {
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) {
        delete process.env[name];
      } else {
        process.env[name] = value;
      }
    }
    run();
  } finally {
    process.env = before;
  }
}

test("the key and the base URL are taken from the environment, and an argument goes before it", async () => {
  await withServer({ json: {} }, async ({ url, seen }) => {
    const clients: SegOpsAdmin[] = [];
    withEnvironment({ SEGOPS_API_KEY: "sk_test_environment", SEGOPS_API_URL: `${url}/` }, () => {
      clients.push(new SegOpsAdmin(), new SegOpsAdmin({ apiKey: KEY }));
    });
    for (const client of clients) {
      await client.analytics.overview();
    }
    assert.deepEqual(
      seen.map(({ headers }) => headers.authorization),
      ["ApiKey sk_test_environment", `ApiKey ${KEY}`],
    );
  });
});

test("without argument and environment, the platform's address is used", () => {
  withEnvironment({ SEGOPS_API_URL: undefined }, () => {
    assert.equal(new SegOpsAdmin({ apiKey: KEY }).http.baseUrl, "https://api.segops.ai/api");
  });
});

test("a missing key is refused with advice", () => {
  withEnvironment({ SEGOPS_API_KEY: undefined }, () => {
    assert.match(refusal({}).message, /pass apiKey or set SEGOPS_API_KEY/);
    assert.match(refusal({ apiKey: "" }).message, /apiKey is empty/);
  });
});

test("whatever is no secret key is refused without being repeated", () => {
  const wrong = [
    "pk_test_1",
    "mk_test_1",
    "sk_",
    "nonsense",
    "SK_test",
    " sk_test_1",
    "sk_te st",
    "sk_test\n",
    "sk_tést",
    "sk_\u0000x",
  ];
  for (const apiKey of wrong) {
    const { message } = refusal({ apiKey });
    assert.ok(!message.includes(apiKey) || ["sk_", "pk_", "mk_"].includes(apiKey), message);
  }
  assert.match(refusal({ apiKey: 5 as unknown as string }).message, /^apiKey must be text\.$/);
  assert.match(refusal({ apiKey: "pk_test_1" }).message, /public key/);
  assert.match(refusal({ apiKey: "mk_test_1" }).message, /MCP key/);
});

test("slashes at the end of the base URL make no difference", () => {
  for (const end of ["", "/", "//"]) {
    assert.equal(
      new SegOpsAdmin({ apiKey: KEY, baseUrl: `https://host.test/api${end}` }).http.baseUrl,
      "https://host.test/api",
    );
  }
});

test("a base URL that is not absolute, or carries more than an address, is refused", () => {
  const wrong = [
    "file:///etc",
    "api.segops.ai/api",
    "https://user:pass@host/api",
    "https://host/api?x=1",
    "https://host/api?",
    "https://host/api#x",
    "https://",
    "https://host:99999/api",
    "https://ho st/api",
    "https://hóst/api",
    "ftp://host/api",
    "//host/api",
  ];
  for (const baseUrl of wrong) {
    assert.ok(!refusal({ apiKey: KEY, baseUrl }).message.includes("pass"));
  }
});

test("plain http to another machine warns once per host, and to this one never", async () => {
  const warnings: string[] = [];
  const listen = (warning: Error): void => {
    if (warning.name === "SegOpsWarning") warnings.push(warning.message);
  };
  process.on("warning", listen);
  for (const host of [
    "plain.test",
    "plain.test",
    "other.test",
    "localhost",
    "127.0.0.1",
    "[::1]",
    "127.0.0.1.evil.test",
    "[2001:db8::1]",
  ]) {
    new SegOpsAdmin({ apiKey: KEY, baseUrl: `http://${host}/api` });
  }
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", listen);
  assert.deepEqual(
    warnings.map((message) => message.split(" ").at(-3)),
    ["plain.test:", "other.test:", "127.0.0.1.evil.test:", "2001:db8::1:"],
  );
});

test("retries and timeout are checked, and have defaults", () => {
  const { http } = new SegOpsAdmin({ apiKey: KEY });
  assert.deepEqual([http.maxRetries, http.timeout], [3, 60]);
  assert.equal(new SegOpsAdmin({ apiKey: KEY, maxRetries: 0 }).http.maxRetries, 0);
  for (const maxRetries of [-1, 1.5, Number.NaN, "3", true, null]) {
    refusal({ apiKey: KEY, maxRetries: maxRetries as number });
  }
  for (const timeout of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, "60", true, null]) {
    refusal({ apiKey: KEY, timeout: timeout as number });
  }
});

test("fetch must be a function", () => {
  assert.match(refusal({ apiKey: KEY, fetch: {} as typeof fetch }).message, /must be a function/);
});

test("the key shows in no inspection and no JSON of the client or its parts", () => {
  const client = new SegOpsAdmin({ apiKey: KEY });
  for (const value of [client, client.http, client.segments, client.withOptions({ timeout: 5 })]) {
    const shown = `${inspect(value, { depth: 10, showHidden: true })}${JSON.stringify(value)}${String(value)}`;
    assert.ok(!shown.includes(KEY), shown);
  }
  assert.equal(inspect(client), "<SegOpsAdmin https://api.segops.ai/api>");
  for (const value of [client.segments, client.analytics]) {
    assert.ok(!`${inspect(value)}${JSON.stringify(value)}`.includes("calls"), inspect(value));
  }
});

test("a closed client refuses every call, sends nothing, and may be closed again", async () => {
  await withServer({ json: {} }, async ({ client, seen }) => {
    const closed = client();
    closed.close();
    closed.close();
    assert.equal(closed.closed, true);
    const calls = [
      () => closed.segments.list(),
      () => closed.segments.iterate().next(),
      () => closed.segments.create({ name: "x" }),
      () => closed.products.importCsv(new Uint8Array(1)),
      () => closed.segments.downloadExport(1, "never-written"),
      () => closed.http.request("GET", "/x/"),
    ];
    for (const call of calls) {
      assert.ok((await rejection(call())) instanceof SegOpsConfigError);
    }
    assert.equal(seen.length, 0);
  });
});

test("withOptions shares connections, leaves the first client as it was, and is closed with it", async () => {
  await withServer({ json: {} }, async ({ client, seen }) => {
    const first = client();
    const second = first.withOptions({ maxRetries: 0, timeout: 5 });
    assert.deepEqual([first.http.maxRetries, first.http.timeout], [3, 60]);
    assert.deepEqual([second.http.maxRetries, second.http.timeout], [0, 5]);
    await first.analytics.overview();
    await second.analytics.overview();
    assert.equal(seen[0]?.port, seen[1]?.port);
    second.close();
    await first.analytics.overview();
    const derived = client({ parse: (text) => ({ text }) }).withOptions({ maxRetries: 0 });
    assert.deepEqual(await derived.analytics.overview(), { text: "{}" });
    const third = first.withOptions();
    first.close();
    assert.equal(third.closed, true);
    assert.throws(() => first.withOptions({ timeout: 0 }), SegOpsConfigError);
  });
});
