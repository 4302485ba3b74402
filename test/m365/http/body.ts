import type { IncomingMessage } from 'node:http';

/** The request is larger than the route takes. */
export class BodyTooLarge extends Error {}

export async function readBody(req: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // What is too much is read all the same, so that the refusal reaches a client that still sends.
    if (bytes <= bytesMax) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (bytes > bytesMax) throw new BodyTooLarge(`${bytes} bytes`);
  return Buffer.concat(chunks);
}

export async function readForm(req: IncomingMessage): Promise<URLSearchParams> {
  return new URLSearchParams((await readBody(req, 256 * 1024)).toString('utf8'));
}
