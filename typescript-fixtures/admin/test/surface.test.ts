/** The surface holds what the contract says, and nothing else: read from the types and tried out on the wire. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import * as exported from "../src/index.js";
import { SegOpsAdmin } from "../src/index.js";
import { reply, Script, type SentRequest } from "../src/testing.js";
import { VERSION } from "../src/version.js";
import {
  type Argument,
  argumentsOf,
  camelCase,
  contract,
  type Operation,
  operations,
  readYaml,
} from "./support/contract.js";
import { collect } from "./support/server.js";

// Not by a plain import: Node would first look through all of it for the names that it exports.
import ts = require("typescript");

const SOURCES = fileURLToPath(new URL("../../src/", import.meta.url));
const COMMON = ["signal", "idempotencyKey"]; // what all calls take beyond the contract's own arguments, see types.ts

const all = operations();
const nameOf = (operation: Operation): string => operation.typescript ?? camelCase(operation.name);

test("the contract is read", () => {
  assert.ok(all.length > 80);
  assert.equal(JSON.stringify(all).includes("{path}"), false);
});

test("the client has the contract's namespaces, with the contract's methods, and no others", () => {
  const client = new SegOpsAdmin({ apiKey: "sk_test" });
  const namespaces = Object.keys(client).filter((name) => name !== "http");
  assert.deepEqual(namespaces.sort(), Object.keys(contract.namespaces).map(camelCase).sort());
  for (const namespace of Object.keys(contract.namespaces)) {
    const expected = all.filter((operation) => operation.namespace === namespace).map(nameOf);
    assert.deepEqual(methodsOf(Reflect.get(client, camelCase(namespace))).sort(), expected.sort(), namespace);
  }
});

function methodsOf(namespace: object): string[] {
  const found = new Set<string>();
  for (let at = Object.getPrototypeOf(namespace); at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) {
      if (name !== "constructor") found.add(name);
    }
  }
  return [...found];
}

// ------------------------------------------------------------------------------------------------------ signatures

interface Signature {
  positional: { name: string; isOptional: boolean }[];
  named: string[];
}

function signatures(): Map<string, Signature> {
  const options = {
    strict: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    // Names and marks of parameters are read, and no types of the platform: most of the time would go into those.
    lib: ["lib.es5.d.ts"],
    types: [],
  };
  const program = ts.createProgram([`${SOURCES}client.ts`], options);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(`${SOURCES}client.ts`);
  const found = new Map<string, Signature>();
  const client = source?.statements.find((node): node is ts.ClassDeclaration => ts.isClassDeclaration(node));
  assert.ok(client);
  for (const property of checker.getTypeAtLocation(client).getProperties()) {
    const type = checker.getTypeOfSymbolAtLocation(property, client);
    for (const method of type.getProperties()) {
      const [signature] = checker.getTypeOfSymbolAtLocation(method, client).getCallSignatures();
      if (signature) found.set(`${property.name}.${method.name}`, described(signature, checker, client));
    }
  }
  return found;
}

function described(signature: ts.Signature, checker: ts.TypeChecker, at: ts.Node): Signature {
  const positional: Signature["positional"] = [];
  let named: string[] = [];
  for (const parameter of signature.getParameters()) {
    const declaration = parameter.valueDeclaration as ts.ParameterDeclaration;
    const isOptional = declaration.questionToken !== undefined || declaration.initializer !== undefined;
    if (parameter.name === "options") {
      const type = checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(parameter, at));
      named = type.getProperties().map(({ name }) => name);
    } else {
      positional.push({ name: parameter.name, isOptional });
    }
  }
  return { positional, named };
}

test("every method takes the contract's arguments, by position and by name", () => {
  const found = signatures();
  for (const operation of all) {
    const name = `${camelCase(operation.namespace)}.${nameOf(operation)}`;
    const signature = found.get(name);
    assert.ok(signature, name);
    const expected = argumentsOf(operation);
    const positional = expected.filter(({ isNamed }) => !isNamed);
    assert.deepEqual(
      signature.positional,
      positional.map(({ name, isOptional }) => ({ name: camelCase(name), isOptional })),
      name,
    );
    const common = operation.mutates ? COMMON : ["signal"];
    const named = expected.filter(({ isNamed }) => isNamed).map(({ name }) => camelCase(name));
    assert.deepEqual(signature.named.sort(), [...named, ...common].sort(), `options of ${name}`);
  }
});

test("a method's comment begins with the contract's summary", () => {
  const documented = new Map<string, string>();
  const bases = new Map<string, string>();
  for (const name of readdirSync(`${SOURCES}resources`)) {
    const text = readFileSync(`${SOURCES}resources/${name}`, "utf8");
    const source = ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true);
    for (const node of source.statements.filter(ts.isClassDeclaration)) {
      const [base] = node.heritageClauses ?? [];
      bases.set(node.name?.text ?? "", base?.types[0]?.expression.getText() ?? "");
      for (const method of node.members.filter(ts.isMethodDeclaration)) {
        const [comment] = ts.getJSDocCommentsAndTags(method).filter(ts.isJSDoc);
        const first = ts.getTextOfJSDocComment(comment?.comment)?.split(/\n\s*\n/)[0] ?? "";
        const id = `${node.name?.text}.${method.name.getText()}`;
        // Of several signatures the first one is documented.
        if (!documented.has(id)) documented.set(id, first.replace(/\s+/g, " ").trim());
      }
    }
  }
  for (const operation of all) {
    const namespace = camelCase(operation.namespace);
    let owner: string | undefined = `${namespace.charAt(0).toUpperCase()}${namespace.slice(1)}`;
    const name = `${owner}.${nameOf(operation)}`;
    while (owner !== undefined && !documented.has(`${owner}.${nameOf(operation)}`)) owner = bases.get(owner);
    const told = documented.get(`${owner}.${nameOf(operation)}`);
    const said = operation.summary.replace(/`([a-z]\w*)`/g, (_, word: string) => `\`${camelCase(word)}\``);
    assert.ok(told === operation.summary || told === said, `${name}: ${told}`);
  }
});

// -------------------------------------------------------------------------------------------------------- the wire

const VALUES: Record<string, unknown> = {
  id: "i/1",
  text: "t 1",
  query: { limit: 3 },
  object: { field: [1] },
  array: [{ sku: "A" }],
  file: new TextEncoder().encode("sku\r\n"),
};

function sampleOf(argument: Argument, operation: Operation): unknown {
  if (argument.name === "method") return "PUT";
  if (argument.name === "format") return operation.formats?.at(-1);
  const kind = contract.arguments[argument.name]?.type ?? "";
  if (kind === "sink") return new WritableStream();
  return kind === "text" && argument.name === "filename" ? "named.csv" : VALUES[kind];
}

async function sent(operation: Operation, given: Argument[]): Promise<SentRequest> {
  const script = new Script(reply(operation.iterates ? { results: [], next_cursor: null } : { status: "done" }));
  const namespace = Reflect.get(script.client(), camelCase(operation.namespace)) as Record<
    string,
    (...args: unknown[]) => unknown
  >;
  const positional = argumentsOf(operation).filter(({ isNamed }) => !isNamed);
  const values = positional.map((argument) =>
    given.some(({ name }) => name === argument.name) ? sampleOf(argument, operation) : undefined,
  );
  const options = Object.fromEntries(
    given.filter(({ isNamed }) => isNamed).map((argument) => [camelCase(argument.name), sampleOf(argument, operation)]),
  );
  const result = namespace[nameOf(operation)]?.(...values, ...(Object.keys(options).length > 0 ? [options] : []));
  await (operation.iterates ? collect(result as AsyncIterable<unknown>) : result);
  assert.equal(script.requests.length, 1);
  return script.requests[0] as SentRequest;
}

function filled(template: string, given: Record<string, unknown>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) =>
    name === "method" ? String(given[name]) : encodeURIComponent(String(given[name])),
  );
}

/** A mapping of the contract (key: argument, "*" for an argument's own entries) with the values in place. */
function mapped(mapping: string | Record<string, string>, values: Record<string, unknown>): unknown {
  if (typeof mapping === "string") {
    return values[mapping];
  }
  return Object.fromEntries(
    Object.entries(mapping).flatMap(([key, name]) =>
      key === "*" ? Object.entries(values[name] ?? {}) : [[key, values[name]]],
    ),
  );
}

