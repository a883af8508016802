/**
 * An instrumented copy of the TypeScript sources: every mutant is in it, and one is chosen by a switch.
 *
 *   node tools/schemata.mjs SOURCES TARGET [FILE-TO-LEAVE-ALONE …]
 *
 * Mutant schemata: in place of each expression that can be changed stands a choice between it and its changes. The texts
 * of the sources are rewritten by the positions of the compiler's syntax tree, then transpiled. What was found is printed
 * as JSON: the mutants by number, and the names that each function mentions.
 */

import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import ts from "typescript";
import { expressionChanges, statementChanges } from "./schemata-operators.mjs";

const FUNCTIONS = 1_000_000;
const [, , sources, target, ...skipped] = process.argv;
const K = ts.SyntaxKind;
const mutants = [];
const functions = {};

function files(folder) {
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? files(path) : path.endsWith(".ts") ? [path] : []));
}

/** Rewrites one source file. */
class Rewriting {
  constructor(file, text) {
    this.file = file;
    this.source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
    this.scope = [];
    this.depth = 0;
    this.bound = "";
  }

  result() {
    const up = "../".repeat(this.file.split("/").length - 1) || "./";
    return `import { switched as __m } from "${up}segops-mutants.js";\n${this.emit(this.source)}`;
  }

  add(node, operator, was, becomes) {
    const number = mutants.length + 1;
    mutants.push({
      number,
      language: "typescript",
      file: this.file,
      line: this.source.getLineAndCharacterOfPosition(node.getStart()).line + 1,
      scope: this.scope.join("."),
      operator,
      was: short(was),
      becomes: short(becomes),
      early: this.depth === 0,
      uses: this.bound,
    });
    return number;
  }

  /** The node's text, with choices in it. */
  emit(node) {
    if (isLeftAlone(node)) {
      return node.getText();
    }
    const leave = this.enter(node);
    const text = this.changed(node, this.inner(node));
    leave();
    return text;
  }

  inner(node) {
    let text = "";
    let at = node.getStart();
    node.forEachChild((child) => {
      if (child.getStart() < at) {
        return; // a shorthand's name, which is there twice
      }
      text += this.source.text.slice(at, child.getStart()) + this.emit(child);
      at = child.end;
    });
    return text + this.source.text.slice(at, node.end);
  }

  enter(node) {
    const { depth, bound } = this;
    const name = scopeName(node);
    if (name !== undefined) {
      this.scope.push(name);
    }
    if (isRunLater(node)) {
      this.depth += 1;
    } else if (this.depth === 0 && (ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node))) {
      this.bound = node.name.getText();
    }
    return () => {
      this.depth = depth;
      this.bound = bound;
      if (name !== undefined) {
        this.scope.pop();
      }
    };
  }

  changed(node, inner) {
    if (ts.isBlock(node) && ts.isFunctionLike(node.parent)) {
      return `{ __m.reached.add(${this.entered(node.parent)}); ${inner.slice(1)}`;
    }
    if (ts.isBlock(node) && ts.isIterationStatement(node.parent, false)) {
      return `{ __m.tick(); ${inner.slice(1)}`;
    }
    if (ts.isCatchClause(node)) {
      const number = this.add(node, "exception not caught", "catch", "nothing caught");
      const name = node.variableDeclaration?.name.getText();
      const place = inner.indexOf("{", name === undefined ? 0 : inner.indexOf(")"));
      const head = name === undefined ? "catch (__caught) " : inner.slice(0, place);
      return `${head}{ if (__m.at(${number}, ${number})) throw ${name ?? "__caught"}; ${inner.slice(place + 1)}`;
    }
    if (ts.isStatement(node)) {
      return this.statement(node, inner);
    }
    return ts.isExpression(node) && isReplaceable(node) ? this.expression(node, inner) : inner;
  }

  expression(node, inner) {
    const changes = expressionChanges(node);
    if (changes.length === 0) {
      return inner;
    }
    const numbers = changes.map(([word, becomes]) => this.add(node, word, node.getText(), becomes));
    let chain = `(${changes.at(-1)[1]})`;
    for (let index = changes.length - 2; index >= 0; index -= 1) {
      chain = `(__m.active === ${numbers[index]} ? (${changes[index][1]}) : ${chain})`;
    }
    return `(__m.at(${numbers[0]}, ${numbers.at(-1)}) ? ${chain} : ${inner})`;
  }

  statement(node, inner) {
    const changes = statementChanges(node);
    if (changes.length === 0) {
      return inner;
    }
    const numbers = changes.map(([word, becomes]) => this.add(node, word, node.getText(), becomes));
    let chain = `{ ${changes.at(-1)[1]} }`;
    for (let index = changes.length - 2; index >= 0; index -= 1) {
      chain = `if (__m.active === ${numbers[index]}) { ${changes[index][1]} } else ${chain}`;
    }
    return `if (__m.at(${numbers[0]}, ${numbers.at(-1)})) { ${chain} } else { ${inner} }`;
  }

  entered(node) {
    const number = FUNCTIONS + Object.keys(functions).length;
    const names = new Set();
    const look = (child) => {
      if (ts.isIdentifier(child) || ts.isPrivateIdentifier(child)) {
        names.add(child.text);
      }
      child.forEachChild(look);
    };
    look(node);
    functions[number] = [this.file, [...names]];
    return number;
  }
}

