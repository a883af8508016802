/** A reply to a file: streamed and unzipped as it comes. */

import { SegOpsConnectionError } from "../errors/index.js";
import type { TransportReply } from "../transport/protocol.js";
import { partsOf } from "./reply.js";
import type { OpenSink } from "./sinks.js";

/** Writes a reply's body to the sink and resolves to the bytes written; a failed attempt leaves the sink as it was. */
export async function copyReply(reply: TransportReply, sink: OpenSink): Promise<number> {
  let written = 0;
  try {
    for await (const part of partsOf(reply)) {
      await sink.write(part).catch((error) => {
        reply.discard(); // what unzips it may be waiting for more
        throw error;
      });
      written += part.byteLength;
    }
  } catch (error) {
    const isClean = await sink.rewind();
    if (!isClean && error instanceof SegOpsConnectionError) {
      throw error.with({ transient: false }); // a second attempt would add to half of the first
    }
    throw error;
  }
  return written;
}
