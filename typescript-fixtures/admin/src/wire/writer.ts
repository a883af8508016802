/** The head of an HTTP/1.1 request, as bytes. */

/**
 * A request's head, ready to be sent; its characters are bytes.
 *
 * @param target path and query; for a proxy, the whole address
 */
export function requestHead(
  method: string,
  target: string,
  host: string,
  headers: Readonly<Record<string, string>>,
): string {
  let text = `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n`;
  for (const name in headers) {
    text += `${name}: ${headers[name]}\r\n`;
  }
  return `${text}\r\n`;
}
