// Which methods do the resource classes have, what do they take, and what do their comments say? Written to
// src/cli/derived.ts, from which the command line makes its table: a command is not written twice.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const SOURCES = fileURLToPath(new URL("../src/", import.meta.url));
const HIDDEN = ["signal", "onProgress"]; // an interrupt and a progress line take their place

const parse = (path) => ts.createSourceFile(path, readFileSync(SOURCES + path, "utf8"), ts.ScriptTarget.ES2022, true);
const resourceFiles = readdirSync(`${SOURCES}resources`).map((name) => parse(`resources/${name}`));
const statements = [parse("types.ts"), ...resourceFiles].flatMap((file) => [...file.statements]);
const classes = new Map(statements.filter(ts.isClassDeclaration).map((node) => [node.name.text, node]));
const interfaces = new Map(statements.filter(ts.isInterfaceDeclaration).map((node) => [node.name.text, node]));

const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replace(/^-/, "");
const snake = (name) => kebab(name).replaceAll("-", "_");

/** The class or interface that this one extends, if it is one of ours. */
function parentOf(node, known) {
  return known.get(node.heritageClauses?.[0]?.types[0]?.expression.getText() ?? "");
}

/** A comment taken apart: summary, further paragraphs, what it says of each argument, the page it names. */
function docOf(node) {
  const comment = (ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc)[0]?.getText() ?? "")
    .replace(/^\/\*\*|\*\/$/g, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trimEnd())
    .join("\n");
  const source = /Source: (\S+)/.exec(comment)?.[1] ?? "";
  const [prose = "", ...tags] = comment.replace(/Source: \S+/, "").split(/^@/m);
  const paragraphs = prose.split(/\n\s*\n/).map((text) => text.trim().replace(/\s+/g, " "));
  const [summary = "", ...details] = paragraphs.filter((text) => text !== "" && !text.startsWith("See "));
  const about = {};
  for (const tag of tags) {
    const found = /^param (\w+) ([\s\S]*)$/.exec(tag);
    if (found) about[found[1]] = found[2].trim().replace(/\s+/g, " ");
  }
  return { summary, details, source, about };
}

/** What a parameter is to the shell: a word, a JSON object, a JSON array, a file to send, a file to write, flags. */
function kindOf(name, type) {
  const named = { params: "query", body: "object", definition: "object", payload: "object", event: "object" };
  const typed = { FileData: "file", Sink: "out" };
  return named[name] ?? (type.startsWith("Iterable<") ? "array" : (typed[type] ?? "value"));
}

/** The options that an interface has, its own first. */
function optionsOf(name) {
  const node = interfaces.get(name);
  if (node === undefined) return [];
  const own = node.members
    .filter((member) => !HIDDEN.includes(member.name.getText()))
    .map((member) => {
      const type = member.type.getText().replace(/ \| undefined$/, "");
      return {
        name: member.name.getText(),
        type: type.includes('"') ? "choice" : type === "number" ? "number" : "text",
        choices: [...type.matchAll(/"(\w+)"/g)].map((match) => match[1]),
        about: docOf(member).summary,
      };
    });
  const parent = parentOf(node, interfaces);
  return [...own, ...(parent === undefined ? [] : optionsOf(parent.name.text))];
}

function methodOf(node) {
  const { summary, details, source, about } = docOf(node);
  const parameters = node.parameters.filter(({ name }) => name.getText() !== "options");
  const options = node.parameters.find(({ name }) => name.getText() === "options");
  return {
    name: node.name.getText(),
    summary,
    details,
    source,
    parameters: parameters.map((parameter) => ({
      name: snake(parameter.name.getText()),
      kind: kindOf(parameter.name.getText(), parameter.type.getText()),
      required: parameter.questionToken === undefined && parameter.initializer === undefined,
      about: about[parameter.name.getText()] ?? "",
    })),
    options: optionsOf(options?.type.getText().split("<")[0] ?? ""),
  };
}

function methodsOf(node) {
  const parent = parentOf(node, classes);
  const inherited = parent === undefined ? [] : methodsOf(parent);
  const found = new Map(inherited.map((method) => [method.name, method]));
  // Of an overridden or overloaded method, the first signature that is met.
  for (const method of node.members.filter((member) => ts.isMethodDeclaration(member)).map(methodOf)) {
    if (!found.has(method.name)) found.set(method.name, method);
  }
  return [...found.values()];
}

const index = resourceFiles.find((file) => file.fileName.endsWith("index.ts"));
const names = index.statements
  .filter(ts.isExportDeclaration)
  .flatMap((node) => node.exportClause.elements.map((each) => each.name.text));
const resources = names.map((name) => ({
  name: kebab(name),
  property: name[0].toLowerCase() + name.slice(1),
  summary: docOf(classes.get(name)).summary,
  methods: methodsOf(classes.get(name)),
}));
const text = `/** Derived from the resource classes by scripts/derive.mjs at each build. */

import type { Resource } from "./shapes.js";

export const RESOURCES: readonly Resource[] = ${JSON.stringify(resources, null, 2)};
`;
writeFileSync(`${SOURCES}cli/derived.ts`, text);
