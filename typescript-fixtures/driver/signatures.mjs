/** What the methods take and give, read from the declarations that users compile against; see parity's signatures. */

const KINDS = { string: "text", number: "number", boolean: "boolean", unknown: "any", any: "any", null: "nothing" };

/** Of each argument of a method what it may be, of all its signatures, and what it `returns`. */
export function signatureTold(ts, checker, signatures) {
  const found = {};
  const add = (name, kinds) => {
    found[name] = new Set([...(found[name] ?? []), ...kinds]);
  };
  const given = (parameter) => add(parameter.name, argumentTold(ts, checker, parameter));
  for (const signature of signatures) {
    for (const parameter of signature.getParameters()) {
      if (parameter.name === "options") {
        const type = checker.getNonNullableType(checker.getTypeOfSymbol(parameter));
        checker.getPropertiesOfType(type).forEach(given);
      } else {
        given(parameter);
      }
    }
    add("returns", alternatives(ts, checker, signature.getReturnType()));
  }
  return Object.fromEntries(Object.entries(found).map(([name, kinds]) => [name, [...kinds].sort().join(" | ")]));
}

/** What an argument may be; null and undefined stand for none. */
function argumentTold(ts, checker, parameter) {
  const kinds = declaredName(ts, checker, parameter) ?? alternatives(ts, checker, checker.getTypeOfSymbol(parameter));
  return kinds.filter((kind) => kind !== "nothing");
}

/** The name that a parameter's type goes by; what it stands for may have no name, or be of a library that is not read. */
function declaredName(ts, checker, parameter) {
  let node = parameter.valueDeclaration?.type;
  if (node !== undefined && ts.isUnionTypeNode(node)) {
    const others = node.types.filter((each) => !/^(null|undefined)$/.test(each.getText()));
    node = others.length === 1 ? others[0] : undefined;
  }
  const isName = node !== undefined && ts.isTypeReferenceNode(node) && node.typeArguments === undefined;
  const symbol = isName ? checker.getSymbolAtLocation(node.typeName) : undefined;
  return symbol === undefined || symbol.flags & ts.SymbolFlags.TypeParameter ? undefined : [node.getText()];
}

function alternatives(ts, checker, type) {
  if (type.aliasSymbol !== undefined) {
    return [named(ts, checker, type.aliasSymbol.name, type.aliasTypeArguments)];
  }
  if (type.isUnion()) {
    const members = type.types.filter((each) => !(each.flags & ts.TypeFlags.Undefined));
    return members.flatMap((each) => alternatives(ts, checker, each));
  }
  if (type.isStringLiteral()) {
    return [JSON.stringify(type.value)];
  }
  if (type.getCallSignatures().length > 0) {
    return ["a function"];
  }
  const text = checker.typeToString(type);
  if (text in KINDS) {
    return [KINDS[text]];
  }
  return [named(ts, checker, type.symbol?.name ?? text, checker.getTypeArguments(type))];
}

function named(ts, checker, name, members = []) {
  const told = members.map((each) => [...new Set(alternatives(ts, checker, each))].sort().join(" | "));
  switch (name) {
    case "Promise":
      return told[0];
    case "Array":
    case "ReadonlyArray":
    case "Iterable":
      return `[${told[0]}]`;
    case "Readonly":
      return told[0];
    case "Record":
      return `{${told[1]}}`;
    case "AsyncGenerator":
      return `each ${told[0]}`;
    default:
      return told.length === 0 ? name : `${name}<${told.join(", ")}>`;
  }
}
