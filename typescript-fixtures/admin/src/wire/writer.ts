/** The head of an HTTP/1.1 request, as bytes. */

/** A request's head, ready to be sent; its characters are bytes. */
export function requestHead(method: string, url: URL, headers: Readonly<Record<string, string>>): string {
  let text = `${method} ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\n`;
  for (const name in headers) {
    text += `${name}: ${headers[name]}\r\n`;
  }
  return `${text}\r\n`;
}
