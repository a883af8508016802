/**
 * What the TypeScript SDK offers: namespaces, methods, arguments, options, exports, errors and environment variables.
 *
 * Values are looked at as they are at run time; arguments, and what their
 * descriptions say of defaults, are read from the declarations that users compile against.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { signatureTold } from "./signatures.mjs";
import { typesTold } from "./types.mjs";

/** The reply to `describe`, in the names of TypeScript. */
export async function surface({ folder, manifest, admin, load }) {
  const { default: ts } = await import("typescript");
  const declared = new Declarations(ts, join(folder, manifest.exports["."].import?.types ?? manifest.types));
  const types = declared.types();
  const client = new admin.SegOpsAdmin({ apiKey: "sk_test_describe", baseUrl: "http://127.0.0.1:9/api" });
  const exports = {};
  for (const name of Object.keys(manifest.exports).filter((each) => each !== "./package.json")) {
    exports[name.replace(/^\.\/?/, "") || "main"] = Object.keys(await load(name)).sort();
  }
  const told = {
    namespaces: present(declared.namespaces(), client),
    signatures: declared.signatures,
    client: declared.methods(),
    options: taken(declared.options("SegOpsAdmin"), client),
    exports: { ...exports, types: declared.others([...exports.main, ...Object.keys(types)]) },
    errors: errors(admin),
    variables: variables(join(folder, "dist", "esm")),
    types,
  };
  client.close?.();
  return told;
}

/** The methods that are declared and there. */
function present(namespaces, client) {
  return Object.fromEntries(
    Object.entries(namespaces).map(([name, methods]) => [
      name,
      Object.fromEntries(Object.entries(methods).filter(([method]) => typeof client[name]?.[method] === "function")),
    ]),
  );
}

/** Options with the defaults that a client really takes; one that is documented otherwise is told with both. */
function taken(options, client) {
  return options.map((each) => {
    const value = client.http[each.name];
    if (typeof value !== "number" || value === each.default) {
      return each;
    }
    return { ...each, default: `${value}, documented as ${each.default}` };
  });
}

/** The classes of errors, each with the one that it extends. */
function errors(admin) {
  const classes = Object.entries(admin).filter(([, value]) => value?.prototype instanceof Error);
  return Object.fromEntries(classes.map(([name, value]) => [name, parentOf(value, admin)]));
}

function parentOf(value, admin) {
  const parent = Object.getPrototypeOf(value);
  return Object.values(admin).includes(parent) ? parent.name : "Error";
}

/** The environment variables of its own that the code speaks of. */
function variables(folder) {
  const found = new Set();
  for (const name of files(folder).filter((each) => each.endsWith(".js"))) {
    for (const [variable] of readFileSync(name, "utf8").matchAll(/\bSEGOPS_[A-Z_]*[A-Z]\b/g)) {
      found.add(variable);
    }
  }
  return [...found].sort();
}