function check(request: SentRequest, operation: Operation, values: Record<string, unknown>): void {
  const { request: line = "", query, body, multipart, mutates } = operation;
  const name = `${operation.namespace}.${operation.name}`;
  assert.equal(`${request.method} ${request.path}`, filled(line, values), name);
  const expected = query === undefined ? {} : (mapped(query, values) ?? {});
  const asText = Object.fromEntries(Object.entries(expected).map(([key, value]) => [key, String(value)]));
  assert.deepEqual(Object.fromEntries(request.query), asText, name);
  if (body !== undefined) {
    assert.deepEqual(request.json, mapped(body, values), name);
  } else if (multipart === undefined) {
    assert.equal(request.content.byteLength, 0, name);
  }
  assert.equal(request.headers.has("idempotency-key"), mutates, name);
}

for (const operation of all.filter(({ request }) => request !== undefined)) {
  test(`${operation.namespace}.${operation.name} sends what the contract says`, async () => {
    const everything = argumentsOf(operation);
    const valuesOf = (given: Argument[]): Record<string, unknown> =>
      Object.fromEntries([
        ...everything.filter(({ fallback }) => fallback !== undefined).map(({ name, fallback }) => [name, fallback]),
        ...given.map((argument) => [argument.name, sampleOf(argument, operation)]),
      ]);
    const required = everything.filter(({ isOptional }) => !isOptional);
    for (const given of [required, everything]) {
      const request = await sent(operation, given);
      check(request, operation, valuesOf(given));
      for (const [part, [data = "", filename = ""]] of Object.entries(operation.multipart ?? {})) {
        const name = valuesOf(given)[filename] ?? "products.csv";
        assert.ok(request.text.includes(`name="${part}"; filename="${name}"`));
        assert.ok(request.text.includes(new TextDecoder().decode(valuesOf(given)[data] as Uint8Array)));
      }
    }
  });
}

