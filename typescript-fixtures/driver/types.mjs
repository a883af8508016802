/**
 * What the types of the TypeScript SDK are, read from the declarations that users compile against.
 *
 * Each type by its name: of an object its keys, each `required` or `optional` and, where it may be null, `or null`; of an
 * enumeration its words; of a union of named types its members. `*` stands for what else is allowed.
 */

/** The generated declarations that the package exports, told one by one. */
export function typesTold(ts, checker, exported) {
  const told = {};
  for (const [name, symbol] of exported) {
    const node = declarationOf(ts, checker, symbol);
    if (node !== undefined && /\/types\/(records|inputs)\.d\.ts$/.test(node.getSourceFile().fileName)) {
      told[name] = declared(ts, checker, node);
    }
  }
  return told;
}

/** Where a name is declared, behind whatever imports and exports it. */
function declarationOf(ts, checker, symbol) {
  const resolved = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return resolved.declarations?.[0];
}

function declared(ts, checker, node) {
  if (!ts.isInterfaceDeclaration(node)) {
    return typed(ts, checker, node.type);
  }
  const bases = (node.heritageClauses ?? []).flatMap((clause) => clause.types.map((each) => each.getText()));
  return {
    ...members(ts, checker, node.members),
    ...Object.fromEntries(bases.map((each) => [`extends ${each}`, "a base"])),
  };
}

function typed(ts, checker, node) {
  if (ts.isTypeLiteralNode(node)) {
    return members(ts, checker, node.members);
  }
  if (ts.isLiteralTypeNode(node)) {
    return memberOf(ts, node);
  }
  if (ts.isUnionTypeNode(node)) {
    return Object.assign({}, ...node.types.map((member) => memberOf(ts, member)));
  }
  return /^Readonly<Record<string, QueryValue>>$/.test(node.getText()) ? { "*": "open" } : {};
}

function memberOf(ts, node) {
  if (ts.isTypeReferenceNode(node)) {
    const name = node.typeName.getText();
    return name === "AnyWord" ? { "*": "open" } : { [name]: "a member" };
  }
  return ts.isLiteralTypeNode(node) && ts.isStringLiteral(node.literal) ? { [node.literal.text]: "a word" } : {};
}

function members(ts, checker, nodes) {
  const found = {};
  for (const node of nodes) {
    if (ts.isIndexSignatureDeclaration(node)) {
      found["*"] = "open";
    } else {
      const kinds = alternatives(ts, checker, node.type);
      const needed = node.questionToken ? "optional" : "required";
      found[node.name.getText()] = `${needed}${kinds.has("null") ? " or null" : ""}: ${kindOf(kinds)}`;
    }
  }
  return found;
}

/** What a value may be, as parity's type_surface writes it. */
function kindOf(kinds) {
  return [...kinds]
    .filter((kind) => kind !== "null")
    .sort()
    .join(" | ");
}

const KINDS = { string: "text", number: "number", boolean: "boolean", unknown: "any", Date: "moment", AnyWord: "text" };

function alternatives(ts, checker, node) {
  const all = (nodes) => new Set(nodes.flatMap((each) => [...alternatives(ts, checker, each)]));
  const text = node.getText();
  if (text in KINDS || text === "null" || text === "undefined") {
    return new Set(text === "undefined" ? [] : [KINDS[text] ?? text]);
  }
  if (ts.isUnionTypeNode(node)) {
    return all(node.types);
  }
  if (ts.isParenthesizedTypeNode(node) || ts.isTypeOperatorNode(node)) {
    return alternatives(ts, checker, node.type); // (A | B), readonly A[]
  }
  if (ts.isArrayTypeNode(node)) {
    return new Set([`[${kindOf(alternatives(ts, checker, node.elementType))}]`]);
  }
  if (ts.isLiteralTypeNode(node)) {
    return new Set([JSON.stringify(node.literal.text)]);
  }
  const name = node.typeName?.getText();
  if (name === "Readonly") {
    return alternatives(ts, checker, node.typeArguments[0]);
  }
  if (name === "Record") {
    const values = alternatives(ts, checker, node.typeArguments[1]);
    return new Set([`{${kindOf(values)}${values.has("null") ? " or null" : ""}}`]);
  }
  if (name === undefined) {
    return new Set([text]);
  }
  // The name of a union is none of a type of its own: another language has the union in its place.
  const found = declarationOf(ts, checker, checker.getSymbolAtLocation(node.typeName));
  const isPlain = found !== undefined && ts.isTypeAliasDeclaration(found) && !ts.isTypeLiteralNode(found.type);
  return isPlain ? alternatives(ts, checker, found.type) : new Set([name]);
}
