import assert from "node:assert/strict";
import net from "node:net";
import { test } from "node:test";
import { SegOpsConfigError, SegOpsConnectionError } from "../src/index.js";
import { proxyFor } from "../src/transport/proxies.js";
import { addressBits } from "../src/wire/addresses.js";
import { withVariables } from "./support/environment.js";
import { deadAddress, patiently, rejection, withRawServer, withServer } from "./support/server.js";

const PASSWORD = "test: hün@2";
const NO_PROXY: [entry: string, host: string, port: number, isBypassed: boolean][] = [
  ["api.example", "api.example", 443, true],
  ["api.example", "deep.api.example", 443, true],
  ["api.example", "myapi.example", 443, false],
  [".api.example", "deep.api.example", 443, true],
  ["*.api.example", "deep.api.example", 443, true],
  ["API.Example", "api.example", 443, true],
  ["api.example.", "api.example", 443, true],
  ["api.example:8443", "api.example", 8443, true],
  ["api.example:8443", "api.example", 443, false],
  ["other.example,api.example", "api.example", 443, true],
  ["other.example api.example", "api.example", 443, true],
  ["*", "api.example", 443, true],
  ["", "api.example", 443, false],
  [",, ,", "api.example", 443, false],
  [".", "api.example", 443, false],
  ["[::1]", "::1", 443, true],
  ["::1", "::1", 443, true],
  ["[::1]:8443", "::1", 8443, true],
  ["[::1]:8443", "::1", 443, false],
  ["[0:0:0:0:0:0:0:1]", "::1", 443, true],
  ["[::1]", "::2", 443, false],
  ["fd00::/8", "fd12::7", 443, true],
  ["fd00::/8", "fe80::7", 443, false],
  ["10.0.0.0/8", "10.1.2.3", 443, true],
  ["10.0.0.0/255.0.0.0", "10.1.2.3", 443, true],
  ["10.0.0.0/8", "11.1.2.3", 443, false],
  ["10.0.0.7/8", "10.1.2.3", 443, true],
  ["10.0.0.0/8", "ten.example", 443, false],
  ["10.0.0.0/99", "10.1.2.3", 443, false],
  ["127.0.0.1", "127.0.0.1", 443, true],
  ["0.0.1", "127.0.0.1", 443, false],
  ["127.0.0.1:80", "127.0.0.1", 443, false],
];

test("NO_PROXY names servers by name, domain, address and network, with or without a port", async () => {
  for (const [entry, host, port, isBypassed] of NO_PROXY) {
    await withVariables({ HTTPS_PROXY: "http://proxy.example:3128", NO_PROXY: entry }, () => {
      assert.equal(proxyFor("https", host, port) === undefined, isBypassed, `${entry} ${host}:${port}`);
    });
  }
});

test("addresses are what Node's own module takes for addresses, and networks hold the same ones", () => {
  const parts = ["0", "1", "01", "127", "255", "256", "a", ""];
  const short = ["::", "::1", "1::", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "1:2:3:4:5:6:7::", "1::2::3", ":::", "1:2"];
  const texts = [
    ...parts.flatMap((a) => parts.flatMap((b) => parts.map((c) => `${a}.${b}.0.${c}`))),
    ...["1.2.3", "1.2.3.4.", ".1.2.3.4", "1.2.3.4.5", "0x7f.1.1.1", "12345::", "::g", "FE80::1", ...short],
  ];
  for (const text of texts) {
    assert.equal((addressBits(text)?.length ?? 0) / 32, { 0: 0, 4: 1, 6: 4 }[net.isIP(text)], text);
  }
  const hosts = ["10.1.2.3", "10.255.0.0", "11.0.0.1", "fd00::1", "fd00:8000::", "::ffff:10.1.2.3"];
  for (const [network, bits] of [
    ["10.0.0.0", 8],
    ["10.1.0.0", 15],
    ["0.0.0.0", 0],
    ["fd00::", 17],
    ["::", 0],
  ] as const) {
    const list = new net.BlockList();
    list.addSubnet(network, bits, net.isIPv6(network) ? "ipv6" : "ipv4");
    for (const host of hosts.filter((each) => net.isIP(each) === net.isIP(network))) {
      const prefix = addressBits(network)?.slice(0, bits) as string;
      assert.equal(addressBits(host)?.startsWith(prefix), list.check(host, net.isIPv6(host) ? "ipv6" : "ipv4"), host);
    }
  }
});

