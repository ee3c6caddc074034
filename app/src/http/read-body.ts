export interface Body {
  /** null when the body is larger than the limit */
  text: string | null;
  /** bytes received */
  size: number;
  /** false when the client was cut off because it went on sending */
  complete: boolean;
}

/** What a client may send in all before we stop listening. */
const patience = 64 * 2 ** 20;

/**
 * Streams a body and keeps at most `limit` bytes of it. What goes over the limit is counted and dropped rather than refused:
 * a client that is still sending would otherwise see a broken connection instead of the answer.
 */
export async function readBody(source: AsyncIterable<Uint8Array> | null, limit: number): Promise<Body> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let complete = true;
  for await (const chunk of source ?? []) {
    size += chunk.byteLength;
    if (size <= limit) chunks.push(chunk);
    else chunks.length = 0;
    if (size > patience) {
      complete = false;
      break;
    }
  }
  return { text: size <= limit ? Buffer.concat(chunks).toString('utf8') : null, size, complete };
}
