import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { SegOpsArgumentError, SegOpsWebhookError } from "../src/index.js";
import { parseWebhook, signWebhook, verifyWebhook, type WebhookText } from "../src/webhook.js";
import { readYaml } from "./support/contract.js";

type Written = string | null | { hex: string } | { json: string } | { repeat: string; times: number } | Written[];

interface Vector {
  id: string;
  body: Written;
  signature: Written;
  secret: Written;
  valid: boolean;
  parses?: boolean;
}

function given(value: Written): never {
  if (Array.isArray(value)) {
    return value.map(given) as never;
  }
  if (value === null || typeof value === "string") {
    return value as never;
  }
  if ("json" in value) {
    return JSON.parse(value.json) as never;
  }
  return ("hex" in value ? new Uint8Array(Buffer.from(value.hex, "hex")) : value.repeat.repeat(value.times)) as never;
}

const { vectors } = readYaml<{ vectors: Vector[] }>("webhooks.yaml");

test("there are vectors, genuine and hostile", () => {
  assert.ok(vectors.filter(({ valid }) => valid).length >= 20);
  assert.ok(vectors.filter(({ valid }) => !valid).length >= 30);
});

for (const { id, body, signature, secret, valid, parses } of vectors) {
  test(`webhook vector ${id}`, () => {
    const [content, header, key] = [given(body), given(signature), given(secret)];
    assert.equal(verifyWebhook(content, header, key), valid);
    if (parses) {
      assert.equal(typeof parseWebhook(content, header, key), "object");
    } else {
      assert.throws(() => parseWebhook(content, header, key), SegOpsWebhookError);
    }
  });
}

test("verifying never throws, whatever it is given", () => {
  const odd = [
    undefined,
    null,
    5,
    {},
    [],
    [null],
    Symbol("x"),
    () => 1,
    new Date(),
    true,
    [{}],
    new ArrayBuffer(3),
    "\u0000",
    " ".repeat(2_000),
  ];
  for (const body of odd) {
    for (const signature of odd) {
      for (const secret of odd) {
        assert.equal(verifyWebhook(body as never, signature as never, secret as never), false);
      }
    }
  }
});

test("an event of several megabytes of blanks in its header is refused quickly", () => {
  const started = performance.now();
  assert.equal(verifyWebhook("x", `${" ".repeat(5_000_000)}x${" ".repeat(5_000_000)}`, "secret"), false);
  assert.ok(performance.now() - started < 5000);
});

test("signing gives what verifying takes, for text and bytes alike", () => {
  const bodies: WebhookText[] = ["", "é🎁", new Uint8Array([255, 0]), Buffer.from("{}"), new Uint8Array([65]).buffer];
  for (const body of bodies) {
    const signature = signWebhook(body, "whsec_test");
    assert.match(signature, /^sha256=[0-9a-f]{64}$/);
    assert.equal(verifyWebhook(body, signature, "whsec_test"), true);
    assert.equal(verifyWebhook(body, [signature], ["old", "whsec_test"]), true);
    assert.equal(verifyWebhook(body, signature, "whsec_tesu"), false);
  }
  assert.equal(signWebhook("a", "k"), `sha256=${createHmac("sha256", "k").update("a").digest("hex")}`);
});

test("an empty secret signs nothing", () => {
  for (const [body, secret] of [
    ["x", ""],
    ["x", new Uint8Array()],
    [{}, "s"],
    ["x", null],
    ["\ud800", "s"],
  ] as const) {
    assert.throws(() => signWebhook(body as string, secret as string), SegOpsArgumentError);
  }
});
