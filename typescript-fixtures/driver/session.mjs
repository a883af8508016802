/** The commands of the protocol, carried out with the TypeScript SDK: a table; no logic about any operation. */

import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { play } from "./doubles.mjs";
import { madeByUsers, recognised, revealed } from "./errors.mjs";
import { fetchOf } from "./fetches.mjs";
import { Memory } from "./memory.mjs";
import { runShell } from "./shell.mjs";
import { surface } from "./surface.mjs";
import { sent, trace, traced } from "./tracing.mjs";
import { attemptValue, camel, errorValue, Given, optionsOf, plainCopy, promised } from "./values.mjs";
import { clock } from "./waiting.mjs";
import { forget, leftOpen, opened, unhandledFailures, watched, watchedSignal } from "./watched.mjs";

const PROTOCOL = "segops-parity/1";

/** A clock that moves when somebody sleeps, or when it is looked at, and a random source that always says the same. */
class Time {
  delays = [];
  log = [];
  #moment;
  #random;
  #tick;

  constructor(now, random, tick = 0) {
    this.#moment = now;
    this.#random = random;
    this.#tick = tick;
  }

  now = () => this.#moment;
  /** The next look finds a later moment, if the clock ticks. */
  monotonic = () => {
    this.#moment += this.#tick;
    return this.#moment;
  };
  pass = (seconds) => {
    this.#moment += seconds;
  };
  random = () => this.#random;
  uuid = () => randomUUID();

  /** In which wait the call is aborted, and how. */
  abortsAsleep = 0;
  abort = () => undefined;

  sleep = async (seconds, signal) => {
    this.abortsAsleep -= 1;
    if (this.abortsAsleep === 0) {
      this.abort();
      signal?.throwIfAborted(); // a wait that is not told of it goes on to its end
    }
    this.delays.push(seconds);
    this.#moment += seconds;
    await clock.pass(seconds);
  };
}

/** The clients and iterations of one run. */
export class Session {
  #sdk;
  #clients = new Map();
  #iterations = new Map();
  #running = new Map();
  #attempts = [];

  /** The arguments of the call under way. */
  #given = new Given();
  #keys = new Set();
  #before = new Map();
  #openBefore = opened();
  #isFetch = false;
  #folder;
  #isTraced = false;

  constructor(sdk) {
    this.#sdk = sdk;
  }

  /** The reply to one command. What the SDK raises is an `error`; what goes wrong here is a `fault`. */
  async answer(command) {
    const handlers = {
      hello: () => this.#hello(command),
      describe: () => this.#describe(),
      open: () => this.#open(command),
      call: () => this.#call(command),
      finish: () => this.#finish(command),
      later: () => this.#later(command),
      page: () => this.#page(command),
      cli: () => this.#cli(command),
      webhook: () => this.#webhook(command),
      testing: () => this.#testing(command),
      close: () => this.#close(command),
      switch: () => this.#switch(command),
      bye: () => ({ ok: null }),
    };
    try {
      const handler = handlers[command.cmd];
      if (handler === undefined) {
        throw new RangeError(`expected a known command, found ${command.cmd}`);
      }
      const reply = await handler();
      const unhandled = unhandledFailures();
      if (unhandled > 0 && "delays" in reply) {
        reply.unhandled = unhandled;
      } else if (unhandled > 0) {
        throw new Error(`${unhandled} rejections that nothing handles`);
      }
      return { id: command.id, ...reply };
    } catch (error) {
      return { id: command.id, fault: { message: `${error.name}: ${error.message}`, trace: String(error.stack) } };
    }
  }

