/** The contract, read from spec/ as data. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

export interface Operation {
  namespace: string;
  name: string;
  summary: string;
  args: string[];
  request?: string;
  query?: string | Record<string, string>;
  body?: string | Record<string, string>;
  multipart?: Record<string, [string, string]>;
  success?: number[];
  mutates?: boolean;
  iterates?: string;
  polls?: string;
  queues?: string;
  formats?: string[];
  returns: string;
  cli: string;
  typescript?: string;
}

interface Namespace {
  path?: string;
  record?: string;
  list?: string;
  crud?: string[];
  methods?: Record<string, Omit<Operation, "namespace" | "name">>;
}

interface Contract {
  arguments: Record<string, { type: string }>;
  crud_methods: Record<string, Omit<Operation, "namespace" | "name">>;
  namespaces: Record<string, Namespace>;
}

/** The repository's spec/ folder: four levels above build/test/support. */
export const SPEC = fileURLToPath(new URL("../../../../../spec/", import.meta.url));

export function readYaml<T>(name: string): T {
  return parse(readFileSync(`${SPEC}${name}`, "utf8")) as T;
}

export const contract = readYaml<Contract>("admin.yaml");

/** The camelCase of a snake_case name. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Every operation, the shared six spelled out for each namespace that has them. */
export function operations(): Operation[] {
  return Object.entries(contract.namespaces).flatMap(([namespace, entry]) => {
    const shared = (entry.crud ?? []).map((name) => spelledOut(namespace, name, entry));
    const own = Object.entries(entry.methods ?? {}).map(([name, method]) => ({ ...method, namespace, name }));
    return [...shared, ...own];
  });
}

function spelledOut(namespace: string, name: string, entry: Namespace): Operation {
  const method = contract.crud_methods[name] as Omit<Operation, "namespace" | "name">;
  const text = JSON.stringify(method)
    .replaceAll("{path}", entry.path ?? "")
    .replaceAll("{record}", entry.record ?? "")
    .replaceAll("{list}", entry.list ?? "");
  return { ...(JSON.parse(text) as Omit<Operation, "namespace" | "name">), namespace, name };
}

/** An argument of the contract: `name`, `name?` or `name=value`, positional or by name. */
export interface Argument {
  name: string;
  isOptional: boolean;
  fallback: string | undefined;
  isNamed: boolean;
}

export function argumentsOf(operation: Operation): Argument[] {
  const star = operation.args.indexOf("*");
  return operation.args
    .map((text, index) => ({ text, isNamed: star !== -1 && index > star }))
    .filter(({ text }) => text !== "*")
    .map(({ text, isNamed }) => {
      const [name = "", fallback] = text.split("=");
      const isOptional = name.endsWith("?") || fallback !== undefined;
      return { name: name.replace("?", ""), isOptional, fallback, isNamed };
    });
}
