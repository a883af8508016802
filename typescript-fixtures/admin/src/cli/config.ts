/** `segops-admin config`: the profiles, set, shown and chosen. */

import { checkedBaseUrl, checkedKey } from "../config.js";
import { SegOpsConfigError } from "../errors/index.js";
import { quote } from "../errors/text.js";
import { UsageError } from "./failures.js";
import { keepSecret, say, writeJson } from "./output.js";
import type { Invocation } from "./parsing.js";
import { type Content, chosen, configPath, KEYS, load, save, wordsOf } from "./profiles.js";
import type { Results } from "./results.js";
import { masked, numberOf } from "./settings.js";

/** Carries out `config set`, `get`, `list` or `use`. */
export async function configure(verb: string, line: Invocation, results: Results): Promise<number> {
  const content = await load();
  const [first = ""] = line.arguments;
  if (verb === "list") {
    await results.one(Object.keys(content.profiles).map((name) => shown(name, content)));
  } else if (verb === "use") {
    checkKnown(first, content);
    const changed = { current: first, profiles: content.profiles };
    save(changed);
    await results.one(shown(first, changed));
  } else if (verb === "get") {
    checkProfileKey(first);
    const name = chosen(line, content) || "default";
    checkKnown(name, content);
    await writeJson(shown(name, content)[first]);
  } else {
    await results.one(await set(line, content));
  }
  return 0;
}

function checkKnown(name: string, { profiles }: Content): void {
  if (!Object.hasOwn(profiles, name)) {
    const known = Object.keys(profiles).join(", ") || "none";
    throw new UsageError(`there is no profile ${quote(name)}.`, `There are: ${known}.`);
  }
}

function checkProfileKey(key: string): void {
  if (!(KEYS as readonly string[]).includes(key)) {
    throw new UsageError(`a profile has no ${quote(key)}.`, `It has ${KEYS.join(", ")}.`);
  }
}

/** Sets a key of a profile, which is made if it is not there; nothing takes the key away. */
async function set(line: Invocation, content: Content): Promise<Record<string, unknown>> {
  const [key = "", text = ""] = line.arguments;
  checkProfileKey(key);
  const name = chosen(line, content) || "default";
  if (!/^[A-Za-z0-9._-]+$/.test(name)) {
    const problem = `a profile cannot be called ${quote(name)}: letters, digits, dots, dashes and underscores.`;
    throw new UsageError(problem);
  }
  const { [key]: _, ...profile } = Object.hasOwn(content.profiles, name) ? { ...content.profiles[name] } : {};
  if (text !== "") {
    const value = await settled(key, text);
    // Two keys would leave it open which one is meant.
    const other = { api_key: "api_key_command", api_key_command: "api_key" }[key];
    if (other !== undefined) {
      delete profile[other];
    }
    profile[key] = value;
  }
  const changed = { current: content.current, profiles: { ...content.profiles, [name]: profile } };
  save(changed);
  return shown(name, changed);
}

async function settled(key: string, text: string): Promise<unknown> {
  if (key === "timeout") {
    return numberOf(text, "timeout");
  }
  if (key === "protected") {
    if (text !== "true" && text !== "false") {
      throw new UsageError(`protected must be true or false, not ${quote(text)}.`);
    }
    return text === "true";
  }
  if (key === "api_key_command") {
    if (wordsOf(text).length === 0) {
      throw new UsageError("api_key_command is blank.");
    }
    return text;
  }
  if (key === "url") {
    return checked(text, checkedBaseUrl);
  }
  const given = text === "-" ? await firstLine() : text;
  keepSecret(given);
  if (text !== "-") {
    say("note: the key is in your shell's history now; config set api_key - reads it from standard input.");
  }
  return checked(given, checkedKey);
}

async function firstLine(): Promise<string> {
  let text = "";
  for await (const chunk of process.stdin) {
    text += chunk;
    if (text.includes("\n")) {
      break;
    }
  }
  return (text.split("\n")[0] as string).trim();
}

function checked(text: string, check: (text: string) => unknown): string {
  try {
    check(text);
    return text;
  } catch (error) {
    throw error instanceof SegOpsConfigError ? new UsageError(error.message.replace("baseUrl", "url")) : error;
  }
}

/** A profile as it may be seen: its key is masked. */
function shown(name: string, { current, profiles }: Content): Record<string, unknown> {
  const profile = profiles[name] as Record<string, unknown>;
  const values = Object.fromEntries(KEYS.map((each) => [each, profile[each] ?? null]));
  const key = typeof profile.api_key === "string" ? masked(profile.api_key) : null;
  return { name, current: name === current, ...values, api_key: key, file: configPath() };
}