  #hello({ protocol }) {
    if (protocol !== PROTOCOL) {
      throw new RangeError(`expected ${PROTOCOL}, found ${protocol}`);
    }
    const { name, version, bin } = this.#sdk.manifest;
    const events = ["abort", "background", "clock"];
    const doubles = this.#sdk.manifest.exports["./testing"] ? ["testing"] : [];
    const capabilities = [
      "describe",
      ...events,
      ...doubles,
      ...(bin ? ["cli"] : []),
      ...(this.#sdk.webhook ? ["webhook"] : []),
    ];
    return {
      ok: {
        protocol,
        sdk: name,
        version,
        language: "typescript",
        runtime: `Node ${process.versions.node}`,
        capabilities,
      },
    };
  }

  async #describe() {
    return { ok: await surface(this.#sdk) };
  }

  #open(command) {
    if (this.#clients.size === 0) {
      this.#openBefore = opened();
    }
    const time = new Time(command.time.now, command.time.random, command.time.tick);
    if (command.time.stands) {
      clock.stand();
    }
    const given = new Given();
    const named = Object.fromEntries(
      Object.entries(command.options).map(([key, value]) => [camel(key), given.value(value)]),
    );
    const options = { ...named };
    if (command.api_key !== undefined) {
      options.apiKey = command.api_key;
      this.#keys.add(command.api_key);
    }
    options.runtime = time;
    options.log = (line, level) => time.log.push(`${level.toUpperCase()} ${line}`);
    if (!("onReply" in options)) {
      options.onReply = (attempt) => {
        this.#attempts.push(attemptValue(attempt));
        this.#given.answered();
      };
    }
    this.#isTraced = command.transport === "traced";
    if (this.#isTraced) {
      trace(command.tracer ?? "sends");
    }
    this.#isFetch = command.transport === "fetch";
    if (this.#isFetch) {
      options.fetch = command.fetch === undefined ? globalThis.fetch : fetchOf(command.fetch, this.#sdk.admin);
    }
    this.#keep(command.env ?? {});
    return withEnvironment(own(command.env ?? {}), () => {
      const warnings = [];
      const warn = process.emitWarning;
      process.emitWarning = (warning, kind) => kind === "SegOpsWarning" && warnings.push(warning);
      try {
        const client = new this.#sdk.admin.SegOpsAdmin("bare" in command ? command.bare : options);
        this.#clients.set(command.client, { client, time });
        const repr = String(client[Symbol.for("nodejs.util.inspect.custom")]?.() ?? client);
        return { ok: { base_url: client.http.baseUrl, repr, warnings: warnings.length, warned: warnings.map(String) } };
      } catch (error) {
        return { error: this.#error(error) };
      } finally {
        process.emitWarning = warn;
      }
    });
  }

  /** Sets the variables that are looked at when a connection is opened, until all clients are closed. */
  #keep(env) {
    for (const [name, value] of Object.entries(env).filter(([name]) => !name.startsWith("SEGOPS_"))) {
      if (!this.#before.has(name)) {
        this.#before.set(name, process.env[name]);
      }
      process.env[name] = value;
    }
  }

  #restore() {
    for (const [name, value] of this.#before) {
      if (value === undefined) {
        delete process.env[name];
      } else {
        process.env[name] = value;
      }
    }
    this.#before.clear();
  }

