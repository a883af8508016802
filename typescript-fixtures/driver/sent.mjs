/** What does a mutant change? A request on its way to fetch. */

/** A request that has not been sent yet. `times` says how often it will be. */
export class Sent {
  times = 1;
  part;
  capitals = false;

  constructor(input, init = {}) {
    this.url = new URL(String(input));
    this.init = init;
    this.method = init.method ?? "GET";
    this.headers = new Headers(init.headers);
    this.body = init.body ?? undefined;
  }

  /** The JSON body as text, if there is one. */
  get json() {
    const isJson = this.headers.get("content-type")?.startsWith("application/json") && this.body !== undefined;
    return isJson ? Buffer.from(this.body).toString("utf8") : undefined;
  }

  set json(text) {
    this.body = text;
  }

  get isMultipart() {
    return this.headers.get("content-type")?.startsWith("multipart/") ?? false;
  }

  /** Sends it as often as it is to be sent. */
  async send() {
    if (this.times === 0) {
      return new Response(null, { status: 204 });
    }
    for (let extra = 1; extra < this.times; extra += 1) {
      await (await this.#once()).text();
    }
    return this.#once();
  }

  async #once() {
    const headers = this.capitals
      ? [...this.headers].map(([name, value]) => [name.toUpperCase(), value])
      : this.headers;
    const init = { ...this.init, method: this.method, headers, body: this.body };
    if (this.part !== undefined) {
      const text = Buffer.from(await new Response(this.body).arrayBuffer()).toString("latin1");
      init.body = Buffer.from(text.replace('name="file"', `name="${this.part}"`), "latin1");
      delete init.duplex;
      this.headers.delete("content-length");
    }
    return globalThis.fetch(String(this.url), init);
  }
}
