/** What carries requests: a request in, a reply out. Keys, retries and decoding are above it. */

import type { HttpHeaders } from "../wire/headers.js";

/** A body that is sent block by block, from its beginning each time. */
export interface StreamedBody {
  /** Its length in bytes. */
  readonly length: number;
  readonly contentType: string;
  /** The blocks. Each is done with when the next one is asked for: its memory may be used again. */
  blocks(): AsyncGenerator<Uint8Array, void, undefined>;
}

/** One HTTP request. The key is in its headers: nothing prints them. */
export interface TransportRequest {
  method: string;
  url: URL;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array | StreamedBody | undefined;
  /** Seconds without progress (to connect, to send a block, to receive) after which to fail. */
  timeout: number;
  /** Seconds after which to give up, whatever moves; undefined for no limit. */
  deadline: number | undefined;
  signal: AbortSignal | undefined;
}

/** One HTTP reply. Its body must be read to the end or given up. */
export interface TransportReply {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** Whether what carried it has undone its content encoding. */
  readonly isDecoded: boolean;
  /**
   * The next bytes, or undefined at the end.
   *
   * @throws {SegOpsConnectionError} the reply stalled, or was cut short
   * @throws {SegOpsDecodeError} it is not HTTP
   */
  read(): Promise<Uint8Array | undefined>;
  /** Discards what has not been read, and closes the connection. */
  discard(): void;
}

/** Carries requests. */
export interface Transport {
  /**
   * Sends a request and resolves as soon as the reply's head is in.
   *
   * @throws {SegOpsConnectionError} nothing came back; `sent` tells whether the server can have seen the request
   * @throws {SegOpsDecodeError} what came back is not HTTP
   */
  send(request: TransportRequest): Promise<TransportReply>;
  /** Ends what is idle; requests in progress continue. */
  close(): void;
}