test("a proxy comes from the variable of the scheme, then from ALL_PROXY; an empty one switches it off", async () => {
  const address = "http://proxy.example:3128";
  const found = (scheme: string, variables: Record<string, string>): Promise<string | undefined> =>
    withVariables(variables, () => proxyFor(scheme, "api.example", 443)?.variable);
  assert.equal(await found("https", { HTTPS_PROXY: address }), "HTTPS_PROXY");
  assert.equal(await found("https", { HTTPS_PROXY: address, https_proxy: address }), "https_proxy");
  assert.equal(await found("https", { HTTP_PROXY: address }), undefined);
  assert.equal(await found("http", { ALL_PROXY: address }), "ALL_PROXY");
  assert.equal(await found("http", { HTTP_PROXY: "", ALL_PROXY: address }), "ALL_PROXY");
  assert.equal(await found("http", { http_proxy: "", HTTP_PROXY: address }), undefined);
  assert.equal(await found("http", { HTTP_PROXY: address, REQUEST_METHOD: "GET" }), undefined); // a CGI program
});

test("an address of a proxy is read, with a login or without, and refused by the name of its variable", async () => {
  const parsed = (HTTPS_PROXY: string) => withVariables({ HTTPS_PROXY }, () => proxyFor("https", "api.example", 443));
  for (const address of ["http://Proxy.Example:3128", "proxy.example:3128", "http://proxy.example:3128/path"]) {
    const { host, port, headers } = (await parsed(address)) ?? {};
    assert.deepEqual([host, port, headers], ["proxy.example", 3128, {}]);
  }
  assert.deepEqual((await parsed("http://[::1]"))?.peer, "::1:80");
  const { headers } = (await parsed(`http://ada%40x:${encodeURIComponent(PASSWORD)}@proxy.example`)) ?? {};
  assert.deepEqual(headers, { "Proxy-Authorization": `Basic ${Buffer.from(`ada@x:${PASSWORD}`).toString("base64")}` });
  for (const address of [
    "https://proxy.example",
    "socks5://ada:hunter2@p",
    "http://p:99999",
    "http://p:port",
    "http://",
  ]) {
    const error = await rejection(parsed(address));
    assert.ok(error instanceof SegOpsConfigError, address);
    assert.equal(error.message, "HTTPS_PROXY must give the proxy as http://host:port.");
  }
});

test("a plain request goes to the proxy as a whole address, with the login", async () => {
  await withServer({ json: { ok: 1 } }, async ({ client, seen, url }) => {
    const HTTP_PROXY = url.replace("http://", `http://ada:${encodeURIComponent(PASSWORD)}@`).replace("/api", "");
    await withVariables({ HTTP_PROXY }, async () => {
      const segops = client({ baseUrl: "http://segops.example/api" });
      assert.deepEqual(await segops.segments.list({ page: 2 }), { ok: 1 });
      assert.deepEqual(await segops.segments.create({ name: "x" }), { ok: 1 });
      assert.equal(seen[0]?.target, "http://segops.example/api/segments/?page=2");
      assert.equal(seen[0]?.headers.host, "segops.example");
      const login = Buffer.from(`ada:${PASSWORD}`).toString("base64");
      assert.equal(seen[0]?.headers["proxy-authorization"], `Basic ${login}`);
      assert.equal(seen[1]?.port, seen[0]?.port);
    });
  });
});

test("a server that NO_PROXY names is reached without the proxy", async () => {
  await withServer({ json: { ok: 1 } }, async ({ client, url }) => {
    const { host } = new URL(url);
    await withVariables({ HTTP_PROXY: await deadAddress(), NO_PROXY: host }, async () => {
      assert.deepEqual(await client().segments.get(1), { ok: 1 });
    });
  });
});

