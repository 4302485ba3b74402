import { createHmac } from 'node:crypto';
import type { Faults } from '../faults.ts';
import { happens } from '../faults.ts';
import type { Endpoint } from '../store/store.ts';

const triesMax = 8;
const firstRetryMs = 500;
const answerMs = 20_000;

interface Letter {
  endpoint: Endpoint;
  body: string;
}

/**
 * Sends webhooks, each in a request of its own and tried again until it is answered with 2xx. Order is
 * kept where nothing fails, and promised as little as at Stripe.
 */
export class Delivery {
  private readonly faults: Faults;
  private held: Letter[] = [];
  private readonly running = new Set<Promise<void>>();
  private readonly ended = new AbortController();

  constructor(faults: Faults) {
    this.faults = faults;
  }

  send(endpoint: Endpoint, event: object): void {
    if (happens(this.faults, 'webhookLose')) return;
    const letter = { endpoint, body: JSON.stringify(event, null, 2) };
    const letters = Array.from({ length: this.faults.webhookCopies }, () => letter);
    if (this.faults.webhookReorder > 0) {
      this.held.push(...letters);
      if (this.held.length < this.faults.webhookReorder) return;
      this.release();
      return;
    }
    for (const each of letters) this.start(each);
  }

  /** Sends what is held back, the newest first. */
  release(): void {
    for (const letter of this.held.splice(0).reverse()) this.start(letter);
  }

  /** When nothing is on its way any more. */
  async settled(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }

  stop(): Promise<void> {
    this.ended.abort();
    return this.settled();
  }

  private start(letter: Letter): void {
    const run = this.deliver(letter).finally(() => this.running.delete(run));
    this.running.add(run);
  }

  private async deliver({ endpoint, body }: Letter): Promise<void> {
    if (this.faults.webhookDelayMs > 0) await this.wait(this.faults.webhookDelayMs);
    for (let attempt = 0; attempt < triesMax && !this.ended.signal.aborted; attempt++) {
      const secret = this.faults.webhookWrongSecret ? 'whsec_of_somebody_else' : endpoint.secret;
      const answered = await fetch(endpoint.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
          'stripe-signature': sign(body, secret, Math.floor(Date.now() / 1000)),
        },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([this.ended.signal, AbortSignal.timeout(answerMs)]),
      }).then(
        async (answer) => {
          await answer.body?.cancel();
          return answer.status >= 200 && answer.status < 300;
        },
        () => false,
      );
      if (answered) return;
      await this.wait(firstRetryMs * 2 ** attempt);
    }
  }

  private wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.ended.signal.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        this.ended.signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.ended.signal.addEventListener('abort', done);
    });
  }
}

/** The header that Stripe sends: when it was signed and what with. */
export function sign(body: string, secret: string, at: number): string {
  const signature = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
  return `t=${at},v1=${signature}`;
}
