/** A script of the SDK's own test doubles, played: what its calls come to, and what it keeps of them. */

import { camel, promised } from "./values.mjs";

/**
 * What is told of a script that is played to a client of its own.
 *
 * @param command the command `testing` of the protocol
 * @param sdk the SDK's own module of test doubles
 * @param admin the SDK, where the script stands for fetch in a client that is not its own
 */
export async function play(command, sdk, admin) {
  const replies = command.replies.flatMap((entry) => scripted(entry, sdk));
  const script = new sdk.Script(...replies);
  const begun = script.time.now();
  const options = Object.fromEntries(Object.entries(command.options ?? {}).map(([name, each]) => [camel(name), each]));
  const client = command.fetch
    ? new admin.SegOpsAdmin({ apiKey: "sk_test_own", fetch: script.fetch, runtime: script.time, ...options })
    : script.client(options);
  const calls = [];
  for (const call of command.calls) {
    calls.push(await called(client, call));
  }
  const told = {
    replies: replies.map(toldReply),
    base_url: client.http.baseUrl,
    begun,
    calls,
    requests: script.requests.map(toldRequest),
    sleeps: [...script.time.sleeps],
    passed: Math.round((script.time.now() - begun) * 1000) / 1000,
  };
  client.close();
  try {
    script.assertDone();
  } catch (error) {
    return { ...told, left: error.message };
  }
  return { ...told, left: null };
}

function scripted(entry, { memberPages, noConnection, pages, reply }) {
  if ("pages" in entry) {
    return pages(entry.pages, entry.page_size);
  }
  if ("member_pages" in entry) {
    return memberPages(entry.member_pages, entry.limit, entry.computed_at);
  }
  if ("no_connection" in entry) {
    return [entry.no_connection === null ? noConnection() : noConnection(entry.no_connection)];
  }
  const { json, content, ...options } = entry;
  return [reply(json, content === undefined ? options : { ...options, content: Buffer.from(content, "base64") })];
}

function toldReply(reply) {
  if (reply instanceof Error) {
    return { error: reply.name, message: reply.message, sent: reply.sent ?? null };
  }
  const headers = Object.entries(reply.headers).map(([name, value]) => [name.toLowerCase(), value]);
  return { status: reply.status, headers: headers.sort(), ...content(reply.body) };
}

async function called(client, { op, args = [], named }) {
  const [namespace, name] = op.split(".").map(camel);
  const byName = Object.entries(named ?? {}).map(([key, value]) => [camel(key), value]);
  const given = byName.length > 0 ? [...args, Object.fromEntries(byName)] : args;
  try {
    const value = await client[namespace][name](...given);
    if (typeof value?.[Symbol.asyncIterator] !== "function") {
      return { ok: promised(value) ?? null };
    }
    const items = [];
    for await (const item of value) {
      items.push(item);
    }
    return { ok: items };
  } catch (error) {
    return { error: error.name, message: error.message };
  }
}

function toldRequest(request) {
  const query = {};
  for (const [name, value] of request.query) {
    query[name] = [...(query[name] ?? []), value];
  }
  return {
    method: request.method,
    url: request.url,
    path: request.path,
    query,
    headers: Object.fromEntries([...request.headers].map(([name, value]) => [name.toLowerCase(), value])),
    ...content(request.content),
    ...(request.content.length > 0 ? { decoded: request.json } : {}),
  };
}

/** A body: what it holds if it is JSON, else its text. */
function content(body) {
  const text = Buffer.from(body).toString("utf8");
  try {
    return { json: JSON.parse(text) };
  } catch {
    return { text };
  }
}
