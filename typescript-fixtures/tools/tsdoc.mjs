// What the TypeScript compiler knows of every method of the client's namespaces, as JSON: signatures and TSDoc.
//
//   tools/node.sh current node tools/tsdoc.mjs        for the reference pages (tools/docs/reference.py)

import { fileURLToPath } from "node:url";
import ts from "typescript";

const entry = fileURLToPath(new URL("../admin/src/client.ts", import.meta.url));
const options = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.Node16,
  strict: true,
  skipLibCheck: true,
  types: ["node"],
};
const program = ts.createProgram([entry], options);
const checker = program.getTypeChecker();
const FLAGS = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.WriteArrayAsGenericType;

const text = (parts) => ts.displayPartsToString(parts);

/** A method: its overloads, the first paragraph of its TSDoc, and the tags. */
function described(symbol, name) {
  const type = checker.getTypeOfSymbol(symbol);
  const signatures = type.getCallSignatures();
  const tags = signatures[0].getJsDocTags();
  const documented = symbol.getJsDocTags(checker);
  const all = tags.length >= documented.length ? tags : documented;
  const of = (kind) => all.filter((tag) => tag.name === kind).map((tag) => text(tag.text));
  return {
    signatures: signatures.map((each) => name + checker.signatureToString(each, undefined, FLAGS)),
    about: text(symbol.getDocumentationComment(checker)),
    params: Object.fromEntries(of("param").map((line) => line.split(/\s+(?:-\s+)?(.*)/s).slice(0, 2))),
    throws: of("throws"),
  };
}

const source = program.getSourceFile(entry);
const client = checker
  .getExportsOfModule(checker.getSymbolAtLocation(source))
  .find((each) => each.name === "SegOpsAdmin");
const found = {};
for (const namespace of checker.getDeclaredTypeOfSymbol(client).getProperties()) {
  const type = checker.getTypeOfSymbol(namespace);
  if (type.getCallSignatures().length > 0 || !type.isClass?.()) continue;
  const methods = type.getProperties().filter((each) => each.flags & ts.SymbolFlags.Method);
  found[namespace.name] = Object.fromEntries(
    methods
      .filter(
        (each) =>
          !each.declarations.some(
            (one) => ts.getCombinedModifierFlags(one) & (ts.ModifierFlags.Protected | ts.ModifierFlags.Private),
          ),
      )
      .map((each) => [each.name, described(each, each.name)]),
  );
}
console.log(JSON.stringify(found));
