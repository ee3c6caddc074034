export interface Body {
  /** null when the body is larger than the limit */
  text: string | null;
  /** bytes received */
  size: number;
}

/**
 * Streams a body and keeps at most `limit` bytes of it. What goes over the limit is counted and dropped rather than refused:
 * a client that is still sending would otherwise see a broken connection instead of the answer.
 */
export async function readBody(request: Request, limit: number): Promise<Body> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size <= limit) chunks.push(chunk);
    else chunks.length = 0;
  }
  return { text: size <= limit ? Buffer.concat(chunks).toString('utf8') : null, size };
}
