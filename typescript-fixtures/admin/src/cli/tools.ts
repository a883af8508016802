/** Which commands are no methods of the SDK? */

import type { Command, Option, Parameter } from "./shapes.js";

function tool(
  name: string,
  summary: string,
  details: string[],
  args: readonly Parameter[],
  ...options: Option[]
): [string, Command] {
  const command: Command = {
    words: [name],
    name,
    summary,
    details,
    source: "",
    property: "",
    method: undefined,
    walk: undefined,
    wait: undefined,
    arguments: args,
    options: new Map(options.map((option) => [option.name, option])),
    query: undefined,
    knownQuery: [],
  };
  return [name, command];
}

function argument(name: string, about: string): Parameter {
  return { name, kind: "value", required: true, about };
}

export const TOOLS: ReadonlyMap<string, Command> = new Map([
  tool(
    "api",
    "Makes any call of the API, wrapped by a command or not, and prints the answer.",
    ["Calls other than GET, HEAD and OPTIONS carry an Idempotency-Key."],
    [
      argument("method", "`GET`, `POST`, `PUT`, `PATCH` or `DELETE`"),
      argument("path", "the path below the base URL, such as /segments/"),
    ],
    { name: "query", value: "KEY=VALUE", about: "a query parameter; may be repeated", isMany: true },
    { name: "body", value: "BODY", about: "the JSON body", isFile: true },
    {
      name: "form",
      value: "FIELD=@FILE",
      about: "a file to upload in place of a body; - is standard input",
      isFile: true,
    },
    {
      name: "idempotency-key",
      value: "KEY",
      about: "names this call, to repeat it safely; a fresh one unless given",
    },
  ),
  tool(
    "doctor",
    "Reports what this program would work with, and whether the server answers, as JSON.",
    [
      "Exits 0 if it does and accepts the key, else 1. latency_ms is the median of five small requests; " +
        "clock_skew_s is by how much the server's clock is ahead of this machine's.",
    ],
    [],
  ),
  tool(
    "completion",
    "Prints a script that makes a shell complete commands, flags and file names.",
    [],
    [argument("shell", "`bash`, `zsh` or `fish`")],
  ),
]);
