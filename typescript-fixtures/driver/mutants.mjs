/**
 * How is the TypeScript SDK broken on purpose? One small change for each id of parity/mutants.yaml.
 *
 * Requests and replies are changed on their way through fetch; options, clock and results where the driver hands them
 * over. No source of the SDK is edited, and each change counts how often it came to bear.
 */

import { Sent } from "./sent.mjs";

const header = (name, value) => (sent) => {
  const had = sent.headers.has(name);
  if (had && value === null) {
    sent.headers.delete(name);
  } else if (had) {
    sent.headers.set(name, value);
  }
  return had;
};

const query = (rewrite) => (sent) => {
  const before = [...sent.url.searchParams];
  const after = rewrite(before);
  sent.url.search = String(new URLSearchParams(after));
  return JSON.stringify(before) !== JSON.stringify(after);
};

const text = (pattern, replacement) => (sent) => {
  const before = sent.json;
  if (before === undefined) {
    return false;
  }
  sent.json = before.replace(pattern, replacement);
  return sent.json !== before;
};

const body = (rewrite) => (sent) => {
  const before = sent.json;
  if (before === undefined) {
    return false;
  }
  sent.json = JSON.stringify(rewrite(JSON.parse(before)));
  return sent.json !== before;
};

const times = (number, method) => (sent) => {
  sent.times = sent.method === method ? number : 1;
  return sent.method === method;
};

function path(rewrite) {
  return (sent) => {
    const before = sent.url.pathname;
    sent.url.pathname = rewrite(before);
    return sent.url.pathname !== before;
  };
}

function each(value, change) {
  if (Array.isArray(value)) {
    return value.map((item) => each(item, change));
  }
  if (value === null || typeof value !== "object") {
    return value;
  }
  return change(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, each(item, change)])));
}

const filtered = (keep) => (object) => Object.fromEntries(Object.entries(object).filter(keep));
const capital = (word) => word[0].toUpperCase() + word.slice(1);
const OTHER_METHOD = { GET: "POST", POST: "PUT", PUT: "PATCH", PATCH: "PUT", DELETE: "POST" };
const SOME_KEY = "00000000-0000-4000-8000-000000000001";

