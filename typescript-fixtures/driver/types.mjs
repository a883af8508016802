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
    const resolved = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    const [node] = resolved.declarations ?? [];
    if (node !== undefined && /\/types\/(records|inputs)\.d\.ts$/.test(node.getSourceFile().fileName)) {
      told[name] = declared(ts, node);
    }
  }
  return told;
}

function declared(ts, node) {
  return ts.isInterfaceDeclaration(node) ? members(ts, node.members) : typed(ts, node.type);
}

function typed(ts, node) {
  if (ts.isTypeLiteralNode(node)) {
    return members(ts, node.members);
  }
  if (ts.isLiteralTypeNode(node) && ts.isStringLiteral(node.literal)) {
    return { [node.literal.text]: "a word" };
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
  return ts.isLiteralTypeNode(node) ? typed(ts, node) : {};
}

function members(ts, nodes) {
  const found = {};
  for (const node of nodes) {
    if (ts.isIndexSignatureDeclaration(node)) {
      found["*"] = "open";
    } else {
      const kinds = ts.isUnionTypeNode(node.type)
        ? node.type.types.map((each) => each.getText())
        : [node.type.getText()];
      const isNull = kinds.includes("null");
      found[node.name.getText()] = `${node.questionToken ? "optional" : "required"}${isNull ? " or null" : ""}`;
    }
  }
  return found;
}
