import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';

/** What a fault does to an answer that is on its way. */
export interface ReplyDamage {
  /** The connection breaks after this many body bytes; 0: no answer at all. */
  cutAfterBytes: number;
}

/**
 * One answer. Everything goes through here, so that an answer can be cut off and so that `onEnd`
 * runs before the caller can have received the last byte.
 */
export class Reply {
  readonly requestId = randomUUID();
  readonly #res: ServerResponse;
  readonly #headers: Record<string, string> = {};
  #damage: ReplyDamage | null = null;
  #bytes = 0;
  #ended = false;
  #onDrain: () => void = () => {};
  /** Called once, before the answer is complete for the caller. */
  onEnd: () => void = () => {};

  constructor(res: ServerResponse) {
    this.#res = res;
    res.on('close', () => {
      this.#settle();
      this.#onDrain();
    });
    res.on('drain', () => this.#onDrain());
  }

  get status(): number {
    return this.#res.statusCode;
  }

  header(name: string, value: string): void {
    this.#headers[name] = value;
  }

  damage(damage: ReplyDamage): void {
    this.#damage = damage;
  }

  json(status: number, body: unknown): Promise<void> {
    return this.bytes(status, 'application/json; charset=utf-8', Buffer.from(JSON.stringify(body)));
  }

  html(status: number, page: string): Promise<void> {
    this.header('Cache-Control', 'no-store');
    return this.bytes(status, 'text/html; charset=utf-8', Buffer.from(page));
  }

  empty(status: number): Promise<void> {
    return this.bytes(status, null, Buffer.alloc(0));
  }

  redirect(location: string): Promise<void> {
    this.header('Location', location);
    return this.bytes(302, null, Buffer.alloc(0));
  }

  async bytes(status: number, type: string | null, body: Buffer): Promise<void> {
    if (type) this.header('Content-Type', type);
    if (status !== 204) this.header('Content-Length', String(body.length));
    this.#start(status);
    await this.#write(body);
    this.#end();
  }

  /** An answer whose length is not known when it starts. */
  async stream(status: number, type: string, body: AsyncIterable<Buffer>): Promise<void> {
    this.header('Content-Type', type);
    this.#start(status);
    for await (const chunk of body) await this.#write(chunk);
    this.#end();
  }

  /** Breaks the connection. */
  reset(): void {
    this.#settle();
    this.#res.destroy();
  }

  #start(status: number): void {
    if (this.#damage?.cutAfterBytes === 0) return;
    this.#res.writeHead(status, this.#headers);
  }

  async #write(chunk: Buffer): Promise<void> {
    if (this.#res.destroyed || chunk.length === 0) return;
    const room = (this.#damage?.cutAfterBytes ?? Number.POSITIVE_INFINITY) - this.#bytes;
    if (chunk.length > room) {
      if (room > 0)
        await new Promise<void>((done) => this.#res.write(chunk.subarray(0, room), () => done()));
      return this.reset();
    }
    this.#bytes += chunk.length;
    if (!this.#res.write(chunk) && !this.#res.destroyed) {
      await new Promise<void>((done) => {
        this.#onDrain = done;
      });
    }
  }

  #end(): void {
    if (this.#damage?.cutAfterBytes === 0) this.reset();
    this.#settle();
    if (!this.#res.destroyed) this.#res.end();
  }

  #settle(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.onEnd();
  }
}
