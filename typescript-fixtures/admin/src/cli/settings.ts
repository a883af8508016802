/**
 * The key, server and options that calls are made with.
 *
 * A flag comes before the environment, the environment before the profile, and the profile before the default.
 */

import { SegOpsAdmin, type SegOpsAdminOptions } from "../client.js";
import { SegOpsConfigError } from "../errors/index.js";
import { quote } from "../errors/text.js";
import { parseExactly } from "../wire/numerals.js";
import { UsageError } from "./failures.js";
import { keepSecret, say } from "./output.js";
import type { Invocation } from "./parsing.js";
import type { Profile } from "./profiles.js";

/**
 * A client as the flags, the environment and the profile say.
 *
 * @param more what carries the requests, and who is notified of replies
 * @throws {UsageError} the key is missing, or a flag, variable or profile holds no usable value
 * @throws {SegOpsConfigError} the key or the address is not one
 */
export function connect(
  line: Invocation,
  profile: Profile,
  more: Pick<SegOpsAdminOptions, "transport" | "onReply"> = {},
): SegOpsAdmin {
  const apiKey = process.env.SEGOPS_API_KEY ? undefined : profile.key();
  if (apiKey === undefined && !process.env.SEGOPS_API_KEY) {
    throw new UsageError(
      "SEGOPS_API_KEY is not set.",
      "Set it to a secret key (sk_...) of your workspace, or store one: segops-admin config set api_key -",
    );
  }
  keepSecret(apiKey ?? "");
  const usual = profile.values.timeout;
  const timeout = setting(line, "timeout", "SEGOPS_TIMEOUT", usual ? String(usual) : "60", false);
  const maxRetries = setting(line, "max-retries", "SEGOPS_MAX_RETRIES", "3", true);
  const log = line.has("verbose") ? logLine : undefined;
  let [baseUrl, givenAs] = [line.texts.get("api-url"), "--api-url"];
  if (baseUrl === "") {
    throw new UsageError("--api-url is empty.", "Give the API's root, such as https://api.segops.ai/api.");
  }
  if (baseUrl === undefined && !process.env.SEGOPS_API_URL) {
    [baseUrl, givenAs] = [profile.text("url"), `the url of profile ${quote(profile.name)}`];
  }
  try {
    return new SegOpsAdmin({ apiKey, baseUrl, timeout, maxRetries, log, parse: parseExactly, ...more });
  } catch (error) {
    if ((baseUrl === undefined && apiKey === undefined) || !(error instanceof SegOpsConfigError)) {
      throw error;
    }
    const text = error.message.replace("baseUrl", givenAs);
    throw new UsageError(text.replace("apiKey", `the key of profile ${quote(profile.name)}`));
  }
}

function logLine(line: string, level: string): void {
  const time = new Date().toISOString().replace("T", " ").replace("Z", "").replace(".", ",");
  say(`${time} ${level.toUpperCase()} ${line}`);
}

function setting(line: Invocation, flag: string, variable: string, fallback: string, isWhole: boolean): number {
  const given = line.texts.get(flag);
  if (given !== undefined) {
    return numberOf(given, `--${flag}`, isWhole);
  }
  return numberOf(process.env[variable] || fallback, variable, isWhole);
}

/**
 * A number that was written as text: a whole one from 0 up, or a fraction above 0.
 *
 * @param name where it was written, for the message
 * @throws {UsageError} it is not one
 */
export function numberOf(text: string, name: string, isWhole = false): number {
  const form = isWhole ? /^\d+$/ : /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
  const value = form.test(text) ? Number(text) : Number.NaN;
  if ((isWhole || value > 0) && value < 1e9) {
    return value;
  }
  const kind = isWhole ? "a whole number from 0 up" : "a number of seconds above 0";
  throw new UsageError(`${name} must be ${kind}, not ${quote(text)}.`);
}

/** Whether an environment variable is set to anything but nothing, 0, false, no or off. */
export function isOn(variable: string): boolean {
  return !["", "0", "false", "no", "off"].includes((process.env[variable] ?? "").trim().toLowerCase());
}

/** A key as it may be shown: its kind, and its last four characters if that leaves enough unsaid. */
export function masked(key: string): string {
  return key.length >= 16 ? `${key.slice(0, 3)}...${key.slice(-4)}` : `${key.slice(0, 3)}...`;
}