  async #call(command) {
    const { client, time } = this.#clients.get(command.client);
    const given = new Given(() => this.#shared());
    const values = command.args.map((each) => given.value(each));
    const named = Object.entries(command.named ?? {}).map(([key, value]) => [camel(key), given.value(value)]);
    const controller = command.abortable || command.aborts_asleep ? new AbortController() : undefined;
    if (controller !== undefined) {
      named.push(["signal", watchedSignal(controller.signal)]);
    }
    if (named.length > 0) {
      values.push(Object.fromEntries(named));
    }
    const [namespace, name] = command.op.split(".").map(camel);
    if (command.op === "client.options") {
      return this.#outcome(time, given, async () => optionsOf(client));
    }
    if (command.op === "client.block") {
      return this.#outcome(time, given, async () => {
        await client[Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")]();
        if (values[0] === "throw") {
          throw left();
        }
        return true;
      });
    }
    if (command.op === "client.errors") {
      return this.#outcome(time, given, async () => madeByUsers(this.#sdk.admin));
    }
    if (command.op === "client.recognised") {
      return this.#outcome(time, given, async () => recognised(this.#sdk.admin));
    }
    const owner = namespace === "client" ? client : client[namespace];
    if (typeof owner?.[name] !== "function") {
      // the SDK's failure, and none of the driver
      return { error: { kind: "surface.missing", message: `the SDK has no ${command.op}` } };
    }
    const call = async () => {
      const value = await owner[name](...values);
      if (typeof value?.[Symbol.asyncIterator] === "function") {
        const key = String(this.#iterations.size + 1);
        this.#iterations.set(key, { iteration: value[Symbol.asyncIterator](), time, controller });
        return { $iterator: key };
      }
      if (command.derived !== undefined) {
        this.#clients.set(command.derived, { client: value, time });
        return null;
      }
      return namespace === "client" ? value : promised(value);
    };
    if (command.background === undefined) {
      const before = plainCopy(values);
      const reply = await this.#outcome(time, given, call, { ...command, controller });
      return isDeepStrictEqual(plainCopy(values), before) ? reply : { ...reply, changed: true };
    }
    const running = call().then(
      (value) => ({ ok: value ?? null, ...given.told() }),
      (error) => ({ error: this.#error(error), ...given.told() }),
    );
    this.#running.set(command.background, running);
    await clock.settled();
    return { ok: { $running: command.background } };
  }

  async #finish({ call }) {
    return this.#running.get(call);
  }

  async #later({ seconds }) {
    this.pass(seconds);
    await clock.pass(seconds);
    return { ok: null };
  }

  /** So many seconds pass by the clocks of the clients. */
  pass(seconds) {
    for (const time of new Set([...this.#clients.values()].map((each) => each.time))) {
      time.pass(seconds);
    }
  }

  /** The folder of the files that outlast a call; it goes with the last client. */
  #shared() {
    this.#folder ??= mkdtempSync(join(tmpdir(), "parity-kept-"));
    return this.#folder;
  }

  async #page({ iterator, limit, leave, at_once: atOnce = 1, ...events }) {
    const { iteration, time, controller } = this.#iterations.get(iterator);
    const items = [];
    const asked = [];
    const page = async () => {
      const isRest = limit === undefined || limit === null;
      if (isRest && atOnce === 1) {
        // By a loop, as a program takes the rest, whatever it has taken before.
        for await (const item of iteration) {
          items.push(item);
        }
        return { items, done: true };
      }
      while (isRest || items.length < limit) {
        while (asked.length < atOnce) {
          asked.push(iteration.next());
        }
        const { done, value } = await asked.shift();
        if (done) {
          return { items, done: (await Promise.all(asked)).every((each) => each.done) };
        }
        items.push(value);
      }
      if (leave === undefined) {
        return { items, done: false };
      }
      await (leave === "throw" ? iteration.throw(left()) : iteration.return());
      return { items, done: (await iteration.next()).done };
    };
    const outcome = await this.#outcome(time, new Given(), page, { ...events, controller });
    return "error" in outcome ? { ...outcome, items } : outcome;
  }