const REQUESTS = {
  "drop-authorization": header("authorization", null),
  "bearer-scheme": header("authorization", "Bearer sk_test_parity"),
  "another-key": header("authorization", "ApiKey sk_test_another"),
  "drop-accept": header("accept", "text/html"),
  "accept-anything": header("accept", "*/*"),
  "anonymous-user-agent": header("user-agent", "client"),
  "wrong-method": (sent) => {
    sent.method = OTHER_METHOD[sent.method];
    if (sent.method !== "GET" && sent.body === undefined) {
      sent.body = "";
    }
    return true;
  },
  "no-trailing-slash": path((before) => before.replace(/\/$/, "")),
  "path-in-capitals": path((before) => before.replace(/\/api\/(.)/, (_m, letter) => `/api/${letter.toUpperCase()}`)),
  "path-encoded-twice": path((before) => before.replaceAll("%", "%25")),
  "extra-query-key": query((pairs) => [...pairs, ["debug", "1"]]),
  "missing-query-key": query((pairs) => pairs.slice(1)),
  "query-key-in-camel-case": query((pairs) =>
    pairs.map(([key, value]) => [key.replace(/_(.)/g, (_m, letter) => letter.toUpperCase()), value]),
  ),
  "last-of-list-only": query((pairs) => Object.entries(Object.fromEntries(pairs))),
  "capital-booleans": query((pairs) =>
    pairs.map(([key, value]) => [key, ["true", "false"].includes(value) ? capital(value) : value]),
  ),
  "integer-as-text": text(/:(\d+)(?=[,}])/g, ':"$1"'),
  "integer-as-float": text(/:(\d+)(?=[,}])/g, ":$1.0"),
  "null-dropped-from-body": body((value) =>
    each(
      value,
      filtered(([, item]) => item !== null),
    ),
  ),
  "null-added-to-body": body((value) => (Array.isArray(value) ? value : { ...value, extra: null })),
  "drop-body": (sent) => {
    const had = sent.json !== undefined;
    if (had) {
      sent.json = "";
    }
    return had;
  },
  "body-on-actions": (sent) => {
    if (sent.method !== "POST" || sent.body !== undefined) {
      return false;
    }
    sent.body = "{}";
    sent.headers.set("content-type", "application/json");
    return true;
  },
  "repeated-json-key": text(/^\{("(?:[^"\\]|\\.)*"):/, "{$1:null,$1:"),
  "ascii-escapes": text(/[^\0-\x7f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`),
  "blanks-in-json": text(/":/g, '": '),
  "wrong-content-type": (sent) => sent.json !== undefined && header("content-type", "text/plain")(sent),
  "no-idempotency-key": header("idempotency-key", null),
  "constant-idempotency-key": header("idempotency-key", "1"),
  "fresh-key-on-retry": (sent, state) => {
    const key = sent.headers.get("idempotency-key");
    const again = key !== null && key === state.key;
    state.key = key;
    if (again) {
      state.count = (state.count ?? 0) + 1;
      sent.headers.set("idempotency-key", `00000000-0000-4000-8000-${String(state.count).padStart(12, "0")}`);
    }
    return again;
  },
  "key-on-reads": (sent) => {
    const had = sent.headers.has("idempotency-key");
    if (!had) {
      sent.headers.set("idempotency-key", SOME_KEY);
    }
    return !had;
  },
  "wrong-part-name": (sent) => {
    sent.part = sent.isMultipart ? "upload" : undefined;
    return sent.isMultipart;
  },
  "every-read-twice": times(2, "GET"),
  "delete-not-sent": times(0, "DELETE"),
  "query-order": query((pairs) => [...pairs].sort(([one], [other]) => (one < other ? 1 : one > other ? -1 : 0))),
  "json-key-order": body((value) => each(value, (object) => Object.fromEntries(Object.entries(object).reverse()))),
  "header-case": (sent) => {
    sent.capitals = true;
    return true;
  },
};

const status = (wanted, instead) => (reply) => {
  const fits = wanted(reply.status);
  reply.status = fits ? instead : reply.status;
  return fits;
};

const json = (rewrite) => (reply) => {
  try {
    const before = JSON.stringify(JSON.parse(reply.text));
    const after = JSON.stringify(rewrite(JSON.parse(reply.text)));
    reply.text = after === before ? reply.text : after;
    return after !== before;
  } catch {
    return false;
  }
};

const REPLIES = {
  "ignore-retry-after": (reply) => {
    const had = reply.headers.has("retry-after");
    reply.headers.delete("retry-after");
    return had;
  },
  "stop-after-page-1": json((page) => (page?.next ? { ...page, next: null } : page)),
  "stop-after-first-cursor": json((page) => (page?.next_cursor ? { ...page, next_cursor: null } : page)),
  "retry-client-errors": status((found) => found === 400, 503),
  "server-errors-are-final": status((found) => found >= 500, 418),
  "too-many-requests-is-final": status((found) => found === 429, 418),
};

const ok = (change) => (outcome) => ("ok" in outcome ? { ...outcome, ok: change(outcome.ok) } : outcome);
const failed = (change) => (outcome) => ("error" in outcome ? { ...outcome, error: change(outcome.error) } : outcome);

const OUTCOMES = {
  "repeat-last-item": ok((value) =>
    Array.isArray(value?.items) && "done" in value
      ? { ...value, items: [...value.items, ...value.items.slice(-1)] }
      : value,
  ),
  "lose-unknown-keys": ok((value) =>
    each(
      value,
      filtered(([key]) => !key.startsWith("x_unknown")),
    ),
  ),
  "lose-nulls": ok((value) =>
    each(
      value,
      filtered(([, item]) => item !== null),
    ),
  ),
  "dates-respelled": ok((value) => JSON.parse(JSON.stringify(value).replace(/(\d{4}-\d\d-\d\d)T(\d\d:)/g, "$1 $2"))),
  "numbers-as-text": ok((value) =>
    each(value, (object) =>
      Object.fromEntries(
        Object.entries(object).map(([key, item]) => [key, Number.isInteger(item) ? String(item) : item]),
      ),
    ),
  ),
  "swallow-errors": (outcome) => ("error" in outcome ? { ok: null } : outcome),
  "wrong-error-kind": failed((error) => ({ ...error, kind: "SegOpsError" })),
  "error-without-body": failed((error) => ("body" in error ? { ...error, body: null } : error)),
  "attempts-off-by-one": failed((error) => ("attempts" in error ? { ...error, attempts: error.attempts + 1 } : error)),
  "error-without-retry-after": failed((error) => (error.retry_after ? { ...error, retry_after: null } : error)),
  "error-prints-key": failed((error) => ({ ...error, message: `${error.message} sk_test_parity` })),
};

const OTHERS = [
  "one-retry-fewer",
  "one-retry-more",
  "no-jitter",
  "delay-off-by-a-percent",
  "exit-code-always-0",
  "chatter-on-stdout",
];

/** The mutant that a driver was started with, or none. */
export class Mutation {
  /** How often it has changed something. */
  fired = 0;
  #name;
  #state = {};

  constructor(name) {
    const known = [...Object.keys({ ...REQUESTS, ...REPLIES, ...OUTCOMES }), ...OTHERS];
    if (name && !known.includes(name)) {
      throw new RangeError(`expected a mutant out of ${known.sort().join(", ")}; found ${name}`);
    }
    this.#name = name;
  }

  #did(changed) {
    this.fired += changed ? 1 : 0;
  }

  /** The client's options. */
  options(options) {
    const step = { "one-retry-fewer": -1, "one-retry-more": 1 }[this.#name];
    const retries = (options.maxRetries ?? 3) + step;
    if (step === undefined || !(retries >= 0)) {
      return options;
    }
    this.#did(true);
    return { ...options, maxRetries: retries };
  }

  /** The client's clock and random source. */
  runtime(time) {
    const { now, monotonic, uuid } = time;
    let { sleep, random } = time;
    if (this.#name === "no-jitter") {
      random = () => {
        this.#did(time.random() !== 0);
        return 0;
      };
    }
    if (this.#name === "delay-off-by-a-percent") {
      sleep = (seconds) => {
        this.#did(seconds > 0);
        return time.sleep(seconds * 1.01);
      };
    }
    return { now, monotonic, uuid, sleep, random };
  }

  /** The client's fetch; undefined leaves the SDK its own. */
  fetch() {
    const change = REQUESTS[this.#name];
    const alter = REPLIES[this.#name];
    if (change === undefined && alter === undefined) {
      return undefined;
    }
    return async (input, init) => {
      if (change === undefined) {
        return this.#altered(await globalThis.fetch(input, init), alter);
      }
      const sent = new Sent(input, init);
      this.#did(change(sent, this.#state));
      return sent.send();
    };
  }

  async #altered(response, alter) {
    const headers = new Headers(response.headers);
    headers.delete("content-encoding");
    headers.delete("content-length");
    const reply = { status: response.status, headers, text: await response.text() };
    this.#did(alter(reply));
    const bare = [204, 304].includes(reply.status) || reply.text === "";
    return new Response(bare ? null : reply.text, { status: reply.status, headers });
  }

  /** A call's result or error, as the driver is about to report it. */
  outcome(outcome) {
    const change = OUTCOMES[this.#name];
    if (change === undefined) {
      return outcome;
    }
    const changed = change(outcome);
    this.#did(JSON.stringify(changed) !== JSON.stringify(outcome));
    return changed;
  }

  /** What a command line ended with. */
  shell(printed) {
    if (this.#name === "exit-code-always-0") {
      this.#did(printed.exit !== 0);
      return { ...printed, exit: 0 };
    }
    if (this.#name === "chatter-on-stdout") {
      this.#did(true);
      return { ...printed, stdout: `done\n${printed.stdout}` };
    }
    return printed;
  }
}
