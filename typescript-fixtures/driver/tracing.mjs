/** Node's http as tracers and mocks leave it: something listens in, or has taken a function's place, and counts. */

import { channel } from "node:diagnostics_channel";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { PerformanceObserver } from "node:perf_hooks";

/** Sees the requests of Node's http from outside: nothing of it is replaced or listened to. */
let requests = 0;
const observer = new PerformanceObserver((list) => count(list.getEntries()));
observer.observe({ entryTypes: ["http"] });

let seen = 0;
let undo = () => undefined;

const KINDS = {
  sends: () => listened("http.client.request.created"),
  starts: () => listened("http.client.request.start"),
  connects: () => replaced(net.Socket.prototype, "connect"),
  handshakes: () => replaced(https, "request"),
  classes: () => {
    const [plain, secure] = [replaced(http, "request"), replaced(https, "request")];
    return () => {
      plain();
      secure();
    };
  },
};

function count(entries) {
  requests += entries.filter((each) => each.name === "HttpClient").length;
}

/** How many requests went through Node's http since this was asked last. */
export function sent() {
  count(observer.takeRecords());
  const taken = requests;
  requests = 0;
  return taken;
}

/** Replaces what tracers of a kind replace, or listens as they do, and nothing else. */
export function trace(kind) {
  if (!(kind in KINDS)) {
    throw new RangeError(`expected a kind of tracer, found ${kind}`);
  }
  undo();
  undo = KINDS[kind]();
}

/** How much has been counted since this was asked last. */
export function traced() {
  const taken = seen;
  seen = 0;
  return taken;
}

function listened(name) {
  const listener = () => {
    seen += 1;
  };
  const told = channel(name); // held, or it would be collected with its listener
  told.subscribe(listener);
  return () => told.unsubscribe(listener);
}

function replaced(owner, name) {
  const shipped = owner[name];
  owner[name] = function counted(...args) {
    seen += 1;
    return shipped.apply(this, args);
  };
  return () => {
    owner[name] = shipped;
  };
}
