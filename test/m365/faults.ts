import { setTimeout as wait } from 'node:timers/promises';
import type { Reply } from './http/reply.ts';

/** A request as a fault menu sees it. */
export interface FaultRequest {
  /** `token`, or the name of the Graph route such as `exportItems`. */
  kind: string;
  method: string;
  path: string;
  appId: string | null;
  /** Exchange id of the mailbox, where the route has one. */
  mailbox: string | null;
  /** How many requests of this kind came before, for all mailboxes. */
  earlier: number;
}

export type Fault =
  /** Answered without being done. */
  | {
      kind: 'answer';
      status: number;
      code?: string;
      message?: string;
      headers?: Record<string, string>;
      body?: string;
    }
  /** The connection breaks before anything is done. */
  | { kind: 'reset' }
  /** Done, and the answer lost. */
  | { kind: 'lose-answer' }
  /** Done, and the connection breaks after this many bytes of the answer. */
  | { kind: 'cut'; afterBytes: number }
  /** Answered late. */
  | { kind: 'delay'; ms: number };

/** Consulted once for every Graph request that passed its checks, and for every token request. Replace `decide` to inject faults. */
export interface Faults {
  decide(request: FaultRequest): Fault | null;
  /** Consulted for every item of an export: an error code for it, or `omit` to leave it out silently. */
  decideExport(item: { mailbox: string; itemId: string }): { code: string } | 'omit' | null;
}

export function noFaults(): Faults {
  return { decide: () => null, decideExport: () => null };
}

/** Does what the fault says. True when it was the whole answer. */
export async function suffer(fault: Fault | null, reply: Reply): Promise<boolean> {
  switch (fault?.kind) {
    case undefined:
      return false;
    case 'delay':
      await wait(fault.ms);
      return false;
    case 'lose-answer':
      reply.damage({ cutAfterBytes: 0 });
      return false;
    case 'cut':
      reply.damage({ cutAfterBytes: fault.afterBytes });
      return false;
    case 'reset':
      reply.reset();
      return true;
    case 'answer': {
      const { status, headers = {}, code = 'UnknownError', message = '' } = fault;
      for (const [name, value] of Object.entries(headers)) reply.header(name, value);
      const body = fault.body ?? JSON.stringify({ error: { code, message } });
      await reply.bytes(status, 'application/json; charset=utf-8', Buffer.from(body));
      return true;
    }
  }
}