// What queues a job before it waits for it is tested in waiting.test.ts.
for (const operation of all.filter(({ iterates, polls, queues }) => (iterates ?? polls) !== undefined && !queues)) {
  test(`${operation.namespace}.${operation.name} repeats the request that the contract says`, async () => {
    const repeated = all.find(
      ({ namespace, name }) => namespace === operation.namespace && name === (operation.iterates ?? operation.polls),
    );
    assert.ok(repeated);
    const json = operation.iterates
      ? { results: [{}], next: null, next_cursor: null }
      : { status: "done", last_computed_at: "now" };
    const script = new Script(reply(operation.name === "wait_for_export" ? { status: "ready" } : json));
    const namespace = Reflect.get(script.client(), camelCase(operation.namespace)) as Record<
      string,
      (...args: unknown[]) => unknown
    >;
    const positional = argumentsOf(operation).filter(({ isNamed, isOptional }) => !isNamed && !isOptional);
    const values = Object.fromEntries(positional.map((argument) => [argument.name, sampleOf(argument, operation)]));
    const needed = argumentsOf(operation).filter(
      ({ isNamed, isOptional, fallback }) => isNamed && !isOptional && !fallback,
    );
    const named = Object.fromEntries(needed.map(({ name }) => [camelCase(name), null])); // `since` of what never was
    const result = namespace[nameOf(operation)]?.(...Object.values(values), ...(needed.length > 0 ? [named] : []));
    await (operation.iterates ? collect(result as AsyncIterable<unknown>) : result);
    const [request] = script.requests;
    assert.equal(`${request?.method} ${request?.path}`, filled(repeated.request ?? "", values));
  });
}

test("the file formats are those of the contract", async () => {
  for (const operation of all.filter(({ formats }) => formats !== undefined)) {
    for (const format of operation.formats ?? []) {
      const script = new Script(reply({}));
      const namespace = Reflect.get(script.client(), operation.namespace) as Record<
        string,
        (...args: unknown[]) => Promise<unknown>
      >;
      await namespace[nameOf(operation)]?.(1, { format });
      assert.deepEqual(script.requests[0]?.json, { format });
    }
  }
});

// ------------------------------------------------------------------------------------------------ errors, exports

test("the errors are those of the contract, each below the one that it says", () => {
  const { behaviours } = readYaml<{ behaviours: { id: string; figures?: { below?: Record<string, string[]> } }[] }>(
    "behaviours.yaml",
  );
  const below = behaviours.find(({ id }) => id === "error.classes")?.figures?.below ?? {};
  assert.ok(Object.keys(below).length >= 3);
  const named = new Set(["SegOpsError", ...Object.values(below).flat()]);
  const classes = Object.entries(exported).filter(
    ([name, value]) => name !== "SegOpsAdmin" && typeof value === "function",
  );
  assert.deepEqual(new Set(classes.map(([name]) => name)), named);
  for (const [parent, children] of Object.entries(below)) {
    for (const child of children) {
      const [Child, Parent] = [child, parent].map((name) => Reflect.get(exported, name)) as [
        new () => Error,
        new () => Error,
      ];
      assert.ok(Child.prototype instanceof Parent, `${child} below ${parent}`);
      assert.equal(Object.getPrototypeOf(Child), Parent);
      assert.equal(new Child().name, child);
    }
  }
});

test("nothing else is exported", () => {
  const others = Object.keys(exported).filter((name) => !/^SegOps\w*(Error|Timeout)$/.test(name));
  assert.deepEqual(others.sort(), ["SegOpsAdmin", "VERSION"]);
});

test("the version is that of the package", async () => {
  const { readFileSync } = await import("node:fs");
  const { version } = JSON.parse(readFileSync(`${SOURCES}../package.json`, "utf8")) as { version: string };
  assert.equal(VERSION, version);
});