  /** An error, and where it shows a key if it does. */
  #error(error, sink) {
    const told = errorValue(error, this.#sdk.admin.SegOpsError, sink);
    const reveals = revealed(error, this.#keys);
    return reveals.length > 0 ? { ...told, reveals } : told;
  }

  async #outcome(time, given, call, { passes, controller, abortable, aborts_asleep: abortsAsleep = 0 } = {}) {
    time.abortsAsleep = abortsAsleep;
    this.#given = given;
    time.abort = () => controller.abort();
    time.delays.length = 0;
    time.log.length = 0;
    forget();
    this.#attempts.length = 0;
    const memory = given.isLarge ? new Memory() : undefined;
    const warned = [];
    const warn = process.emitWarning;
    // A code that is not what the message names is told.
    process.emitWarning = (message, { type: kind, code } = {}) =>
      warned.push({
        kind,
        message: String(message),
        ...(String(message).includes(` ${code} (`) ? {} : { code: String(code) }),
      });
    clock.begin(passes, abortable ? controller : undefined);
    let outcome;
    try {
      outcome = { ok: (await call()) ?? null };
    } catch (error) {
      const isAborted = controller?.signal.aborted && error === controller.signal.reason;
      outcome = {
        error: isAborted ? { kind: "aborted", message: "the call was aborted" } : this.#error(error, given.sink),
      };
    } finally {
      clock.end();
      process.emitWarning = warn;
    }
    const own = warned.filter(({ kind }) => kind?.startsWith("SegOps"));
    const told = { delays: [...time.delays], log: [...time.log], attempts: [...this.#attempts], warned: own };
    const held = memory === undefined ? {} : { held: memory.held() };
    return { ...outcome, ...told, ...held, ...watched(), ...given.told() };
  }

  #cli({ argv, env, stdin, terminal, streams, slow }) {
    return withEnvironment(env ?? {}, async () => {
      const { main, showWarnings } = await this.#sdk.shell();
      showWarnings();
      try {
        return { ok: await runShell(main, argv, stdin ?? "", { terminal, streams, slow }) };
      } finally {
        process.removeAllListeners("warning");
      }
    });
  }

  #webhook({ function: name, args }) {
    const given = new Given();
    const values = args.map((each) => given.value(each));
    return this.#outcome(new Time(0, 0), given, async () => promised(await this.#sdk.webhook[camel(name)](...values)));
  }

  async #testing(command) {
    return { ok: await play(command, await this.#sdk.load("./testing"), this.#sdk.admin) };
  }

  #switch({ mutant, limit }) {
    if (globalThis.__segopsMutants === undefined) {
      throw new RangeError("the SDK is no instrumented copy: only `segops-parity mutants` makes one");
    }
    return { ok: globalThis.__segopsMutants.turn(mutant, limit) };
  }

  async #close({ client }) {
    if (client !== undefined) {
      this.#clients.get(client).client.close?.();
      this.#clients.delete(client);
      return { ok: null };
    }
    for (const each of this.#clients.values()) {
      each.client.close?.();
    }
    this.#clients.clear();
    this.#iterations.clear();
    this.#running.clear();
    clock.run();
    if (this.#folder !== undefined) {
      rmSync(this.#folder, { recursive: true });
      this.#folder = undefined;
    }
    this.#restore();
    // The connections that Node's fetch keeps are its own.
    const others = this.#isFetch ? { socket: Number.POSITIVE_INFINITY } : {};
    const told = this.#isTraced ? { traced: traced() } : { untraced: sent() };
    return { ok: { left: await leftOpen({ ...this.#openBefore, ...others }), ...told } };
  }
}

function own(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith("SEGOPS_")));
}

/** Sets SEGOPS_ variables to what is wanted, and to nothing else, while `work` is done. */
function withEnvironment(wanted, work) {
  const before = Object.entries(process.env).filter(([name]) => name.startsWith("SEGOPS_"));
  const restore = () => {
    for (const name of Object.keys(wanted)) {
      delete process.env[name];
    }
    Object.assign(process.env, Object.fromEntries(before));
  };
  for (const [name] of before) {
    delete process.env[name];
  }
  Object.assign(process.env, wanted);
  let result;
  try {
    result = work();
  } catch (error) {
    restore();
    throw error;
  }
  if (typeof result?.then !== "function") {
    restore();
    return result;
  }
  return result.finally(restore);
}

/** What ends an iteration or a block from outside. */
function left() {
  return Object.assign(new Error("left by an exception"), { name: "Left" });
}