/** A proxy that answers CONNECT with this. */
function proxyThatSays(
  answer: string,
  run: (proxy: string, connections: () => number) => Promise<void>,
): Promise<void> {
  const serve = (socket: net.Socket): void => void socket.once("data", () => socket.write(answer));
  return withRawServer(serve, ({ url, connections }) => run(new URL(url).host, connections));
}

test("a refused tunnel names proxy and variable, and is not retried", async () => {
  for (const [status, advice] of [
    [407, ": it wants a login. Give it in https_proxy, as http://user:password@host:port"],
    [401, ": it wants a login. Give it in https_proxy, as http://user:password@host:port"],
    [405, ""],
    [403, ": it does not allow this server. Ask for it, or name the server in NO_PROXY"],
  ]) {
    await proxyThatSays(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`, async (proxy, connections) => {
      await withVariables({ https_proxy: `http://ada:hunter2@${proxy}` }, async () => {
        await withServer([], async ({ client, time }) => {
          const error = await rejection(
            client({ baseUrl: "https://segops.example/api" }).segments.create({ name: "x" }),
          );
          assert.ok(error instanceof SegOpsConnectionError);
          const refused = `the proxy ${proxy} (from https_proxy) answered ${status} to a tunnel to segops.example:443`;
          assert.equal(error.reason, `${refused}${advice}`);
          assert.deepEqual([error.sent, error.attempts, time.sleeps, connections()], [false, 1, [], 1]);
          assert.ok(!error.message.includes("hunter2"));
        });
      });
    });
  }
});

test("a tunnel that fails for now is asked for again", async () => {
  await proxyThatSays("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", async (proxy, connections) => {
    await withVariables({ ALL_PROXY: proxy }, async () => {
      await withServer([], async ({ client, time }) => {
        const error = await rejection(client({ baseUrl: "https://segops.example/api" }).segments.create({ name: "x" }));
        assert.match(error.message, /\(from ALL_PROXY\) answered 502 to a tunnel to segops\.example:443/);
        assert.deepEqual([time.sleeps.length, connections()], [3, 4]);
      });
    });
  });
});

test("what else a proxy may do to a tunnel is reported with its name", async () => {
  const baseUrl = "https://segops.example/api";
  for (const [answer, said] of [
    ["HTTP/1.1 200 OK\r\n\r\nHello", /^the proxy \S+ \(from HTTPS_PROXY\) sent bytes of its own into the tunnel$/],
    ["SSH-2.0-OpenSSH\r\n", /^no connection to the proxy \S+ \(from HTTPS_PROXY\) on the way to segops\.example:443: /],
    ["HTTP/1.1 200 OK\r\n\r\n", /^no connection to segops\.example:443 through the proxy \S+ .* in time$/],
    ["HTTP/1.1 200 OK\r\n", /^no connection to the proxy \S+ .* on the way to segops\.example:443 in time$/],
  ] as const) {
    const attempt = async (timeout: number): Promise<void> => {
      await proxyThatSays(answer, async (proxy) => {
        await withVariables({ HTTPS_PROXY: proxy }, async () => {
          await withServer([], async ({ client }) => {
            const error = await rejection(client({ baseUrl, maxRetries: 0, timeout }).segments.create({ name: "x" }));
            assert.ok(error instanceof SegOpsConnectionError, String(error));
            assert.match(error.reason, said);
            assert.equal(error.sent, false);
          });
        });
      });
    };
    await patiently(attempt);
  }
});

test("a proxy that cannot be reached is named with its variable", async () => {
  const dead = new URL(await deadAddress()).host;
  for (const scheme of ["http", "https"]) {
    const variable = `${scheme.toUpperCase()}_PROXY`;
    await withVariables({ [variable]: `http://ada:hunter2@${dead}` }, async () => {
      await withServer([], async ({ client }) => {
        const baseUrl = `${scheme}://${scheme}.segops.localhost/api`;
        const error = await rejection(client({ baseUrl, maxRetries: 0 }).segments.get(1));
        assert.match(error.message, new RegExp(`the proxy ${dead} \\(from ${variable}\\) on the way to `));
        assert.ok(!error.message.includes("hunter2"));
      });
    });
  }
});