function short(text) {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= 90 ? line : `${line.slice(0, 60)}…${line.slice(-27)}`;
}

function scopeName(node) {
  if (ts.isFunctionLike(node) || ts.isClassDeclaration(node)) {
    return node.name?.getText() ?? (ts.isConstructorDeclaration(node) ? "constructor" : undefined);
  }
  return undefined;
}

function isRunLater(node) {
  const isStatic = (node.modifiers ?? []).some((each) => each.kind === K.StaticKeyword);
  return ts.isFunctionLike(node) || (ts.isPropertyDeclaration(node) && !isStatic);
}

function isLeftAlone(node) {
  return (
    ts.isTypeNode(node) ||
    ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isHeritageClause(node) ||
    ts.isEnumDeclaration(node) ||
    ts.isTypeParameterDeclaration(node) ||
    (ts.isFunctionLike(node) && node.body === undefined && !ts.isPropertyDeclaration(node)) ||
    node.kind === K.ImportKeyword ||
    ts.isMetaProperty(node) ||
    (node.modifiers ?? []).some(
      (each) => each.kind === K.DeclareKeyword || (each.kind === K.AbstractKeyword && !ts.isClassDeclaration(node)),
    )
  );
}

/** Whether a choice in parentheses may stand in an expression's place. */
function isReplaceable(node) {
  const { parent } = node;
  if (
    (ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent) || ts.isMethodDeclaration(parent)) &&
    parent.name === node
  ) {
    return false;
  }
  if (
    ts.isOmittedExpression(node) ||
    ts.isSpreadElement(node) ||
    (ts.isPropertyAccessExpression(parent) && parent.name === node)
  ) {
    return false;
  }
  if (
    (ts.isCallExpression(parent) || ts.isNewExpression(parent) || ts.isTaggedTemplateExpression(parent)) &&
    (parent.expression ?? parent.tag) === node
  ) {
    return false;
  }
  if (ts.isOptionalChain(parent) && parent.expression === node) {
    return false;
  }
  if (
    ts.isBinaryExpression(parent) &&
    parent.left === node &&
    parent.operatorToken.kind >= K.FirstAssignment &&
    parent.operatorToken.kind <= K.LastAssignment
  ) {
    return false;
  }
  if (
    ts.isPrefixUnaryExpression(parent) &&
    (parent.operator === K.PlusPlusToken || parent.operator === K.MinusMinusToken)
  ) {
    return false;
  }
  if (
    ts.isPostfixUnaryExpression(parent) ||
    ts.isDeleteExpression(parent) ||
    ts.isExpressionWithTypeArguments(parent) ||
    ts.isComputedPropertyName(parent)
  ) {
    return false;
  }
  if (ts.isBindingElement(parent) && parent.propertyName === node) {
    return false;
  }
  if (ts.isExpressionStatement(parent)) {
    return false;
  }
  return !((ts.isForInStatement(parent) || ts.isForOfStatement(parent)) && parent.initializer === node);
}

for (const path of files(sources)) {
  const file = relative(sources, path).split(sep).join("/");
  let text = readFileSync(path, "utf8");
  if (!skipped.some((each) => (each.endsWith("/*") ? file.startsWith(each.slice(0, -1)) : file === each))) {
    const bang = /^#!.*\n/.exec(text)?.[0] ?? "";
    text = bang + new Rewriting(file, text.slice(bang.length)).result();
  }
  const made = ts.transpileModule(text, {
    fileName: path,
    reportDiagnostics: true,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ES2022,
      removeComments: false,
      verbatimModuleSyntax: true,
    },
  });
  if (made.diagnostics.length > 0) {
    const [first] = made.diagnostics;
    throw new Error(
      `${file}: ${ts.flattenDiagnosticMessageText(first.messageText, " ")}: ${text.slice(first.start - 200, first.start + 200)}`,
    );
  }
  const out = join(target, file.replace(/\.ts$/, ".js"));
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, made.outputText);
}
writeFileSync(
  join(target, "segops-mutants.js"),
  readFileSync(new URL("./schemata-switch.mjs", import.meta.url), "utf8"),
);
process.stdout.write(JSON.stringify({ mutants, functions }));
