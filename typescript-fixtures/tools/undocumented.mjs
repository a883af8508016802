// Prints the public members of @segops/admin that have no doc comment, one a line, and how many members there are.
//
//   node tools/undocumented.mjs FOLDER-WITH-DECLARATIONS
//
// Public is what a user's compiler sees: every export of every entry, its members, and theirs.

import { resolve } from "node:path";
import process from "node:process";
import ts from "typescript";

const ENTRIES = ["index", "webhook", "testing", "sandbox/index", "sandbox/global-setup"];
const folder = resolve(process.argv[2]);
const entries = ENTRIES.map((name) => `${folder}/${name}.d.ts`);
const { Node16 } = ts.ModuleKind;
const options = { module: Node16, moduleResolution: ts.ModuleResolutionKind.Node16, target: ts.ScriptTarget.ES2022 };
const program = ts.createProgram(entries, { ...options, types: [] });
const checker = program.getTypeChecker();
const seen = new Set();
const bare = [];

/** Whether a member is nobody's to call: private, or made up by the compiler. */
function isHidden(symbol, declarations) {
  const isPrivate = declarations.some((each) => ts.getCombinedModifierFlags(each) & ts.ModifierFlags.Private);
  return isPrivate || /^(?:__|#)/.test(symbol.name) || (symbol.flags & ts.SymbolFlags.TypeParameter) !== 0;
}

function look(given, name) {
  const symbol = given.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(given) : given;
  const declarations = (symbol.declarations ?? []).filter((each) => each.getSourceFile().fileName.startsWith(folder));
  if (seen.has(symbol) || declarations.length === 0 || isHidden(symbol, declarations)) {
    return;
  }
  seen.add(symbol);
  if (symbol.getDocumentationComment(checker).length === 0) {
    bare.push(name);
  }
  const literals = declarations.filter((each) => ts.isTypeAliasDeclaration(each) && ts.isTypeLiteralNode(each.type));
  const members = [
    symbol.members,
    symbol.exports,
    ...literals.map((each) => checker.getTypeAtLocation(each).symbol?.members),
  ];
  for (const [key, member] of members.flatMap((table) => [...(table ?? [])])) {
    look(member, `${name}.${key}`);
  }
}

for (const entry of entries) {
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry));
  for (const each of checker.getExportsOfModule(module)) {
    look(each, each.name);
  }
}
console.log(JSON.stringify({ members: seen.size, bare }));
