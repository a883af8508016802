/** Do the record types name what the schemas in spec/records name? */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { readYaml, SPEC } from "./support/contract.js";

// Not by a plain import: Node would first look through all of it for the names that it exports.
import ts = require("typescript");

interface Schema {
  title?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  oneOf?: Schema[];
}

const path = fileURLToPath(new URL("../../src/records.ts", import.meta.url));
const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ES2022, true);
const interfaces = new Map(source.statements.filter(ts.isInterfaceDeclaration).map((node) => [node.name.text, node]));
const names = new Set([
  ...interfaces.keys(),
  ...source.statements.filter(ts.isTypeAliasDeclaration).map(({ name }) => name.text),
]);
// What the caller writes, and what errors hold: not described, since any object is accepted and any may come.
const OTHERS = [
  "Detail",
  "Event",
  "FieldErrors",
  "ImportConfirmation",
  "ProductRow",
  "ProductSegmentDefinition",
  "SegmentDefinition",
  "SimulationRequest",
];
const schemas = readdirSync(`${SPEC}records`).map((file) => file.replace(".yaml", ""));

function properties(name: string): ts.PropertySignature[] {
  return [...(interfaces.get(name)?.members ?? [])].filter(ts.isPropertySignature);
}

test("there are schemas", () => assert.ok(schemas.length > 30));

test("every property may be missing", () => {
  for (const name of interfaces.keys()) {
    for (const property of properties(name)) {
      assert.ok(property.questionToken, `${name}.${property.name.getText(source)}`);
    }
  }
});

test("what is not described is there", () => {
  assert.deepEqual(
    OTHERS.filter((name) => !schemas.includes(name)),
    [],
  );
});

for (const name of schemas.filter((name) => !OTHERS.includes(name))) {
  test(`record ${name} has the schema's properties`, () => {
    const schema = readYaml<Schema>(`records/${name}.yaml`);
    assert.ok(names.has(name), `there is no type ${name}`);
    if (schema.type === "object" && schema.properties !== undefined && interfaces.has(name)) {
      const named = properties(name).map((property) => property.name.getText(source));
      assert.deepEqual(named.sort(), Object.keys(schema.properties).sort());
    }
  });
}