function files(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

const LIBRARIES = ["es5", "es2015.iterable", "es2015.promise", "es2018.asynciterable", "es2018.asyncgenerator"];

/** The declarations of the package, as the compiler reads them. */
class Declarations {
  #ts;
  #checker;
  #exported;
  /** What methods take and give, once they have been asked for. */
  signatures = {};

  constructor(ts, file) {
    this.#ts = ts;
    const lib = LIBRARIES.map((name) => `lib.${name}.d.ts`); // those that signatures name: all would take a second
    const program = ts.createProgram([file], { lib, types: [], module: ts.ModuleKind.Node16 });
    this.#checker = program.getTypeChecker();
    const symbol = this.#checker.getSymbolAtLocation(program.getSourceFile(file));
    this.#exported = new Map(this.#checker.getExportsOfModule(symbol).map((each) => [each.name, each]));
  }

  #instance(name) {
    const symbol = this.#exported.get(name);
    const resolved = symbol.flags & this.#ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
    return this.#checker.getDeclaredTypeOfSymbol(resolved);
  }

  /** The properties of the client that have methods, but for `http`. */
  namespaces() {
    const found = {};
    for (const property of this.#public(this.#instance("SegOpsAdmin"))) {
      const type = this.#checker.getTypeOfSymbol(property);
      const methods = property.name === "http" ? {} : this.#methodsOf(type);
      const isNamespace = type.getCallSignatures().length === 0 && (type.flags & this.#ts.TypeFlags.Object) !== 0;
      if (isNamespace && Object.keys(methods).length > 0) {
        found[property.name] = methods;
        this.#sign(property.name, type, methods);
      }
    }
    return found;
  }

  /** What is exported beside these. */
  others(names) {
    const told = new Set(names);
    return [...this.#exported.keys()].filter((name) => !told.has(name)).sort();
  }

  types() {
    return typesTold(this.#ts, this.#checker, this.#exported);
  }

  /** The methods of the client itself. */
  methods() {
    const type = this.#instance("SegOpsAdmin");
    const found = this.#methodsOf(type);
    this.#sign("client", type, found);
    return found;
  }

  #sign(owner, type, methods) {
    for (const method of Object.keys(methods)) {
      const signatures = this.#checker.getTypeOfSymbol(type.getProperty(method)).getCallSignatures();
      this.signatures[`${owner}.${method}`] = signatureTold(this.#ts, this.#checker, signatures);
    }
  }

  /** The options of a constructor. */
  options(name) {
    const symbol = this.#exported.get(name);
    const resolved = symbol.flags & this.#ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
    const [signature] = this.#checker.getTypeOfSymbol(resolved).getConstructSignatures();
    this.signatures.client = signatureTold(this.#ts, this.#checker, [signature]);
    return this.#named(signature.getParameters()[0]);
  }

  #public(type) {
    return this.#checker.getPropertiesOfType(type).filter((each) => {
      const flags = each.valueDeclaration ? this.#ts.getCombinedModifierFlags(each.valueDeclaration) : 0;
      return (
        !(flags & (this.#ts.ModifierFlags.Private | this.#ts.ModifierFlags.Protected)) && /^[a-z]/i.test(each.name)
      );
    });
  }

  #methodsOf(type) {
    const found = {};
    for (const property of this.#public(type)) {
      const signatures = this.#checker.getTypeOfSymbol(property).getCallSignatures();
      if (signatures.length > 0) {
        found[property.name] = this.#arguments(signatures);
      }
    }
    return found;
  }

  /** The arguments of a method, those of its trailing options as named ones; of several signatures the longest. */
  #arguments(signatures) {
    const parameters = signatures.map((each) => each.getParameters()).sort((a, b) => b.length - a.length)[0];
    const last = parameters.at(-1);
    const hasOptions = last?.name === "options";
    const placed = (hasOptions ? parameters.slice(0, -1) : parameters).map((each) => ({
      name: each.name,
      required: !this.#isOptional(each),
      named: false,
      ...this.#default(each),
    }));
    return [...placed, ...(hasOptions ? this.#named(last) : [])];
  }

  #isOptional(parameter) {
    const node = parameter.valueDeclaration;
    return Boolean(node.questionToken ?? node.initializer);
  }

  #named(parameter) {
    const type = this.#checker.getNonNullableType(this.#checker.getTypeOfSymbol(parameter));
    return this.#checker.getPropertiesOfType(type).map((each) => ({
      name: each.name,
      required: !(each.flags & this.#ts.SymbolFlags.Optional),
      named: true,
      ...this.#default(each),
    }));
  }

  /** The number or the quoted word of which an argument's description says "… unless given". */
  #default(parameter) {
    const text = this.#ts.displayPartsToString(parameter.getDocumentationComment(this.#checker));
    const [, number, word] = /(?:([\d.,]*\d)|`([a-zA-Z]\w*)`),? unless\s+given\b/.exec(text) ?? [];
    if (number !== undefined) {
      return { default: Number(number.replaceAll(",", "")) };
    }
    return word === undefined || word.startsWith("SEGOPS_") ? {} : { default: word };
  }
}
